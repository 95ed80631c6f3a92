#include "core/credentials/access_pass.h"

#include <fmt/format.h>

#include <algorithm>

namespace portcullis::credentials {
namespace {

using namespace std::chrono_literals;

constexpr Duration kStartSlack = 5min;              // "now", said by another clock
constexpr Duration kStartMost  = std::chrono::days{30};

std::int64_t minutes(Duration life) { return life / 1min; }

}  // namespace

std::variant<PassTerms, std::vector<std::string>> decide_pass(const identity::AccessPassSettings& settings, const WantedPass& wanted, Instant now) {
    std::vector<std::string> problems;
    const auto life = wanted.lifetime.value_or(settings.lifetime_default);
    if (life < settings.lifetime_min || life > settings.lifetime_max || life % 1min != Duration{0}) {
        problems.push_back(fmt::format("the lifetime may be {} to {} whole minutes", minutes(settings.lifetime_min), minutes(settings.lifetime_max)));
    }
    const auto start = wanted.starts_at.value_or(now);
    if (start + kStartSlack < now) problems.emplace_back("the pass starts in the past");
    if (start > now + kStartMost) problems.emplace_back("the pass starts more than 30 days from now");
    const bool is_one_time = wanted.is_one_time.value_or(settings.is_one_time);
    if (settings.is_one_time && !is_one_time) problems.emplace_back("the tenant has every pass work once");
    if (!problems.empty()) return problems;
    const auto starts_at = std::max(start, now);
    return PassTerms{.starts_at = starts_at, .ends_at = starts_at + life, .is_one_time = is_one_time};
}

std::string_view to_string(PassStanding standing) {
    switch (standing) {
        case PassStanding::usable:           return "EnabledByPolicy";
        case PassStanding::disabledByPolicy: return "DisabledByPolicy";
        case PassStanding::notYetValid:      return "NotYetValid";
        case PassStanding::expired:          return "Expired";
        case PassStanding::oneTimeUsed:      return "OneTimeUsed";
    }
    return {};
}

PassStanding standing_of(const identity::AccessPass& pass, const PassFacts& facts) {
    if (!facts.is_allowed || (facts.settings.is_one_time && !pass.is_one_time)) return PassStanding::disabledByPolicy;
    if (facts.now >= pass.ends_at) return PassStanding::expired;
    if (facts.now < pass.starts_at) return PassStanding::notYetValid;
    if (pass.is_one_time && pass.used_at) return PassStanding::oneTimeUsed;
    return PassStanding::usable;
}

std::optional<Instant> end_of(std::span<const identity::Factor> factors) {
    std::optional<Instant> end;
    for (const auto& factor : factors) {
        if (factor.ends_at) end = end ? std::min(*end, *factor.ends_at) : *factor.ends_at;
    }
    return end;
}

bool is_by_one_time_pass(std::span<const identity::Factor> factors, std::optional<Instant> mfa_at) {
    return mfa_at && std::ranges::any_of(factors, [&](const identity::Factor& f) {
               return f.method == AuthMethod::temporaryAccessPass && f.is_one_time && f.at == *mfa_at;
           });
}

bool may_still_register(std::span<const identity::Factor> factors, std::optional<Instant> mfa_at, Instant now) {
    return !is_by_one_time_pass(factors, mfa_at) || now - *mfa_at <= kRegisterWithin;
}

}  // namespace portcullis::credentials
