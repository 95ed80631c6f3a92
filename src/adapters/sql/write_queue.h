#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "adapters/sql/db.h"
#include "base/result.h"
#include "base/semaphore.h"

namespace portcullis::sql {

/// Most writes that share one COMMIT: enough that its cost vanishes, few enough that none waits long for its
/// neighbours.
inline constexpr std::size_t kGroupMax = 512;

/// One caller's write. It lives on the caller's stack: the caller stays until it is answered.
class Write {
public:
    using Work   = std::function<Result<void>(Exclusive&)>;
    using Answer = Result<std::vector<Rows>>;

    explicit Write(std::span<const Statement> batch) : statements(batch) {}
    explicit Write(const Work& exclusive) : work(&exclusive) {}

    std::span<const Statement> statements;
    const Work* work = nullptr;    ///< set: runs alone
    std::optional<Answer> answer;  ///< filled by the writer, read by the caller after it was woken

private:
    friend class WriteQueue;
    std::shared_ptr<Semaphore> answered_;  // the caller's thread's; the writer holds it too, for it may post when the caller has gone on
};

/// Where callers wait for a writer thread: bounded, in order of arrival, drained before it ends.
class WriteQueue {
public:
    explicit WriteQueue(std::size_t writes_max) : writes_max_(writes_max) {}

    /// Caller: hands over `write` and waits for its answer. Errors: unavailable, at once, when full or stopped.
    Write::Answer submit(Write& write);

    /// Writer: waits for writes and takes at most kGroupMax of them, or one that runs alone.
    /// Empty: stopped, and nobody waits any more.
    std::vector<Write*> take();
    /// Writer: wakes the callers. Every `answer` must be set; the writes may not be touched afterwards.
    static void wake(std::span<Write* const> group);

    /// No more writes are accepted; those waiting are still carried out.
    void stop();

private:
    const std::size_t writes_max_;
    std::mutex mutex_;
    std::condition_variable filled_;
    std::deque<Write*> waiting_;
    bool is_stopped_ = false;
};

/// The same answer for everybody in a group.
void answer_all(std::span<Write* const> group, const Error& error);

}  // namespace portcullis::sql
