#pragma once

#include "app/admin/admin.h"
#include "core/credentials/access_pass.h"

namespace portcullis::app {

/// A pass that was just made. `code` is told this once; afterwards nobody knows it.
struct IssuedPass {
    identity::AccessPass pass;
    Secret code;
};

/// Gives a user a temporary access pass (credentials.md §6.6): a random one, in place of the one before, kept as an Argon2id hash.
/// Eight characters are 40 bits, which a fast hash would not keep from whoever reads the database. Tells the user that there is one.
/// It may be made for anybody; only whom the methods policy means can use it.
class IssueAccessPass {
public:
    explicit IssueAccessPass(Ports& ports) : ports_(ports) {}

    /// Errors: forbidden without the capability, for oneself, and for somebody above; invalidRequest with everything wrong about the
    /// terms; notFound; conflict for a deleted user; unavailable.
    Result<IssuedPass> operator()(const Admin& admin, UserId user, const credentials::WantedPass& wanted);

private:
    Result<IssuedPass> attempt(const Admin& admin, UserId user, const credentials::WantedPass& wanted);
    Ports& ports_;
};

/// Takes a user's pass away; sessions it opened end when it would have. Errors: forbidden, for oneself and for somebody above too;
/// notFound, also when there is none; conflict for a deleted user; unavailable.
class DeleteAccessPass {
public:
    explicit DeleteAccessPass(Ports& ports) : ports_(ports) {}

    Result<void> operator()(const Admin& admin, UserId user);

private:
    Ports& ports_;
};

/// A pass under these terms, and its changes with the notice, for an act that gives one among other things. Errors: invalidRequest,
/// unavailable.
Result<IssuedPass> add_access_pass(std::vector<Change>& changes, Ports& ports, const TenantSnapshot& tenant, const Account& account,
                                   const credentials::WantedPass& wanted, Instant now);

}  // namespace portcullis::app
