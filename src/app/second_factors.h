#pragma once

#include <span>
#include <vector>

#include "app/ports/directory.h"
#include "app/ports/tenants.h"
#include "core/controls/next_step.h"
#include "core/identity/session.h"

namespace portcullis::app {

/// How a proven person can be asked for MFA.
enum class SecondFactor { passkey, external, push, code, accessPass };

/// Those the person can be asked for now: registered, and allowed by the tenant as it is (credentials.md §1.2). The one to ask
/// for first stands in front: a pass that works now, then that of the person's default method, else the system-preferred order
/// (credentials.md §5). Approval on another device stands beside another method, never alone: without a session it works nowhere.
/// Where an external method is enforced for the person, that and nothing else.
std::vector<SecondFactor> second_factors(const TenantSnapshot& tenant, const Account& account, Instant now);
/// Whether all they can be asked for is an access pass, which registers nobody (CRED-013).
bool has_only_pass(const TenantSnapshot& tenant, const Account& account, Instant now);

/// Whether it shows one-time codes: an authenticator app, or a hardware token that the inventory knows as this person's.
bool is_code(const identity::AuthenticationMethod& method);
/// Whether the methods policy lets this person register and use the method (CRED-001).
bool is_allowed(const TenantSnapshot& tenant, const Account& account, AuthMethod method);
/// Their registered methods that it lets them use.
std::vector<identity::AuthenticationMethod> allowed_methods(const TenantSnapshot& tenant, const Account& account);

/// The same methods one by one, for authentication strengths.
std::vector<controls::Offered> offered_methods(const TenantSnapshot& tenant, const Account& account, Instant now);
/// Those of them that renew the proof of how one signs in: all but approvals (`own_mfa_at`).
std::vector<MethodId> own_proofs(const TenantSnapshot& tenant, const Account& account, Instant now);
/// The proofs as strengths look at them: of a passkey the model, where a root that the tenant trusts vouched for it.
std::vector<policy::Proven> proofs_of(std::span<const identity::Factor> factors, const Account& account);
/// The account without these methods: what they prove counts for nothing.
Account without_methods(Account account, std::span<const MethodId> methods);

}  // namespace portcullis::app
