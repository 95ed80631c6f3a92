#include "core/credentials/prompt_report.h"

#include <algorithm>

namespace portcullis::credentials {

bool is_mfa_blocked(const std::optional<identity::MfaBlock>& block, Instant now) { return block && now < block->ends_at; }

bool may_report(const identity::ReportSettings& settings, const MethodUser& who) {
    if (settings.state != identity::FeatureState::enabled) return false;
    const auto& meant = settings.include;
    if (meant.all_users || std::ranges::find(meant.users, who.id) != meant.users.end()) return true;
    return std::ranges::any_of(who.groups, [&](GroupId group) { return std::ranges::find(meant.groups, group) != meant.groups.end(); });
}

}  // namespace portcullis::credentials
