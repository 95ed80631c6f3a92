#include "http/health.h"

namespace portcullis::http {
namespace {

Response plain(const Web& web, std::string text, int status) {
    auto response = Response::text(std::move(text), status);
    for (const auto& header : pages::json_headers(web.scheme(), pages::JsonAudience::caller)) {
        if (!same_name(header.name, "content-type")) response.set(header.name, header.value);
    }
    return response;
}

}  // namespace

Response healthz(Web& web, const Call&) { return plain(web, "ok\n", 200); }

Response readyz(Web& web, const Call& call) {
    const auto ready = web.is_ready();
    if (ready) return plain(web, "ready\n", 200);
    web.on_failure(ready.error().message, call.request.id);
    return plain(web, "not ready\n", 503);
}

Response metrics(Web& web, const Call& call) {
    const auto is_loopback = [](std::string_view address) { return address == "127.0.0.1" || address == "::1"; };
    const bool forwarded   = call.request.header_count("x-forwarded-for") + call.request.header_count("forwarded") > 0;
    if (forwarded || !is_loopback(call.request.peer_address)) return plain(web, "not found\n", 404);
    auto response = plain(web, web.metrics(), 200);
    response.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    return response;
}

Response static_file(Web& web, const Request& request) {
    if (request.method != Method::GET && request.method != Method::HEAD) {
        return plain(web, "method not allowed\n", 405).set("Allow", "GET, HEAD");
    }
    const auto file = web.files.find(std::string_view(request.path).substr(pages::StaticFiles::kPrefix.size()));
    if (!file) return plain(web, "not found\n", 404);
    const auto wanted = request.header("if-none-match");
    const bool same   = wanted && wanted->find(file->etag) != std::string_view::npos;
    auto response     = same ? Response{.status = 304, .headers = {}, .body = {}} : Response{.status = 200, .headers = {}, .body = file->content};
    return pages::with_headers(std::move(response), pages::static_headers(*file, web.scheme()));
}

}  // namespace portcullis::http
