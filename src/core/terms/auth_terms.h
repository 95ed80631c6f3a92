#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

/// The words of OAuth 2.0, OpenID Connect and RFC 8176, spelled as on the wire; nothing else.
namespace portcullis {

/// How an authorization answer travels (OAuth 2.0 Form Post Response Mode).
enum class ResponseMode : std::uint8_t { query, form_post };
std::string_view to_string(ResponseMode mode);
std::optional<ResponseMode> parse_response_mode(std::string_view text);

/// Values of the `prompt` parameter (OpenID Connect Core §3.1.2.1; `create`: Initiating User Registration 1.0).
enum class Prompt : std::uint8_t { none, login, consent, select_account, create };
std::string_view to_string(Prompt prompt);
std::optional<Prompt> parse_prompt(std::string_view text);

/// Authentication levels in rising order (protocols.md §10.1). On the wire: `0`, `1fa`, `mfa`, `phr`, `phrh`.
enum class Acr : std::uint8_t { session, oneFactor, mfa, phr, phrh };
std::string_view to_string(Acr acr);
std::optional<Acr> parse_acr(std::string_view text);
inline constexpr std::array kAcrs{Acr::session, Acr::oneFactor, Acr::mfa, Acr::phr, Acr::phrh};

/// How a person proved who they are, one value a row of protocols.md §10.2. The spelling is the methods' in Graph.
enum class AuthMethod : std::uint8_t {
    password,
    softwareOath,  ///< TOTP of an authenticator app
    hardwareOath,  ///< TOTP or HOTP of a registered hardware token
    email,         ///< a code sent by mail; one factor only (PROTO-526)
    sms,
    voice,
    push,                ///< approval with number matching
    passkeySynced,       ///< WebAuthn with user verification, backup-eligible key
    passkeyDeviceBound,  ///< WebAuthn with user verification, key of one device
    passkeyHardware,     ///< as device-bound, and attestation says hardware that does not export
    x509Certificate,
    kerberos,
    temporaryAccessPass,
    recoveryCode,
    externalMethod,        ///< another provider says that its second factor was given, and this tenant takes it
    federated,             ///< another provider's assertion without a statement of several factors
    federatedMultiFactor,  ///< another provider's assertion whose `mfa` this tenant trusts
};
std::string_view to_string(AuthMethod method);
std::optional<AuthMethod> parse_auth_method(std::string_view text);

/// Error codes of RFC 6749, 6750, 7009, 8628, 8707, 9470 and OpenID Connect Core that the provider says.
/// `none` marks what is no error of a protocol: success, or a thing only a page shows.
enum class OAuthError : std::uint8_t {
    none,
    invalid_request,
    invalid_client,
    invalid_grant,
    invalid_scope,
    invalid_target,
    invalid_token,
    invalid_tenant,
    unauthorized_client,
    unsupported_grant_type,
    unsupported_response_type,
    access_denied,
    server_error,
    temporarily_unavailable,
    interaction_required,
    login_required,
    consent_required,
    account_selection_required,
    unmet_authentication_requirements,
    request_not_supported,
    request_uri_not_supported,
    authorization_pending,
    slow_down,
    expired_token,
    insufficient_scope,
    insufficient_user_authentication,
    insufficient_claims,
};
std::string_view to_string(OAuthError error);

/// The finer word that MSAL reads (PROTO-224).
enum class Suberror : std::uint8_t {
    none,
    basic_action,
    additional_action,
    message_only,
    user_password_expired,
    consent_required,
    bad_token,
};
/// Empty for `none`.
std::string_view to_string(Suberror suberror);

}  // namespace portcullis
