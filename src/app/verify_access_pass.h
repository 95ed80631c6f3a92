#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include "app/ports/all.h"
#include "app/request_facts.h"
#include "app/tries.h"

namespace portcullis::app {

/// The pass is right, it works now, and the account may be assessed. `used` must be committed; a conflict means that it worked once
/// and somebody was faster: then it was wrong after all. Only VerifyAccessPass makes one.
struct PassAccepted {
    Account account;
    identity::AccessPass pass;
    AccessPassUsed used;
};

enum class PassRefusal {
    wrong,     // also: nobody has this name, no pass, one that does not work now
    paused,    // right or wrong was not looked at
    disabled,  // the pass is right, the account is not enabled (50057)
};
struct PassRefused {
    PassRefusal because = PassRefusal::wrong;
    std::optional<identity::User> user;  // for the log only
};
using PassOutcome = std::variant<PassAccepted, PassRefused>;

/// Temporary access passes (credentials.md §6.6). Names nobody has, people without a pass, wrong passes and pauses take the same path
/// and the same time (PROTO-803, PROTO-804). Five wrong ones pause the pass where they came from, counted before they are looked at,
/// for the person and not for the sign-in (PROTO-523): a stranger who knows the name does not pause it for its owner. Of all places
/// that are not familiar together it takes `kPassTriesElsewherePerHour`. Each pass is counted by itself.
class VerifyAccessPass {
public:
    explicit VerifyAccessPass(Ports& ports) : ports_(ports) {}

    /// As a first factor. Errors of both: unavailable.
    Result<PassOutcome> named(const TenantSnapshot& tenant, std::string_view typed_name, std::string_view typed, const RequestFacts& facts);
    /// Of somebody who is proven already.
    Result<PassOutcome> of(const TenantSnapshot& tenant, const Account& account, std::string_view typed, const RequestFacts& facts);

private:
    struct Guess {
        std::string subject;
        std::string_view typed;
    };
    Result<PassOutcome> attempt(const TenantSnapshot& tenant, const std::optional<Account>& account, const Guess& guess, const RequestFacts& facts);
    Result<bool> charge(const TenantSnapshot& tenant, Tries& tries, const std::string& row, const std::string& place, Instant now);

    Ports& ports_;
};

/// The account's pass, when it works now; else null.
const identity::AccessPass* usable_pass(const TenantSnapshot& tenant, const Account& account, Instant now);

}  // namespace portcullis::app
