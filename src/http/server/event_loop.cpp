// The one translation unit with sockets and coroutines.
#include "http/server/event_loop.h"

#include <cxxabi.h>
#include <fmt/format.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <ctime>
#include <exception>
#include <future>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "base/secret.h"
#include "http/server/answer.h"
#include "http/server/request_reader.h"

namespace portcullis::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorValue = boost::system::error_code;
using Steady     = std::chrono::steady_clock;
using std::chrono::milliseconds;

// The executor is named, not erased (any_io_executor costs 6-12 % of the requests a second, see docs/decisions).
using Executor  = asio::io_context::executor_type;
using Socket    = asio::basic_stream_socket<tcp, Executor>;
using TlsStream = asio::ssl::stream<Socket>;
using Acceptor  = asio::basic_socket_acceptor<tcp, Executor>;
using Timer     = asio::basic_waitable_timer<Steady, asio::wait_traits<Steady>, Executor>;
template <class T>
using Awaitable = asio::awaitable<T, Executor>;
/// Errors are values: nothing here throws.
using Await = asio::as_tuple_t<asio::use_awaitable_t<Executor>>;

constexpr std::size_t kReadBytes      = 8 * 1024;    ///< first size of a connection's buffer
constexpr std::size_t kJoinedBodyMax  = 16 * 1024;   ///< up to here head and body leave in one write
constexpr std::size_t kLingerBytesMax = 256 * 1024;  ///< read and thrown away before closing
constexpr milliseconds kAcceptPause{100};            ///< after running out of descriptors
constexpr milliseconds kFreshWhileDraining{1'000};   ///< for a connection that has not asked for anything yet
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

/// Runs `work` on the pool, in the place reserved there, and resumes on the event loop that awaits it. The only way
/// from a coroutine to code that may block.
template <class Work>
auto on_pool(WorkerPool& pool, Work work) {
    Await await;
    return asio::async_initiate<Await, void()>(
        [&pool](auto handler, Work given) {
            pool.run(std::move(given), [handler = std::move(handler)]() mutable {
                auto executor = asio::get_associated_executor(handler);
                asio::post(executor, std::move(handler));
            });
        },
        await, std::move(work));
}

/// Identifiers without a system call each: random bytes are drawn by the page.
class RequestIds {
public:
    RequestId next() {
        if (used_ + kEach > bytes_.size()) {
            PORTCULLIS_ASSERT(RAND_bytes(bytes_.data(), static_cast<int>(bytes_.size())) == 1);
            used_ = 0;
        }
        std::array<std::uint8_t, kEach> random{};
        std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(used_), kEach, random.begin());
        used_ += kEach;
        const auto now = std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch());
        const auto id  = uuid::version7(static_cast<std::uint64_t>(now.count()), random);
        return {id.high, id.low};
    }

private:
    static constexpr std::size_t kEach = 10;
    std::array<std::uint8_t, 400 * kEach> bytes_{};
    std::size_t used_ = bytes_.size();
};

/// The `Date` of this second.
class DateHeader {
public:
    std::string_view now() {
        if (const std::int64_t seconds = std::time(nullptr); seconds != seconds_) {
            seconds_ = seconds;
            text_    = http_date(seconds);
        }
        return text_;
    }

private:
    std::int64_t seconds_ = -1;
    std::string text_;
};

std::string type_name(const std::exception& exception) {
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> name(
        abi::__cxa_demangle(typeid(exception).name(), nullptr, nullptr, &status), &std::free);
    return status == 0 ? name.get() : "an exception";
}

IpAddress to_ip(const asio::ip::address& address) {
    if (address.is_v4()) return IpAddress::v4(address.to_v4().to_uint());
    const auto bytes = address.to_v6().to_bytes();
    std::string text(bytes.begin(), bytes.end());
    return IpAddress::from_bytes(text).value_or(IpAddress());
}

Result<tcp::endpoint> endpoint_of(const Listener& listener, std::uint16_t port) {
    ErrorValue failed;
    const auto address = asio::ip::make_address(listener.address, failed);
    if (failed)
        return Error{ErrorCode::invalidRequest, fmt::format("`{}` is no IP address to listen on", listener.address)};
    return tcp::endpoint(address, port);
}

