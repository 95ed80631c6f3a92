#include "adapters/sql/write_queue.h"

#include "adapters/sql/errors.h"
#include "base/assert.h"

namespace portcullis::sql {

Write::Answer WriteQueue::submit(Write& write) {
    thread_local const auto answered = std::make_shared<Semaphore>();
    write.answered_                  = answered;
    {
        const std::lock_guard lock(mutex_);
        if (is_stopped_) return unavailable("shutting down");
        if (waiting_.size() >= writes_max_) return unavailable("too many writes are waiting");
        waiting_.push_back(&write);
    }
    filled_.notify_one();

    answered->wait();
    return std::move(*write.answer);
}

std::vector<Write*> WriteQueue::take() {
    std::vector<Write*> group;
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [&] { return is_stopped_ || !waiting_.empty(); });
    while (!waiting_.empty() && group.size() < kGroupMax) {
        Write* next = waiting_.front();
        if (next->work != nullptr && !group.empty()) break;
        waiting_.pop_front();
        group.push_back(next);
        if (next->work != nullptr) break;
    }
    return group;
}

void WriteQueue::wake(std::span<Write* const> group) {
    for (Write* write : group) {
        PORTCULLIS_ASSERT(write->answer.has_value());
        const auto answered = write->answered_;
        answered->post();  // from here on the Write may be gone
    }
}

void WriteQueue::stop() {
    {
        const std::lock_guard lock(mutex_);
        is_stopped_ = true;
    }
    filled_.notify_all();
}

void answer_all(std::span<Write* const> group, const Error& error) {
    for (Write* write : group) write->answer.emplace(error);
}

}  // namespace portcullis::sql
