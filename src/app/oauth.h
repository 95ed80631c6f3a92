#pragma once

#include <optional>
#include <string>
#include <variant>

#include "app/ports/all.h"
#include "app/issued_code.h"
#include "app/live_session.h"
#include "app/request_facts.h"
#include "app/sign_in.h"
#include "core/oidc/authorize_request.h"
#include "core/oidc/client_authentication.h"
#include "core/oidc/device_code.h"
#include "core/oidc/logout.h"
#include "core/oidc/refusal.h"
#include "core/oidc/token_request.h"
#include "wire/token_response.h"

namespace portcullis::app {

/// A client's request to a machine endpoint: its Authorization header and its body.
struct ClientRequest {
    std::optional<std::string_view> authorization;
    const oidc::Parameters& body;
};

/// An answer, or what the protocol says instead.
template <class T>
using OAuthOutcome = std::variant<T, oidc::Refusal>;

/// What a device's user is asked to confirm (PROTO-128).
struct PendingDevice {
    std::string application_name;
    std::string user_code;
    std::string address;
    std::string place;
};

/// The end of a session by its own browser.
struct LoggedOut {
    std::string redirect_to;  // empty: our signed-out page
    bool must_ask = false;    // show the confirmation and change nothing (PROTO-191)
    bool ended    = false;    // the session ended: forget the cookies
};

/// The machine endpoints of OAuth 2.0 and OpenID Connect, and what the device and logout pages do.
class OAuth {
public:
    OAuth(Ports& ports, std::string base_url);

    /// POST token (PROTO-120 to 132). Errors of all: unavailable.
    Result<OAuthOutcome<wire::TokenResponse>> token(const TenantSnapshot& tenant, const ClientRequest& request, const RequestFacts& facts);
    /// POST introspect (PROTO-170, 171): the answer's body.
    Result<OAuthOutcome<json::object>> introspect(const TenantSnapshot& tenant, const ClientRequest& request, const RequestFacts& facts);
    /// POST revoke (PROTO-172).
    Result<OAuthOutcome<std::monostate>> revoke(const TenantSnapshot& tenant, const ClientRequest& request, const RequestFacts& facts);
    /// Userinfo (PROTO-173): the claims. `invalid_token` or `insufficient_scope` otherwise.
    Result<OAuthOutcome<json::object>> userinfo(const TenantSnapshot& tenant, std::string_view access_token, const RequestFacts& facts);

    /// POST devicecode (PROTO-127).
    Result<OAuthOutcome<wire::DeviceResponse>> device_authorization(const TenantSnapshot& tenant, const ClientRequest& request,
                                                                    const RequestFacts& facts);
    /// What the typed code stands for; nothing when it is unknown or over. Wrong codes are counted; tooManyRequests.
    Result<std::optional<PendingDevice>> pending_device(const TenantSnapshot& tenant, std::string_view user_code, SessionId session,
                                                        const RequestFacts& facts);
    /// The client and what policies are asked about, before the device's sign-in; nothing as above.
    Result<std::optional<FlowStart>> device_flow(const TenantSnapshot& tenant, std::string_view user_code, Instant now);
    enum class Approval { allowed, refused };
    /// What came of the person's word: nothing when the code is no longer pending; a refusal when the workstation is disabled for them.
    enum class Decided { done, gone, deviceDisabled };
    /// `flow`: the sign-in that allowed it.
    Result<Decided> decide_device(const TenantSnapshot& tenant, std::string_view user_code, Approval approval, const SignInFlow& flow,
                               const identity::Session& session, const RequestFacts& facts);

    /// RP-initiated logout (PROTO-190, 191). `session`: the browser's live one, if any.
    Result<LoggedOut> log_out(const TenantSnapshot& tenant, const oidc::Parameters& request, oidc::LogoutStep step,
                              const std::optional<LiveSession>& session, const RequestFacts& facts);

private:
    struct Issue;     // what one token response is made of
    struct Presented;  // an access or refresh token somebody asks about
    struct PolicyVerdict;
    struct JudgedRefresh;

