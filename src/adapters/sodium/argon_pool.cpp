#include "adapters/sodium/argon_pool.h"

#include <algorithm>

namespace portcullis::sodium {

ArgonPool::ArgonPool(Size size) : queue_max_(size.queue_max) {
    const auto threads = size.threads ? size.threads : std::max(1u, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

ArgonPool::~ArgonPool() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    arrived_.notify_all();
    for (auto& thread : threads_) thread.join();
}

Result<void> ArgonPool::run(const std::function<void()>& job) {
    Ticket ticket{job, {}, false};
    std::unique_lock lock(mutex_);
    if (queue_.size() >= queue_max_) {
        ++counters_.rejected;
        return Error{ErrorCode::unavailable, "too many passwords are being checked"};
    }
    queue_.push_back(&ticket);
    arrived_.notify_one();
    ticket.finished.wait(lock, [&] { return ticket.is_done; });
    return {};
}

void ArgonPool::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        arrived_.wait(lock, [&] { return is_stopping_ || !queue_.empty(); });
        if (queue_.empty()) return;
        auto* ticket = queue_.front();
        queue_.pop_front();
        lock.unlock();
        ticket->job();
        lock.lock();
        ++counters_.done;
        // Notified under the lock: the caller, whose stack holds the ticket, cannot return before we are done with it.
        ticket->is_done = true;
        ticket->finished.notify_one();
    }
}

ArgonPool::Counters ArgonPool::counters() const {
    const std::lock_guard lock(mutex_);
    auto now    = counters_;
    now.waiting = queue_.size();
    return now;
}

}  // namespace portcullis::sodium
