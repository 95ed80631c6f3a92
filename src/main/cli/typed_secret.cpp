#include "main/cli/typed_secret.h"

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <string>

namespace portcullis::program {
namespace {

constexpr std::size_t kBytesMax = 1024;

/// A terminal shows nothing of what is typed until the end.
class Unseen {
public:
    explicit Unseen(const std::string& prompt) {
        if (tcgetattr(STDIN_FILENO, &before_) != 0) return;
        auto silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        is_silent_ = tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
        std::fputs(prompt.c_str(), stderr);
    }
    ~Unseen() {
        if (!is_silent_) return;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
        std::fputs("\n", stderr);
    }
    Unseen(const Unseen&)            = delete;
    Unseen& operator=(const Unseen&) = delete;

private:
    termios before_{};
    bool is_silent_ = false;
};

std::string line_of(CommandContext& context, std::string_view what) {
    std::optional<Unseen> unseen;
    if (&context.in() == &std::cin && isatty(STDIN_FILENO) == 1) unseen.emplace(fmt::format("{}: ", what));
    std::string line;
    std::getline(context.in(), line);
    return line;
}

}  // namespace

Result<Secret> typed_secret(CommandContext& context, std::string_view what) {
    auto line = line_of(context, what);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty() || line.size() > kBytesMax) {
        return Error{ErrorCode::invalidRequest, fmt::format("write {} to standard input, as one line", what)};
    }
    return Secret(std::move(line));
}

}  // namespace portcullis::program
