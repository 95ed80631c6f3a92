#pragma once

#include <string>
#include <vector>

#include "app/notice_texts.h"
#include "app/ports/all.h"
#include "app/request_facts.h"
#include "core/notices/notices.h"

namespace portcullis::app {

using notices::Notice;

/// What happened, and what its words need. Sources: credentials.md §17, UX-81.
struct Told {
    Notice notice = Notice::passwordChanged;
    Instant at;
    /// Whose browser did it: tells place, address and client. Null when it was not the person's own doing.
    const RequestFacts* from = nullptr;
    /// `{method}` (an AuthMethod as text), `{left}`, `{days}`, `{date}`, `{address}`, `{count}`: what the text of the notice names.
    Words words;
    /// Alternate addresses of the account, and one that was just replaced.
    std::vector<std::string> other_addresses;
};

/// Queues the notice for its owner: one mail an address, in their language. Mails carry no secret, and no link but to a page of
/// ours that asks for a sign-in. At most 10 of one kind an hour and user; more are left out. Errors: unavailable.
Result<void> add_notice(std::vector<Change>& changes, Ports& ports, const TenantSnapshot& tenant, const identity::User& user, const Told& told);

/// The same where nothing is known but the moment.
void add_notice(std::vector<Change>& changes, Random& random, const TenantSnapshot& tenant, const identity::User& user, Notice notice,
                Instant now);

/// Queues the notice for the administrators whom it is for, each in their own language. `about` is the account in question.
/// Nobody is told of a lack of administrators: the act itself is audited. Errors: unavailable.
Result<void> tell_administrators(std::vector<Change>& changes, Ports& ports, const TenantSnapshot& tenant, const identity::User& about,
                                 const Told& told);

/// A code that is sent by mail: one message, sealed in the outbox, never sent after `expires_at`.
struct MailedCode {
    Secret code;
    std::string to;
    Instant at, expires_at;
    const RequestFacts* from = nullptr;
};
Result<Change> code_mail(Ports& ports, const TenantSnapshot& tenant, const identity::User& user, const MailedCode& code);

}  // namespace portcullis::app