using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
enum class Sharing { none, withOtherLoops };

Result<void> bind(Acceptor& acceptor, const tcp::endpoint& endpoint, Sharing sharing) {
    ErrorValue failed;
    acceptor.open(endpoint.protocol(), failed);
    if (!failed) acceptor.set_option(asio::socket_base::reuse_address(true), failed);
    if (!failed && endpoint.address().is_v6()) acceptor.set_option(asio::ip::v6_only(true), failed);
    if (!failed && sharing == Sharing::withOtherLoops) acceptor.set_option(ReusePort(true), failed);
    if (!failed) acceptor.bind(endpoint, failed);
    if (!failed) return {};
    return Error{ErrorCode::unavailable,
                 fmt::format("cannot listen on `{}` port {}: {}", endpoint.address().to_string(), endpoint.port(),
                             failed.message())};
}

struct Peer {
    IpAddress address;
    Counted counted = Counted::byAddress;
    bool is_trusted = false;
};

class Connection;

/// What the connections of one loop share; one thread touches it.
struct LoopState {
    explicit LoopState(SharedState& given) : shared(given) {}

    SharedState& shared;
    std::list<Connection*> connections;
    RequestIds ids;
    DateHeader date;
};

/// A connection's place in its loop and in the counts, and its deadline.
class Connection {
public:
    enum class Phase { handshake, fresh, idle, reading, handling, writing, closing };

    Connection(LoopState& loop, Peer peer)
        : loop_(loop), peer_(peer), place_(loop.connections.insert(loop.connections.end(), this)) {}
    virtual ~Connection() {
        loop_.connections.erase(place_);
        loop_.shared.caps.leave(peer_.address, peer_.counted);
    }
    Connection(const Connection&)            = delete;
    Connection& operator=(const Connection&) = delete;

    virtual Socket& socket() = 0;

    /// Ends the operation that has outlived its phase; the coroutine finds `timed_out_` and decides what that means.
    void sweep(Steady::time_point now) {
        if (now < deadline_) return;
        if (!timed_out_) count(loop_.shared.tallies.timeouts);
        timed_out_ = true;
        ErrorValue ignored;
        socket().cancel(ignored);
    }

    void close() {
        ErrorValue ignored;
        socket().close(ignored);
    }

    void close_if_idle() {
        if (phase_ == Phase::idle) return close();
        if (phase_ == Phase::fresh) deadline_ = std::min(deadline_, Steady::now() + kFreshWhileDraining);
    }

protected:
    void enter(Phase phase, milliseconds patience) {
        phase_     = phase;
        timed_out_ = false;
        deadline_  = Steady::now() + patience;
    }
    void enter_handling() {
        phase_     = Phase::handling;
        timed_out_ = false;
        deadline_  = Steady::time_point::max();
    }

    LoopState& loop_;
    const Peer peer_;
    Phase phase_                 = Phase::fresh;
    bool timed_out_              = false;
    Steady::time_point deadline_ = Steady::time_point::max();

private:
    std::list<Connection*>::iterator place_;
};

/// One connection, over `Stream`: read a request, have it answered on the pool, write the answer, again.
template <class Stream>
class Session final : public Connection {
public:
    template <class... Arguments>
    Session(LoopState& loop, Peer peer, Arguments&&... stream)
        : Connection(loop, peer),
          stream_(std::forward<Arguments>(stream)...),
          reader_({.request_line_bytes_max = limits().request_line_bytes_max,
                   .header_bytes_max       = limits().header_bytes_max,
                   .fields_max             = limits().fields_max}),
          in_(kReadBytes) {}
    ~Session() override {
        wipe(in_.data(), in_.size());
        wipe(out_.data(), out_.capacity());
    }

    static Awaitable<void> run(std::unique_ptr<Session> session) {
        const bool is_ready = co_await session->handshake();
        if (is_ready) co_await session->converse();
    }

    Socket& socket() override {
        if constexpr (kIsTls) {
            return stream_.next_layer();
        } else {
            return stream_;
        }
    }

private:
    static constexpr bool kIsTls = std::is_same_v<Stream, TlsStream>;
    enum class Read { request, refused, closed };

