#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "adapters/sql/errors.h"
#include "base/result.h"

namespace portcullis::sql {

/// A bounded set of connections that are lent to one caller at a time. The one used last is lent first, so that a quiet
/// server uses few.
template <class Connection>
class Pool {
public:
    using Make = std::function<Result<std::unique_ptr<Connection>>()>;

    /// A connection on loan: goes back when the Lease ends, unless it was dropped.
    class Lease {
    public:
        Lease(Pool& pool, std::unique_ptr<Connection> connection) : pool_(&pool), connection_(std::move(connection)) {}
        Lease(Lease&& other) noexcept
            : pool_(std::exchange(other.pool_, nullptr)), connection_(std::move(other.connection_)) {}
        Lease& operator=(Lease&&) = delete;
        ~Lease() {
            if (pool_ != nullptr) pool_->give_back(std::move(connection_));
        }

        Connection& operator*() const { return *connection_; }
        Connection* operator->() const { return connection_.get(); }
        /// The connection is of no use any more; the next caller makes a new one.
        void drop() { connection_.reset(); }

    private:
        friend class Pool;
        Pool* pool_;
        std::unique_ptr<Connection> connection_;
    };

    Pool(std::size_t connections_max, Make make) : connections_max_(connections_max), make_(std::move(make)) {}

    /// Errors: unavailable, when none comes free in time or none can be made.
    Result<Lease> lend(std::chrono::steady_clock::time_point until) {
        std::unique_ptr<Connection> connection;
        {
            std::unique_lock lock(mutex_);
            const bool is_free = returned_.wait_until(lock, until, [&] { return lent_ < connections_max_; });
            if (!is_free) return unavailable("no reader came free in time");
            ++lent_;
            if (!idle_.empty()) {
                connection = std::move(idle_.back());
                idle_.pop_back();
            }
        }
        Lease lease(*this, std::move(connection));
        if (lease.connection_) return lease;

        auto made = make_();
        if (!made) return std::move(made).error();
        lease.connection_ = std::move(made).value();
        return lease;
    }

private:
    void give_back(std::unique_ptr<Connection> connection) {
        {
            const std::lock_guard lock(mutex_);
            --lent_;
            if (connection) idle_.push_back(std::move(connection));
        }
        returned_.notify_one();
    }

    const std::size_t connections_max_;
    const Make make_;
    std::mutex mutex_;
    std::condition_variable returned_;
    std::vector<std::unique_ptr<Connection>> idle_;
    std::size_t lent_ = 0;
};

}  // namespace portcullis::sql
