#include "http/server/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

using namespace portcullis;
using namespace portcullis::http;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

/// Long enough for any machine; a test that waits this long has failed.
constexpr int kPatienceS = 20;

/// A TCP connection to a server on 127.0.0.1; speaks bytes, knows no HTTP but where an answer ends.
class Client {
public:
    explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const timeval patience{.tv_sec = kPatienceS, .tv_usec = 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        sockaddr_in address{};
        address.sin_family      = AF_INET;
        address.sin_port        = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        is_connected_           = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    ~Client() { ::close(socket_); }
    Client(const Client&)            = delete;
    Client& operator=(const Client&) = delete;

    [[nodiscard]] bool is_connected() const { return is_connected_; }
    [[nodiscard]] int handle() const { return socket_; }

    Client& send(const std::string& bytes) {
        ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        return *this;
    }
    void say_no_more() { ::shutdown(socket_, SHUT_WR); }

    /// One answer: head, and as much body as `Content-Length` says. Empty when the server closed before.
    std::string answer() {
        while (received_.find("\r\n\r\n") == std::string::npos) {
            if (!receive()) return {};
        }
        const auto head_size = received_.find("\r\n\r\n") + 4;
        const auto length    = received_.find("Content-Length: ");
        std::size_t size     = head_size;
        if (length < head_size) size += std::stoul(received_.substr(length + 16));
        while (received_.size() < size) {
            if (!receive()) return {};
        }
        const auto answer = received_.substr(0, size);
        received_.erase(0, size);
        return answer;
    }

    /// All until the server closes; `\n<still open>` is appended when it does not.
    std::string rest() {
        while (receive()) {
        }
        return std::exchange(received_, {}) + (is_closed_ ? "" : "\n<still open>");
    }

private:
    bool receive() {
        char bytes[16 * 1024];
        const auto size = ::recv(socket_, bytes, sizeof bytes, 0);
        if (size == 0 || (size < 0 && errno == ECONNRESET)) is_closed_ = true;
        if (size <= 0) return false;
        received_.append(bytes, static_cast<std::size_t>(size));
        return true;
    }

    int socket_;
    bool is_connected_ = false, is_closed_ = false;
    std::string received_;
};

std::string status_of(const std::string& answer) { return answer.size() < 12 ? "nothing" : answer.substr(9, 3); }

std::string header_of(const std::string& answer, const std::string& name) {
    const auto start = answer.find("\r\n" + name + ": ");
    if (start == std::string::npos || start > answer.find("\r\n\r\n")) return "absent";
    const auto value = start + name.size() + 4;
    return answer.substr(value, answer.find("\r\n", value) - value);
}

std::string body_of(const std::string& answer) { return answer.substr(answer.find("\r\n\r\n") + 4); }

ServerOptions options() {
    return {.listeners = {{}}, .authorities = {"127.0.0.1:*", "h.example"}, .io_threads = 2, .worker_threads = 2};
}

std::unique_ptr<Server> serving(ServerOptions given, Handler handler) {
    auto server = Server::start(std::move(given), std::move(handler));
    if (!server) FAIL(server.error().message);
    return std::move(server).value();
}

Response echo(const Request& request) {
    return Response::text(std::string(to_string(request.method)) + " " + request.path + "?" + request.query + " " +
                          request.body);
}

std::string request_to(const std::string& target, const std::string& fields = "", const std::string& body = "") {
    return (body.empty() ? "GET " : "POST ") + target + " HTTP/1.1\r\nHost: h.example\r\n" + fields + "\r\n" + body;
}

/// A door a handler waits at until the test opens it.
class Gate {
public:
    void wait() {
        arrived_.set_value();
        open_.get_future().wait();
    }
    void until_somebody_waits() { arrived_.get_future().wait(); }
    void open() { open_.set_value(); }

private:
    std::promise<void> arrived_, open_;
};

}  // namespace

