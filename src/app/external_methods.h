#pragma once

#include <optional>
#include <span>
#include <vector>

#include "app/ports/directory.h"
#include "app/ports/tenants.h"
#include "core/identity/session.h"

/// The external methods of a tenant, as they are for one person at this moment.
namespace portcullis::app {

/// Those that the person can be asked for, in the order they were made. When one is enforced for them, the enforced ones and no other.
std::vector<const identity::ExternalMethod*> offered_external(const TenantSnapshot& tenant, const Account& account);
/// Whether one is enforced for them: then MFA is proven there and nowhere else.
bool is_external_enforced(const TenantSnapshot& tenant, const Account& account);

/// Whether they have MFA of any kind, registered or outside: then nobody adds a method to their account by password alone.
bool has_mfa(const TenantSnapshot& tenant, const Account& account);

/// When MFA was last proven in a way that counts: what an external method proved, only while its word counts; where one is enforced,
/// only what that one proved. `mfa_at` is when it was proven at all.
std::optional<Instant> counting_mfa_at(const TenantSnapshot& tenant, const Account& account, std::span<const identity::Factor> factors,
                                       std::optional<Instant> mfa_at);
/// The level that the proofs reach which still say something: none by a method that was taken away since, or by an external method whose
/// word does not count now; where an external method is enforced, MFA only with its proof.
Acr counting_acr(const TenantSnapshot& tenant, const Account& account, std::span<const identity::Factor> factors);

/// The session with the MFA that counts, and without proofs by external methods that do not: part of `still_proven`.
identity::Session with_counting_mfa(const TenantSnapshot& tenant, const Account& account, identity::Session session);

}  // namespace portcullis::app
