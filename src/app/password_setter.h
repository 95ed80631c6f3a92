#pragma once

#include <memory>
#include <vector>

#include "app/ports/all.h"
#include "core/credentials/password_protection.h"

namespace portcullis::app {

/// Setting passwords, whoever asks for it: one set of rules, one way to store (credentials.md §11, §12).
class PasswordSetter {
public:
    explicit PasswordSetter(Ports& ports);

    /// Which of the account's passwords may not come back (credentials.md §12, "History").
    enum class History { none, current, all };
    /// Every reason against `chosen`; none: it may be set. Costs a hash for each password of the history. Errors: unavailable.
    Result<std::vector<credentials::PasswordFinding>> objections(const TenantSnapshot& tenant, const Account& account,
                                                                 const Secret& chosen, History history = History::all);
    /// Whether `typed` is the account's password; false also when it has none. Errors: unavailable.
    Result<bool> is_current(const Account& account, const Secret& typed);

    enum class Kind { permanent, temporary };
    /// The record to store in place of the account's. Errors: unavailable; invalidRequest for text that is no password.
    Result<identity::PasswordRecord> record(const TenantSnapshot& tenant, const Account& account, const Secret& chosen, Kind kind,
                                            Instant now);
    /// A random temporary password that people can type: 4 groups of 4 letters and digits (about 80 bits).
    Secret temporary() const;

private:
    Result<bool> matches(const Secret& chosen, std::string_view phc);
    Secret normal(const Secret& typed) const;

    Ports& ports_;
    credentials::BannedTerms global_;
};

}  // namespace portcullis::app