    [[nodiscard]] const ServerLimits& limits() const { return loop_.shared.options.limits; }
    [[nodiscard]] const ServerTimeouts& timeouts() const { return loop_.shared.options.timeouts; }

    Awaitable<bool> handshake() {
        if constexpr (kIsTls) {
            enter(Phase::handshake, timeouts().tls_handshake);
            const auto [failed] = co_await stream_.async_handshake(asio::ssl::stream_base::server, Await{});
            if (failed) {
                count(loop_.shared.tallies.handshakes_failed);
                co_return false;
            }
        }
        const bool is_draining = loop_.shared.is_draining.load(std::memory_order_relaxed);
        enter(Phase::fresh, is_draining ? std::min(kFreshWhileDraining, timeouts().header) : timeouts().header);
        co_return true;
    }

    Awaitable<void> converse() {
        for (;;) {
            const auto read = co_await read_request();
            if (read == Read::closed) co_return;
            if (read == Read::refused) {
                answer_refusal();
            } else {
                co_await answer_request();
            }

            const bool is_written = co_await write_answer();
            if (!is_written) co_return;
            forget_answer();
            if (after_ == AfterAnswer::close) break;
            const bool has_next = begin_ != end_;
            enter(has_next ? Phase::reading : Phase::idle, has_next ? timeouts().header : timeouts().keep_alive);
        }
        co_await linger();
    }

    /// INVARIANT: in_[begin_, end_) is what was read and not yet consumed.
    Awaitable<Read> read_request() {
        reader_.start();
        // A drain may have begun after the last answer promised to keep the connection.
        if (phase_ == Phase::idle && loop_.shared.is_draining.load(std::memory_order_relaxed)) co_return Read::closed;
        forget_consumed();
        bool has_head = false;
        for (;;) {
            if (has_head || begin_ != end_) {
                const auto progress = reader_.feed({in_.data() + begin_, end_ - begin_});
                begin_ += progress.consumed;
                if (progress.step == RequestReader::Step::complete) co_return Read::request;
                if (progress.step == RequestReader::Step::refused) co_return Read::refused;
                if (progress.step == RequestReader::Step::headDone) {
                    if (!admit_head()) co_return Read::refused;
                    const bool may_go_on = co_await begin_body();
                    if (!may_go_on) co_return Read::closed;
                    has_head = true;
                    continue;  // a message without a body is complete without another byte
                }
            }
            make_room();
            const auto [failed, size] =
                co_await stream_.async_read_some(asio::buffer(in_.data() + end_, in_.size() - end_), Await{});
            if (failed) co_return timed_out() ? Read::refused : Read::closed;
            end_ += size;
            if (phase_ == Phase::idle) enter(Phase::reading, timeouts().header);
            if (phase_ == Phase::fresh) phase_ = Phase::reading;  // its time runs since it was accepted
        }
    }

    /// The last request may have held a password; and a connection that waits needs no large buffer.
    void forget_consumed() {
        if (begin_ != end_) return;
        wipe(in_.data(), end_);
        begin_ = end_ = 0;
        if (in_.size() > kReadBytes) in_ = std::vector<char>(kReadBytes);
    }

    /// It may have been a token.
    void forget_answer() {
        wipe(out_.data(), out_.capacity());
        wipe(response_.body.data(), response_.body.capacity());
        response_ = {};
    }

    /// Room for at least one byte. The buffer grows no further than a head may (HeadScanner) and wipes what it leaves.
    void make_room() {
        if (begin_ == end_) begin_ = end_ = 0;
        if (end_ < in_.size()) return;
        if (begin_ > 0) {
            std::copy(in_.begin() + index(begin_), in_.begin() + index(end_), in_.begin());
            end_ -= begin_;
            begin_ = 0;
            return;
        }
        std::vector<char> larger(in_.size() * 2);
        std::copy(in_.begin(), in_.end(), larger.begin());
        wipe(in_.data(), in_.size());
        in_ = std::move(larger);
    }
    static std::ptrdiff_t index(std::size_t at) { return static_cast<std::ptrdiff_t>(at); }

    /// Whether a request had begun when its time ran out; then it deserves a 408.
    bool timed_out() {
        if (!timed_out_ || phase_ != Phase::reading) return false;
        own_refusal_ = {408, "the request took too long to arrive"};
        return true;
    }

