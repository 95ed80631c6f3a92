#include "adapters/sql/write_queue.h"

#include "adapters/sql/errors.h"
#include "base/assert.h"

namespace portcullis::sql {

Write::Answer WriteQueue::submit(Write& write) {
    {
        const std::lock_guard lock(mutex_);
        if (is_stopped_) return unavailable("shutting down");
        if (waiting_.size() >= writes_max_) return unavailable("too many writes are waiting");
        waiting_.push_back(&write);
    }
    filled_.notify_one();

    std::unique_lock lock(write.mutex_);
    write.answered_.wait(lock, [&] { return write.is_answered_; });
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
        // Under the lock: the caller destroys the Write as soon as it can take it.
        const std::lock_guard lock(write->mutex_);
        write->is_answered_ = true;
        write->answered_.notify_one();
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
