#include "app/sign_in_flow.h"

#include "wire/enum_names.h"
#include "wire/identity_json.h"
#include "wire/signals_json.h"

namespace portcullis::app {
namespace {

using wire::EnumName;
using wire::Reader;

constexpr std::array<EnumName<Stage>, 29> kStages{{{Stage::accountPicker, "accountPicker"},
                                                   {Stage::userName, "userName"},
                                                   {Stage::password, "password"},
                                                   {Stage::accessPass, "accessPass"},
                                                   {Stage::guestCode, "guestCode"},
                                                   {Stage::unusualNotice, "unusualNotice"},
                                                   {Stage::riskNotice, "riskNotice"},
                                                   {Stage::mfa, "mfa"},
                                                   {Stage::approval, "approval"},
                                                   {Stage::external, "external"},
                                                   {Stage::registrationOffer, "registrationOffer"},
                                                   {Stage::registrationProof, "registrationProof"},
                                                   {Stage::registrationPasskey, "registrationPasskey"},
                                                   {Stage::registrationToken, "registrationToken"},
                                                   {Stage::registrationDone, "registrationDone"},
                                                   {Stage::resetRegistration, "resetRegistration"},
                                                   {Stage::resetApp, "resetApp"},
                                                   {Stage::resetMail, "resetMail"},
                                                   {Stage::resetMailCode, "resetMailCode"},
                                                   {Stage::resetReview, "resetReview"},
                                                   {Stage::nudge, "nudge"},
                                                   {Stage::nudgePasskey, "nudgePasskey"},
                                                   {Stage::passwordChange, "passwordChange"},
                                                   {Stage::recoveryEntry, "recoveryEntry"},
                                                   {Stage::signInAgain, "signInAgain"},
                                                   {Stage::passwordChanged, "passwordChanged"},
                                                   {Stage::consent, "consent"},
                                                   {Stage::refused, "refused"},
                                                   {Stage::granted, "granted"}}};
constexpr std::array<EnumName<Purpose>, 3> kPurposes{
    {{Purpose::authorize, "authorize"}, {Purpose::device, "device"}, {Purpose::account, "account"}}};
constexpr std::array<EnumName<SecondFactor>, 5> kSecondFactors{
    {{SecondFactor::passkey, "passkey"}, {SecondFactor::external, "external"}, {SecondFactor::push, "push"}, {SecondFactor::code, "code"}, {SecondFactor::accessPass, "accessPass"}}};
constexpr std::array<EnumName<ChangeReason>, 3> kChangeReasons{
    {{ChangeReason::none, "none"}, {ChangeReason::userRisk, "userRisk"}, {ChangeReason::temporary, "temporary"}}};
constexpr std::array<EnumName<controls::RemediationBranch>, 2> kBranches{
    {{controls::RemediationBranch::secureChange, "secureChange"}, {controls::RemediationBranch::signInAgain, "signInAgain"}}};
constexpr std::array<EnumName<controls::RiskDriver>, 4> kDrivers{{{controls::RiskDriver::none, "none"},
                                                                 {controls::RiskDriver::signInRisk, "signInRisk"},
                                                                 {controls::RiskDriver::userRisk, "userRisk"},
                                                                 {controls::RiskDriver::both, "both"}}};

template <class E, std::size_t N>
auto parser_of(const std::array<EnumName<E>, N>& names) {
    return [&names](std::string_view text) { return wire::value_in(names, text); };
}

json::value optional_level(const std::optional<RiskLevel>& level) {
    return level ? json::value(to_string(*level)) : json::value(nullptr);
}

json::value external_json(const std::optional<ExternalRequest>& request) {
    if (!request) return nullptr;
    return json::object{{"method", to_string(request->method)}, {"state", request->state}, {"nonce", request->nonce}, {"askedAt", unix_ms(request->asked_at)}, {"expiresAt", unix_ms(request->expires_at)}};
}

void read_external(Reader& reader, ExternalRequest& request) {
    reader.read("method", request.method);
    reader.read("state", request.state);
    reader.read("nonce", request.nonce);
    reader.read_ms("askedAt", request.asked_at);
    reader.read_ms("expiresAt", request.expires_at);
}

json::array methods_json(const std::vector<AuthMethod>& methods) {
    json::array array;
    for (const auto method : methods) array.push_back(json::value(to_string(method)));
    return array;
}

json::array tokens_json(const std::vector<WaitingToken>& tokens) {
    json::array array;
    for (const auto& token : tokens) array.push_back(json::object{{"id", to_string(token.id)}, {"name", token.name}});
    return array;
}

json::value method_or_null(const std::optional<AuthMethod>& method) { return method ? json::value(to_string(*method)) : json::value(nullptr); }

void read_method(Reader& reader, std::string_view name, std::optional<AuthMethod>& into) {
    std::string text;
    reader.read(name, text);
    if (text.empty()) return;
    into = parse_auth_method(text);
    if (!into) reader.fail(name, "is not an authentication method");
}

void read_methods(Reader& reader, std::string_view name, std::vector<AuthMethod>& into) {
    std::vector<std::string> names;
    reader.read(name, names);
    for (const auto& text : names) {
        if (const auto method = parse_auth_method(text)) into.push_back(*method);
        else reader.fail(name, "holds `" + text + "`, which is not an authentication method");
    }
}

void read_level(Reader& reader, std::string_view name, std::optional<RiskLevel>& into) {
    std::string text;
    reader.read(name, text);
    if (!text.empty()) into = parse_risk_level(text);
}

}  // namespace

std::string to_text(const SignInFlow& f) {
    json::array second_factors;
    for (const auto factor : f.second_factors) second_factors.push_back(json::value(wire::name_in(kSecondFactors, factor)));
    json::array levels;
    for (const auto level : f.levels) levels.push_back(json::value(to_string(level)));
    json::Arena arena;
    json::object document({
        {"id", to_string(f.id)},
        {"browser", f.browser_digest},
        {"csrf", f.csrf},
        {"purpose", wire::name_in(kPurposes, f.purpose)},
        {"request", f.request},
        {"client", to_string(f.client)},
        {"targets", wire::to_array(f.targets)},
        {"clientApp", policy::to_string(f.client_app)},
        {"correlation", to_string(f.correlation)},
        {"createdAt", unix_ms(f.created_at)},
        {"expiresAt", unix_ms(f.expires_at)},
        {"stage", wire::name_in(kStages, f.stage)},
        {"typedName", f.typed_name},
        {"user", to_string(f.user)},
        {"upn", f.user_principal_name},
        {"signIn", to_string(f.sign_in)},
        {"session", f.session ? json::value(to_string(*f.session)) : json::value(nullptr)},
        {"factors", wire::to_array(f.factors)},
        {"transactionBegan", unix_ms(f.transaction_began)},
        {"firstFactorAt", wire::ms_or_null(f.first_factor_at)},
        {"mfaAt", wire::ms_or_null(f.mfa_at)},
        {"passwordChangedAt", wire::ms_or_null(f.password_changed_at)},
        {"passwordGeneration", f.password_generation},
        {"isInteractive", f.is_interactive},
        {"signals", f.signals},
        {"findings", f.findings},
        {"signInRisk", optional_level(f.sign_in_risk)},
        {"userRisk", optional_level(f.user_risk)},
        {"closedDetections", wire::to_array(f.closed_detections)},
        {"skipUntil", wire::ms_or_null(f.skip_until)},
        {"registrationSkipped", f.registration_skipped},
        {"offersApp", f.offers_app},
        {"offersPasskey", f.offers_passkey},
        {"tokens", tokens_json(f.tokens)},
        {"token", f.token ? json::value(to_string(*f.token)) : json::value(nullptr)},
        {"enrolled", f.enrolled},
        {"pendingSecret", f.pending_secret},
        {"changeReason", wire::name_in(kChangeReasons, f.change_reason)},
        {"drivenBy", wire::name_in(kDrivers, f.driven_by)},
        {"factorSince", unix_ms(f.factor_since)},
        {"demandsMfa", f.demands_mfa},
        {"levels", std::move(levels)},
        {"mfaSince", unix_ms(f.mfa_since)},
        {"rights", wire::to_array(f.rights)},
        {"insistsOnConsent", f.insists_on_consent},
        {"secondFactors", std::move(second_factors)},
        {"approval", to_string(f.approval)},
        {"approvalNumber", f.approval_number},
        {"externalMethods", wire::to_array(f.external_methods)},
        {"external", external_json(f.external)},
        {"askedMethods", wire::to_array(f.asked_methods)},
        {"registrable", methods_json(f.registrable)},
        {"models", wire::to_array(f.models)},
        {"branch", wire::name_in(kBranches, f.branch)},
        {"flagged", wire::to_array(f.flagged)},
        {"remediationBegun", f.remediation_begun ? json::value(json::object{{"user", to_string(f.remediation_begun->user)}, {"at", unix_ms(f.remediation_begun->at)}, {"isOver", f.remediation_begun->is_over}})
                                                 : json::value(nullptr)},
        {"sawUnusualNotice", f.saw_unusual_notice},
        {"sawRiskNotice", f.saw_risk_notice},
        {"resetChoices", methods_json(f.reset_choices)},
        {"resetChoice", method_or_null(f.reset_choice)},
        {"resetSkipped", f.reset_skipped},
        {"reviewsReset", f.reviews_reset},
        {"registered", method_or_null(f.registered)},
        {"nudgeSkips", f.nudge_skips},
        {"nudgeEnds", f.nudge_ends},
        {"nudgeSkipped", f.nudge_skipped},
        {"unapproved", f.unapproved},
        {"riskLine", json::array{to_string(f.risk_line.aggregated), to_string(f.risk_line.state), to_string(f.risk_line.detail)}},
        {"errorCode", f.error_code},
        {"refusal", f.refusal},
        {"steps", f.steps},
    }, arena.storage());
    json::leave_out_empty(document);
    return json::to_text(document);
}

Result<std::shared_ptr<const signals::SignInSignals>> seen_in(const SignInFlow& flow) {
    if (flow.turn.seen) return flow.turn.seen;
    return std::make_shared<const signals::SignInSignals>(TRY(wire::signals_from_json(flow.signals)));
}

std::string reference_to(const SignInFlow& flow) { return flow.version == 0 && !flow.turn.held.empty() ? flow.turn.held : to_string(flow.id); }

FlowWrite over(const SignInFlow& flow) {
    return {.kind = FlowKind::interaction, .key = to_string(flow.id), .version = flow.version, .value = "", .expires_at = flow.expires_at};
}

Result<StoredFlow> find_flow(const FlowStore& flows, TenantId tenant, FlowId id, Instant now) {
    const auto entry = TRY(flows.find(tenant, FlowKind::interaction, to_string(id), now));
    if (!entry) return StoredFlow{};
    if (entry->value.empty()) return StoredFlow{.flow = {}, .is_over = true};
    auto flow    = TRY(sign_in_flow_from(entry->value));
    flow.version = entry->version;
    return StoredFlow{.flow = std::move(flow)};
}

Result<void> end_flow(FlowStore& flows, TenantId tenant, const SignInFlow& flow) {
    const auto end = over(flow);
    return flows.put(tenant, end.kind, end.key, *end.value, end.expires_at);
}

Result<SignInFlow> sign_in_flow_from(std::string_view text) {
    json::Arena arena;
    const auto document = TRY(json::parse_object(text, {.bytes_max = 256 * 1024, .depth_max = 16}, arena.storage()));
    SignInFlow f;
    Reader reader(document, "");
    reader.read("id", f.id);
    reader.read("browser", f.browser_digest);
    reader.read("csrf", f.csrf);
    reader.read_enum("purpose", f.purpose, parser_of(kPurposes), "authorize, device, account");
    reader.read("request", f.request);
    reader.read("client", f.client);
    reader.read("targets", f.targets);
    reader.read_enum("clientApp", f.client_app, policy::parse_client_app_type, "a client app type");
    reader.read("correlation", f.correlation);
    reader.read_ms("createdAt", f.created_at);
    reader.read_ms("expiresAt", f.expires_at);
    reader.read_enum("stage", f.stage, parser_of(kStages), "a stage");
    reader.read("typedName", f.typed_name);
    reader.read("user", f.user);
    reader.read("upn", f.user_principal_name);
    reader.read("signIn", f.sign_in);
    SessionId session;
    reader.read("session", session);
    if (!session.is_nil()) f.session = session;
    wire::read_factors(reader, "factors", f.factors);
    reader.read_ms("transactionBegan", f.transaction_began);
    reader.read_ms("firstFactorAt", f.first_factor_at);
    reader.read_ms("mfaAt", f.mfa_at);
    reader.read_ms("passwordChangedAt", f.password_changed_at);
    reader.read("passwordGeneration", f.password_generation);
    reader.read("isInteractive", f.is_interactive);
    reader.read("signals", f.signals);
    reader.read("findings", f.findings);
    read_level(reader, "signInRisk", f.sign_in_risk);
    read_level(reader, "userRisk", f.user_risk);
    reader.read("closedDetections", f.closed_detections);
    reader.read_ms("skipUntil", f.skip_until);
    reader.read("registrationSkipped", f.registration_skipped);
    reader.read("offersApp", f.offers_app);
    reader.read("offersPasskey", f.offers_passkey);
    reader.read_each("tokens", [&](Reader& r) {
        auto& token = f.tokens.emplace_back();
        r.read("id", token.id);
        r.read("name", token.name);
    });
    HardwareTokenId token;
    reader.read("token", token);
    if (!token.is_nil()) f.token = token;
    reader.read("enrolled", f.enrolled);
    reader.read("pendingSecret", f.pending_secret);
    reader.read_enum("changeReason", f.change_reason, parser_of(kChangeReasons), "a reason");
    reader.read_enum("drivenBy", f.driven_by, parser_of(kDrivers), "a driver");
    reader.read_ms("factorSince", f.factor_since);
    reader.read("demandsMfa", f.demands_mfa);
    std::vector<std::string> levels;
    reader.read("levels", levels);
    for (const auto& name : levels) {
        if (const auto level = parse_acr(name)) f.levels.push_back(*level);
        else reader.fail("levels", "holds `" + name + "`, which is not a level of authentication");
    }
    reader.read_ms("mfaSince", f.mfa_since);
    reader.read("rights", f.rights);
    reader.read("insistsOnConsent", f.insists_on_consent);
    std::vector<std::string> second_factors;
    reader.read("secondFactors", second_factors);
    for (const auto& name : second_factors) {
        if (const auto factor = wire::value_in(kSecondFactors, name)) f.second_factors.push_back(*factor);
    }
    reader.read("approval", f.approval);
    reader.read("approvalNumber", f.approval_number);
    reader.read("externalMethods", f.external_methods);
    reader.read_object("external", [&](Reader& r) { read_external(r, f.external.emplace()); });
    reader.read("askedMethods", f.asked_methods);
    read_methods(reader, "registrable", f.registrable);
    reader.read("models", f.models);
    reader.read_enum("branch", f.branch, parser_of(kBranches), "a branch");
    reader.read("flagged", f.flagged);
    reader.read_object("remediationBegun", [&](Reader& r) {
        f.remediation_begun.emplace();
        r.read("user", f.remediation_begun->user);
        r.read_ms("at", f.remediation_begun->at);
        r.read("isOver", f.remediation_begun->is_over);
    });
    reader.read("sawUnusualNotice", f.saw_unusual_notice);
    reader.read("sawRiskNotice", f.saw_risk_notice);
    read_methods(reader, "resetChoices", f.reset_choices);
    read_method(reader, "resetChoice", f.reset_choice);
    reader.read("resetSkipped", f.reset_skipped);
    reader.read("reviewsReset", f.reviews_reset);
    read_method(reader, "registered", f.registered);
    reader.read("nudgeSkips", f.nudge_skips);
    reader.read("nudgeEnds", f.nudge_ends);
    reader.read("nudgeSkipped", f.nudge_skipped);
    reader.read("unapproved", f.unapproved);
    std::vector<std::string> line;
    reader.read("riskLine", line);
    if (line.size() == 3) {
        f.risk_line = {parse_risk_level(line[0]).value_or(RiskLevel::none), parse_risk_state(line[1]).value_or(RiskState::none),
                       parse_risk_detail(line[2]).value_or(RiskDetail::none)};
    }
    reader.read("errorCode", f.error_code);
    reader.read("refusal", f.refusal);
    reader.read("steps", f.steps);
    TRY(reader.finish());
    return f;
}

}  // namespace portcullis::app
