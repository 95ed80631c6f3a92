#include "adapters/outgoing/client.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>

namespace portcullis::outgoing {
namespace {

constexpr std::size_t kAddressesMax = 16;

std::optional<IpAddress> address_of(const sockaddr* from) {
    if (!from) return std::nullopt;
    if (from->sa_family == AF_INET) {
        const auto* v4 = reinterpret_cast<const sockaddr_in*>(from);
        return IpAddress::from_bytes({reinterpret_cast<const char*>(&v4->sin_addr), 4});
    }
    if (from->sa_family == AF_INET6) {
        const auto* v6 = reinterpret_cast<const sockaddr_in6*>(from);
        return IpAddress::from_bytes({reinterpret_cast<const char*>(&v6->sin6_addr), 16});
    }
    return std::nullopt;
}

Result<std::vector<IpAddress>> resolve(const std::string& host) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found    = nullptr;
    if (getaddrinfo(host.c_str(), nullptr, &wanted, &found) != 0) return Error{ErrorCode::unavailable, "its name does not resolve"};
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
    std::vector<IpAddress> addresses;
    for (const auto* one = found; one && addresses.size() < kAddressesMax; one = one->ai_next) {
        const auto address = address_of(one->ai_addr);
        if (address && std::ranges::find(addresses, *address) == addresses.end()) addresses.push_back(*address);
    }
    if (addresses.empty()) return Error{ErrorCode::unavailable, "its name has no address"};
    return addresses;
}

/// Whether it is an address of this machine's own interfaces, public ones too.
bool is_own(const IpAddress& address) {
    ifaddrs* first = nullptr;
    if (getifaddrs(&first) != 0) return true;  // not knowing is no permission
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(first, freeifaddrs);
    for (const auto* one = first; one; one = one->ifa_next) {
        if (address_of(one->ifa_addr) == address) return true;
    }
    return false;
}

/// What one transfer may connect to, and what came back.
struct Transfer {
    std::vector<IpAddress> checked;
    std::size_t answer_bytes_max = 0;
    std::string body;
};

/// The last look before a socket exists: libcurl connects where we said, or nowhere.
curl_socket_t open_socket(void* to, curlsocktype, curl_sockaddr* where) {
    const auto& transfer = *static_cast<const Transfer*>(to);
    const auto address   = address_of(&where->addr);
    if (!address || std::ranges::find(transfer.checked, *address) == transfer.checked.end()) return CURL_SOCKET_BAD;
    return socket(where->family, where->socktype | SOCK_CLOEXEC, where->protocol);
}

std::size_t take_body(char* bytes, std::size_t, std::size_t size, void* to) {
    auto& transfer = *static_cast<Transfer*>(to);
    if (transfer.body.size() + size > transfer.answer_bytes_max) return 0;
    transfer.body.append(bytes, size);
    return size;
}

struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

void append(List& list, const std::string& line) {
    auto* longer = curl_slist_append(list.get(), line.c_str());
    if (!longer) return;
    (void)list.release();
    list.reset(longer);
}

/// `host:port:address,address` for CURLOPT_RESOLVE.
std::string pinned(const Target& target, const std::vector<IpAddress>& addresses) {
    std::vector<std::string> texts;
    for (const auto& address : addresses) texts.push_back(address.is_v4() ? to_string(address) : "[" + to_string(address) + "]");
    return fmt::format("{}:{}:{}", target.host, target.port, fmt::join(texts, ","));
}

void set_limits(CURL* curl, const ClientOptions& options, Scheme scheme) {
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, scheme == Scheme::http ? "http" : "https");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
    if (options.ca_file.empty()) return;
    curl_easy_setopt(curl, CURLOPT_CAINFO, options.ca_file.c_str());
    curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
}

}  // namespace

Client::Client(ClientOptions options) : options_(std::move(options)) { curl_global_init(CURL_GLOBAL_DEFAULT); }
Client::~Client() { curl_global_cleanup(); }

Result<Answer> Client::post(const Target& target, const std::vector<std::string>& headers, const std::string& body) const {
    return send(target, headers, &body);
}

Result<Answer> Client::get(const Target& target, const std::vector<std::string>& headers) const { return send(target, headers, nullptr); }

Result<Answer> Client::send(const Target& target, const std::vector<std::string>& headers, const std::string* body) const {
    if (target.scheme == Scheme::http && options_.least == Scheme::https) return Error{ErrorCode::forbidden, "it is not https"};
    auto checked = TRY(resolve(target.host));
    Transfer transfer{.checked = std::move(checked), .answer_bytes_max = options_.answer_bytes_max, .body = {}};
    for (const auto& address : transfer.checked) {
        const bool is_allowed = std::ranges::any_of(options_.allowed, [&](const Cidr& network) { return network.contains(address); });
        if (const auto because = refusal(address, target.port, options_.allowed, target.scheme)) return Error{ErrorCode::forbidden, std::string(*because)};
        if (!is_allowed && is_own(address)) return Error{ErrorCode::forbidden, "its address is this machine's own"};
    }

    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), curl_easy_cleanup);
    if (!curl) return Error{ErrorCode::unavailable, "libcurl does not start"};
    List lines, addresses;
    for (const auto& line : headers) append(lines, line);
    append(lines, "Expect:");  // no waiting for a go-ahead
    append(addresses, pinned(target, transfer.checked));
    set_limits(curl.get(), options_, target.scheme);
    curl_easy_setopt(curl.get(), CURLOPT_URL, target.url().c_str());
    curl_easy_setopt(curl.get(), CURLOPT_RESOLVE, addresses.get());
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, lines.get());
    if (body) {
        curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body->size()));
        curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body->c_str());
    }
    curl_easy_setopt(curl.get(), CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl.get(), CURLOPT_OPENSOCKETDATA, &transfer);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &transfer);

    const auto code = curl_easy_perform(curl.get());
    if (code != CURLE_OK) return Error{ErrorCode::unavailable, curl_easy_strerror(code)};
    long status = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    return Answer{.status = static_cast<int>(status), .body = std::move(transfer.body)};
}

}  // namespace portcullis::outgoing
