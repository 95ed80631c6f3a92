#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/notice_texts.h"
#include "app/ports/all.h"
#include "app/request_facts.h"
#include "core/notices/notices.h"

namespace portcullis::app {

using notices::Notice;

/// One more line of a mail to administrators: keys of web/mail, and what the text names.
struct Detail {
    std::string label, text;
    Words words = {};
};

/// What happened, and what its words need. Sources: credentials.md §17, UX-81.
struct Told {
    Notice notice = Notice::passwordChanged;
    Instant at;
    /// Whose browser did it: tells place, address and client. Null when it was not the person's own doing.
    const RequestFacts* from = nullptr;
    /// `{method}` (an AuthMethod as text), `{left}`, `{days}`, `{date}` (RFC 3339; told as a day), `{address}`, `{count}`: what the text of the notice names.
    Words words;
    /// Addresses beside those the account has now: one that is being added, and one that was just replaced.
    std::vector<std::string> other_addresses;
    /// For administrators only.
    std::vector<Detail> details = {};
};

/// Queues the notice for its owner: one mail to every address of the account, primary and recovery, in their language, and a line
/// on their page of alerts. Mails carry no secret, and no link but to a page of ours that asks for a sign-in. At most 10 of one
/// kind an hour and user; more are left out. Errors: unavailable; invalidRequest when a stored address was tampered with.
Result<void> add_notice(std::vector<Change>& changes, Ports& ports, const TenantSnapshot& tenant, const identity::User& user, const Told& told);

/// What an act made of the risk of a user, and of the sign-in it happened in.
struct RiskRise {
    RiskLevel before = RiskLevel::none, after = RiskLevel::none;  // the user's
    RiskLevel of_sign_in = RiskLevel::none;                       // the highest of what it raised there
};
/// Tells the owner when their risk has become medium or high, once for each rise, and else of a sign-in that is suspicious by
/// itself (UX-81, IDP-012). `from`: whose request it was; null: nobody's. Errors: as add_notice.
Result<void> tell_of_risk(std::vector<Change>& changes, Ports& ports, const TenantSnapshot& tenant, const identity::User& user,
                          const RiskRise& rise, const RequestFacts* from, Instant at);

/// A notice as the page of alerts words it; nothing for a kind this release does not know.
struct AlertWords {
    std::string title, text;
};
std::optional<AlertWords> alert_words(const TenantSnapshot& tenant, std::string_view kind, const Words& words, Instant at, std::string_view language);

/// Queues the notice for the administrators whom it is for, each in their own language; of risk, also at the addresses of the settings,
/// and not for those whom they leave out. `about` is the account in question.
/// Nobody is told of a lack of administrators: the act itself is audited. Errors: unavailable.
Result<void> tell_administrators(std::vector<Change>& changes, Ports& ports, const TenantSnapshot& tenant, const identity::User& about,
                                 const Told& told);

/// A code that is sent by mail: one message, sealed in the outbox, never sent after `expires_at`.
struct MailedCode {
    Secret code;
    std::string to;
    Instant at, expires_at;
    const RequestFacts* from = nullptr;
    bool is_reportable = false;  // its owner can say that they did not ask for it
};
Result<Change> code_mail(Ports& ports, const TenantSnapshot& tenant, const identity::User& user, const MailedCode& code);

}  // namespace portcullis::app
