#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "core/identity/directory_role.h"

/// What people are told of by mail, and who is told. Sources: credentials.md §17, id-protection.md §5.5, UX-81.
namespace portcullis::notices {

enum class Notice {
    passwordChanged,
    passwordChangedAtRisk,
    passwordReset,
    temporaryPassword,
    methodAdded,
    methodRemoved,
    defaultMethodChanged,
    addressChanged,
    accessPassCreated,
    recoveryCodeUsed,
    recoveryCodesMade,
    recoveryAsked,      // by an administrator, for an account whose owner lost everything
    accountRecovered,
    deviceDisabled,
    guestInvited,
    suspiciousSignIn,
    approvalsUnanswered,  // somebody asks for approvals again and again, and nobody approves
    resetApprovalsUnanswered,  // the same of a reset
    codesGuessed,         // somebody who knows the password types wrong codes, many in a row
    accountAtRisk,
    registrationReminder,
    administratorReset,
    recoveryToConfirm,
    contactAdministrator,
    fraudReported,
    usersAtRisk,
    weeklyDigest,
    quietWeek,  // the same of a week that brought nothing
    emergencyAccountUsed,
    connectorDown,
    policiesStale,
    messengerDown,
    dataSetsStale,
    metadataUntaken,
    keysDue,
};

enum class Audience {
    owner,                   // every address of the account
    otherAdministrators,     // everybody with a role but the one it is about
    allAdministrators,       // everybody with a role
    helpDesk,                // the help desk's address, else the first role of a list that somebody holds
    securityAdministrators,  // Security and Global Administrators
    riskReaders,             // those and Security Readers, 20 of each role
    globalAdministrators,
};

/// What a person can do about it; the last paragraph of the mail.
enum class Closing { if_not_you, if_not_asked, secure_account, register_now, sign_in_by_mail, for_administrators };

/// How a notice is told. `key` begins the keys of its texts in web/mail.
struct NoticeRow {
    Notice notice;
    std::string_view key;
    Audience audience;
    Closing closing;
};

std::span<const NoticeRow> notice_table();
const NoticeRow& row_of(Notice notice);

/// Every address an account has.
struct Addresses {
    std::string primary;
    std::vector<std::string> others;  // alternate ones, and one that was just replaced
    std::string user_principal_name;
};

/// Where to write to the account's owner: every address once, the first spelling of it; the user principal name when there is
/// none.
std::vector<std::string> owner_addresses(const Addresses& addresses);

/// Somebody with a role. One person may stand here several times.
struct Holder {
    UserId user;
    identity::DirectoryRole role = identity::DirectoryRole::globalReader;
};

/// Which of the holders are told, each once, in the order given. `about` is whose account it is (otherAdministrators).
std::vector<UserId> administrators_told(Audience audience, std::span<const Holder> holders, UserId about);

}  // namespace portcullis::notices
