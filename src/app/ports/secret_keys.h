#pragma once

#include "base/secret.h"

namespace portcullis::app {

/// Keys of the installation that are not in the database (PROTO-833): made once, kept in a file beside the master key.
struct SecretKeys {
    Secret pepper;    // keys the digests of references: sessions, codes, refresh tokens
    Secret pairwise;  // keys pairwise subjects (PROTO-141)
    Secret features;  // keys the hashes of familiar features (risk-science.md §2.1)
};

}  // namespace portcullis::app
