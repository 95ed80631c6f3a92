#include "adapters/geo/geo_intelligence.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "adapters/geo/city_database.h"
#include "adapters/geo/country_file.h"
#include "adapters/geo/country_places.h"
#include "adapters/geo/list_file.h"
#include "adapters/geo/location_database.h"
#include "adapters/geo/overlay_file.h"
#include "adapters/geo/prefix_table.h"

namespace portcullis::geo {
namespace {

using app::NetworkFact;
using app::Provenance;
using namespace std::chrono_literals;

constexpr Duration kListAgeMax             = 48h;
constexpr Duration kGeoAgeMax              = 24h * 45;  // risk-science.md §5
constexpr std::chrono::seconds kWatchEvery = 10s;
const std::string kAbsent                  = "not in the data";

/// Which version of a file we have.
struct Stamp {
    dev_t device      = 0;
    ino_t inode       = 0;
    off_t size        = -1;
    timespec modified = {};

    bool operator==(const Stamp& other) const {
        return device == other.device && inode == other.inode && size == other.size && modified.tv_sec == other.modified.tv_sec &&
               modified.tv_nsec == other.modified.tv_nsec;
    }
    [[nodiscard]] Instant when() const { return from_unix_ms(std::int64_t{modified.tv_sec} * 1000 + modified.tv_nsec / 1'000'000); }
};

Stamp stamp_of(const std::string& path) {
    struct stat status {};
    if (path.empty() || stat(path.c_str(), &status) != 0) return {};
    return {status.st_dev, status.st_ino, status.st_size, status.st_mtim};
}

/// A list ready for look-ups.
struct List {
    ListFile file;
    PrefixTable table;
    [[nodiscard]] bool names_anonymizers() const {
        return std::ranges::any_of(file.groups, [](const auto& group) { return group.anonymizer.has_value(); });
    }
    [[nodiscard]] bool names_threats() const {
        return std::ranges::any_of(file.groups, [](const auto& group) { return group.threat.has_value(); });
    }
};

struct Overlay {
    OverlayFile file;
    PrefixTable table;
};

/// One loaded data set, or none yet, with what an operator wants to know of it.
template <class T>
struct Loaded {
    std::shared_ptr<const T> set;
    /// Why `set` is absent: "still loading" at first.
    std::string missing = "still loading";
    std::string name    = {};
};

/// What one list says of an address.
struct Listed {
    const List* list       = nullptr;
    const ListGroup* group = nullptr;
    int bits               = -1;
};

std::string stem_of(const std::string& path) { return std::filesystem::path(path).stem().string(); }

}  // namespace

/// INVARIANT: never changed once published; a refresh publishes a changed copy.
struct GeoIntelligence::Data {
    Loaded<LocationDatabase> locations;
    Loaded<CountryFile> countries;
    Loaded<CityDatabase> cities;
    /// In the order of configuration, as are their statuses.
    std::vector<Loaded<List>> lists;
    std::vector<Loaded<Overlay>> overlays;
    std::vector<app::DataSetStatus> status;
};

/// One configured file, or pair of files, and how to load it into a copy of the data.
struct GeoIntelligence::Source {
    enum class Kind { overlay, list, locations, cities, countries };
    Kind kind = Kind::overlay;
    std::string path, second_path;
    /// The index among the sources of its kind, and among all.
    std::size_t index = 0, status = 0;
    std::array<Stamp, 2> stamps{};
    bool was_tried = false;
};

namespace {

/// Collects the facts about one address from loaded data. Each method asks for one fact and notes where the answer came from.
class Gatherer {
public:
    Gatherer(const IpAddress& address, Instant now) : address_(address), now_(now), is_private_(address.is_private()) {}