    /// What can be said of a request before its body: who sends it, for which authority, how large.
    bool admit_head() {
        auto& request = reader_.request();
        identify(request);
        const auto& shared = loop_.shared;
        if (!shared.authorities.contains(request.authority) &&
            !(shared.options.admits_other_authority && shared.options.admits_other_authority(request))) {
            own_refusal_ = {421, "the authority is not one of ours"};
            return false;
        }
        const auto body_max =
            shared.options.body_bytes_max ? shared.options.body_bytes_max(request) : limits().body_bytes_max;
        return reader_.limit_body(body_max);
    }

    void identify(Request& request) {
        request.id           = loop_.ids.next();
        request.peer_address = to_string(peer_.address);
        request.tls          = kIsTls;
        if (const auto sent = request.header("client-request-id")) request.correlation = parse_id<CorrelationId>(*sent);
        if (!peer_.is_trusted) {
            request.client_address = request.peer_address;
            return;
        }
        request.client_address =
            to_string(client_address(peer_.address, request.header_values("x-forwarded-for"), loop_.shared.trusted));
        if (request.header("x-forwarded-proto") == "https") request.tls = true;
    }

    /// From here the body's time runs. False when the connection is gone.
    Awaitable<bool> begin_body() {
        if (reader_.expects_continue() && begin_ == end_) {
            enter(Phase::reading, timeouts().write);
            const auto [failed, size] = co_await asio::async_write(stream_, asio::buffer(kContinue), Await{});
            if (failed || size != kContinue.size()) co_return false;
        }
        enter(Phase::reading, timeouts().body);
        co_return true;
    }

    Awaitable<void> answer_request() {
        auto& pool = loop_.shared.pool;
        after_     = reader_.keeps_alive() ? AfterAnswer::keepAlive : AfterAnswer::close;
        if (!pool.reserve()) {
            count(loop_.shared.tallies.requests_rejected);
            response_ = own_answer(503, reader_.request().id);
        } else {
            enter_handling();
            co_await on_pool(pool, [this] { call_handler(); });
        }
        if (loop_.shared.is_draining.load(std::memory_order_relaxed)) after_ = AfterAnswer::close;
    }

    /// On a worker thread. The last catch of everything a request can set off (PROTO-815).
    void call_handler() noexcept {
        const auto& request = reader_.request();
        try {
            response_ = loop_.shared.handler(request);
        } catch (const std::exception& exception) {
            failed(fmt::format("a handler threw {}", type_name(exception)));
        } catch (...) {
            failed("a handler threw something");
        }
    }

    void failed(const std::string& what) {
        response_ = own_answer(500, reader_.request().id);
        loop_.shared.report(
            {.level = ServerEvent::Level::error, .what = what, .request = reader_.request().id});
    }

    void answer_refusal() {
        auto& request = reader_.request();
        if (request.id.is_nil()) request.id = loop_.ids.next();
        const auto refusal = own_refusal_.value_or(reader_.refusal());
        own_refusal_.reset();
        response_ = own_answer(refusal.status, request.id);
        after_    = AfterAnswer::close;
        count(loop_.shared.tallies.requests_malformed);
        loop_.shared.report({.level   = ServerEvent::Level::info,
                             .what    = fmt::format("request refused with {}: {}", refusal.status, refusal.why),
                             .request = request.id});
    }

    void render_head() {
        const auto& request = reader_.request();
        const AnswerContext context{.method      = request.method,
                                    .after       = after_,
                                    .id          = request.id,
                                    .correlation = request.correlation,
                                    .date        = loop_.date.now()};
        out_.clear();
        const auto rendered = append_head(response_, context, out_);
        if (rendered) return;
        failed(rendered.error().message);
        out_.clear();
        PORTCULLIS_ASSERT(append_head(response_, context, out_));
    }

    Awaitable<bool> write_answer() {
        render_head();
        count(loop_.shared.tallies.answers[static_cast<std::size_t>(response_.status / 100)]);
        const bool has_body  = sends_body(response_, reader_.request().method);
        const bool is_joined = has_body && response_.body.size() <= kJoinedBodyMax;
        if (is_joined) out_ += response_.body;

        enter(Phase::writing, timeouts().write);
        const auto [failed_head, head_size] = co_await asio::async_write(stream_, asio::buffer(out_), Await{});
        if (failed_head) co_return false;
        if (!has_body || is_joined) co_return true;
        const auto [failed_body, body_size] =
            co_await asio::async_write(stream_, asio::buffer(response_.body), Await{});
        co_return !failed_body;
    }

