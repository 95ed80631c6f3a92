#pragma once

#include <chrono>
#include <functional>

namespace load {

/// Many connections on one thread, each written as if it had a thread of its own. A thread for each would cost as much as what it asks for:
/// two switches a request, taken from the server that is measured.
class Fibers {
public:
    Fibers();
    Fibers(const Fibers&) = delete;
    Fibers& operator=(const Fibers&) = delete;
    ~Fibers();

    /// One more that runs `body`. It does not begin before `run`.
    void add(std::function<void()> body);
    /// Runs all of them to their end, on this thread.
    void run();

    /// Within a fiber: from now on `wait` is for this new socket, which is its own.
    static void watch(int socket);
    /// Within a fiber: the others go on until there is something to read. False when nothing came for a minute.
    static bool wait();
    static void sleep(std::chrono::milliseconds time);

private:
    struct State;
    State* state_;
};

}  // namespace load
