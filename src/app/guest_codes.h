#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "app/ports/all.h"
#include "app/request_facts.h"

namespace portcullis::app {

/// Whether this account signs in with a code by mail now (core/credentials/guest_code.h).
bool signs_in_by_mail(const TenantSnapshot& tenant, const Account& account);
/// Whether this is the address its owner signs in with: an administrator's to change, for whoever reads it has the account.
bool is_way_in(const TenantSnapshot& tenant, const Account& account, const identity::AuthenticationMethod& method);
/// Whether sign-in pages of the tenant offer such codes: told to, or by default once there is a guest. The same for every name.
/// Errors: unavailable.
Result<bool> offers_guest_codes(const Ports& ports, const TenantSnapshot& tenant);

/// Who asks, as typed, and in which sign-in.
struct GuestAttempt {
    std::string_view name;  // user principal name, or the address of a guest
    FlowId flow;
    Instant flow_ends_at;   // no code outlives its sign-in
};

/// The code is right and the account may be assessed. Only GuestCodes makes one.
struct GuestAccepted {
    Account account;
    MethodId address;
};
enum class GuestRefusal {
    wrong,     // also: nobody has this name, no guest, no code, one of another sign-in, one that is over, too many tries
    disabled,  // the code is right, the account is not enabled (50057)
};
struct GuestRefused {
    GuestRefusal because = GuestRefusal::wrong;
    std::optional<identity::User> user;  // for the log only
};
using GuestOutcome = std::variant<GuestAccepted, GuestRefused>;

/// Guests prove who they are with a code sent to the address they were invited at (credentials.md §6.4, CRED-022). A code belongs to
/// the sign-in that asked for it (PROTO-522), works once, for 30 minutes, and the newest takes the place of the one before.
/// Names nobody has, members, guests with a password and limits that ran out take the same path and cost the same: nothing that is
/// answered depends on whose name it is (PROTO-803, PROTO-804).
class GuestCodes {
public:
    explicit GuestCodes(Ports& ports) : ports_(ports) {}

    /// Sends a code where there is somebody to send it to: not within 30 s of the one before, at most 5 an hour and person; familiar
    /// places have a budget of their own, so that a stranger's wishes do not keep the owner out.
    /// Errors: tooManyRequests when one address or network asks for too many, whoever they are for; unavailable.
    Result<void> send(const TenantSnapshot& tenant, const GuestAttempt& attempt, const RequestFacts& facts);
    /// Looks at what was typed. Wrong codes are counted before they are looked at, per person and not per sign-in (PROTO-523); after
    /// five the code is void and right ones are refused. Without a code to guess nothing is counted, so that nobody who asked for
    /// none can lock a guest out. Errors: unavailable, conflict when the same code came twice at once.
    Result<GuestOutcome> verify(const TenantSnapshot& tenant, const GuestAttempt& attempt, std::string_view typed, const RequestFacts& facts);

private:
    /// Whose name it is.
    struct Named {
        std::optional<Account> guest;        // who signs in by mail
        std::optional<identity::User> user;  // whoever has the name
        std::string subject;                 // what counters and codes are kept under
        std::string place;                   // familiar, or which network
        std::string address;                 // the method that codes go to, while they do
    };
    Result<Named> named(const TenantSnapshot& tenant, std::string_view name, const RequestFacts& facts);
    Result<bool> may_send(TenantId tenant, const Named& who, Instant now);
    Result<void> dispatch(const TenantSnapshot& tenant, const Named& who, const GuestAttempt& attempt, bool goes, const RequestFacts& facts);
    [[nodiscard]] std::string value_of(const Named& who, FlowId flow, std::string_view code) const;
    Result<bool> spend(TenantId tenant, const Named& who, const GuestAttempt& attempt, std::string_view typed, Instant now);

    Ports& ports_;
};

}  // namespace portcullis::app