    /// Closing with unread bytes in the kernel resets the connection, and the answer may be lost with it. So: say that
    /// we are done, read a little longer, then close (RFC 9112 §9.6).
    Awaitable<void> linger() {
        enter(Phase::closing, timeouts().linger);
        if constexpr (kIsTls) {
            co_await stream_.async_shutdown(Await{});  // sends close_notify; whatever it answers, we close
        }
        ErrorValue failed_shutdown;
        socket().shutdown(Socket::shutdown_send, failed_shutdown);
        for (std::size_t thrown_away = 0; !failed_shutdown && thrown_away < kLingerBytesMax && !timed_out_;) {
            const auto [failed, size] = co_await socket().async_read_some(asio::buffer(in_), Await{});
            if (failed) co_return;
            thrown_away += size;
        }
    }

    Stream stream_;
    RequestReader reader_;
    std::vector<char> in_;
    std::size_t begin_ = 0, end_ = 0;
    std::string out_;
    Response response_;
    AfterAnswer after_ = AfterAnswer::close;
    std::optional<Refusal> own_refusal_;
};

/// A timer tick fine enough for the shortest patience, and never more than ten times a second for the usual ones.
milliseconds tick_of(const ServerTimeouts& timeouts) {
    const auto shortest = std::min(
        {timeouts.tls_handshake, timeouts.header, timeouts.body, timeouts.write, timeouts.keep_alive, timeouts.linger});
    return std::clamp(shortest / 10, milliseconds(5), milliseconds(100));
}

}  // namespace

class EventLoop::Body {
public:
    explicit Body(SharedState& shared)
        : shared_(shared), state_(shared), guard_(context_.get_executor()), sweeper_(context_) {}

    Result<std::uint16_t> listen(const Listener& listener, std::uint16_t port) {
        const auto endpoint = TRY(endpoint_of(listener, port));
        auto acceptor       = std::make_unique<Acceptor>(context_);
        TRY(bind(*acceptor, endpoint, Sharing::withOtherLoops));
        ErrorValue failed;
        acceptor->listen(asio::socket_base::max_listen_connections, failed);
        const auto bound = failed ? tcp::endpoint() : acceptor->local_endpoint(failed);
        if (failed)
            return Error{ErrorCode::unavailable, fmt::format("cannot listen on port {}: {}", port, failed.message())};

        doors_.push_back({std::move(acceptor), listener.transport});
        asio::co_spawn(context_, accept(doors_.size() - 1), [this](const std::exception_ptr& exception) { ended(exception); });
        return bound.port();
    }

    void run() {
        asio::co_spawn(context_, sweep(), [this](const std::exception_ptr& exception) { ended(exception); });
        context_.run();
    }

    void stop_accepting() {
        std::promise<void> stopped;
        asio::post(context_, [this, &stopped] {
            is_accepting_ = false;
            for (auto& door : doors_) shut(door);
            stopped.set_value();
        });
        stopped.get_future().wait();
    }

    void close_idle() {
        asio::post(context_, [this] {
            for (auto* connection : state_.connections) connection->close_if_idle();
        });
    }

    void cut_off() {
        asio::post(context_, [this] {
            for (auto* connection : state_.connections) connection->close();
        });
    }

    void finish() {
        asio::post(context_, [this] {
            is_finishing_ = true;
            sweeper_.cancel();
            guard_.reset();
        });
    }

private:
    struct Door {
        std::unique_ptr<Acceptor> acceptor;
        Transport transport;
    };

    Awaitable<void> accept(std::size_t door) {
        while (is_accepting_) {
            tcp::endpoint from;
            auto [failed, socket] = co_await doors_[door].acceptor->async_accept(from, Await{});
            if (!failed) welcome(std::move(socket), from, doors_[door].transport);
            if (failed && is_accepting_) co_await pause(failed);
        }
    }

