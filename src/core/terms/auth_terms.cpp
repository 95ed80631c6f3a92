#include "core/terms/auth_terms.h"

#include <span>

namespace portcullis {
namespace {

template <class Term>
struct Name {
    Term term;
    std::string_view text;
};

template <class Term>
std::string_view text_of(std::span<const Name<Term>> names, Term term) {
    for (const auto& name : names) {
        if (name.term == term) return name.text;
    }
    return {};
}

template <class Term>
std::optional<Term> term_of(std::span<const Name<Term>> names, std::string_view text) {
    for (const auto& name : names) {
        if (name.text == text) return name.term;
    }
    return std::nullopt;
}

constexpr auto kResponseModes = std::to_array<Name<ResponseMode>>({
    {ResponseMode::query, "query"},
    {ResponseMode::form_post, "form_post"},
});

constexpr auto kPrompts = std::to_array<Name<Prompt>>({
    {Prompt::none, "none"},
    {Prompt::login, "login"},
    {Prompt::consent, "consent"},
    {Prompt::select_account, "select_account"},
    {Prompt::create, "create"},
});

constexpr auto kAcrNames = std::to_array<Name<Acr>>({
    {Acr::session, "0"},
    {Acr::oneFactor, "1fa"},
    {Acr::mfa, "mfa"},
    {Acr::phr, "phr"},
    {Acr::phrh, "phrh"},
});

constexpr auto kAuthMethods = std::to_array<Name<AuthMethod>>({
    {AuthMethod::password, "password"},
    {AuthMethod::softwareOath, "softwareOath"},
    {AuthMethod::hardwareOath, "hardwareOath"},
    {AuthMethod::email, "email"},
    {AuthMethod::sms, "sms"},
    {AuthMethod::voice, "voice"},
    {AuthMethod::push, "push"},
    {AuthMethod::passkeySynced, "passkeySynced"},
    {AuthMethod::passkeyDeviceBound, "passkeyDeviceBound"},
    {AuthMethod::passkeyHardware, "passkeyHardware"},
    {AuthMethod::x509Certificate, "x509Certificate"},
    {AuthMethod::kerberos, "kerberos"},
    {AuthMethod::temporaryAccessPass, "temporaryAccessPass"},
    {AuthMethod::recoveryCode, "recoveryCode"},
    {AuthMethod::externalMethod, "externalAuthenticationMethod"},
    {AuthMethod::federated, "federated"},
    {AuthMethod::federatedMultiFactor, "federatedMultiFactor"},
});

#define ERROR_NAME(word) \
    { OAuthError::word, #word }
constexpr auto kOAuthErrors = std::to_array<Name<OAuthError>>({
    {OAuthError::none, ""},
    ERROR_NAME(invalid_request),
    ERROR_NAME(invalid_client),
    ERROR_NAME(invalid_grant),
    ERROR_NAME(invalid_scope),
    ERROR_NAME(invalid_target),
    ERROR_NAME(invalid_token),
    ERROR_NAME(invalid_tenant),
    ERROR_NAME(unauthorized_client),
    ERROR_NAME(unsupported_grant_type),
    ERROR_NAME(unsupported_response_type),
    ERROR_NAME(access_denied),
    ERROR_NAME(server_error),
    ERROR_NAME(temporarily_unavailable),
    ERROR_NAME(interaction_required),
    ERROR_NAME(login_required),
    ERROR_NAME(consent_required),
    ERROR_NAME(account_selection_required),
    ERROR_NAME(unmet_authentication_requirements),
    ERROR_NAME(request_not_supported),
    ERROR_NAME(request_uri_not_supported),
    ERROR_NAME(authorization_pending),
    ERROR_NAME(slow_down),
    ERROR_NAME(expired_token),
    ERROR_NAME(insufficient_scope),
    ERROR_NAME(insufficient_user_authentication),
    ERROR_NAME(insufficient_claims),
});
#undef ERROR_NAME

constexpr auto kSuberrors = std::to_array<Name<Suberror>>({
    {Suberror::none, ""},
    {Suberror::basic_action, "basic_action"},
    {Suberror::additional_action, "additional_action"},
    {Suberror::message_only, "message_only"},
    {Suberror::user_password_expired, "user_password_expired"},
    {Suberror::consent_required, "consent_required"},
    {Suberror::bad_token, "bad_token"},
});

}  // namespace

std::string_view to_string(ResponseMode mode) { return text_of<ResponseMode>(kResponseModes, mode); }
std::string_view to_string(Prompt prompt) { return text_of<Prompt>(kPrompts, prompt); }
std::string_view to_string(Acr acr) { return text_of<Acr>(kAcrNames, acr); }
std::string_view to_string(AuthMethod method) { return text_of<AuthMethod>(kAuthMethods, method); }
std::string_view to_string(OAuthError error) { return text_of<OAuthError>(kOAuthErrors, error); }
std::string_view to_string(Suberror suberror) { return text_of<Suberror>(kSuberrors, suberror); }

std::optional<ResponseMode> parse_response_mode(std::string_view text) {
    return term_of<ResponseMode>(kResponseModes, text);
}
std::optional<Prompt> parse_prompt(std::string_view text) { return term_of<Prompt>(kPrompts, text); }
std::optional<Acr> parse_acr(std::string_view text) { return term_of<Acr>(kAcrNames, text); }
std::optional<AuthMethod> parse_auth_method(std::string_view text) { return term_of<AuthMethod>(kAuthMethods, text); }

}  // namespace portcullis
