#include "login/web.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <memory>

namespace portcullis::login {
namespace {

constexpr std::size_t kAnswerBytesMax = 1024 * 1024;

bool may_be_asked(std::string_view url) {
    if (url.starts_with("https://")) return true;
    for (const std::string_view here : {"http://localhost", "http://127.0.0.1", "http://[::1]"}) {
        if (url.starts_with(here) && (url.size() == here.size() || url[here.size()] == ':' || url[here.size()] == '/')) return true;
    }
    return false;
}

std::size_t take(char* bytes, std::size_t, std::size_t size, void* to) {
    auto& body = *static_cast<std::string*>(to);
    if (body.size() + size > kAnswerBytesMax) return 0;
    body.append(bytes, size);
    return size;
}

std::string encoded(CURL* curl, const std::string& text) {
    const std::unique_ptr<char, decltype(&curl_free)> escaped(curl_easy_escape(curl, text.data(), static_cast<int>(text.size())), curl_free);
    return escaped ? escaped.get() : "";
}

}  // namespace

Web::Web(std::string ca_file) : ca_file_(std::move(ca_file)) { curl_global_init(CURL_GLOBAL_DEFAULT); }

Result<Reply> Web::get(const std::string& url) const { return send(url, nullptr); }

Result<Reply> Web::post(const std::string& url, const std::vector<std::pair<std::string, std::string>>& form) const {
    std::string body;
    for (const auto& [name, value] : form) body += fmt::format("{}{}={}", body.empty() ? "" : "&", name, encoded(nullptr, value));
    return send(url, &body);
}

Result<Reply> Web::send(const std::string& url, const std::string* form) const {
    if (!may_be_asked(url)) return Error{ErrorCode::invalidRequest, fmt::format("`{}` is not https", url)};
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), curl_easy_cleanup);
    if (!curl) return Error{ErrorCode::unavailable, "libcurl does not start"};
    std::string body;
    curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "https,http");
    curl_easy_setopt(curl.get(), CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
    curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT, 5L);
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, 10L);
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &body);
    if (!ca_file_.empty()) curl_easy_setopt(curl.get(), CURLOPT_CAINFO, ca_file_.c_str());
    if (form) curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, form->c_str());
    if (const auto failed = curl_easy_perform(curl.get()); failed != CURLE_OK) {
        return Error{ErrorCode::unavailable, fmt::format("the identity provider does not answer: {}", curl_easy_strerror(failed))};
    }
    long status = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    auto answer = TRY(json::parse_object(body, {.bytes_max = kAnswerBytesMax}));
    return Reply{static_cast<int>(status), std::move(answer)};
}

}  // namespace portcullis::login