    /// Connections the kernel has completed would be reset when the listener closes: they are let in first.
    void shut(Door& door) {
        ErrorValue failed;
        door.acceptor->non_blocking(true, failed);
        while (!failed) {
            tcp::endpoint from;
            auto socket = door.acceptor->accept(from, failed);
            if (!failed) welcome(std::move(socket), from, door.transport);
        }
        door.acceptor->close(failed);
    }

    /// Out of descriptors, most likely: the client waits in the kernel while others finish.
    Awaitable<void> pause(ErrorValue why) {
        if (why == asio::error::connection_aborted) co_return;
        shared_.report({.level   = ServerEvent::Level::warning,
                        .what    = fmt::format("a connection could not be accepted: {}", why.message()),
                        .request = std::nullopt});
        Timer timer(context_, kAcceptPause);
        co_await timer.async_wait(Await{});
    }

    void welcome(Socket socket, const tcp::endpoint& from, Transport transport) {
        const auto address    = to_ip(from.address());
        const bool is_trusted = shared_.trusted.contains(address);
        const Peer peer{.address    = address,
                        .counted    = is_trusted ? Counted::inTotalOnly : Counted::byAddress,
                        .is_trusted = is_trusted};
        if ((transport == Transport::plainBehindProxy && !is_trusted) ||
            !shared_.caps.enter(peer.address, peer.counted)) {
            count(shared_.tallies.connections_refused);
            return;  // closes the socket
        }
        count(shared_.tallies.connections_accepted);
        ErrorValue ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        if (transport == Transport::tls) {
            start_tls(std::move(socket), peer);
        } else {
            start(std::make_unique<Session<Socket>>(state_, peer, std::move(socket)));
        }
    }

    void start_tls(Socket socket, const Peer& peer) {
        const auto context = shared_.tls();
        auto* handle       = SSL_new(context.get());
        if (handle == nullptr) {
            shared_.caps.leave(peer.address, peer.counted);
            return;
        }
        start(std::make_unique<Session<TlsStream>>(state_, peer, std::move(socket), handle));
    }

    template <class Stream>
    void start(std::unique_ptr<Session<Stream>> session) {
        asio::co_spawn(context_, Session<Stream>::run(std::move(session)),
                       [this](const std::exception_ptr& exception) { ended(exception); });
    }

    Awaitable<void> sweep() {
        const auto tick = tick_of(shared_.options.timeouts);
        while (!is_finishing_) {
            sweeper_.expires_after(tick);
            co_await sweeper_.async_wait(Await{});
            const auto now = Steady::now();
            for (auto* connection : state_.connections) connection->sweep(now);
        }
    }

    void ended(const std::exception_ptr& exception) const {
        if (!exception) return;
        try {
            std::rethrow_exception(exception);
        } catch (const std::exception& thrown) {
            shared_.report({.level   = ServerEvent::Level::error,
                            .what    = fmt::format("a connection was dropped by {}", type_name(thrown)),
                            .request = std::nullopt});
        } catch (...) {
            shared_.report(
                {.level = ServerEvent::Level::error, .what = "a connection was dropped", .request = std::nullopt});
        }
    }

    SharedState& shared_;
    LoopState state_;
    asio::io_context context_{1};
    asio::executor_work_guard<Executor> guard_;
    Timer sweeper_;
    std::vector<Door> doors_;
    bool is_accepting_ = true, is_finishing_ = false;
};

EventLoop::EventLoop(SharedState& shared) : body_(std::make_unique<Body>(shared)) {}
EventLoop::~EventLoop() = default;
Result<std::uint16_t> EventLoop::listen(const Listener& listener, std::uint16_t port) {
    return body_->listen(listener, port);
}
void EventLoop::run() { body_->run(); }
void EventLoop::stop_accepting() { body_->stop_accepting(); }
void EventLoop::close_idle() { body_->close_idle(); }
void EventLoop::cut_off() { body_->cut_off(); }
void EventLoop::finish() { body_->finish(); }

Result<void> check_free(const Listener& listener) {
    if (listener.port == 0) return {};
    const auto endpoint = TRY(endpoint_of(listener, listener.port));
    asio::io_context context;
    Acceptor probe(context);
    return bind(probe, endpoint, Sharing::none);
}

}  // namespace portcullis::http