    Result<OAuthOutcome<oidc::AuthenticatedClient>> client_of(const TenantSnapshot& tenant, const ClientRequest& request, const RequestFacts& facts);
    Result<OAuthOutcome<wire::TokenResponse>> redeem_code(const TenantSnapshot& tenant, const oidc::AuthenticatedClient& client,
                                                          const oidc::CodeRequest& request, bool client_info, const RequestFacts& facts);
    Result<OAuthOutcome<wire::TokenResponse>> refresh(const TenantSnapshot& tenant, const oidc::AuthenticatedClient& client,
                                                      const oidc::RefreshRequest& request, const oidc::TokenRequest& whole, const RequestFacts& facts);
    Result<OAuthOutcome<wire::TokenResponse>> refresh_once(const TenantSnapshot& tenant, const oidc::AuthenticatedClient& client,
                                                           const oidc::RefreshRequest& request, const oidc::TokenRequest& whole,
                                                           const RequestFacts& facts);
    JudgedRefresh judge_refresh(const TenantSnapshot& tenant, const identity::Grant& grant, const Standing& standing,
                                const oidc::RefreshRequest& request, const oidc::TokenRequest& whole, const RequestFacts& facts) const;
    Result<OAuthOutcome<wire::TokenResponse>> client_credentials(const TenantSnapshot& tenant, const oidc::AuthenticatedClient& client,
                                                                 const oidc::ClientCredentialsRequest& request, const RequestFacts& facts);
    Result<OAuthOutcome<wire::TokenResponse>> poll_device(const TenantSnapshot& tenant, const oidc::AuthenticatedClient& client,
                                                          const oidc::DeviceCodeRequest& request, bool client_info, const RequestFacts& facts);

    Result<OAuthOutcome<wire::TokenResponse>> open_grant(const TenantSnapshot& tenant, const oidc::AuthenticatedClient& client,
                                                         const IssuedCode& code, bool client_info, const RequestFacts& facts,
                                                         std::vector<FlowWrite> flows = {});
    Result<OAuthOutcome<wire::TokenResponse>> redeem_once(const TenantSnapshot& tenant, const oidc::AuthenticatedClient& client,
                                                          const oidc::CodeRequest& request, bool client_info, const RequestFacts& facts);
    Result<OAuthOutcome<wire::TokenResponse>> replayed(const TenantSnapshot& tenant, const oidc::AuthenticatedClient& client, const IssuedCode& code,
                                                       const RequestFacts& facts);
    PolicyVerdict policy_verdict(const TenantSnapshot& tenant, const identity::Grant& grant, const Standing& standing,
                                 const RequestFacts& facts) const;
    Result<void> reused(const TenantSnapshot& tenant, const identity::Grant& grant, const RequestFacts& facts);
    Result<wire::TokenResponse> tokens(const TenantSnapshot& tenant, const Issue& issue, const RequestFacts& facts);
    [[nodiscard]] oidc::SubjectFacts subject_of(const TenantSnapshot& tenant, const Issue& issue) const;
    Result<std::string> access_token(const TenantSnapshot& tenant, const Issue& issue, const std::optional<oidc::SubjectFacts>& subject,
                                     Instant expires_at, Instant now);
    Result<std::string> id_token(const TenantSnapshot& tenant, const Issue& issue, const oidc::SubjectFacts& subject,
                                 std::string_view access_token, Instant now);
    Result<std::optional<Presented>> presented(const TenantSnapshot& tenant, std::string_view token, const RequestFacts& facts);
    Result<std::optional<Presented>> presented_refresh_token(const TenantSnapshot& tenant, std::string_view token, const RequestFacts& facts);
    Result<std::optional<Presented>> presented_access_token(const TenantSnapshot& tenant, std::string_view token, const RequestFacts& facts);
    bool is_blocked_by_user_risk(const TenantSnapshot& tenant, const identity::Grant& grant, const Standing& standing,
                                 const RequestFacts& facts) const;
    Result<void> commit(const TenantSnapshot& tenant, std::string_view name, Actor by, std::vector<Change> changes, const RequestFacts& facts,
                        std::vector<FlowWrite> flows = {});
    std::string issuer(const TenantSnapshot& tenant) const;

    Ports& ports_;
    std::string base_url_;
};

}  // namespace portcullis::app
