#include <fmt/format.h>

#include "base/encoding.h"
#include "http/oidc/endpoints.h"
#include "wire/discovery.h"

namespace portcullis::http {
namespace {

/// A public document: cacheable, with a strong ETag and conditional GET (PROTO-003).
Response document(const Web& web, const Call& call, const json::object& content) {
    auto body       = json::to_text(content);
    const auto etag = fmt::format("\"{}\"", base64url(web.ports.digests.sha256(body)).substr(0, 22));
    const auto tags = call.request.header_values("if-none-match");
    const bool same = std::ranges::any_of(tags, [&](std::string_view tag) { return tag == "*" || tag.find(etag) != std::string_view::npos; });
    auto response   = same ? Response{.status = 304, .headers = {}, .body = {}} : Response::json(std::move(body));
    return pages::with_headers(std::move(response), pages::json_headers(web.scheme(), pages::JsonAudience::open)).set("ETag", etag);
}

wire::DiscoveryFacts facts_of(const Web& web, const Call& call) {
    return {.base = web.base_url, .tenant = call.tenant->tenant.id, .subjects = call.tenant->tenant.settings.subjects};
}

}  // namespace

Response open_id_metadata(Web& web, const Call& call) { return document(web, call, wire::open_id_metadata(facts_of(web, call))); }

Response oauth_metadata(Web& web, const Call& call) { return document(web, call, wire::oauth_metadata(facts_of(web, call))); }

Response jwks(Web& web, const Call& call) {
    const auto keys = web.ports.signer.published(call.tenant->tenant.id, call.facts.now);
    if (!keys) return oauth_trouble(web, call, keys.error());
    return document(web, call, app::public_jwks(*keys));
}

}  // namespace portcullis::http
