#include "core/oidc/authorize_request.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "core/oidc/pkce.h"
#include "core/oidc/redirect_uri.h"

namespace portcullis::oidc {
namespace {

constexpr std::size_t kStateMax   = 4096;  // PROTO-105
constexpr std::size_t kNonceMax   = 1024;  // PROTO-105
constexpr std::size_t kHintMax    = 1024;
constexpr std::size_t kLocalesMax = 16;

/// What the checks read and what they have established so far. Lives for one run of the table.
struct Examination {
    const Parameters& parameters;
    const AuthorizeContext& context;
    const identity::Application* client = nullptr;
    AuthorizeRequest request{};
};

using Check            = std::optional<Refusal> (*)(Examination&);
constexpr auto kPassed = std::nullopt;

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const auto end = text.find(' ');
        if (end != 0) words.push_back(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return words;
}

Refusal bad(std::string description) { return refuse_at_authorize(StsError::InvalidRequest, std::move(description)); }

// 1. What comes back unchanged must be small enough to come back (PROTO-105).
std::optional<Refusal> state(Examination& exam) {
    const auto text = exam.parameters.get("state");
    if (text.size() > kStateMax) return bad("The parameter state is too long.");
    exam.request.state = text;
    return kPassed;
}

// 3. client_id
std::optional<Refusal> client(Examination& exam) {
    const auto id = parse_client_id(exam.parameters.get("client_id"));
    exam.client   = id ? exam.context.find_client(*id) : nullptr;
    if (exam.client == nullptr || !exam.client->is_enabled) return refuse_at_authorize(StsError::ApplicationNotFound);
    exam.request.client = exam.client->id;
    return kPassed;
}

// 4. redirect_uri: always sent, always exact (PROTO-025).
std::optional<Refusal> redirect_uri(Examination& exam) {
    const auto uri = exam.parameters.find("redirect_uri");
    if (!uri || !is_registered_redirect(*exam.client, *uri)) return refuse_at_authorize(StsError::InvalidReplyTo);
    exam.request.redirect_uri = *uri;
    return kPassed;
}

// 5. Request objects are refused, never ignored, never fetched (PROTO-117).
std::optional<Refusal> request_object(Examination& exam) {
    if (exam.parameters.find("request")) return refuse_at_authorize(StsError::RequestObjectNotSupported);
    if (!exam.parameters.find("request_uri")) return kPassed;
    auto refusal =
        refuse_at_authorize(StsError::RequestObjectNotSupported, "The parameter request_uri is not supported.");
    refusal.error = OAuthError::request_uri_not_supported;
    return refusal;
}

// 6. response_mode before response_type, so that an error about the type already travels in the mode asked for
// (PROTO-103).
std::optional<Refusal> response_mode(Examination& exam) {
    const auto text = exam.parameters.find("response_mode");
    if (!text) return kPassed;
    const auto mode = parse_response_mode(*text);
    if (!mode) return refuse_at_authorize(StsError::UnsupportedResponseMode);
    exam.request.response_mode = *mode;
    return kPassed;
}

// 6. response_type (PROTO-102)
std::optional<Refusal> response_type(Examination& exam) {
    const auto type = exam.parameters.find("response_type");
    if (!type) return refuse_at_authorize(StsError::MissingRequiredField, "The parameter response_type is missing.");
    if (*type != "code") return refuse_at_authorize(StsError::UnsupportedResponseType);
    const auto& grants = exam.client->grants;
    const bool may     = std::ranges::find(grants, identity::GrantType::authorization_code) != grants.end();
    if (!may) return refuse_at_authorize(StsError::UnauthorizedClient);
    return kPassed;
}

// 7. PKCE (PROTO-104)
std::optional<Refusal> pkce(Examination& exam) {
    const auto challenge = exam.parameters.find("code_challenge");
    const auto method    = exam.parameters.find("code_challenge_method");
    const bool is_exempt = exam.client->is_pkce_exempt && !exam.client->is_public() && exam.parameters.find("nonce");
    if (!challenge && !method && is_exempt) return kPassed;
    if (!challenge || method != "S256" || !is_code_challenge(*challenge))
        return refuse_at_authorize(StsError::ProofKeyRequired);
    exam.request.code_challenge = *challenge;
    return kPassed;
}

// 8. scope, resource (PROTO-150, PROTO-225)
std::optional<Refusal> scope(Examination& exam) {
    const auto text = exam.parameters.find("scope");
    if (!text) return refuse_at_authorize(StsError::MissingRequiredField, "The parameter scope is missing.");
    auto scopes = parse_scopes(*exam.client, *text, exam.parameters.all("resource"), exam.context.find_resource);
    if (auto* refusal = std::get_if<Refusal>(&scopes)) return std::move(*refusal);
    exam.request.scopes = std::get<Scopes>(std::move(scopes));
    return kPassed;
}

// 9. nonce (PROTO-105)
std::optional<Refusal> nonce(Examination& exam) {
    const auto text = exam.parameters.get("nonce");
    if (text.size() > kNonceMax) return bad("The parameter nonce is too long.");
    exam.request.nonce = text;
    return kPassed;
}

// 9. prompt (PROTO-108, PROTO-109)
std::optional<Refusal> prompt(Examination& exam) {
    for (const auto word : words_of(exam.parameters.get("prompt"))) {
        const auto value = parse_prompt(word);
        if (!value) return bad("The parameter prompt has an unknown value.");
        if (*value == Prompt::create && exam.context.sign_up == SignUp::off)
            return bad("Signing up is not offered here.");
        exam.request.prompts.insert(*value);
    }
    if (exam.request.asks(Prompt::none) && exam.request.prompts.size() > 1) {
        return bad("The parameter prompt has the value none together with another.");
    }
    return kPassed;
}

// 9. max_age: 0 to 2^31 - 1 (PROTO-110)
std::optional<Refusal> max_age(Examination& exam) {
    const auto text = exam.parameters.find("max_age");
    if (!text) return kPassed;
    std::int64_t seconds    = -1;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
    const bool is_number    = error == std::errc{} && end == text->data() + text->size();
    if (!is_number || seconds < 0 || seconds > std::numeric_limits<std::int32_t>::max()) {
        return bad("The parameter max_age is not a number of seconds.");
    }
    exam.request.max_age_s = seconds;
    return kPassed;
}

// 9. claims and acr_values (PROTO-111, PROTO-114)
std::optional<Refusal> claims(Examination& exam) {
    const auto text = exam.parameters.get("claims");
    if (!text.empty()) {
        auto parsed = exam.context.parse_claims(text);
        if (!parsed) return bad("The parameter claims is not a claims request.");
        exam.request.claims      = std::move(*parsed);
        exam.request.claims_text = text;
    }
    auto demand = authentication_demand(exam.parameters.get("acr_values"), exam.request.claims);
    if (!demand) return bad("The parameter claims asks for an impossible time.");
    exam.request.demand       = std::move(*demand);
    exam.request.capabilities = capabilities(exam.request.claims);
    return kPassed;
}

// 9. Hints never cause an error but by their size (PROTO-112, PROTO-113, PROTO-115).
std::optional<Refusal> hints(Examination& exam) {
    const auto login = exam.parameters.get("login_hint"), domain = exam.parameters.get("domain_hint");
    if (login.size() > kHintMax || domain.size() > kHintMax) return bad("A hint is too long.");
    exam.request.login_hint        = login;
    exam.request.domain_hint       = domain;
    exam.request.id_token_hint     = exam.parameters.get("id_token_hint");
    exam.request.wants_client_info = exam.parameters.get("client_info") == "1";
    for (const auto locale : words_of(exam.parameters.get("ui_locales"))) {
        if (exam.request.ui_locales.size() < kLocalesMax) exam.request.ui_locales.emplace_back(locale);
    }
    return kPassed;
}

/// Where a refusal may be shown.
enum class Answer { page, client };

struct Row {
    Check check;
    Answer answer;
};

/// protocols.md §4.1, in its order. Steps 1 (but for `state`) and 2 have happened before.
constexpr auto kChecks = std::to_array<Row>({
    {state, Answer::page},
    {client, Answer::page},
    {redirect_uri, Answer::page},
    // Until here an error is an HTML page with status 400 and no redirect.
    {response_mode, Answer::client},
    {request_object, Answer::client},
    {response_type, Answer::client},
    {pkce, Answer::client},
    {scope, Answer::client},
    {nonce, Answer::client},
    {prompt, Answer::client},
    {max_age, Answer::client},
    {claims, Answer::client},
    {hints, Answer::client},
});

}  // namespace

AuthorizeOutcome check_authorize_request(const Parameters& parameters, const AuthorizeContext& context) {
    Examination exam{.parameters = parameters, .context = context};
    for (const auto& [check, answer] : kChecks) {
        auto refusal = check(exam);
        if (!refusal) continue;
        if (answer == Answer::page) return RefusedOnPage{std::move(*refusal)};
        return RefusedToClient{std::move(*refusal), exam.request.redirect_uri, exam.request.response_mode,
                               exam.request.state};
    }
    return std::move(exam.request);
}

std::optional<ApplicationId> parse_client_id(std::string_view text) { return parse_id<ApplicationId>(text); }

}  // namespace portcullis::oidc
