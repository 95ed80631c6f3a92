#include "core/credentials/methods_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace portcullis::credentials {
namespace {

using identity::MethodsPolicy;
using identity::MethodTargets;

constexpr std::array kRows{
    MethodRow{"fido2", &MethodsPolicy::passkey},
    MethodRow{"softwareOath", &MethodsPolicy::software_oath},
    MethodRow{"hardwareOath", &MethodsPolicy::hardware_oath},
    MethodRow{"email", &MethodsPolicy::email},
    MethodRow{"sms", &MethodsPolicy::sms},
    MethodRow{"voice", &MethodsPolicy::voice},
    MethodRow{"temporaryAccessPass", &MethodsPolicy::access_pass},
    MethodRow{"recoveryCode", &MethodsPolicy::recovery_code},
    MethodRow{"push", &MethodsPolicy::push},
};

constexpr std::size_t kTargetsMax = 1000;
constexpr std::int64_t kMinutesMin = 10, kMinutesMax = 43'200;  // credentials.md §6.6
constexpr int kLengthMin = 8, kLengthMax = 48;

/// Which row a method is under.
std::optional<std::size_t> row_of(AuthMethod method) {
    std::string_view name = to_string(method);
    switch (method) {
        case AuthMethod::passkeySynced:
        case AuthMethod::passkeyDeviceBound:
        case AuthMethod::passkeyHardware: name = "fido2"; break;
        default:                          break;
    }
    const auto* row = std::ranges::find(kRows, name, &MethodRow::name);
    if (row == kRows.end()) return std::nullopt;
    return static_cast<std::size_t>(row - kRows.begin());
}

MethodTargets in_order(MethodTargets targets) {
    std::ranges::sort(targets.users);
    std::ranges::sort(targets.groups);
    return targets;
}

bool is_meant(const MethodTargets& targets, const MethodUser& who) {
    if (targets.all_users || std::ranges::binary_search(targets.users, who.id)) return true;
    return std::ranges::any_of(who.groups, [&](GroupId group) { return std::ranges::binary_search(targets.groups, group); });
}

std::size_t count_of(const MethodTargets& targets) { return targets.users.size() + targets.groups.size(); }

/// Whole minutes within the limits.
void add_lifetime_problem(std::string_view name, Duration value, std::vector<std::string>& problems) {
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(value);
    if (Duration(minutes) == value && minutes.count() >= kMinutesMin && minutes.count() <= kMinutesMax) return;
    problems.push_back(fmt::format("`methods.temporaryAccessPass.{}` is {} s; it may be {} to {} whole minutes", name, value.count() / 1000, kMinutesMin, kMinutesMax));
}

}  // namespace

std::span<const MethodRow> method_rows() { return kRows; }

std::vector<std::string> method_problems(const MethodsPolicy& policy) {
    std::vector<std::string> problems;
    for (const auto& row : kRows) {
        const auto& rule = policy.*row.rule;
        if (count_of(rule.include) > kTargetsMax || count_of(rule.exclude) > kTargetsMax) {
            problems.push_back(fmt::format("`methods.{}` may name {} targets in each list", row.name, kTargetsMax));
        }
        if (rule.exclude.all_users) problems.push_back(fmt::format("`methods.{}` excludes everybody: disable it instead", row.name));
    }
    const auto& passes = policy.access_passes;
    add_lifetime_problem("minimumLifetimeInMinutes", passes.lifetime_min, problems);
    add_lifetime_problem("maximumLifetimeInMinutes", passes.lifetime_max, problems);
    add_lifetime_problem("defaultLifetimeInMinutes", passes.lifetime_default, problems);
    if (passes.lifetime_min > passes.lifetime_default || passes.lifetime_default > passes.lifetime_max) {
        problems.emplace_back("`methods.temporaryAccessPass`: the default lifetime lies between the minimum and the maximum");
    }
    if (passes.length < kLengthMin || passes.length > kLengthMax) {
        problems.push_back(fmt::format("`methods.temporaryAccessPass.defaultLength` is {}; it may be {} to {}", passes.length, kLengthMin, kLengthMax));
    }
    return problems;
}

CompiledMethods::CompiledMethods(const MethodsPolicy& policy) : guest_codes_(policy.guest_codes) {
    static_assert(std::tuple_size_v<decltype(rules_)> == kRows.size());
    for (std::size_t i = 0; i < kRows.size(); ++i) {
        const auto& rule = policy.*kRows[i].rule;
        rules_[i]        = {.is_enabled = rule.is_enabled, .include = in_order(rule.include), .exclude = in_order(rule.exclude)};
    }
}

const CompiledMethods::Rule* CompiledMethods::rule_of(AuthMethod method) const {
    const auto row = row_of(method);
    return row ? &rules_[*row] : nullptr;
}

bool CompiledMethods::allows(AuthMethod method, const MethodUser& who) const {
    const auto* rule = rule_of(method);
    if (!rule) return true;
    return rule->is_enabled && is_meant(rule->include, who) && !is_meant(rule->exclude, who);
}

bool CompiledMethods::allows_guest_code(const MethodUser& who) const {
    return guest_codes_ != identity::FeatureState::disabled && !is_meant(rule_of(AuthMethod::email)->exclude, who);
}

bool CompiledMethods::is_offered(AuthMethod method) const {
    const auto* rule = rule_of(method);
    return !rule || (rule->is_enabled && (rule->include.all_users || count_of(rule->include) > 0));
}

}  // namespace portcullis::credentials
