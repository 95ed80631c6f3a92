#include "core/notices/notices.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/assert.h"

namespace portcullis::notices {
namespace {

using identity::DirectoryRole;

// clang-format off
constexpr auto kNotices = std::to_array<NoticeRow>({
    {Notice::passwordChanged,       "password_changed",         Audience::owner,                  Closing::if_not_you},
    {Notice::passwordChangedAtRisk, "password_changed_at_risk", Audience::owner,                  Closing::if_not_you},
    {Notice::passwordReset,         "password_reset",           Audience::owner,                  Closing::if_not_you},
    {Notice::temporaryPassword,     "temporary_password",       Audience::owner,                  Closing::if_not_asked},
    {Notice::methodAdded,           "method_added",             Audience::owner,                  Closing::if_not_you},
    {Notice::methodRemoved,         "method_removed",           Audience::owner,                  Closing::if_not_you},
    {Notice::defaultMethodChanged,  "default_method_changed",   Audience::owner,                  Closing::if_not_you},
    {Notice::addressChanged,        "address_changed",          Audience::owner,                  Closing::if_not_you},
    {Notice::accessPassCreated,     "access_pass_created",      Audience::owner,                  Closing::if_not_asked},
    {Notice::recoveryCodeUsed,      "recovery_code_used",       Audience::owner,                  Closing::if_not_you},
    {Notice::recoveryCodesMade,     "recovery_codes_made",      Audience::owner,                  Closing::if_not_you},
    {Notice::recoveryAsked,         "recovery_asked",           Audience::owner,                  Closing::if_not_asked},
    {Notice::accountRecovered,      "account_recovered",        Audience::owner,                  Closing::if_not_asked},
    {Notice::deviceDisabled,        "device_disabled",          Audience::owner,                  Closing::if_not_asked},
    {Notice::guestInvited,          "guest_invited",            Audience::owner,                  Closing::sign_in_by_mail},
    {Notice::suspiciousSignIn,      "suspicious_sign_in",       Audience::owner,                  Closing::secure_account},
    {Notice::approvalsUnanswered,   "approvals_unanswered",     Audience::owner,                  Closing::secure_account},
    {Notice::resetApprovalsUnanswered, "reset_approvals_unanswered", Audience::owner,              Closing::if_not_you},
    {Notice::codesGuessed,          "codes_guessed",            Audience::owner,                  Closing::secure_account},
    {Notice::accountAtRisk,         "account_at_risk",          Audience::owner,                  Closing::secure_account},
    {Notice::registrationReminder,  "registration_reminder",    Audience::owner,                  Closing::register_now},
    {Notice::administratorReset,    "administrator_reset",      Audience::otherAdministrators,    Closing::for_administrators},
    {Notice::recoveryToConfirm,     "recovery_to_confirm",      Audience::otherAdministrators,    Closing::for_administrators},
    {Notice::contactAdministrator,  "contact_administrator",    Audience::helpDesk,               Closing::for_administrators},
    {Notice::fraudReported,         "fraud_reported",           Audience::securityAdministrators, Closing::for_administrators},
    {Notice::usersAtRisk,           "users_at_risk",            Audience::riskReaders,            Closing::for_administrators},
    {Notice::weeklyDigest,          "weekly_digest",            Audience::riskReaders,            Closing::for_administrators},
    {Notice::quietWeek,             "quiet_week",               Audience::riskReaders,            Closing::for_administrators},
    {Notice::emergencyAccountUsed,  "emergency_account_used",   Audience::allAdministrators,      Closing::for_administrators},
    {Notice::connectorDown,         "connector_down",           Audience::globalAdministrators,   Closing::for_administrators},
    {Notice::policiesStale,         "policies_stale",           Audience::globalAdministrators,   Closing::for_administrators},
    {Notice::messengerDown,         "messenger_down",           Audience::globalAdministrators,   Closing::for_administrators},
    {Notice::dataSetsStale,         "data_sets_stale",          Audience::globalAdministrators,   Closing::for_administrators},
    {Notice::metadataUntaken,       "metadata_untaken",         Audience::globalAdministrators,   Closing::for_administrators},
    {Notice::keysDue,               "keys_due",                 Audience::globalAdministrators,   Closing::for_administrators},
});
// clang-format on

/// Whose work a request for help is, in this order (credentials.md §17; Helpdesk Administrator is who may reset passwords).
constexpr std::array kHelp{DirectoryRole::helpdeskAdministrator, DirectoryRole::userAdministrator, DirectoryRole::globalAdministrator};
constexpr std::array kSecurity{DirectoryRole::globalAdministrator, DirectoryRole::securityAdministrator};
constexpr std::array kRiskReaders{DirectoryRole::globalAdministrator, DirectoryRole::securityAdministrator, DirectoryRole::securityReader};
constexpr std::array kGlobal{DirectoryRole::globalAdministrator};
constexpr int kRiskReadersPerRole = 20;  // id-protection.md §5.5

std::string folded(std::string_view address) {
    std::string lower(address);
    for (auto& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return lower;
}

/// Holders of one of the roles, each person once, at most `most` of a role.
std::vector<UserId> holders_of(std::span<const DirectoryRole> roles, std::span<const Holder> holders, int most) {
    std::vector<UserId> told;
    std::map<DirectoryRole, int> taken;
    for (const auto& holder : holders) {
        const bool is_wanted = std::ranges::find(roles, holder.role) != roles.end();
        if (!is_wanted || taken[holder.role] == most) continue;
        ++taken[holder.role];
        if (std::ranges::find(told, holder.user) == told.end()) told.push_back(holder.user);
    }
    return told;
}

std::vector<UserId> all_but(std::span<const Holder> holders, UserId about) {
    std::vector<UserId> told;
    for (const auto& holder : holders) {
        if (holder.user != about && std::ranges::find(told, holder.user) == told.end()) told.push_back(holder.user);
    }
    return told;
}

std::vector<UserId> first_that_help(std::span<const Holder> holders, int most) {
    for (const auto role : kHelp) {
        auto told = holders_of(std::array{role}, holders, most);
        if (!told.empty()) return told;
    }
    return {};
}

}  // namespace

std::span<const NoticeRow> notice_table() { return kNotices; }

const NoticeRow& row_of(Notice notice) {
    const auto found = std::ranges::find(kNotices, notice, &NoticeRow::notice);
    PORTCULLIS_ASSERT(found != kNotices.end());
    return *found;
}

std::vector<std::string> owner_addresses(const Addresses& addresses) {
    std::vector<std::string> all, keys;
    const auto add = [&](const std::string& address) {
        auto key = folded(address);
        if (address.empty() || std::ranges::find(keys, key) != keys.end()) return;
        keys.push_back(std::move(key));
        all.push_back(address);
    };
    add(addresses.primary);
    for (const auto& other : addresses.others) add(other);
    if (all.empty()) add(addresses.user_principal_name);
    return all;
}

std::vector<UserId> administrators_told(Audience audience, std::span<const Holder> holders, UserId about) {
    const auto everybody = static_cast<int>(holders.size());
    switch (audience) {
        case Audience::owner: return {};
        case Audience::otherAdministrators: return all_but(holders, about);
        case Audience::allAdministrators: return all_but(holders, UserId{});
        case Audience::helpDesk: return first_that_help(holders, everybody);
        case Audience::securityAdministrators: return holders_of(kSecurity, holders, everybody);
        case Audience::riskReaders: return holders_of(kRiskReaders, holders, kRiskReadersPerRole);
        case Audience::globalAdministrators: return holders_of(kGlobal, holders, everybody);
    }
    return {};
}

}  // namespace portcullis::notices
