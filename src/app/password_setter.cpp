#include "app/password_setter.h"

#include <algorithm>

#include "app/readable_secret.h"
#include "app/risk_changes.h"
#include "app/second_factors.h"

namespace portcullis::app {
namespace {

using credentials::PasswordFinding;
using credentials::PasswordProblem;

using Profile = identity::PasswordSettings::Profile;

int length_min_alone(const identity::PasswordSettings& settings) {
    return settings.profile == Profile::modern ? std::max(settings.length_min_alone, settings.length_min) : settings.length_min;
}

/// Whatever the time is: a pass, which has its time, is left out.
bool has_second_factor(const TenantSnapshot& tenant, const Account& account) {
    return std::ranges::any_of(second_factors(tenant, account, {}), [](SecondFactor factor) { return factor != SecondFactor::accessPass; });
}

credentials::PasswordRules rules_for(const TenantSnapshot& tenant, const Account& account) {
    const bool is_modern = tenant.tenant.settings.passwords.profile == Profile::modern;
    return {.profile    = is_modern ? credentials::PasswordProfile::modern : credentials::PasswordProfile::compatible,
            .length_min = static_cast<std::size_t>(password_length_min(tenant, account))};
}

bool has(const std::vector<PasswordFinding>& findings, PasswordProblem problem) {
    return std::ranges::any_of(findings, [&](const auto& finding) { return finding.problem == problem; });
}

}  // namespace

int password_length_min(const TenantSnapshot& tenant, const Account& account) {
    const auto& settings = tenant.tenant.settings.passwords;
    return has_second_factor(tenant, account) ? settings.length_min : length_min_alone(settings);
}

int password_length_min(Ports& ports, const TenantSnapshot& tenant, UserId user) {
    const auto account = ports.directory.account(tenant.tenant.id, user);
    return account && *account ? password_length_min(tenant, **account) : length_min_alone(tenant.tenant.settings.passwords);
}

PasswordSetter::PasswordSetter(Ports& ports) : ports_(ports), global_(credentials::compile_global_terms()) {}

Secret PasswordSetter::normal(const Secret& typed) const {
    auto text = ports_.text.password(typed.reveal());
    return text ? Secret(std::move(*text)) : typed.copy();
}

Result<bool> PasswordSetter::matches(const Secret& chosen, std::string_view phc) {
    auto verified = ports_.hasher.verify(chosen, phc);
    if (verified) return verified->matches;
    if (verified.error().code == ErrorCode::invalidRequest) return false;
    return std::move(verified).error();
}

Result<bool> PasswordSetter::is_current(const Account& account, const Secret& typed) {
    if (!account.password) return false;
    return matches(normal(typed), account.password->phc);
}

/// Compiling a thousand terms costs as much as a hundred checks: once for each list a tenant has had.
std::shared_ptr<const credentials::BannedTerms> PasswordSetter::terms_of(const TenantSnapshot& tenant) {
    constexpr std::size_t kTenantsMax = 1000;
    const auto& source = tenant.tenant.settings.passwords.custom_banned;
    {
        const std::lock_guard lock(mutex_);
        const auto known = organisations_.find(tenant.tenant.id);
        if (known != organisations_.end() && known->second.source == source) return known->second.terms;
    }
    std::vector<std::string> folded;
    for (const auto& term : source) folded.push_back(ports_.text.folded(term));
    auto terms = std::make_shared<const credentials::BannedTerms>(credentials::TermSource::organisation, folded);
    const std::lock_guard lock(mutex_);
    if (organisations_.size() >= kTenantsMax) organisations_.clear();
    organisations_[tenant.tenant.id] = {source, terms};
    return terms;
}

/// Of its form, and of names, lists and breaches.
std::vector<PasswordFinding> PasswordSetter::protection(const TenantSnapshot& tenant, const Account& account, const Secret& chosen) {
    const auto& user  = account.user;
    const auto folded = ports_.text.folded(chosen.reveal());
    const credentials::PasswordOwner owner{.given_name   = ports_.text.folded(user.given_name),
                                           .family_name  = ports_.text.folded(user.surname),
                                           .organisation = ports_.text.folded(tenant.tenant.settings.branding.display_name),
                                           .account      = ports_.text.folded(user.user_principal_name),
                                           .display_name = ports_.text.folded(user.display_name)};
    const auto organisation = terms_of(tenant);
    auto findings = credentials::check_password({.chosen = chosen.reveal(), .folded = folded}, owner, rules_for(tenant, account),
                                                {.global = global_, .organisation = *organisation})
                        .findings;
    if (ports_.breached_passwords && !has(findings, PasswordProblem::seenTooOften) && ports_.breached_passwords->contains(chosen)) {
        findings.push_back({PasswordProblem::seenTooOften, ""});
    }
    return findings;
}

Result<std::vector<PasswordFinding>> PasswordSetter::repeats(const Account& account, const Secret& chosen, History history) {
    if (!account.password || history == History::none) return std::vector<PasswordFinding>{};
    if (TRY(matches(chosen, account.password->phc))) return std::vector<PasswordFinding>{{PasswordProblem::sameAsCurrent, ""}};
    if (history == History::current) return std::vector<PasswordFinding>{};
    for (const auto& phc : account.password->history) {
        if (TRY(matches(chosen, phc))) return std::vector<PasswordFinding>{{PasswordProblem::recentlyUsed, ""}};
    }
    return std::vector<PasswordFinding>{};
}

Result<bool> PasswordSetter::only_audits(const TenantSnapshot& tenant, UserId user) {
    if (tenant.tenant.settings.passwords.mode != identity::PasswordSettings::Mode::audit) return false;
    return TRY(RiskChanges::read(ports_, tenant.tenant.id, user, std::nullopt)).assess().user == RiskLevel::none;
}

Result<PasswordSetter::Verdict> PasswordSetter::judge(const TenantSnapshot& tenant, const Account& account, const Secret& chosen,
                                                      History history) {
    const auto text = ports_.text.password(chosen.reveal());
    if (!text) return Verdict{.objections = {{PasswordProblem::malformed, ""}}, .would_be_refused = {}};
    const Secret normalised(*text);
    Verdict verdict{.objections = protection(tenant, account, normalised), .would_be_refused = {}};
    if (TRY(only_audits(tenant, account.user.id))) {
        std::erase_if(verdict.objections, [&](const PasswordFinding& finding) {
            if (!credentials::is_audited_only(finding.problem)) return false;
            verdict.would_be_refused.emplace_back(to_string(finding.problem));
            return true;
        });
    }
    // Old passwords cost a hash each: only what passes everything else is held against them.
    if (verdict.objections.empty()) verdict.objections = TRY(repeats(account, normalised, history));
    return verdict;
}

Result<identity::PasswordRecord> PasswordSetter::record(const TenantSnapshot& tenant, const Account& account, const Secret& chosen,
                                                        Kind kind, Instant now) {
    const auto& settings = tenant.tenant.settings.passwords;
    auto phc             = TRY(ports_.hasher.hash(normal(chosen)));
    identity::PasswordRecord record{.user = account.user.id, .phc = std::move(phc), .changed_at = now};
    if (account.password) {
        record.history = account.password->history;
        record.history.insert(record.history.begin(), account.password->phc);
        if (record.history.size() > static_cast<std::size_t>(settings.history)) record.history.resize(static_cast<std::size_t>(settings.history));
        record.generation = account.password->generation + 1;
        record.version    = account.password->version;
    }
    if (kind == Kind::temporary) {
        record.must_change = true;
        record.expires_at  = now + settings.temporary_life;
    }
    return record;
}

Secret PasswordSetter::temporary() const {
    std::string text;
    for (int group = 0; group < 4; ++group) {
        if (group > 0) text += '-';
        text += readable_secret(ports_.random, 4).reveal();
    }
    return Secret(std::move(text));
}

}  // namespace portcullis::app
