#include "core/credentials/registration_prompts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace portcullis::credentials {
namespace {

using identity::AuthenticationMethod;
using identity::CampaignState;

/// What people add themselves at sign-in, most secure first. Recovery codes are made on the security-info page alone
/// (credentials.md §1.1), telephones are registered by administrators.
constexpr std::array kByOneself{AuthMethod::softwareOath, AuthMethod::email};

constexpr std::size_t kTargetsMax = 1000;
constexpr int kSnoozeDaysMax      = 14;
/// A reminder is due when this much of the period is over (credentials.md §17).
constexpr std::array kReminderDays{1, 7, 12};
constexpr int kReminderPeriod = 14;

bool is_missing(const identity::ResetSettings& settings, const ResetFacts& facts, AuthMethod method) {
    const bool is_there = std::ranges::any_of(facts.methods, [&](const AuthenticationMethod& m) { return is_same_gate(m.kind, method); });
    return !is_there && is_asked_for(settings, facts, method);
}

std::vector<AuthenticationMethod> without_push(std::span<const AuthenticationMethod> methods) {
    std::vector<AuthenticationMethod> others(methods.begin(), methods.end());
    std::erase_if(others, [](const AuthenticationMethod& m) { return m.kind == AuthMethod::push; });
    return others;
}

bool names(const identity::MethodTargets& targets, const MethodUser& who) {
    if (targets.all_users || std::ranges::find(targets.users, who.id) != targets.users.end()) return true;
    return std::ranges::any_of(who.groups, [&](GroupId group) { return std::ranges::find(targets.groups, group) != targets.groups.end(); });
}

}  // namespace

std::vector<AuthMethod> missing_for_reset(const identity::ResetSettings& settings, const ResetFacts& facts) {
    // A device that approves serves only while it is signed in: nobody is thought to have enough because of it.
    const auto lasting = without_push(facts.methods);
    auto standing      = facts;
    standing.methods   = lasting;
    const auto verdict  = decide_reset(settings, standing);
    const auto* refused = std::get_if<ResetRefusal>(&verdict);
    if (!refused || *refused != ResetRefusal::tooFewMethods) return {};
    std::vector<AuthMethod> missing;
    auto with_all = lasting;
    for (const auto method : kByOneself) {
        if (!is_missing(settings, facts, method)) continue;
        missing.push_back(method);
        with_all.push_back({.id = {}, .user = facts.user.id, .kind = method});
    }
    // Nobody is asked for what would not be enough either.
    auto then    = facts;
    then.methods = with_all;
    return std::holds_alternative<ResetOffer>(decide_reset(settings, then)) ? missing : std::vector<AuthMethod>{};
}

std::vector<AuthenticationMethod> reset_methods_of(std::span<const AuthenticationMethod> methods) {
    std::vector<AuthenticationMethod> theirs;
    for (const auto& method : methods) {
        const bool is_asked_for = std::ranges::any_of(reset_methods(), [&](AuthMethod asked) { return is_same_gate(asked, method.kind); });
        if (is_asked_for && method.kind != AuthMethod::push) theirs.push_back(method);
    }
    return theirs;
}

bool is_review_due(const identity::ResetSettings& settings, const ResetFacts& facts, std::optional<Instant> confirmed_at, Instant now) {
    if (!settings.requires_registration || settings.reconfirm_days == 0) return false;
    if (!std::holds_alternative<ResetOffer>(decide_reset(settings, facts))) return false;
    auto looked_at = confirmed_at.value_or(Instant{});
    for (const auto& method : reset_methods_of(facts.methods)) looked_at = std::max(looked_at, method.created_at);
    return now - looked_at >= std::chrono::days{settings.reconfirm_days};
}

Nudge decide_nudge(const identity::RegistrationCampaign& campaign, const NudgeFacts& facts, Instant now) {
    const bool is_on = campaign.state == CampaignState::enabled || (campaign.state == CampaignState::byDefault && facts.by_telephone);
    if (!is_on || !names(campaign.include, facts.who) || names(campaign.exclude, facts.who)) return Nudge::none;
    if (!facts.may_register || facts.has_target || !facts.on_large_device) return Nudge::none;
    if (facts.answered.campaign_due_at && now < *facts.answered.campaign_due_at) return Nudge::none;
    return campaign.enforces && facts.answered.campaign_skips >= kCampaignSkipsMax ? Nudge::mandatory : Nudge::skippable;
}

std::vector<std::string> campaign_problems(const identity::RegistrationCampaign& campaign) {
    std::vector<std::string> problems;
    if (campaign.snooze_days < 0 || campaign.snooze_days > kSnoozeDaysMax) {
        problems.push_back(fmt::format("`registrationCampaign.snoozeDurationInDays` is {}; it may be 0 to {}", campaign.snooze_days, kSnoozeDaysMax));
    }
    const auto is_long = [](const identity::MethodTargets& targets) { return targets.users.size() + targets.groups.size() > kTargetsMax; };
    if (is_long(campaign.include) || is_long(campaign.exclude)) {
        problems.push_back(fmt::format("`registrationCampaign` may name {} targets in each list", kTargetsMax));
    }
    if (campaign.exclude.all_users) problems.emplace_back("`registrationCampaign` excludes everybody: disable it instead");
    return problems;
}

int reminders_due(Duration grace, Instant deadline, Instant now) {
    if (now >= deadline) return 0;
    const auto elapsed = now - (deadline - grace);
    return static_cast<int>(std::ranges::count_if(kReminderDays, [&](int day) { return elapsed >= grace * day / kReminderPeriod; }));
}

}  // namespace portcullis::credentials
