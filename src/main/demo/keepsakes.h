#pragma once

#include <map>
#include <optional>
#include <string>

#include "app/ports/random.h"
#include "base/result.h"
#include "base/time.h"

namespace portcullis::demo {

/// What the demo must say again at every start although the store has only digests of it: kept in `DIR/demo.json`, mode
/// 0600. None of it protects anything real.
struct Keepsakes {
    struct PersonSecrets {
        std::string password;
        std::string totp_secret;  // base32; empty: none
    };
    struct ClientSecrets {
        std::string client_id;
        std::string client_secret;  // empty: a public client
    };
    std::string tenant_id;
    std::map<std::string, PersonSecrets, std::less<>> people;
    std::map<std::string, ClientSecrets, std::less<>> clients;
    /// When everything was in place for the first time; sign-ins before it are invented history.
    std::optional<Instant> opened_at;
};

/// The file's, with what it lacks made up; nothing is written. Errors: unavailable when the file is damaged.
Result<Keepsakes> load_keepsakes(const std::string& directory, app::Random& random, Instant now);
/// Replaces the file in one step. Errors: unavailable.
Result<void> store_keepsakes(const std::string& directory, const Keepsakes& keepsakes);

/// A password people can type: four words and four digits.
std::string invented_password(app::Random& random);

}  // namespace portcullis::demo
