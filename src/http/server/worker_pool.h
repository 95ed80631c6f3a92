#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/semaphore.h"

namespace portcullis::http {

/// A fixed number of threads and a bounded queue before them. A place is reserved first and used or given back after,
/// so that who finds the pool full still has the work in hand.
class WorkerPool {
public:
    WorkerPool(std::size_t threads, std::size_t queue_max);
    /// Runs what is queued, then ends the threads.
    ~WorkerPool();
    WorkerPool(const WorkerPool&)            = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    /// Takes a place; false when every thread is busy and the queue is full.
    [[nodiscard]] bool reserve();

    /// Runs `work` once, on some thread, in the place reserved; then, with the place given back, `resume` on the same
    /// thread, so that whoever is told of the end finds room for the next. Neither may throw.
    template <class Work, class Resume>
    void run(Work work, Resume resume) {
        push(std::make_unique<JobOf<Work, Resume>>(std::move(work), std::move(resume)));
    }

    /// Reserved and not begun.
    [[nodiscard]] std::size_t queue_depth() const;
    [[nodiscard]] std::size_t busy() const { return busy_.load(std::memory_order_relaxed); }

private:
    struct Job {
        virtual ~Job()        = default;
        virtual void run()    = 0;
        virtual void resume() = 0;
    };
    template <class Work, class Resume>
    struct JobOf final : Job {
        JobOf(Work work, Resume resume) : work_(std::move(work)), resume_(std::move(resume)) {}
        void run() override { work_(); }
        void resume() override { resume_(); }
        Work work_;
        Resume resume_;
    };

    void push(std::unique_ptr<Job> job);
    std::unique_ptr<Job> next_job();
    void work_until_stopped();

    const std::size_t places_max_;
    std::atomic<std::size_t> places_{0};  // INVARIANT: queued + running, never above places_max_
    std::atomic<std::size_t> busy_{0};
    std::mutex mutex_;
    Semaphore wanted_;  // INVARIANT: one post for each job queued, and at the end one for each thread
    std::deque<std::unique_ptr<Job>> queue_;
    std::vector<std::thread> threads_;
};

}  // namespace portcullis::http
