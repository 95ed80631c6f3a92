#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/ports/network_intelligence.h"
#include "base/result.h"

struct MMDB_s;

namespace portcullis::geo {

/// An operator's MaxMind DB file with cities: the nested schema of GeoLite2 or DB-IP (`city.names.en`, `location.latitude`…) or the
/// flat one of ip-location-db (`city`, `latitude`, `country_code`…). The file is mapped: replace it by renaming a new one over it.
/// Safe to call from many threads.
class CityDatabase {
public:
    /// Errors: unavailable.
    static Result<std::unique_ptr<CityDatabase>> open(const std::string& path);
    ~CityDatabase();
    CityDatabase(const CityDatabase&)            = delete;
    CityDatabase& operator=(const CityDatabase&) = delete;

    /// Nothing when the address is not in the file or has no coordinates there.
    [[nodiscard]] std::optional<app::Place> find(const IpAddress& address) const;
    [[nodiscard]] Instant as_of() const;
    [[nodiscard]] std::size_t nodes() const;

private:
    explicit CityDatabase(std::unique_ptr<MMDB_s> file);
    std::unique_ptr<MMDB_s> file_;
};

}  // namespace portcullis::geo
