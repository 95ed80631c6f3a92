#pragma once

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/identity/application.h"
#include "core/oidc/claims_request.h"
#include "core/oidc/parameters.h"
#include "core/oidc/refusal.h"
#include "core/oidc/scopes.h"
#include "core/terms/auth_terms.h"

/// The authorization endpoint's checks, as one ordered table (protocols.md §4.1, steps 3 to 9).
namespace portcullis::oidc {

/// A request that passed every check. Only check_authorize_request makes one.
struct AuthorizeRequest {
    ApplicationId client{};
    std::string redirect_uri{};  ///< as sent: redemption compares it byte for byte
    ResponseMode response_mode = ResponseMode::query;
    std::string state{};           ///< comes back unchanged; empty: not sent, so not returned
    std::string nonce{};           ///< empty: not sent
    std::string code_challenge{};  ///< S256; empty only for an exempted client (PROTO-104)
    Scopes scopes{};
    std::set<Prompt> prompts{};
    std::optional<std::int64_t> max_age_s{};
    AuthenticationDemand demand{};
    ClaimsRequest claims{};
    std::string claims_text{};  ///< as sent, for the flow to keep; empty: none
    std::vector<std::string> capabilities{};
    std::string login_hint{};  ///< never trusted, prefills a field (PROTO-112)
    std::string domain_hint{};
    std::string id_token_hint{};  ///< not verified yet (PROTO-113)
    std::vector<std::string> ui_locales{};
    bool wants_client_info = false;  ///< PROTO-222

    [[nodiscard]] bool asks(Prompt prompt) const { return prompts.contains(prompt); }
};

/// Steps 1 to 4: an HTML page with status 400, never a redirect, and never which of client and URI was wrong
/// (PROTO-101).
struct RefusedOnPage {
    Refusal refusal;  ///< for the log and the number on the page
};

/// Steps 5 to 9: goes to the client.
struct RefusedToClient {
    Refusal refusal;
    std::string redirect_uri{};
    ResponseMode response_mode = ResponseMode::query;
    std::string state{};
};

using AuthorizeOutcome = std::variant<AuthorizeRequest, RefusedOnPage, RefusedToClient>;

/// Whether people may sign themselves up: then `prompt=create` exists.
enum class SignUp { off, on };

/// What the checks look things up in: one tenant's snapshot.
struct AuthorizeContext {
    /// The enabled application with this `client_id` in this tenant, or null.
    std::function<const identity::Application*(ApplicationId)> find_client;
    FindResource find_resource;
    /// wire::parse_claims_request.
    std::function<std::optional<ClaimsRequest>(std::string_view)> parse_claims;
    SignUp sign_up = SignUp::off;
};

/// Runs the table; the first check that refuses decides. Parameters have passed parse_parameters (step 1) and the
/// tenant is known (step 2).
AuthorizeOutcome check_authorize_request(const Parameters& parameters, const AuthorizeContext& context);

/// A `client_id`: a GUID in either case (protocols.md §3).
std::optional<ApplicationId> parse_client_id(std::string_view text);

}  // namespace portcullis::oidc
