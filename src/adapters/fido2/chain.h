#pragma once

#include <openssl/x509.h>

#include <compare>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "adapters/fido2/keys.h"
#include "adapters/fido2/revocation.h"
#include "base/time.h"

/// Chains of certificates as OpenSSL judges them; for this folder only.
namespace portcullis::fido2 {

/// A chain that leads to a root, and what revocation lists say of it. Each list is judged for each certificate when it comes, its signature
/// with it, and none is kept: however many there are, one at a time takes up memory.
class WatchedChain {
public:
    /// `certificates`: leaf first; at least one. Errors: invalidRequest with OpenSSL's reason when they lead to none of the roots now.
    static Result<WatchedChain> of(std::span<const X509Ptr> certificates, std::span<const X509Ptr> roots, Instant now);

    /// The certificates between leaf and root, the leaf with them.
    [[nodiscard]] const std::vector<Watched>& certificates() const { return watched_; }

    /// One list in DER, or some in PEM; those of other authorities are left aside. Errors: invalidRequest for a list that is none, is too large,
    /// does not say when it is over, is only part of one, or has an authority's name and not its signature, and for too many lists.
    Result<void> take(std::string_view bytes);

    /// Whether the lists so far say that no certificate is revoked: of several of one authority that are for a certificate the current one
    /// counts, of those the newest, and of two alike the one that revokes. Errors: invalidRequest when one is revoked, by a list that is over
    /// too; unavailable where a list is missing or over, unless that is accepted.
    [[nodiscard]] Result<void> require_unrevoked(UnknownRevocation unknown) const;

private:
    /// What a list says of a certificate, what weighs most first: the greater counts.
    struct Told {
        bool is_for_it  = false;
        bool is_current = false;
        Instant issued_at;
        bool is_revoked = false;
        auto operator<=>(const Told&) const = default;
    };

    WatchedChain() = default;
    Result<void> judge(X509_CRL* list);

    Instant now_;
    std::vector<X509Ptr> way_;  // leaf first, root last
    std::vector<Watched> watched_;
    std::vector<std::optional<Told>> told_;  // of each of them, what counts so far
    std::size_t lists_ = 0;
};

}  // namespace portcullis::fido2