TEST_CASE("a request is answered with its ids, a date, and no version (PROTO-212)") {
    const auto server = serving(options(), echo);
    Client client(server->ports().at(0));
    const auto answer =
        client.send(request_to("/a?b=c", "client-request-id: 01234567-89AB-cdef-0123-456789abcdef\r\n")).answer();
    CHECK(status_of(answer) == "200");
    CHECK(body_of(answer) == "GET /a?b=c ");
    CHECK(header_of(answer, "Server") == "portcullis");
    CHECK(header_of(answer, "Date").ends_with(" GMT"));
    CHECK(header_of(answer, "x-request-id").size() == 36);
    CHECK(header_of(answer, "request-id") == header_of(answer, "x-request-id"));
    CHECK(header_of(answer, "client-request-id") == "01234567-89ab-cdef-0123-456789abcdef");

    const auto next = client.send(request_to("/", "client-request-id: no guid\r\n")).answer();
    CHECK(header_of(next, "client-request-id") == "absent");
    CHECK(header_of(next, "x-request-id") != header_of(answer, "x-request-id"));
}

TEST_CASE("badly framed requests get 400 with a request id, and the connection closes (PROTO-808, PROTO-809)") {
    struct Row {
        const char* sentence;
        std::string bytes;
    };
    const std::string start = "POST / HTTP/1.1\r\nHost: h.example\r\n";
    // clang-format off
    const auto row = GENERATE_COPY(values<Row>({
        {"length and encoding",       start + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"two lengths",               start + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"},
        {"a list of lengths",         start + "Content-Length: 3,3\r\n\r\nabc"},
        {"a malformed length",        start + "Content-Length: 3x\r\n\r\nabc"},
        {"an unknown coding",         start + "Transfer-Encoding: gzip\r\n\r\n"},
        {"a bare LF",                 start + "X: y\nZ: z\r\n\r\n"},
        {"a bare CR",                 start + "X: y\rZ: z\r\n\r\n"},
        {"LF line ends",              "GET / HTTP/1.1\nHost: h.example\n\n"},
        {"a NUL",                     start + "X: \0\r\n\r\n"s},
        {"a space before the colon",  start + "X : y\r\n\r\n"},
        {"obs-fold",                  start + "X: y\r\n z\r\n\r\n"},
        {"a bad chunk size",          start + "Transfer-Encoding: chunked\r\n\r\nzz\r\n"},
        {"a signed chunk size",       start + "Transfer-Encoding: chunked\r\n\r\n+1\r\nx\r\n0\r\n\r\n"},
        {"a trailer field",           start + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n\r\n"},
        {"no host",                   "GET / HTTP/1.1\r\n\r\n"},
        {"two hosts",                 start + "Host: h.example\r\n\r\n"},
        {"a URL of another host",     "GET http://other.example/ HTTP/1.1\r\nHost: h.example\r\n\r\n"},
        {"HTTP/2 by prior knowledge", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
        {"no HTTP at all",            "\x16\x03\x01\x02\0\x01\0\x01"s},
        {"after a good request",      request_to("/") + "GET / HTTP/1.1\r\nHost: h.example\r\nX : y\r\n\r\n"},
    }));
    // clang-format on
    INFO(row.sentence);
    static const auto server = serving(options(), echo);
    Client client(server->ports().at(0));
    client.send(row.bytes);
    auto answer = client.answer();
    if (status_of(answer) == "200") answer = client.answer();
    CHECK(status_of(answer) == "400");
    CHECK(header_of(answer, "Connection") == "close");
    CHECK(header_of(answer, "x-request-id").size() == 36);
    CHECK(body_of(answer) == "400 Bad Request\nrequest-id: " + header_of(answer, "x-request-id") + "\n");
    client.say_no_more();
    CHECK(client.rest().empty());
}

TEST_CASE("what is refused before routing says why by its status, and closes (PROTO-002, PROTO-007, PROTO-807)") {
    struct Row {
        const char* sentence;
        std::string bytes;
        const char* status;
    };
    // clang-format off
    const auto row = GENERATE(values<Row>({
        {"TRACE",                 "TRACE / HTTP/1.1\r\nHost: h.example\r\n\r\n",                               "405"},
        {"CONNECT",               "CONNECT h.example:443 HTTP/1.1\r\nHost: h.example:443\r\n\r\n",             "405"},
        {"another authority",     "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",                              "421"},
        {"another port",          "GET / HTTP/1.1\r\nHost: h.example:8080\r\n\r\n",                            "421"},
        {"a URL of another",      "GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",           "421"},
        {"a long request line",   request_to("/" + std::string(8200, 'x')),                                    "414"},
        {"large fields",          request_to("/", "X: " + std::string(32 * 1024, 'x') + "\r\n"),               "431"},
        {"a large body",          request_to("/", "Content-Length: 65537\r\n"),                                "413"},
        {"a large chunk",         request_to("/", "Transfer-Encoding: chunked\r\n", "10001\r\n"),              "413"},
        {"an odd expectation",    request_to("/", "Expect: rain\r\n"),                                         "417"},
    }));
    // clang-format on
    INFO(row.sentence);
    static const auto server = serving(options(), echo);
    Client client(server->ports().at(0));
    const auto answer = client.send(row.bytes).answer();
    CHECK(status_of(answer) == row.status);
    CHECK((header_of(answer, "Allow") != "absent") == (row.status == "405"s));
    CHECK(header_of(answer, "x-request-id").size() == 36);
    client.say_no_more();
    CHECK(client.rest().empty());
}

TEST_CASE("a hundred fields are read and no more (PROTO-807)") {
    const auto server = serving(options(), echo);
    std::string fields;
    for (int i = 0; i < 99; ++i) fields += "X: y\r\n";
    CHECK(status_of(Client(server->ports().at(0)).send(request_to("/", fields)).answer()) == "200");
    CHECK(status_of(Client(server->ports().at(0)).send(request_to("/", fields + "X: y\r\n")).answer()) == "431");
}

TEST_CASE("a connection is kept, and pipelined requests are answered in order (RFC 9112 §9.3)") {
    const auto server = serving(options(), echo);
    Client client(server->ports().at(0));
    client.send(request_to("/1") + request_to("/2", "Content-Length: 3\r\n", "abc") +
                request_to("/3", "Transfer-Encoding: chunked\r\n", "1\r\nx\r\n2\r\nyz\r\n0\r\n\r\n") +
                request_to("/4").substr(0, 9));
    CHECK(body_of(client.answer()) == "GET /1? ");
    CHECK(body_of(client.answer()) == "POST /2? abc");
    CHECK(body_of(client.answer()) == "POST /3? xyz");
    client.send(request_to("/4").substr(9));
    const auto answer = client.answer();
    CHECK(body_of(answer) == "GET /4? ");
    CHECK(header_of(answer, "Connection") == "keep-alive");
    const auto last = client.send(request_to("/5", "Connection: close\r\n")).answer();
    CHECK(header_of(last, "Connection") == "close");
    client.say_no_more();
    CHECK(client.rest().empty());
    CHECK(server->counters().connections_accepted == 1);
    CHECK(server->counters().answers[2] == 5);
}

TEST_CASE("bytes that come one by one make the same request") {
    const auto server = serving(options(), echo);
    Client client(server->ports().at(0));
    for (const char c : request_to("/slow", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n"))
        client.send(std::string(1, c));
    CHECK(body_of(client.answer()) == "POST /slow? abc");
}

TEST_CASE("HEAD is answered without a body, with its length (RFC 9110 §9.3.2)") {
    const auto server = serving(options(), [](const Request&) { return Response::text("hello"); });
    Client client(server->ports().at(0));
    client.send("HEAD / HTTP/1.1\r\nHost: h.example\r\nConnection: close\r\n\r\n").say_no_more();
    const auto answer = client.rest();
    CHECK(header_of(answer, "Content-Length") == "5");
    CHECK(body_of(answer).empty());
}

TEST_CASE("large answers arrive whole") {
    const std::string large(3'000'000, 'x');
    const auto server = serving(options(), [&](const Request&) { return Response::text(large); });
    Client client(server->ports().at(0));
    CHECK(body_of(client.send(request_to("/")).answer()) == large);
    CHECK(body_of(client.send(request_to("/")).answer()) == large);
}

TEST_CASE("a path may have its own body limit, and who waits for 100 gets it (PROTO-807)") {
    auto given           = options();
    given.body_bytes_max = [](const Request& request) { return request.path == "/scim" ? 1024 * 1024 : 10; };
    const auto server    = serving(given, echo);
    const std::string body(500'000, 'x');
    const auto fields = "Expect: 100-continue\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";

    Client client(server->ports().at(0));
    CHECK(client.send(request_to("/scim", fields)).answer() == "HTTP/1.1 100 Continue\r\n\r\n");
    CHECK(body_of(client.send(body).answer()) == "GET /scim? " + body);
    CHECK(status_of(Client(server->ports().at(0)).send(request_to("/", fields)).answer()) == "413");
}

TEST_CASE("a full pool answers 503 with Retry-After, and has room again when a handler is done") {
    auto given             = options();
    given.worker_threads   = 1;
    given.worker_queue_max = 0;
    Gate gate;
    const auto server = serving(given, [&](const Request& request) {
        if (request.path == "/wait") gate.wait();
        return Response::text("done");
    });
    Client first(server->ports().at(0)), second(server->ports().at(0));
    first.send(request_to("/wait"));
    gate.until_somebody_waits();
    const auto refused = second.send(request_to("/")).answer();
    CHECK(status_of(refused) == "503");
    CHECK(header_of(refused, "Retry-After") == "1");
    CHECK(header_of(refused, "Connection") == "keep-alive");
    CHECK(server->counters().workers_busy == 1);
    CHECK(server->counters().requests_rejected == 1);
    gate.open();
    CHECK(body_of(first.answer()) == "done");
    CHECK(body_of(second.send(request_to("/")).answer()) == "done");
}

TEST_CASE("an exception becomes 500 with the request id only, and one event (PROTO-815)") {
    std::mutex mutex;
    std::vector<ServerEvent> events;
    auto given     = options();
    given.on_event = [&](const ServerEvent& event) {
        const std::lock_guard lock(mutex);
        events.push_back(event);
    };
    const auto server = serving(given, [](const Request& request) -> Response {
        if (request.path == "/int") throw 1;
        if (request.path == "/split") return Response::text("").add("X", "a\r\nb");
        throw std::runtime_error("alice@contoso.example");
    });
    Client client(server->ports().at(0));
    for (const auto& [path, what] :
         std::vector<std::pair<std::string, std::string>>{{"/", "a handler threw std::runtime_error"},
                                                          {"/int", "a handler threw something"},
                                                          {"/split", "an answer has a header that could split it"}}) {
        INFO(path);
        const auto answer = client.send(request_to(path)).answer();
        CHECK(status_of(answer) == "500");
        CHECK(body_of(answer) == "500 Internal Server Error\nrequest-id: " + header_of(answer, "x-request-id") + "\n");
        const std::lock_guard lock(mutex);
        REQUIRE(events.size() == 1);
        CHECK(events[0].level == ServerEvent::Level::error);
        CHECK(events[0].what == what);
        CHECK(to_string(*events[0].request) == header_of(answer, "x-request-id"));
        events.clear();
    }
}

TEST_CASE("slow clients are cut off and never hold a worker (PROTO-807)") {
    auto given                = options();
    given.timeouts.header     = 50ms;
    given.timeouts.body       = 50ms;
    given.timeouts.keep_alive = 50ms;
    given.timeouts.linger     = 50ms;
    const auto server         = serving(given, echo);
    Client silent(server->ports().at(0)), head(server->ports().at(0)), body(server->ports().at(0)),
        idle(server->ports().at(0));
    head.send("GET / HTTP/1.1\r\nHo");
    body.send(request_to("/", "Content-Length: 5\r\n", "abc"));
    CHECK(status_of(idle.send(request_to("/")).answer()) == "200");
    CHECK(silent.rest().empty());
    CHECK(status_of(head.rest()) == "408");
    CHECK(status_of(body.rest()) == "408");
    CHECK(idle.rest().empty());
    CHECK(server->counters().workers_busy == 0);
    CHECK(server->counters().timeouts >= 4);
}

TEST_CASE("a client that does not read its answer is cut off (PROTO-807)") {
    auto given           = options();
    given.timeouts.write = 50ms;
    const auto server    = serving(given, [](const Request&) { return Response::text(std::string(50'000'000, 'x')); });
    Client client(server->ports().at(0));
    client.send(request_to("/"));
    while (server->counters().timeouts == 0) std::this_thread::yield();
    CHECK(client.rest().size() < 50'000'000);
}

TEST_CASE("connections are capped per address and in all (PROTO-807)") {
    auto given                               = options();
    given.limits.connections_per_address_max = 2;
    const auto server                        = serving(given, echo);
    Client first(server->ports().at(0)), second(server->ports().at(0));
    CHECK(status_of(first.send(request_to("/")).answer()) == "200");
    CHECK(status_of(second.send(request_to("/")).answer()) == "200");
    CHECK(Client(server->ports().at(0)).rest().empty());
    CHECK(server->counters().connections_refused == 1);
    CHECK(server->counters().connections_open == 2);
}

TEST_CASE("X-Forwarded-For counts from configured proxies only (PROTO-811)") {
    const auto tell = [](const Request& request) {
        return Response::text(request.peer_address + " " + request.client_address + (request.tls ? " tls" : " plain"));
    };
    const auto fields = "X-Forwarded-For: 203.0.113.9, 198.51.100.1\r\nX-Forwarded-Proto: https\r\n";

    const auto believing_none = serving(options(), tell);
    CHECK(body_of(Client(believing_none->ports().at(0)).send(request_to("/", fields)).answer()) ==
          "127.0.0.1 127.0.0.1 plain");

    auto given                    = options();
    given.trusted_proxies         = {"127.0.0.1", "::1"};
    const auto believing_loopback = serving(given, tell);
    CHECK(body_of(Client(believing_loopback->ports().at(0)).send(request_to("/", fields)).answer()) ==
          "127.0.0.1 198.51.100.1 tls");
    CHECK(body_of(Client(believing_loopback->ports().at(0)).send(request_to("/")).answer()) ==
          "127.0.0.1 127.0.0.1 plain");
}

TEST_CASE("a listener for proxies closes on everybody else (PROTO-800)") {
    auto given            = options();
    given.listeners       = {{.transport = Transport::plainBehindProxy}};
    given.trusted_proxies = {"192.0.2.1"};
    const auto server     = serving(given, echo);
    CHECK(Client(server->ports().at(0)).send(request_to("/")).rest().empty());
    CHECK(server->counters().connections_refused == 1);
}

TEST_CASE("health probes may come under any authority (PROTO-002)") {
    auto given                   = options();
    given.admits_other_authority = [](const Request& request) { return request.path == "/healthz"; };
    const auto server            = serving(given, echo);
    Client client(server->ports().at(0));
    CHECK(status_of(client.send("GET /healthz HTTP/1.1\r\nHost: 10.1.2.3:8080\r\n\r\n").answer()) == "200");
    CHECK(status_of(client.send("GET /other HTTP/1.1\r\nHost: 10.1.2.3:8080\r\n\r\n").answer()) == "421");
}

TEST_CASE("a drain finishes what is in flight, closes what is idle, and takes nothing new") {
    Gate gate;
    const auto server = serving(options(), [&](const Request& request) {
        if (request.path == "/wait") gate.wait();
        return Response::text("done");
    });
    Client busy(server->ports().at(0)), idle(server->ports().at(0));
    CHECK(header_of(idle.send(request_to("/")).answer(), "Connection") == "keep-alive");
    busy.send(request_to("/wait"));
    gate.until_somebody_waits();

    auto drained = std::async(std::launch::async, [&] { return server->drain(20s); });
    CHECK(idle.rest().empty());
    CHECK_FALSE(Client(server->ports().at(0)).is_connected());
    gate.open();
    const auto answer = busy.answer();
    CHECK(body_of(answer) == "done");
    CHECK(header_of(answer, "Connection") == "close");
    busy.say_no_more();
    CHECK(busy.rest().empty());
    CHECK(drained.get() == Server::Drained::completely);
    CHECK(server->counters().connections_open == 0);
    CHECK(server->drain(0ms) == Server::Drained::completely);
}

TEST_CASE("who stopped accepting goes on with whom it has") {
    const auto server = serving(options(), echo);
    Client open(server->ports().at(0));
    CHECK(status_of(open.send(request_to("/")).answer()) == "200");
    server->stop_accepting();
    server->stop_accepting();
    CHECK_FALSE(Client(server->ports().at(0)).is_connected());
    const auto answer = open.send(request_to("/")).answer();
    CHECK(status_of(answer) == "200");
    CHECK(header_of(answer, "Connection") == "keep-alive");
}

TEST_CASE("a drain out of patience cuts off, and still waits for the handler") {
    Gate gate;
    std::atomic<bool> has_returned = false;
    const auto server              = serving(options(), [&](const Request&) {
        gate.wait();
        has_returned = true;
        return Response::text("done");
    });
    Client client(server->ports().at(0));
    client.send(request_to("/"));
    gate.until_somebody_waits();
    auto drained = std::async(std::launch::async, [&] { return server->drain(1ms); });
    CHECK(client.rest().empty());
    CHECK_FALSE(has_returned);
    gate.open();
    CHECK(drained.get() == Server::Drained::cutOff);
    CHECK(has_returned);
}

TEST_CASE("a server that ends while clients are connected ends") {
    auto server = serving(options(), echo);
    Client fresh(server->ports().at(0)), half(server->ports().at(0)), idle(server->ports().at(0));
    half.send("GET / HT");
    CHECK(status_of(idle.send(request_to("/")).answer()) == "200");
    server.reset();
    CHECK(fresh.rest().empty());
    CHECK(half.rest().empty());
    CHECK(idle.rest().empty());
}

TEST_CASE("options that cannot be are refused by name") {
    struct Row {
        const char* named;
        ServerOptions given;
    };
    auto none = options(), name = options(), open = options(), no_tls = options(), no_proxy = options();
    auto io = options(), workers = options(), authority = options(), proxy = options(), limit = options(),
         timeout            = options();
    none.listeners          = {};
    name.listeners          = {{.address = "localhost"}};
    open.listeners          = {{.address = "0.0.0.0"}};
    no_tls.listeners        = {{.transport = Transport::tls}};
    no_proxy.listeners      = {{.transport = Transport::plainBehindProxy}};
    io.io_threads           = 0;
    workers.worker_threads  = 0;
    authority.authorities   = {"https://h.example"};
    proxy.trusted_proxies   = {"everybody"};
    limit.limits.fields_max = 0;
    timeout.timeouts.body   = 0ms;
    for (const auto& row : std::vector<Row>{{"`listeners`", none},
                                            {"`listeners`", name},
                                            {"`listeners`", open},
                                            {"`tls`", no_tls},
                                            {"`trusted_proxies`", no_proxy},
                                            {"`io_threads`", io},
                                            {"`worker_threads`", workers},
                                            {"`authorities`", authority},
                                            {"`trusted_proxies`", proxy},
                                            {"`limits`", limit},
                                            {"`timeouts`", timeout}}) {
        const auto server = Server::start(row.given, echo);
        REQUIRE_FALSE(server);
        CHECK(server.error().code == ErrorCode::invalidRequest);
        CHECK_THAT(server.error().message, Catch::StartsWith(row.named));
    }
}

TEST_CASE("a port somebody listens on is not shared with them") {
    const auto first  = serving(options(), echo);
    auto given        = options();
    given.listeners   = {{.port = first->ports().at(0)}};
    const auto second = Server::start(given, echo);
    REQUIRE_FALSE(second);
    CHECK(second.error().code == ErrorCode::unavailable);
}

TEST_CASE("IPv6 and IPv4 are served side by side, each request knowing its peer") {
    auto given      = options();
    given.listeners = {{}, {.address = "::1"}};
    const auto server =
        Server::start(given, [](const Request& request) { return Response::text(request.peer_address); });
    if (!server) {
        WARN("no IPv6 here: " << server.error().message);
        return;
    }
    const int socket = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port   = htons((*server)->ports().at(1));
    address.sin6_addr   = in6addr_loopback;
    REQUIRE(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    const auto request = request_to("/", "Connection: close\r\n");
    ::send(socket, request.data(), request.size(), MSG_NOSIGNAL);
    ::shutdown(socket, SHUT_WR);
    std::string answer(4096, '\0');
    answer.resize(
        static_cast<std::size_t>(std::max<ssize_t>(::recv(socket, answer.data(), answer.size(), MSG_WAITALL), 0)));
    ::close(socket);
    CHECK(body_of(answer) == "::1");
}

namespace {

/// A directory that goes away with its owner.
class Directory {
public:
    Directory() : path_(std::filesystem::temp_directory_path() / "portcullis-tls-XXXXXX") {
        auto name = path_.string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~Directory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Directory(const Directory&)            = delete;
    Directory& operator=(const Directory&) = delete;
    [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

/// A self-signed P-256 certificate for `h.example` with the serial number given, and its key.
TlsFiles make_certificate(const Directory& directory, const std::string& name, long serial) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    auto* subject = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("h.example"), -1, -1,
                               0);
    X509_set_issuer_name(certificate.get(), subject);
    X509_sign(certificate.get(), key.get(), EVP_sha256());

    const TlsFiles files{.certificate_chain = directory.file(name + ".pem"),
                         .private_key       = directory.file(name + ".key")};
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> out(std::fopen(files.certificate_chain.c_str(), "w"), std::fclose);
    PEM_write_X509(out.get(), certificate.get());
    out.reset(std::fopen(files.private_key.c_str(), "w"));
    PEM_write_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return files;
}

struct Offer {
    int version_max    = TLS1_3_VERSION;
    const char* suites = "DEFAULT:@SECLEVEL=0";  ///< of TLS 1.2 and before
    std::string alpn   = "\x08http/1.1";
};

/// What a TLS client sees: `version suite protocol serial|status|body`, or `refused`.
std::string over_tls(std::uint16_t port, const Offer& offer) {
    Client client(port);
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context.get(), offer.version_max);
    REQUIRE(SSL_CTX_set_cipher_list(context.get(), offer.suites) == 1);
    SSL_CTX_set_alpn_protos(context.get(), reinterpret_cast<const unsigned char*>(offer.alpn.data()),
                            static_cast<unsigned>(offer.alpn.size()));
    const std::unique_ptr<SSL, decltype(&SSL_free)> tls(SSL_new(context.get()), SSL_free);
    SSL_set_fd(tls.get(), client.handle());
    if (SSL_connect(tls.get()) != 1) return "refused";

    const auto request = request_to("/", "Connection: close\r\n");
    SSL_write(tls.get(), request.data(), static_cast<int>(request.size()));
    std::string answer;
    char bytes[4096];
    for (int size = 0; (size = SSL_read(tls.get(), bytes, sizeof bytes)) > 0;)
        answer.append(bytes, static_cast<std::size_t>(size));
    const bool was_told = SSL_get_error(tls.get(), 0) == SSL_ERROR_ZERO_RETURN;

    const unsigned char* chosen = nullptr;
    unsigned chosen_size        = 0;
    SSL_get0_alpn_selected(tls.get(), &chosen, &chosen_size);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(SSL_get1_peer_certificate(tls.get()), X509_free);
    return std::string(SSL_get_version(tls.get())) + " " + SSL_get_cipher(tls.get()) + " " +
           std::string(reinterpret_cast<const char*>(chosen), chosen_size) + " " +
           std::to_string(ASN1_INTEGER_get(X509_get0_serialNumber(certificate.get()))) + "|" + status_of(answer) + "|" +
           body_of(answer) + (was_told ? "" : "|cut off");
}

ServerOptions tls_options(const TlsFiles& files) {
    auto given      = options();
    given.listeners = {{.transport = Transport::tls}};
    given.tls       = files;
    return given;
}

Response tell_tls(const Request& request) { return Response::text(request.tls ? "tls" : "plain"); }

}  // namespace

TEST_CASE("TLS is 1.2 or 1.3, AEAD with forward secrecy, HTTP/1.1 (PROTO-800)") {
    static const Directory directory;
    static const auto server = serving(tls_options(make_certificate(directory, "a", 1)), tell_tls);
    struct Row {
        const char* sentence;
        Offer offer;
        const char* expected;
    };
    // clang-format off
    const auto row = GENERATE(values<Row>({
        {"TLS 1.3",        {}, "TLSv1.3 TLS_AES_128_GCM_SHA256 http/1.1 1|200|tls"},
        {"TLS 1.2",        {.version_max = TLS1_2_VERSION}, "TLSv1.2 ECDHE-ECDSA-AES128-GCM-SHA256 http/1.1 1|200|tls"},
        {"HTTP/2 offered", {.alpn = "\x02h2\x08http/1.1"}, "TLSv1.3 TLS_AES_128_GCM_SHA256 http/1.1 1|200|tls"},
        {"HTTP/2 only",    {.alpn = "\x02h2"}, "refused"},
        {"TLS 1.1",        {.version_max = TLS1_1_VERSION}, "refused"},
        {"CBC suites",     {.version_max = TLS1_2_VERSION, .suites = "ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA"}, "refused"},
        {"no forward secrecy", {.version_max = TLS1_2_VERSION, .suites = "AES128-GCM-SHA256"}, "refused"},
    }));
    // clang-format on
    INFO(row.sentence);
    CHECK(over_tls(server->ports().at(0), row.offer) == row.expected);
}

TEST_CASE("a certificate is renewed without a restart, and a broken one changes nothing") {
    const Directory directory;
    const auto files  = make_certificate(directory, "a", 1);
    const auto server = serving(tls_options(files), tell_tls);
    CHECK(over_tls(server->ports().at(0), {}).find(" 1|200") != std::string::npos);

    const auto renewed = make_certificate(directory, "b", 2);
    std::filesystem::copy_file(renewed.certificate_chain, files.certificate_chain,
                               std::filesystem::copy_options::overwrite_existing);
    const auto mismatch = server->reload_tls();
    REQUIRE_FALSE(mismatch);
    CHECK(over_tls(server->ports().at(0), {}).find(" 1|200") != std::string::npos);

    std::filesystem::copy_file(renewed.private_key, files.private_key,
                               std::filesystem::copy_options::overwrite_existing);
    REQUIRE(server->reload_tls());
    CHECK(over_tls(server->ports().at(0), {}).find(" 2|200") != std::string::npos);

    std::filesystem::remove(files.private_key);
    CHECK(server->reload_tls().error().code == ErrorCode::unavailable);
}

TEST_CASE("who does not finish the TLS handshake is cut off (PROTO-807)") {
    const Directory directory;
    auto given                   = tls_options(make_certificate(directory, "a", 1));
    given.timeouts.tls_handshake = 50ms;
    const auto server            = serving(given, tell_tls);
    Client silent(server->ports().at(0));
    CHECK(silent.rest().empty());
    CHECK(server->counters().handshakes_failed == 1);
    CHECK(server->counters().timeouts == 1);

    Client plain(server->ports().at(0));
    plain.send(request_to("/")).say_no_more();
    CHECK(status_of(plain.rest()) != "200");
}
