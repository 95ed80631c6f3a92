#pragma once

#include <optional>
#include <string>

#include "app/ports/all.h"
#include "core/credentials/send_limits.h"

namespace portcullis::app {

/// A code for one person's telephone.
struct PhoneCode {
    enum class Way { sms, voice } way = Way::sms;
    credentials::PhoneNumber number;
    Secret code;
    Instant at, expires_at;
};

/// Sends codes by text message and call within the tenant's budgets (credentials.md §6.3, CRED-021). Exact across nodes and under
/// parallel requests.
class PhoneCodes {
public:
    explicit PhoneCodes(Ports& ports) : ports_(ports) {}

    /// Takes one send from every budget; nothing when it may go. A refused send costs what was asked before the budget that
    /// refused. Errors: unavailable.
    Result<std::optional<credentials::SendRefusal>> charge(const TenantSnapshot& tenant, UserId user, const PhoneCode& code);
    /// The message, sealed in the outbox, never sent after its end, in the person's language. Commit it only after `charge`.
    /// Errors: unavailable.
    Result<Change> message(const TenantSnapshot& tenant, const identity::User& user, const PhoneCode& code);

private:
    Ports& ports_;
};

}  // namespace portcullis::app
