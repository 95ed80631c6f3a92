#include "http/server/worker_pool.h"

namespace portcullis::http {

WorkerPool::WorkerPool(std::size_t threads, std::size_t queue_max) : places_max_(threads + queue_max) {
    threads_.reserve(threads);
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work_until_stopped(); });
}

WorkerPool::~WorkerPool() {
    for (std::size_t i = 0; i < threads_.size(); ++i) wanted_.post();
    for (auto& thread : threads_) thread.join();
}

bool WorkerPool::reserve() {
    auto taken = places_.load(std::memory_order_relaxed);
    while (taken < places_max_) {
        if (places_.compare_exchange_weak(taken, taken + 1, std::memory_order_relaxed)) return true;
    }
    return false;
}

std::size_t WorkerPool::queue_depth() const {
    const auto busy = busy_.load(std::memory_order_relaxed), taken = places_.load(std::memory_order_relaxed);
    return taken > busy ? taken - busy : 0;
}

void WorkerPool::push(std::unique_ptr<Job> job) {
    {
        const std::lock_guard lock(mutex_);
        queue_.push_back(std::move(job));
    }
    wanted_.post();
}

/// The job to do next; null when the pool is stopping and none is left.
std::unique_ptr<WorkerPool::Job> WorkerPool::next_job() {
    wanted_.wait();
    const std::lock_guard lock(mutex_);
    if (queue_.empty()) return nullptr;
    auto job = std::move(queue_.front());
    queue_.pop_front();
    return job;
}

void WorkerPool::work_until_stopped() {
    while (auto job = next_job()) {
        busy_.fetch_add(1, std::memory_order_relaxed);
        job->run();
        busy_.fetch_sub(1, std::memory_order_relaxed);
        places_.fetch_sub(1, std::memory_order_relaxed);
        job->resume();
    }
}

}  // namespace portcullis::http
