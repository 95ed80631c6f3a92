// Whatever arrives as the query of an authorization request: no crash; what passes was registered, and what is refused
// to the client goes to a registered URI with the state it sent and a description fit for a header.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "core/oidc/authorize_request.h"
#include "core/oidc/pkce.h"
#include "core/oidc/redirect_uri.h"
#include "wire/claims_request.h"
#include "wire/oauth_error.h"

namespace {

using namespace portcullis;
using namespace portcullis::oidc;

const identity::Application& native_client() {
    static const identity::Application client{.id            = {0, 1},
                                              .kind          = identity::ApplicationKind::native,
                                              .redirect_uris = {"http://localhost/cb", "com.example.app:/cb"},
                                              .grants        = {identity::GrantType::authorization_code},
                                              .api           = {"api://demo", {{"Read", ""}, {"Write", ""}}, {}},
                                              .scope_grants  = {{{0, 1}, "Read"}}};
    return client;
}

void check_told(const RefusedToClient& told, const Parameters& parameters) {
    PORTCULLIS_ASSERT(is_registered_redirect(native_client(), told.redirect_uri));
    PORTCULLIS_ASSERT(told.state == parameters.get("state"));
    for (const char c : error_description(told.refusal))
        PORTCULLIS_ASSERT(c >= 0x20 && c <= 0x7E && c != '"' && c != '\\');
    const auto location =
        wire::redirect_location(told.redirect_uri, wire::error_response(told.refusal, told.state, "i"));
    PORTCULLIS_ASSERT(location.starts_with(told.redirect_uri) && location.find_first_of("\r\n #") == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto parameters = parse_parameters({reinterpret_cast<const char*>(data), size});
    if (!parameters) return 0;
    const AuthorizeContext context{
        .find_client   = [](ApplicationId id) { return id == native_client().id ? &native_client() : nullptr; },
        .find_resource = [](std::string_view name) { return name == "api://demo" ? &native_client() : nullptr; },
        .parse_claims  = wire::parse_claims_request,
    };
    const auto outcome = check_authorize_request(*parameters, context);
    if (const auto* told = std::get_if<RefusedToClient>(&outcome)) check_told(*told, *parameters);
    if (const auto* request = std::get_if<AuthorizeRequest>(&outcome)) {
        PORTCULLIS_ASSERT(request->client == native_client().id);
        PORTCULLIS_ASSERT(is_registered_redirect(native_client(), request->redirect_uri));
        PORTCULLIS_ASSERT(is_code_challenge(request->code_challenge));
        PORTCULLIS_ASSERT(!request->scopes.spelled.empty());
        for (const auto& permission : request->scopes.permissions) PORTCULLIS_ASSERT(permission == "Read");
    }
    return 0;
}
