#include "core/credentials/self_service_reset.h"

#include <algorithm>
#include <array>

#include "core/credentials/method_roles.h"

namespace portcullis::credentials {
namespace {

using identity::ResetScope;

constexpr std::array kMethods{AuthMethod::softwareOath, AuthMethod::push, AuthMethod::recoveryCode, AuthMethod::email, AuthMethod::sms, AuthMethod::voice};
constexpr int kAdministratorGates = 2;

bool is_code(AuthMethod method) { return method == AuthMethod::softwareOath || method == AuthMethod::hardwareOath; }
bool is_phone(AuthMethod method) { return method == AuthMethod::sms || method == AuthMethod::voice; }

template <class Range>
bool has(const Range& methods, AuthMethod method) {
    return std::ranges::find(methods, method) != methods.end();
}

bool is_allowed(const identity::ResetSettings& settings, AuthMethod method, bool is_administrator) {
    const bool is_always_theirs = method == AuthMethod::softwareOath || method == AuthMethod::email;  // credentials.md §9.5
    if (is_administrator && is_always_theirs) return true;
    return has(settings.methods, method);
}

std::optional<ResetRefusal> scope_refusal(const identity::ResetSettings& settings, const ResetFacts& facts) {
    using enum ResetRefusal;
    if (settings.scope == ResetScope::none) return off;
    if (settings.scope == ResetScope::group && !settings.group) return noGroup;
    const bool is_member = settings.scope == ResetScope::all || std::ranges::find(facts.groups, *settings.group) != facts.groups.end();
    const bool can_sign_in = facts.user.account_enabled && !facts.user.deleted_at && facts.has_password && !facts.is_mfa_blocked;
    if (!is_member || !can_sign_in) return outOfScope;
    if (facts.is_administrator && !settings.allows_administrators) return administratorsOff;
    return std::nullopt;
}

std::optional<ResetRefusal> home_refusal(const ResetFacts& facts) {
    switch (facts.home) {
        case PasswordHome::directoryReadOnly:      return ResetRefusal::passwordElsewhere;
        case PasswordHome::directoryMisconfigured: return ResetRefusal::writebackMisconfigured;
        case PasswordHome::directoryUnreachable:   return ResetRefusal::writebackUnreachable;
        case PasswordHome::here:
        case PasswordHome::directory:              break;
    }
    if (!resets_here(facts.user)) return ResetRefusal::homeElsewhere;
    return std::nullopt;
}

/// A telephone registered for messages can be called, and the other way round: then the way that is asked for must be allowed. An app
/// and a token are two things, each under its own rule, that are asked for alike.
bool can_prove(const ResetFacts& facts, const identity::AuthenticationMethod& registered, AuthMethod method) {
    if (!is_same_gate(registered.kind, method)) return false;
    return facts.policy.allows(is_code(method) ? registered.kind : method, {facts.user.id, facts.groups});
}

int gates_in(std::span<const AuthMethod> methods) {
    int gates = 0;
    for (std::size_t i = 0; i < methods.size(); ++i) {
        const auto before = methods.first(i);
        gates += std::ranges::none_of(before, [&](AuthMethod m) { return is_same_gate(m, methods[i]); }) ? 1 : 0;
    }
    return gates;
}

/// How many things the settings let prove besides approvals.
int gates_beside_push(const identity::ResetSettings& settings, bool is_administrator) {
    std::vector<AuthMethod> others;
    for (const auto method : kMethods) {
        if (method != AuthMethod::push && is_allowed(settings, method, is_administrator)) others.push_back(method);
    }
    return gates_in(others);
}

/// "With one required the app gives codes only" (credentials.md §9.1); and as at sign-in, an approval stands beside a second factor that
/// works without a session.
bool may_push(const identity::ResetSettings& settings, const ResetFacts& facts, int gates) {
    const auto is_usable = [&](const identity::AuthenticationMethod& m) { return is_second_factor(m.kind) && facts.policy.allows(m.kind, {facts.user.id, facts.groups}); };
    return gates > 1 && gates_beside_push(settings, facts.is_administrator) >= gates && std::ranges::any_of(facts.methods, is_usable);
}

std::vector<AuthMethod> usable(const identity::ResetSettings& settings, const ResetFacts& facts, int gates) {
    std::vector<AuthMethod> methods;
    for (const auto method : kMethods) {
        const auto proves     = [&](const identity::AuthenticationMethod& m) { return can_prove(facts, m, method); };
        const bool is_theirs  = is_allowed(settings, method, facts.is_administrator) && std::ranges::any_of(facts.methods, proves);
        const bool is_in_turn = method != AuthMethod::push || may_push(settings, facts, gates);
        if (is_theirs && is_in_turn) methods.push_back(method);
    }
    return methods;
}

}  // namespace

std::span<const AuthMethod> reset_methods() { return kMethods; }
bool is_reset_method(AuthMethod method) { return has(kMethods, method); }
bool is_same_gate(AuthMethod a, AuthMethod b) { return a == b || (is_phone(a) && is_phone(b)) || (is_code(a) && is_code(b)); }

std::string_view to_string(ResetRefusal refusal) {
    using enum ResetRefusal;
    switch (refusal) {
        case off:                    return "off";
        case noGroup:                return "noGroup";
        case outOfScope:             return "outOfScope";
        case administratorsOff:      return "administratorsOff";
        case tooFewMethods:          return "tooFewMethods";
        case passwordElsewhere:      return "passwordElsewhere";
        case writebackMisconfigured: return "writebackMisconfigured";
        case writebackUnreachable:   return "writebackUnreachable";
        case homeElsewhere:          return "homeElsewhere";
    }
    return {};
}

std::string_view code_of(ResetRefusal refusal) {
    using enum ResetRefusal;
    switch (refusal) {
        case off:                    return "SSPR_0009";
        case noGroup:                return "SSPR_0011";
        case outOfScope:
        case administratorsOff:      return "SSPR_0013";
        case tooFewMethods:          return "SSPR_0014";
        case passwordElsewhere:      return "SSPR_0010";
        case writebackMisconfigured: return "SSPR_0029";
        case writebackUnreachable:   return "SSPR_0030";
        case homeElsewhere:          return "";
    }
    return {};
}

bool is_asked_for(const identity::ResetSettings& settings, const ResetFacts& facts, AuthMethod method) {
    if (home_refusal(facts) == ResetRefusal::homeElsewhere) return false;
    return is_allowed(settings, method, facts.is_administrator) && facts.policy.allows(method, {facts.user.id, facts.groups});
}

std::optional<std::string> reset_methods_problem(const identity::ResetSettings& settings) {
    if (!std::ranges::all_of(settings.methods, is_reset_method)) {
        return "`reset.methods` may hold `softwareOath`, `push`, `recoveryCode`, `email`, `sms` and `voice`";
    }
    if (!has(settings.methods, AuthMethod::push) || gates_beside_push(settings, false) >= settings.gates) return std::nullopt;
    return "`reset.methods` holds `push`, which is never the only way: beside it must stand as many others as `reset.gates` asks for (`sms` and `voice` are one)";
}

ResetVerdict decide_reset(const identity::ResetSettings& settings, const ResetFacts& facts) {
    if (const auto refused = scope_refusal(settings, facts)) return *refused;
    const int gates = facts.is_administrator ? kAdministratorGates : settings.gates;
    ResetOffer offer{.gates               = gates,
                     .needs_second_factor = has_second_factor(facts.methods) || facts.has_external_method,
                     .methods             = usable(settings, facts, gates)};
    // What can be proven must be enough, and include a second factor where the person has one.
    const bool has_one = std::ranges::any_of(offer.methods, is_second_factor);
    if (gates_in(offer.methods) < offer.gates || (offer.needs_second_factor && !has_one)) return ResetRefusal::tooFewMethods;
    if (const auto refused = home_refusal(facts)) return *refused;
    return offer;
}

std::vector<AuthMethod> open_methods(const ResetOffer& offer, std::span<const AuthMethod> proven) {
    const int left          = offer.gates - gates_in(proven);
    const bool owes_second  = offer.needs_second_factor && std::ranges::none_of(proven, is_second_factor);
    const bool only_seconds = owes_second && left <= 1;
    std::vector<AuthMethod> open;
    if (left <= 0 && !owes_second) return open;
    for (const auto method : offer.methods) {
        if (method == AuthMethod::push && proven.empty()) continue;
        const bool is_proven = std::ranges::any_of(proven, [&](AuthMethod p) { return is_same_gate(p, method); });
        if (!is_proven && (!only_seconds || is_second_factor(method))) open.push_back(method);
    }
    return open;
}

std::vector<AuthMethod> methods_for_anybody(const identity::TenantSettings& settings, const CompiledMethods& policy) {
    std::vector<AuthMethod> methods;
    for (const auto method : kMethods) {
        if (method == AuthMethod::push) continue;  // it comes after another
        const bool is_allowed = has(settings.reset.methods, method) || (settings.reset.allows_administrators && credentials::is_allowed(settings.reset, method, true));
        const bool is_offered = policy.is_offered(method) || (is_code(method) && policy.is_offered(AuthMethod::hardwareOath));
        if (is_allowed && is_offered && (!is_phone(method) || !settings.phone.countries.empty())) methods.push_back(method);
    }
    return methods;
}

}  // namespace portcullis::credentials
