// Whatever is posted to the token endpoint, with whatever Authorization: the first line of the input, the body after it. One way
// of authentication at most is read, and what the grants are given is what was posted.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "core/oidc/client_authentication.h"
#include "core/oidc/device_code.h"
#include "core/oidc/token_request.h"
#include "wire/claims_request.h"
#include "wire/oauth_error.h"

namespace {

using namespace portcullis;
using namespace portcullis::oidc;

const identity::Application& client() {
    static const identity::Application made{.id     = {0, 1},
                                            .kind   = identity::ApplicationKind::native,
                                            .grants = {identity::GrantType::authorization_code, identity::GrantType::refresh_token,
                                                       identity::GrantType::device_code},
                                            .api    = {"api://demo", {{"Read", ""}}, {}}};
    return made;
}

void check_refusal(const Refusal& refusal) {
    for (const char c : error_description(refusal)) PORTCULLIS_ASSERT(c >= 0x20 && c <= 0x7E && c != '"' && c != '\\');
    PORTCULLIS_ASSERT(http_status(refusal) >= 400);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto line   = text.substr(0, text.find('\n'));
    const auto body   = parse_parameters(text.substr(std::min(text.size(), line.size() + 1)), kBodyLimits);
    const auto header = line.empty() ? std::optional<std::string_view>{} : std::optional(line);
    if (!body) return 0;

    const auto presented = present_client(header, *body);
    if (const auto* refusal = std::get_if<Refusal>(&presented)) check_refusal(*refusal);
    if (const auto* claim = std::get_if<PresentedClient>(&presented)) {
        PORTCULLIS_ASSERT((claim->how == Presented::basic) == tried_basic(header));
        PORTCULLIS_ASSERT(claim->how != Presented::post || !body->get("client_secret").empty());
        // Nobody is let in by a digest that is nobody's.
        const auto outcome = authenticate_client(nullptr, *claim, "x", from_unix_seconds(1'800'000'000));
        PORTCULLIS_ASSERT(std::holds_alternative<Refusal>(outcome));
    }
    const auto checked = check_token_request(*body, {.client        = client(),
                                                     .find_resource = [](std::string_view name) { return name == "api://demo" ? &client() : nullptr; },
                                                     .parse_claims  = wire::parse_claims_request});
    if (const auto* refusal = std::get_if<Refusal>(&checked)) check_refusal(*refusal);
    if (const auto* request = std::get_if<TokenRequest>(&checked)) {
        PORTCULLIS_ASSERT(may_use(client(), request->type()));
        if (const auto* code = std::get_if<CodeRequest>(&request->grant)) PORTCULLIS_ASSERT(code->code.reveal() == body->get("code"));
    }
    if (const auto code = normalise_user_code(text)) PORTCULLIS_ASSERT(normalise_user_code(show_user_code(*code)) == code);
    return 0;
}