    void from_overlays(const std::vector<Loaded<Overlay>>& overlays) {
        const OverlayRow* best = nullptr;
        int bits               = -1;
        for (const auto& overlay : overlays) {
            const auto at = overlay.set ? overlay.set->table.find(address_) : std::nullopt;
            if (!at || overlay.set->file.networks[*at].bits() <= bits) continue;
            best = &overlay.set->file.rows[*at];
            bits = overlay.set->file.networks[*at].bits();
        }
        if (!best) return;
        facts_.asn     = best->asn;
        facts_.as_name = best->as_name;
        facts_.country = best->country;
        facts_.place   = best->place;
        if (facts_.asn) note(NetworkFact::asn, "overlay");
        if (facts_.country) note(NetworkFact::country, "overlay");
        if (facts_.place) note(NetworkFact::place, "overlay");
    }

    void from_locations(const Loaded<LocationDatabase>& locations) {
        if (!is_private_ && locations.set) located_ = locations.set->find(address_);
        if (located_) {
            facts_.is_satellite = located_->is_satellite;
            facts_.is_anycast   = located_->is_anycast;
        }
        if (facts_.asn) return;
        if (located_ && located_->asn) {
            facts_.asn     = located_->asn;
            facts_.as_name = located_->as_name;
        }
        note(NetworkFact::asn, "libloc", reason(locations, facts_.asn.has_value()), as_of(locations), kGeoAgeMax);
    }

    void country_from(const Loaded<CityDatabase>& cities, const Loaded<CountryFile>& countries, const Loaded<LocationDatabase>& locations) {
        if (!is_private_ && cities.set) city_ = cities.set->find(address_);
        if (facts_.country) return;
        if (city_ && !city_->country.empty()) {
            facts_.country = city_->country;
            return note(NetworkFact::country, "city file", {}, as_of(cities), kGeoAgeMax);
        }
        const bool is_libloc_newer = as_of(locations) > as_of(countries);
        if (is_libloc_newer) country_from(locations);
        if (!facts_.country) country_from(countries);
        if (!facts_.country && !is_libloc_newer) country_from(locations);
    }

    void place_from(const Loaded<CityDatabase>& cities) {
        if (facts_.place) {
            if (facts_.place->country.empty()) facts_.place->country = facts_.country.value_or("");
            return;
        }
        const bool contradicts = city_ && facts_.country && !city_->country.empty() && city_->country != *facts_.country;
        if (!contradicts) facts_.place = city_;
        note(NetworkFact::place, "city file", contradicts ? "contradicts the overlay" : reason(cities, city_.has_value()), as_of(cities), kGeoAgeMax);
        if (facts_.place || !facts_.country) return;
        facts_.place = country_place(*facts_.country);
        if (facts_.place) note(NetworkFact::place, "country middle");
    }

    void anonymizer_from(const std::vector<Loaded<List>>& lists, const Loaded<LocationDatabase>& locations) {
        bool was_fresh_list_asked = false;
        const auto listed         = listed_in(lists, [](const ListGroup& group) { return group.anonymizer.has_value(); });
        for (const auto& list : lists) {
            if (!list.set) note(NetworkFact::anonymizer, list.name, list.missing);
            if (!list.set || !list.set->names_anonymizers()) continue;
            const bool is_it = listed.list == list.set.get();
            note_list(NetworkFact::anonymizer, *list.set, is_it ? "" : absent());
            was_fresh_list_asked |= !facts_.provenance.back().is_stale;
        }
        if (listed.group) {
            facts_.anonymizer      = *listed.group->anonymizer;
            facts_.anonymizer_list = listed.list->file.name;
        } else if (located_ && located_->is_anonymous) {
            facts_.anonymizer      = app::Anonymizer::proxy;
            facts_.anonymizer_list = "libloc";
            note(NetworkFact::anonymizer, "libloc", {}, as_of(locations), kListAgeMax);
        } else if (was_fresh_list_asked && !is_private_) {
            facts_.anonymizer = app::Anonymizer::none;
        }
        ensure_noted(NetworkFact::anonymizer, "no anonymiser list is configured");
    }

