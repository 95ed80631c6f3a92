#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/ports/all.h"
#include "app/ports/notice_store.h"
#include "app/ports/outbox.h"
#include "app/ports/retention.h"
#include "app/ports/sealed_values.h"
#include "base/result.h"
#include "main/config.h"

namespace portcullis::app {
class Population;
class SignIn;
}  // namespace portcullis::app
namespace portcullis::sql {
class Db;
}
namespace portcullis::sqlite {
class Sqlite;
}
namespace portcullis::geo {
class GeoIntelligence;
}
namespace portcullis::user_agent {
class UapUserAgents;
}
namespace portcullis::sodium {
class ArgonPasswordHasher;
}

namespace portcullis::program {

enum class Opening {
    for_server,   // migrates when the configuration says so, loads data sets in the background
    for_command,  // refuses a database that is not as this program expects it
};

/// What one step of rotating the data keys came to, over all tenants.
struct DataKeyRotation {
    int made       = 0;
    int resealed   = 0;
    int unreadable = 0;  // values that do not open; their tenant's older keys stay
    int retired    = 0;
    int kept       = 0;  // older keys that stay for now
};

/// The composition root: owns everything built from one Config. Safe to use from many threads.
class Installation {
public:
    /// Errors: invalidRequest for secrets that are missing or readable by others (`portcullis keys init` makes them);
    /// conflict when the database is newer or older than the program; unavailable.
    static Result<std::unique_ptr<Installation>> open(const Config& config, Opening opening);
    ~Installation();
    Installation(const Installation&)            = delete;
    Installation& operator=(const Installation&) = delete;

    [[nodiscard]] const Config& config() const;
    app::Ports& ports();
    [[nodiscard]] Instant now() const { return clock().now(); }
    [[nodiscard]] const app::Clock& clock() const;

    // Use cases that keep something in memory and therefore exist once.
    app::Population& population();
    app::SignIn& sign_in();

    app::Outbox& outbox();
    const app::AuditLog& audit();
    const app::Retention& retention();
    const app::SealedValues& sealed_values();
    const app::NoticeStore& notices();
    app::PasskeyMetadataStore& passkey_metadata();
    sql::Db& db();
    /// Null on PostgreSQL.
    sqlite::Sqlite* sqlite();
    geo::GeoIntelligence& networks();
    user_agent::UapUserAgents& user_agents();
    sodium::ArgonPasswordHasher& hasher();

    /// Makes what a new tenant lacks: its data key, and signing keys that are active at once; each one audited act. Call it
    /// after TenantCreated and before anything is sealed. Nothing when all is there.
    Result<void> ensure_tenant_keys(TenantId tenant);
    /// Which master key wraps new data keys: 16 hexadecimal characters.
    [[nodiscard]] std::string master_key_id() const;
    /// Re-wraps every data key that is not under the current master key (PROTO-831); how many.
    /// Resumable. Errors: conflict when another process does the same with another key.
    Result<int> rewrap_data_keys();
    /// A new data key for every tenant that has only one (PROTO-831); how many. Where there are two a rotation is under way.
    /// Errors: unavailable.
    Result<int> make_next_data_keys();
    /// Goes on with every rotation of data keys that is under way: seals values anew, about `most` a tenant, and drops older keys
    /// that nothing uses once the newest is a day old. Resumable. Errors: unavailable.
    Result<DataKeyRotation> continue_data_key_rotation(int most);

    /// Turns the clock forward, for every process that uses this directory, and answers the new time; kept over a restart.
    /// Errors: invalidRequest when the configuration has no clock file (everywhere but in the demo), or for a negative `by`.
    Result<Instant> advance_clock(Duration by);

private:
    struct Parts;
    explicit Installation(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

/// Makes the directory of a Config made by `config_of_directory`, mode 0700, with new secrets where there are none yet.
Result<void> prepare_directory(const Config& config);

}  // namespace portcullis::program
