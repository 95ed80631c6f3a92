#include "app/external_mfa.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/external_methods.h"
#include "app/issued_code.h"
#include "app/sign_in_steps.h"
#include "app/tries.h"
#include "core/credentials/lockout.h"
#include "core/oidc/endpoints.h"
#include "wire/external_answer.h"
#include "wire/reader.h"

namespace portcullis::app {
namespace {

using credentials::ExternalFault;
using identity::ExternalMethod;

constexpr Duration kHintLife         = std::chrono::minutes{5};
constexpr std::size_t kStateMax      = 128;
constexpr std::size_t kErrorMax      = 64;
const JwtRules kRules{.typ = {"", "JWT"}};

std::string state_key(const Ports& ports, std::string_view state) { return reference_digest(ports, "external|" + std::string(state)); }

std::string ticket_digest(const Ports& ports, std::string_view ticket) { return reference_digest(ports, "externalTicket|" + std::string(ticket)); }

/// What waits under a state: for whom, and the answer once it is there. An answer is kept as it came, within bounds.
struct Waiting {
    FlowId flow;
    bool is_answered = false;
    std::string id_token, error;
    std::string ticket_digest;  // of what the browser that brought the answer was given
};

std::string to_text(const Waiting& w) {
    return json::to_text(json::object{{"flow", to_string(w.flow)}, {"isAnswered", w.is_answered}, {"idToken", w.id_token}, {"error", w.error}, {"ticketDigest", w.ticket_digest}});
}

Result<Waiting> waiting_from(std::string_view text) {
    const auto document = TRY(json::parse_object(text));
    Waiting waiting;
    wire::Reader reader(document, "");
    reader.read("flow", waiting.flow);
    reader.read("isAnswered", waiting.is_answered);
    reader.read("idToken", waiting.id_token);
    reader.read("error", waiting.error);
    reader.read("ticketDigest", waiting.ticket_digest);
    TRY(reader.finish());
    return waiting;
}

Tries tries_of(Ports& ports, const TenantSnapshot& tenant, UserId user) {
    return {ports, tenant.tenant.id, FlowKind::factorTries, to_string(user) + "|external"};
}

const ExternalMethod* offered(const TenantSnapshot& tenant, const Account& account, MethodId id) {
    for (const auto* method : offered_external(tenant, account)) {
        if (method->id == id) return method;
    }
    return nullptr;
}

std::string claims_parameter() {
    json::array ways;
    for (const auto way : credentials::kExternalAmr) ways.emplace_back(way);
    json::object acr{{"essential", true}, {"values", json::array{credentials::kExternalAcr}}};
    json::object amr{{"essential", true}, {"values", std::move(ways)}};
    return json::to_text(json::object{{"id_token", json::object{{"acr", std::move(acr)}, {"amr", std::move(amr)}}}});
}

bool has_key(const ExternalProvider& provider, std::string_view kid) {
    return !kid.empty() && std::ranges::any_of(provider.keys, [&](const PublicKey& key) { return key.kid == kid; });
}

/// A token is ASCII; what is not is kept as something that is none.
std::string token_or_none(std::string_view text) {
    const bool is_ascii = std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
    return is_ascii ? std::string(text.substr(0, credentials::kExternalTokenMax + 1)) : "?";  // one more tells that it was too large
}

std::string printable(std::string_view text, std::size_t most) {
    std::string out(text.substr(0, most));
    std::erase_if(out, [](char c) { return c < 0x20 || c == 0x7F || (static_cast<unsigned char>(c) & 0x80) != 0; });
    return out;
}

}  // namespace

Result<std::optional<TakenIn>> take_in_external(Ports& ports, const TenantSnapshot& tenant, const ExternalPost& post, Instant now) {
    const std::optional<TakenIn> nobody;
    const auto ticket = ports.random.token();
    if (post.state.empty() || post.state.size() > kStateMax) return nobody;
    const auto key   = state_key(ports, post.state);
    const auto entry = TRY(ports.flows.find(tenant.tenant.id, FlowKind::externalAnswer, key, now));
    if (!entry) return nobody;
    auto waiting = TRY(waiting_from(entry->value));
    if (waiting.is_answered) return nobody;
    waiting.is_answered   = true;
    waiting.id_token      = token_or_none(post.id_token);
    waiting.error         = printable(post.error, kErrorMax);
    waiting.ticket_digest = ticket_digest(ports, ticket);
    const auto kept       = ports.flows.replace(tenant.tenant.id, FlowKind::externalAnswer, key, entry->version, to_text(waiting), entry->expires_at, now);
    if (!kept && kept.error().code == ErrorCode::conflict) return nobody;  // another answer was faster
    if (!kept) return kept.error();
    return std::optional(TakenIn{waiting.flow, ticket});
}

Result<std::variant<ExternalRequest, NotAsked>> ExternalMfa::ask(const TenantSnapshot& tenant, const SignInFlow& flow, const ExternalMethod& method,
                                                                 Instant now) {
    using Asked = std::variant<ExternalRequest, NotAsked>;
    if (!ports_.external_providers || !ports_.external_providers->find(method.discovery_url, now)) return Asked{NotAsked::unavailable};
    if (!TRY(tries_of(ports_, tenant, flow.user).charge(credentials::kFactorPause, {.now = now}))) return Asked{NotAsked::paused};
    ExternalRequest request{.method     = method.id,
                            .state      = ports_.random.token(),
                            .nonce      = ports_.random.token(),
                            .asked_at   = now,
                            .expires_at = now + credentials::kExternalRequestLife};
    TRY(ports_.flows.put(tenant.tenant.id, FlowKind::externalAnswer, state_key(ports_, request.state), to_text(Waiting{.flow = flow.id}), request.expires_at));
    return Asked{std::move(request)};
}

/// Who is asked for, as an ID token for the provider's audience. It says so little, lives so short and is for nobody who could be signed
/// in with it, that it is good for a hint alone.
Result<std::string> ExternalMfa::hint(const TenantSnapshot& tenant, const ExternalMethod& method, const Account& account, Instant now) {
    const auto seconds = [](Instant when) { return std::chrono::floor<std::chrono::seconds>(when.time_since_epoch()).count(); };
    const auto issuer  = oidc::endpoints_of(ports_.base_url, tenant.tenant.id).issuer;
    const json::object claims{{"ver", "2.0"},
                              {"iss", issuer},
                              {"aud", to_string(method.app_id)},
                              {"sub", subject_of(ports_, tenant, method.app_id, account.user.id)},
                              {"oid", to_string(account.user.id)},
                              {"tid", to_string(tenant.tenant.id)},
                              {"preferred_username", account.user.user_principal_name},
                              {"iat", seconds(now)},
                              {"nbf", seconds(now)},
                              {"exp", seconds(now + kHintLife)}};
    return ports_.signer.sign({.tenant = tenant.tenant.id, .alg = "RS256", .typ = "JWT", .claims = json::to_text(claims), .now = now});
}

Result<std::optional<ExternalForm>> ExternalMfa::form(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account,
                                                      const RequestFacts& facts) {
    const std::optional<ExternalForm> none;
    if (!flow.external || facts.now >= flow.external->expires_at || !ports_.external_providers) return none;
    const auto* method = offered(tenant, account, flow.external->method);
    if (!method) return none;
    const auto provider = ports_.external_providers->find(method->discovery_url, facts.now);
    if (!provider) return none;
    ExternalForm form{.provider = method->display_name, .action = (*provider)->authorization_endpoint, .fields = {}};
    form.fields = {{"scope", "openid"},
                   {"response_type", "id_token"},
                   {"response_mode", "form_post"},
                   {"client_id", method->client_id},
                   {"redirect_uri", fmt::format("{}/{}/{}", ports_.base_url, to_string(tenant.tenant.id), kExternalAnswerPath)},
                   {"nonce", flow.external->nonce},
                   {"state", flow.external->state},
                   {"claims", claims_parameter()},
                   {"client-request-id", to_string(flow.correlation)}};
    form.fields.emplace_back("id_token_hint", TRY(hint(tenant, *method, account, facts.now)));
    return std::optional(std::move(form));
}

Result<ExternalOutcome> ExternalMfa::take(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account, std::string_view ticket,
                                          Instant now) {
    if (!flow.external) return ExternalOutcome{ExternalWaiting{}};
    const auto key   = state_key(ports_, flow.external->state);
    const auto found = TRY(ports_.flows.find(tenant.tenant.id, FlowKind::externalAnswer, key, now));
    if (!found) return ExternalOutcome{ExternalWaiting{}};
    // Whoever sent another's browser to the provider with a state of their own has no part in what that browser brought back.
    const auto waiting = TRY(waiting_from(found->value));
    if (!waiting.is_answered || !equal_constant_time(waiting.ticket_digest, ticket_digest(ports_, ticket))) return ExternalOutcome{ExternalWaiting{}};
    const auto taken = TRY(ports_.flows.take(tenant.tenant.id, FlowKind::externalAnswer, key, now));
    if (!taken) return Error{ErrorCode::conflict, "the same answer was taken twice"};
    const auto answer = TRY(waiting_from(taken->value));
    if (answer.flow != flow.id) return ExternalOutcome{ExternalWaiting{}};
    const auto* method = offered(tenant, account, flow.external->method);
    if (!method || !takes(flow, flow.external->method)) return ExternalOutcome{ExternalRefused{ExternalFault::notOffered, method ? method->display_name : "", ""}};
    auto outcome = judge(tenant, flow, *method, {.state = {}, .id_token = answer.id_token, .error = answer.error}, now);
    if (std::holds_alternative<ExternalProof>(outcome)) TRY(tries_of(ports_, tenant, flow.user).succeeded());
    return outcome;
}

ExternalOutcome ExternalMfa::judge(const TenantSnapshot& tenant, const SignInFlow& flow, const ExternalMethod& method, const ExternalPost& answer,
                                   Instant now) {
    const auto refused = [&](ExternalFault fault, std::string detail) { return ExternalOutcome{ExternalRefused{fault, method.display_name, std::move(detail)}}; };
    if (!answer.error.empty() || answer.id_token.empty()) return refused(ExternalFault::denied, answer.error);
    if (answer.id_token.size() > credentials::kExternalTokenMax) return refused(ExternalFault::tooLarge, "");
    std::string issuer;
    auto fault        = ExternalFault::malformed;
    const auto claims = verified(method, answer.id_token, issuer, now, fault);
    if (!claims) return refused(fault, claims.error().message);
    const auto said = wire::external_claims_from(*claims);
    if (!said) return refused(ExternalFault::malformed, said.error().message);
    const auto subject = subject_of(ports_, tenant, method.app_id, flow.user);
    const credentials::ExternalExpectation expected{.issuer    = issuer,
                                                    .client_id = method.client_id,
                                                    .subject   = subject,
                                                    .nonce     = flow.external->nonce,
                                                    .asked_at  = flow.external->asked_at,
                                                    .now       = now};
    if (const auto wrong = credentials::fault_of(*said, expected)) return refused(*wrong, "");
    return ExternalProof{.method = method.id, .provider = method.display_name, .amr = credentials::known_amr(said->amr)};
}

/// The claims of a token that the provider signed with a key it publishes now. On an error `fault` says which kind.
Result<json::object> ExternalMfa::verified(const ExternalMethod& method, const std::string& token, std::string& issuer, Instant now, ExternalFault& fault) {
    fault           = ExternalFault::malformed;
    const auto read = TRY(ports_.verifier.read_unverified(token, kRules));
    const auto kid  = json::string_at(read.header, "kid").value_or("");
    fault           = ExternalFault::unavailable;
    if (!ports_.external_providers) return Error{ErrorCode::unavailable, "nobody outside is asked"};
    auto provider = TRY(ports_.external_providers->find(method.discovery_url, now));
    if (!has_key(*provider, kid)) provider = TRY(ports_.external_providers->find_anew(method.discovery_url, now));
    fault = ExternalFault::unknownKey;
    if (!has_key(*provider, kid)) return Error{ErrorCode::invalidRequest, "the token names no key that the provider publishes"};
    fault       = ExternalFault::badSignature;
    auto proven = TRY(ports_.verifier.verify(token, kRules, provider->keys));
    issuer      = provider->issuer;
    return std::move(proven.claims);
}

}  // namespace portcullis::app