    void threat_from(const std::vector<Loaded<List>>& lists, const Loaded<LocationDatabase>& locations) {
        const auto listed = listed_in(lists, [](const ListGroup& group) { return group.threat.has_value(); });
        for (const auto& list : lists) {
            if (!list.set) note(NetworkFact::threat, list.name, list.missing);
            if (!list.set || !list.set->names_threats()) continue;
            note_list(NetworkFact::threat, *list.set, listed.list == list.set.get() ? "" : absent());
        }
        if (listed.group) {
            facts_.threat = app::ThreatEntry{listed.list->file.name, *listed.group->threat, listed.group->confidence, listed.group->expires_at};
        } else if (located_ && located_->is_hostile) {
            facts_.threat = app::ThreatEntry{"libloc", app::ThreatCategory::botnet, app::ListConfidence::medium, std::nullopt};
            note(NetworkFact::threat, "libloc", {}, as_of(locations), kListAgeMax);
        }
        ensure_noted(NetworkFact::threat, "no threat list is configured");
    }

    app::NetworkFacts take() { return std::move(facts_); }

private:
    static std::optional<Instant> as_of(const Loaded<LocationDatabase>& x) { return x.set ? std::optional(x.set->as_of()) : std::nullopt; }
    static std::optional<Instant> as_of(const Loaded<CityDatabase>& x) { return x.set ? std::optional(x.set->as_of()) : std::nullopt; }
    static std::optional<Instant> as_of(const Loaded<CountryFile>& x) { return x.set ? x.set->as_of() : std::nullopt; }

    [[nodiscard]] std::string absent() const { return is_private_ ? "private address" : kAbsent; }

    template <class T>
    [[nodiscard]] std::string reason(const Loaded<T>& from, bool has_answer) const {
        if (has_answer) return {};
        if (is_private_) return "private address";
        return from.set ? kAbsent : from.missing;
    }

    void country_from(const Loaded<LocationDatabase>& locations) {
        if (located_) facts_.country = located_->country;
        note(NetworkFact::country, "libloc", reason(locations, facts_.country.has_value()), as_of(locations), kGeoAgeMax);
    }

    void country_from(const Loaded<CountryFile>& countries) {
        if (!is_private_ && countries.set) facts_.country = countries.set->country(address_);
        note(NetworkFact::country, "tor-geoipdb", reason(countries, facts_.country.has_value()), as_of(countries), kGeoAgeMax);
    }

    /// The smallest network on any list whose group is `wanted` and has not expired.
    template <class Wanted>
    [[nodiscard]] Listed listed_in(const std::vector<Loaded<List>>& lists, Wanted wanted) const {
        Listed best;
        for (const auto& list : lists) {
            if (!list.set) continue;
            const auto& file = list.set->file;
            for (auto at = list.set->table.find(address_); at; at = list.set->table.around(*at)) {
                const auto& group     = file.groups[file.group_of[*at]];
                const bool is_expired = group.expires_at && *group.expires_at <= now_;
                if (is_expired || !wanted(group)) continue;
                if (file.networks[*at].bits() > best.bits) best = {list.set.get(), &group, file.networks[*at].bits()};
                break;
            }
        }
        return best;
    }

    void note_list(NetworkFact fact, const List& list, std::string missing) {
        note(fact, list.file.name, std::move(missing), list.file.ages ? list.file.updated : std::nullopt, kListAgeMax);
    }

    void note(NetworkFact fact, std::string data_set, std::string missing = {}, std::optional<Instant> made = {}, Duration age_max = {}) {
        const bool was_asked = missing.empty() || missing == kAbsent;
        Provenance from{.fact = fact, .data_set = std::move(data_set), .as_of = made, .missing = std::move(missing), .was_asked = was_asked};
        if (made) {
            from.age      = now_ - *made;
            from.is_stale = *from.age > age_max;
        }
        facts_.provenance.push_back(std::move(from));
    }

