#pragma once

#include <string_view>

#include "app/admin/admin.h"

namespace portcullis::app {

/// Puts a user on the MFA block list: every MFA request is denied for 90 days, or until it is lifted (credentials.md §8, CRED-037).
/// A block that holds already begins anew. Sessions go on; `RevokeMfaSessions` voids their MFA. Closes no risk.
class BlockMfa {
public:
    explicit BlockMfa(Ports& ports) : ports_(ports) {}

    /// `reason`: 1 to 256 bytes, for whoever looks later. Errors: invalidRequest without one; forbidden, also for somebody above;
    /// notFound; conflict for a deleted user; unavailable.
    Result<void> operator()(const Admin& admin, UserId user, std::string_view reason);

private:
    Ports& ports_;
};

/// Lifts the block, whoever made it; nothing happens where there is none. Risk that a report raised stays: it is dismissed or remediated
/// apart. The same errors.
class UnblockMfa {
public:
    explicit UnblockMfa(Ports& ports) : ports_(ports) {}

    Result<void> operator()(const Admin& admin, UserId user, std::string_view reason);

private:
    Ports& ports_;
};

}  // namespace portcullis::app
