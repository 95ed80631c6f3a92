#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/ip.h"
#include "base/result.h"
#include "base/time.h"

struct loc_ctx;
struct loc_database;

namespace portcullis::geo {

/// What libloc knows of a network.
struct LocatedNetwork {
    std::optional<std::uint32_t> asn;
    std::optional<std::string> as_name, country;
    bool is_anonymous = false, is_satellite = false, is_anycast = false;
    /// Hijacked or run by criminals (Spamhaus DROP).
    bool is_hostile = false;
};

/// The IPFire location database by libloc. The file is mapped, not read: replace it by renaming a new one over it. libloc counts
/// references without atomics, so look-ups take turns (1.5 us each).
class LocationDatabase {
public:
    /// Errors: unavailable.
    static Result<std::unique_ptr<LocationDatabase>> open(const std::string& path);
    ~LocationDatabase();
    LocationDatabase(const LocationDatabase&)            = delete;
    LocationDatabase& operator=(const LocationDatabase&) = delete;

    /// Nothing when no network of the database contains the address.
    [[nodiscard]] std::optional<LocatedNetwork> find(const IpAddress& address) const;
    [[nodiscard]] Instant as_of() const { return as_of_; }
    /// Autonomous systems in the database.
    [[nodiscard]] std::size_t systems() const { return systems_; }

private:
    LocationDatabase(loc_ctx* context, loc_database* database);

    loc_ctx* context_;
    loc_database* database_;
    Instant as_of_{};
    std::size_t systems_ = 0;
    mutable std::mutex mutex_;
};

}  // namespace portcullis::geo