    void ensure_noted(NetworkFact fact, std::string_view otherwise) {
        if (std::ranges::find(facts_.provenance, fact, &Provenance::fact) == facts_.provenance.end()) note(fact, "none", std::string(otherwise));
    }

    const IpAddress& address_;
    const Instant now_;
    const bool is_private_;
    std::optional<LocatedNetwork> located_;
    std::optional<app::Place> city_;
    app::NetworkFacts facts_;
};

/// Puts what was loaded, or why it was not, in its place and into the status.
template <class T>
void settle(Loaded<T>& into, app::DataSetStatus& status, Result<std::shared_ptr<const T>> loaded) {
    status.problems.clear();
    if (loaded) {
        into.set = std::move(loaded).value();
    } else {
        into.missing = loaded.error().message;
        status.problems.push_back(loaded.error().message);
    }
    status.is_loaded = into.set != nullptr;
}

void add_problems(app::DataSetStatus& status, const Problems& problems) {
    if (problems.count() == 0) return;
    status.problems.push_back(fmt::format("{} lines refused", problems.count()));
    status.problems.insert(status.problems.end(), problems.first().begin(), problems.first().end());
}

template <class T>
Result<std::shared_ptr<const T>> shared(Result<std::unique_ptr<T>> opened) {
    if (!opened) return std::move(opened).error();
    return std::shared_ptr<const T>(std::move(opened).value());
}

Result<std::shared_ptr<const List>> load_list(const std::string& path, Instant changed, const List* before) {
    const auto text = TRY(read_file(path, kListBytesMax));
    auto file       = parse_list(stem_of(path), text);
    if (!file.updated) file.updated = changed;
    if (file.networks.empty() && file.problems.count() > 0) {
        return Error{ErrorCode::unavailable, fmt::format("`{}` has no usable line; {}", path, file.problems.first().front())};
    }
    if (before && file.networks.size() * 2 < before->file.networks.size()) {
        return Error{ErrorCode::unavailable, fmt::format("`{}` shrank from {} to {} networks; the old list is kept", path,
                                                         before->file.networks.size(), file.networks.size())};
    }
    auto list   = std::make_shared<List>();
    list->table = PrefixTable(file.networks);
    list->file  = std::move(file);
    return std::shared_ptr<const List>(std::move(list));
}

Result<std::shared_ptr<const Overlay>> load_overlay(const std::string& path) {
    const auto text = TRY(read_file(path, kOverlayBytesMax));
    auto overlay    = std::make_shared<Overlay>();
    overlay->file   = parse_overlay(text);
    overlay->table  = PrefixTable(overlay->file.networks);
    return std::shared_ptr<const Overlay>(std::move(overlay));
}

Result<std::shared_ptr<const CountryFile>> load_countries(const std::string& path_v4, const std::string& path_v6) {
    auto loaded = TRY(CountryFile::load(path_v4, path_v6));
    return std::make_shared<const CountryFile>(std::move(loaded));
}

}  // namespace

GeoIntelligence::GeoIntelligence(const DataPaths& paths) {
    auto first = std::make_shared<Data>();
    // Small files first: what the operator wrote himself counts at once.
    const auto add = [&](Source::Kind kind, std::string name, std::string path, std::string second, std::size_t index) {
        if (path.empty()) return false;
        sources_.push_back({.kind = kind, .path = path, .second_path = std::move(second), .index = index, .status = first->status.size()});
        first->status.push_back({.name = std::move(name), .path = std::move(path)});
        return true;
    };
    for (auto& path : paths.overlays) {
        add(Source::Kind::overlay, "overlay", path, {}, first->overlays.size());
        first->overlays.emplace_back();
    }
    for (auto& path : paths.lists) {
        add(Source::Kind::list, stem_of(path), path, {}, first->lists.size());
        first->lists.push_back({.name = stem_of(path)});
    }
    if (!add(Source::Kind::locations, "libloc", paths.location_db, {}, 0)) first->locations.missing = "no location database is configured";
    if (!add(Source::Kind::cities, "city file", paths.city_db, {}, 0)) first->cities.missing = "no city file is configured";
    if (!add(Source::Kind::countries, "tor-geoipdb", paths.countries_v4, paths.countries_v6, 0)) {
        first->countries.missing = "no country file is configured";
    }
    data_ = std::move(first);
}

GeoIntelligence::~GeoIntelligence() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    stopping_.notify_all();
    if (watcher_.joinable()) watcher_.join();
}

