#include "app/password_setter.h"

#include <algorithm>

#include "app/readable_secret.h"

namespace portcullis::app {
namespace {

using credentials::PasswordFinding;
using credentials::PasswordProblem;

credentials::PasswordRules rules_of(const identity::PasswordSettings& settings) {
    return {.profile    = settings.profile == identity::PasswordSettings::Profile::modern ? credentials::PasswordProfile::modern
                                                                                         : credentials::PasswordProfile::compatible,
            .length_min = static_cast<std::size_t>(settings.length_min)};
}

bool has(const std::vector<PasswordFinding>& findings, PasswordProblem problem) {
    return std::ranges::any_of(findings, [&](const auto& finding) { return finding.problem == problem; });
}

}  // namespace

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

Result<std::vector<PasswordFinding>> PasswordSetter::objections(const TenantSnapshot& tenant, const Account& account,
                                                                const Secret& chosen, History history) {
    const auto& settings = tenant.tenant.settings.passwords;
    const auto text      = ports_.text.password(chosen.reveal());
    if (!text) return std::vector<PasswordFinding>{{PasswordProblem::malformed, ""}};
    const Secret normalised(*text);
    const auto& user = account.user;
    const auto folded = ports_.text.folded(normalised.reveal());
    const credentials::PasswordOwner owner{.given_name   = ports_.text.folded(user.given_name),
                                           .family_name  = ports_.text.folded(user.surname),
                                           .organisation = ports_.text.folded(tenant.tenant.settings.branding.display_name),
                                           .account      = ports_.text.folded(user.user_principal_name),
                                           .display_name = ports_.text.folded(user.display_name)};
    std::vector<std::string> custom;
    for (const auto& term : settings.custom_banned) custom.push_back(ports_.text.folded(term));
    const credentials::BannedTerms organisation(credentials::TermSource::organisation, custom);
    auto findings = credentials::check_password({.chosen = normalised.reveal(), .folded = folded}, owner, rules_of(settings),
                                                {.global = global_, .organisation = organisation})
                        .findings;
    if (ports_.breached_passwords && !has(findings, PasswordProblem::seenTooOften) && ports_.breached_passwords->contains(normalised)) {
        findings.push_back({PasswordProblem::seenTooOften, ""});
    }
    // Old passwords cost a hash each: only what passes everything else is held against them.
    if (!findings.empty() || !account.password || history == History::none) return findings;
    if (TRY(matches(normalised, account.password->phc))) return std::vector<PasswordFinding>{{PasswordProblem::sameAsCurrent, ""}};
    if (history == History::current) return findings;
    for (const auto& phc : account.password->history) {
        if (TRY(matches(normalised, phc))) return std::vector<PasswordFinding>{{PasswordProblem::recentlyUsed, ""}};
    }
    return findings;
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
