#include "main/cli/typed_secret.h"

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <string>

namespace portcullis::program {
namespace {

constexpr std::size_t kBytesMax = 1024;

constexpr std::array kEnding{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
volatile std::sig_atomic_t came = 0;

/// A terminal shows nothing of what is typed until the end, however that comes: a signal waits until the terminal is as it was.
class Unseen {
public:
    explicit Unseen(const std::string& prompt) {
        if (tcgetattr(STDIN_FILENO, &before_) != 0) return;
        came = 0;
        struct sigaction note {};
        note.sa_handler = [](int signal) { came = signal; };  // without SA_RESTART: it ends the read
        for (std::size_t i = 0; i < kEnding.size(); ++i) sigaction(kEnding[i], &note, &handlers_[i]);
        auto silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        is_silent_ = tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
        is_begun_  = true;
        if (is_silent_) std::fputs(prompt.c_str(), stderr);
    }
    ~Unseen() {
        if (!is_begun_) return;
        if (is_silent_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
        if (is_silent_) std::fputs("\n", stderr);
        for (std::size_t i = 0; i < kEnding.size(); ++i) sigaction(kEnding[i], &handlers_[i], nullptr);
        if (came != 0) std::raise(came);
    }
    Unseen(const Unseen&)            = delete;
    Unseen& operator=(const Unseen&) = delete;

    [[nodiscard]] bool is_silent() const { return is_silent_; }
    /// One line, as far as it came.
    [[nodiscard]] static std::string line() {
        std::string line;
        for (char c = 0; line.size() <= kBytesMax && came == 0 && ::read(STDIN_FILENO, &c, 1) == 1 && c != '\n';) line += c;
        return line;
    }

private:
    termios before_{};
    std::array<struct sigaction, kEnding.size()> handlers_{};
    bool is_begun_ = false, is_silent_ = false;
};

Result<std::string> line_of(CommandContext& context, std::string_view what) {
    if (&context.in() == &std::cin && isatty(STDIN_FILENO) == 1) {
        const Unseen unseen(fmt::format("{}: ", what));
        if (!unseen.is_silent()) return Error{ErrorCode::unavailable, "this terminal would show what is typed: write it to standard input"};
        return Unseen::line();
    }
    std::string line;
    std::getline(context.in(), line);
    return line;
}

}  // namespace

Result<Secret> typed_secret(CommandContext& context, std::string_view what) {
    auto line = TRY(line_of(context, what));
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty() || line.size() > kBytesMax) {
        return Error{ErrorCode::invalidRequest, fmt::format("write {} to standard input, as one line", what)};
    }
    return Secret(std::move(line));
}

}  // namespace portcullis::program