app::NetworkFacts GeoIntelligence::look_up(const IpAddress& address, Instant now) const {
    const auto loaded = data();
    Gatherer facts(address, now);
    facts.from_overlays(loaded->overlays);
    facts.from_locations(loaded->locations);
    facts.country_from(loaded->cities, loaded->countries, loaded->locations);
    facts.place_from(loaded->cities);
    facts.anonymizer_from(loaded->lists, loaded->locations);
    facts.threat_from(loaded->lists, loaded->locations);
    return facts.take();
}

void GeoIntelligence::refresh() {
    const std::lock_guard lock(refreshing_);
    for (auto& source : sources_) {
        {
            const std::lock_guard stopped(mutex_);
            if (is_stopping_) return;
        }
        const std::array now{stamp_of(source.path), stamp_of(source.second_path)};
        if (source.was_tried && now == source.stamps) continue;
        source.stamps    = now;
        source.was_tried = true;
        refresh_source(source);
    }
}

void GeoIntelligence::refresh_source(Source& source) {
    auto changed            = std::make_shared<Data>(*data());
    auto& status            = changed->status[source.status];
    const auto settle_as_of = [&](std::size_t entries, std::optional<Instant> as_of) {
        status.entries = entries;
        status.as_of   = as_of;
    };
    switch (source.kind) {
        case Source::Kind::overlay: {
            auto& overlay = changed->overlays[source.index];
            settle(overlay, status, load_overlay(source.path));
            if (!overlay.set) break;
            settle_as_of(overlay.set->file.rows.size(), std::nullopt);
            add_problems(status, overlay.set->file.problems);
            break;
        }
        case Source::Kind::list: {
            auto& list = changed->lists[source.index];
            settle(list, status, load_list(source.path, source.stamps[0].when(), list.set.get()));
            if (!list.set) break;
            settle_as_of(list.set->file.networks.size(), list.set->file.updated);
            add_problems(status, list.set->file.problems);
            break;
        }
        case Source::Kind::locations:
            settle(changed->locations, status, shared(LocationDatabase::open(source.path)));
            if (const auto& set = changed->locations.set) settle_as_of(set->systems(), set->as_of());
            break;
        case Source::Kind::cities:
            settle(changed->cities, status, shared(CityDatabase::open(source.path)));
            if (const auto& set = changed->cities.set) settle_as_of(set->nodes(), set->as_of());
            break;
        case Source::Kind::countries:
            settle(changed->countries, status, load_countries(source.path, source.second_path));
            if (const auto& set = changed->countries.set) {
                settle_as_of(set->ranges(), set->as_of());
                add_problems(status, set->problems());
            }
            break;
    }
    publish(std::move(changed));
}

void GeoIntelligence::start() {
    const std::lock_guard lock(mutex_);
    if (!watcher_.joinable()) watcher_ = std::thread([this] { watch(); });
}

void GeoIntelligence::watch() {
    while (true) {
        refresh();
        std::unique_lock lock(mutex_);
        if (stopping_.wait_for(lock, kWatchEvery, [&] { return is_stopping_; })) return;
    }
}

std::vector<app::DataSetStatus> GeoIntelligence::status() const { return data()->status; }

std::shared_ptr<const GeoIntelligence::Data> GeoIntelligence::data() const {
    const std::lock_guard lock(mutex_);
    return data_;
}

void GeoIntelligence::publish(std::shared_ptr<const Data> changed) {
    const std::lock_guard lock(mutex_);
    data_ = std::move(changed);
}

}  // namespace portcullis::geo
