#pragma once

#include <optional>
#include <string_view>

#include "app/registrant.h"

namespace portcullis::app {

/// Why a change of one's own methods was not made.
enum class MethodRefusal {
    unknown,         // no such method of this person
    atRisk,          // 53004
    policyRefuses,   // 53010
    notFresh,        // the proof of who asks is too old: MFA again
    provenByItself,  // only what is to be removed proves who asks: sign in with something else
    lastOne,         // a policy needs one, and this is the last
    nameMissing,
    tooMany,
    codeWrong,
    codePaused,
    over,            // nothing waits to be proven: never begun, too old, or done
};

/// `registration_bar` in the words of a change of one's own methods. Errors: unavailable.
Result<std::optional<MethodRefusal>> refusal_at_bar(Ports& ports, const TenantSnapshot& tenant, const Registrant& who, const RequestFacts& facts);

/// What a person does with their own methods on their security-info page (credentials.md §3.1, PROTO-505). Everything here
/// demands MFA of at most five minutes ago, no risk above low, and that policies for registering security info grant.
class OwnMethods {
public:
    explicit OwnMethods(Ports& ports) : ports_(ports) {}

    /// What `remove` would refuse for; nothing: it may go. Errors: unavailable.
    Result<std::optional<MethodRefusal>> objection_to_removal(const TenantSnapshot& tenant, const Registrant& who, MethodId method,
                                                              const RequestFacts& facts);
    /// Removes it and tells the owner. Another method must prove who asks, and the last one that a policy needs stays.
    /// Errors of all: unavailable, conflict when the account changed at the same moment.
    Result<std::optional<MethodRefusal>> remove(const TenantSnapshot& tenant, const Registrant& who, MethodId method, const RequestFacts& facts);
    Result<std::optional<MethodRefusal>> rename(const TenantSnapshot& tenant, const Registrant& who, MethodId method, std::string_view name,
                                                const RequestFacts& facts);
    /// Asks for this method first from now on, and tells the owner.
    Result<std::optional<MethodRefusal>> make_default(const TenantSnapshot& tenant, const Registrant& who, MethodId method,
                                                      const RequestFacts& facts);

private:
    Result<std::optional<MethodRefusal>> objection(const TenantSnapshot& tenant, const Registrant& who, MethodId method, const RequestFacts& facts);
    Result<void> commit(const TenantSnapshot& tenant, const Registrant& who, std::string_view act, std::vector<Change> changes,
                        const RequestFacts& facts);

    Ports& ports_;
};

/// Whether a policy asks this person for MFA in some sign-in, so that a method must stay: the registration policy, or an enabled
/// policy for them that demands `mfa` or `passwordChange`, whatever else it looks at.
bool needs_a_method(const TenantSnapshot& tenant, const Account& account);

}  // namespace portcullis::app
