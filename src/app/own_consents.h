#pragma once

#include "app/ports/all.h"
#include "app/request_facts.h"

namespace portcullis::app {

/// What a person let applications do in their name, and how they take it back (PROTO-119).
class OwnConsents {
public:
    explicit OwnConsents(Ports& ports) : ports_(ports) {}

    /// Errors: unavailable.
    Result<std::vector<identity::Consent>> list(const TenantSnapshot& tenant, UserId user) const;
    /// Forgets the consent and revokes what the application holds of this person; nothing happens when there was none.
    /// Errors: unavailable.
    Result<void> withdraw(const TenantSnapshot& tenant, const Account& account, ApplicationId client, const RequestFacts& facts);

private:
    Ports& ports_;
};

}  // namespace portcullis::app
