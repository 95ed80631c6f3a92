#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/ports/all.h"
#include "core/credentials/password_protection.h"

namespace portcullis::app {

/// How many characters a new password of this account needs: more where the password alone signs its owner in, because nothing of theirs
/// that is asked for beside it is registered and allowed (credentials.md §12, modern profile). An access pass is over soon and does not count.
int password_length_min(const TenantSnapshot& tenant, const Account& account);
/// The same for the account of this id; the stricter when it cannot be read.
int password_length_min(Ports& ports, const TenantSnapshot& tenant, UserId user);

/// Setting passwords, whoever asks for it: one set of rules, one way to store (credentials.md §11, §12).
class PasswordSetter {
public:
    explicit PasswordSetter(Ports& ports);

    /// Which of the account's passwords may not come back (credentials.md §12, "History").
    enum class History { none, current, all };
    /// What is held against a new password.
    struct Verdict {
        std::vector<credentials::PasswordFinding> objections;  // none: it may be set
        std::vector<std::string> would_be_refused;             // why enforcing would, where protection only audits: for PasswordSet
    };
    /// Protection always enforces for somebody at risk: somebody else may have had the account.
    /// Costs a hash for each password of the history. Errors: unavailable.
    Result<Verdict> judge(const TenantSnapshot& tenant, const Account& account, const Secret& chosen, History history = History::all);
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

    Result<bool> only_audits(const TenantSnapshot& tenant, UserId user);
    std::vector<credentials::PasswordFinding> protection(const TenantSnapshot& tenant, const Account& account, const Secret& chosen);
    Result<std::vector<credentials::PasswordFinding>> repeats(const Account& account, const Secret& chosen, History history);
    std::shared_ptr<const credentials::BannedTerms> terms_of(const TenantSnapshot& tenant);

    struct Compiled {
        std::vector<std::string> source;
        std::shared_ptr<const credentials::BannedTerms> terms;
    };
    Ports& ports_;
    credentials::BannedTerms global_;
    std::mutex mutex_;
    std::map<TenantId, Compiled> organisations_;  // guarded by mutex_
};

}  // namespace portcullis::app
