#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "base/result.h"

namespace portcullis::sodium {

/// A fixed number of threads and a bounded queue. A full queue refuses at once, so that overload turns into quick
/// refusals instead of ever longer waits.
class ArgonPool {
public:
    struct Size {
        /// 0: one per core.
        unsigned threads = 0;
        /// Jobs that may wait. 64 hashes of 12 ms on two cores are 0.4 s: the longest wait we ask of anybody.
        std::size_t queue_max = 64;
    };
    /// What the operator watches.
    struct Counters {
        std::size_t waiting    = 0;
        std::uint64_t done     = 0;
        std::uint64_t rejected = 0;
    };

    explicit ArgonPool(Size size);
    /// Waits for the running jobs. No `run` may be in progress or follow.
    ~ArgonPool();
    ArgonPool(const ArgonPool&)            = delete;
    ArgonPool& operator=(const ArgonPool&) = delete;

    /// Runs `job` on a thread of the pool and returns when it is done. Errors: unavailable when the queue is full.
    Result<void> run(const std::function<void()>& job);

    [[nodiscard]] Counters counters() const;

private:
    struct Ticket {
        const std::function<void()>& job;
        std::condition_variable finished;
        bool is_done = false;
    };
    void work();

    const std::size_t queue_max_;
    mutable std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<Ticket*> queue_;
    Counters counters_;
    bool is_stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace portcullis::sodium
