#pragma once

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include "base/assert.h"

namespace portcullis::tests {

/// A program of the tests' own that says a number on its first line, such as its port. It ends with this object, and with the
/// process that started it.
class Child {
public:
    explicit Child(const std::vector<std::string>& words) {
        int pipe_ends[2];
        PORTCULLIS_ASSERT(::pipe2(pipe_ends, O_CLOEXEC) == 0);
        std::vector<char*> arguments;
        for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
        arguments.push_back(nullptr);
        pid_ = ::fork();
        PORTCULLIS_ASSERT(pid_ >= 0);
        if (pid_ == 0) {  // between fork and exec: only calls that are safe there
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            ::dup2(pipe_ends[1], STDOUT_FILENO);
            ::execv(arguments[0], arguments.data());
            ::_exit(127);
        }
        ::close(pipe_ends[1]);
        for (char c = 0; ::read(pipe_ends[0], &c, 1) == 1 && c != '\n';) line_ += c;
        ::close(pipe_ends[0]);
        PORTCULLIS_ASSERT(!line_.empty());
    }
    ~Child() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    Child(const Child&)            = delete;
    Child& operator=(const Child&) = delete;

    [[nodiscard]] int number() const { return std::stoi(line_); }

private:
    pid_t pid_ = -1;
    std::string line_;
};

}  // namespace portcullis::tests
