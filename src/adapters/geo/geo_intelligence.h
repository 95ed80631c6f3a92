#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "app/ports/network_intelligence.h"

namespace portcullis::geo {

/// Where the data sets are; an empty path is none. Each may be missing: what it would have told is then unknown.
struct DataPaths {
    /// libloc: network operators, flags, country.
    std::string location_db = "/usr/share/libloc-location/location.db";
    /// tor-geoipdb: country.
    std::string countries_v4 = "/usr/share/tor/geoip";
    std::string countries_v6 = "/usr/share/tor/geoip6";
    /// The operator's MaxMind DB file with cities.
    std::string city_db;
    /// Anonymiser and threat lists (list_file.h) and overlays (overlay_file.h).
    std::vector<std::string> lists, overlays;
};

/// All data sets of this machine behind one look-up.
///
/// What wins: an overlay over everything; for the country the operator's city file, then the newer of libloc and tor-geoipdb; for
/// addresses on lists the smallest network that has not expired, then libloc's flags. A place without city data is the middle of
/// the country, with its radius as accuracy.
///
/// Loading happens in `refresh`: in the thread that `start` makes, at once and every ten seconds for files that changed, or by a
/// call. Until a data set is loaded its facts are unknown, "still loading". A new version that cannot be read, or a list with less
/// than half of the entries of its last version, is reported and the old one kept (PROTO-722).
class GeoIntelligence : public app::NetworkIntelligence {
public:
    explicit GeoIntelligence(const DataPaths& paths);
    ~GeoIntelligence() override;
    GeoIntelligence(const GeoIntelligence&)            = delete;
    GeoIntelligence& operator=(const GeoIntelligence&) = delete;

    app::NetworkFacts look_up(const IpAddress& address, Instant now) const override;

    /// Loads what is new or has changed since the last call, in this thread.
    void refresh();
    /// Does that in a thread of its own from now on.
    void start();

    /// Every configured data set, for operators.
    [[nodiscard]] std::vector<app::DataSetStatus> status() const;

private:
    struct Data;
    struct Source;

    std::shared_ptr<const Data> data() const;
    void publish(std::shared_ptr<const Data> data);
    void refresh_source(Source& source);
    void watch();

    std::mutex refreshing_;  // one refresh at a time; guards sources_
    std::vector<Source> sources_;

    mutable std::mutex mutex_;  // guards what is below
    std::shared_ptr<const Data> data_;
    std::condition_variable stopping_;
    bool is_stopping_ = false;
    std::thread watcher_;
};

}  // namespace portcullis::geo
