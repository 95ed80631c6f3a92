#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>

#include "adapters/geo/city_database.h"
#include "adapters/geo/country_file.h"
#include "adapters/geo/country_places.h"
#include "adapters/geo/geo_intelligence.h"
#include "adapters/geo/list_file.h"
#include "adapters/geo/overlay_file.h"
#include "adapters/geo/prefix_table.h"
#include "adapters/geo/test_city.h"
#include "base/encoding.h"

namespace portcullis::geo {
namespace {

using namespace std::chrono_literals;
using app::Anonymizer;
using app::NetworkFact;

const Instant kNow = *parse_rfc3339("2026-11-20T12:00:00Z");

IpAddress ip(std::string_view text) { return *parse_ip(text); }

/// A folder of its own that goes away.
class Folder {
public:
    Folder() : path_(std::filesystem::temp_directory_path() / ("portcullis-geo-" + std::to_string(getpid()) + "-" + std::to_string(count++))) {
        std::filesystem::create_directory(path_);
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    /// Writes a file as a new one put in the place of the old, as data files should be replaced.
    std::string write(const std::string& name, std::string_view content) const {
        const auto path = (path_ / name).string();
        std::ofstream(path + ".new", std::ios::binary) << content;
        std::filesystem::rename(path + ".new", path);
        return path;
    }
    [[nodiscard]] std::string path(const std::string& name) const { return (path_ / name).string(); }

private:
    static inline int count = 0;
    std::filesystem::path path_;
};

/// No data sets but those a test names.
DataPaths nothing() { return {.location_db = "", .countries_v4 = "", .countries_v6 = ""}; }

const app::Provenance* from(const app::NetworkFacts& facts, NetworkFact fact, std::string_view data_set) {
    for (const auto& p : facts.provenance) {
        if (p.fact == fact && p.data_set == data_set) return &p;
    }
    return nullptr;
}

std::string why_missing(const app::NetworkFacts& facts, NetworkFact fact) {
    for (const auto& p : facts.provenance) {
        if (p.fact == fact) return p.missing;
    }
    return "no provenance";
}

TEST_CASE("the smallest network that contains an address is found (PROTO-722)") {
    const std::vector<std::string_view> texts{"198.51.0.0/16", "198.51.100.0/24",  "198.51.100.7",     "198.51.100.0/24", "255.255.255.0/24",
                                              "2001:db8::/32", "2001:db8::/64",    "2001:db8::8/125",  "2001:db8::1:0/112", "ffff::/16"};
    std::vector<Cidr> networks;
    for (const auto text : texts) networks.push_back(*parse_cidr(text));
    const PrefixTable table(networks);
    const auto found = [&](std::string_view address) { return table.find(ip(address)).value_or(99); };

    CHECK(found("198.50.255.255") == 99);
    CHECK(found("198.51.0.0") == 0);
    CHECK(found("198.51.99.255") == 0);
    CHECK(found("198.51.100.6") == 3);  // of equal networks the last
    CHECK(found("198.51.100.7") == 2);
    CHECK(found("198.51.100.8") == 3);
    CHECK(found("198.51.101.0") == 0);
    CHECK(found("198.52.0.0") == 99);
    CHECK(found("255.255.255.255") == 4);
    CHECK(found("2001:db7:ffff::") == 99);
    CHECK(found("2001:db8::7") == 6);
    CHECK(found("2001:db8::8") == 7);
    CHECK(found("2001:db8::f") == 7);
    CHECK(found("2001:db8::10") == 6);
    CHECK(found("2001:db8::1:ffff") == 8);
    CHECK(found("2001:db8::2:0") == 6);
    CHECK(found("2001:db8:0:1::") == 5);
    CHECK(found("2001:db9::") == 99);
    CHECK(found("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff") == 9);
    CHECK(table.around(2) == 3u);
    CHECK(table.around(3) == 1u);
    CHECK(table.around(1) == 0u);
    CHECK_FALSE(table.around(0));
    CHECK_FALSE(PrefixTable().find(ip("192.0.2.1")));
}

TEST_CASE("longest prefix match agrees with asking every network in turn") {
    std::mt19937 random(7);
    std::vector<Cidr> networks;
    for (int i = 0; i < 300; ++i) {
        const auto v4 = IpAddress::v4(static_cast<std::uint32_t>(random() & 0x3FF));
        const auto v6 = IpAddress::v6(random() & 3, (random() & 0x3FFULL) << (random() % 2 ? 54 : 0));
        networks.push_back(i % 2 ? *Cidr::of(v4, 22 + static_cast<int>(random() % 11)) : *Cidr::of(v6, 60 + static_cast<int>(random() % 69)));
    }
    const PrefixTable table(networks);
    for (int i = 0; i < 4000; ++i) {
        const auto address = i % 2 ? IpAddress::v4(static_cast<std::uint32_t>(random() & 0x7FF))
                                   : IpAddress::v6(random() & 7, (random() & 0x7FFULL) << (random() % 2 ? 53 : 0));
        int best = -1;
        for (const auto& network : networks) {
            if (network.contains(address)) best = std::max(best, network.bits());
        }
        const auto found = table.find(address);
        CAPTURE(to_string(address));
        REQUIRE((found ? networks[*found].bits() : -1) == best);
        for (auto at = found; at; at = table.around(*at)) REQUIRE(networks[*at].contains(address));
    }
}

TEST_CASE("a list says what its lines are, and refuses what it must (PROTO-720, PROTO-723)") {
    const auto list = parse_list("exits", R"(# Exit list
# category: tor
# confidence: high
# updated: 2026-11-20T06:00:00Z
198.51.100.1
198.51.100.2 ; a comment
198.51.100.3,DE,Berlin
; comment
# category: actor
# expires: 2026-12-01T00:00:00Z
203.0.113.0/24	# note
2001:db8::/32
10.0.0.1
224.0.0.1
203.0.0.0/7
2001::/18
not an address
# category: nonsense
192.0.2.1
# category: vpn
# expires: soon
192.0.2.2
)");
    CHECK(list.networks.size() == 5);
    REQUIRE(list.groups.size() == 2);
    CHECK(list.groups[0].anonymizer == Anonymizer::tor);
    CHECK(list.groups[0].confidence == app::ListConfidence::high);
    CHECK(list.groups[1].threat == app::ThreatCategory::actor);
    CHECK_FALSE(list.groups[1].anonymizer);
    CHECK(list.groups[1].expires_at == parse_rfc3339("2026-12-01T00:00:00Z"));
    CHECK(list.updated == parse_rfc3339("2026-11-20T06:00:00Z"));
    CHECK(list.ages);
    CHECK(list.problems.count() == 9);
    CHECK(list.problems.first() ==
          std::vector<std::string>{"line 13: private or multicast address", "line 14: private or multicast address", "line 15: network is too wide",
                                   "line 16: network is too wide", "line 17: not an address or network", "line 18: unknown category",
                                   "line 19: no category is given for this line",
                                   "line 21: expiry is not an RFC 3339 time; the lines after it are refused",
                                   "line 22: no category is given for this line"});
}

TEST_CASE("a list is bounded (PROTO-722)") {
    CHECK(parse_list("x", "192.0.2.1\n").problems.first().front() == "line 1: no category is given for this line");
    CHECK(parse_list("x", "# category: tor\n" + std::string(600, 'x')).problems.first().front() == "line 2: line is too long");
    std::string many = "# category: tor\n";
    for (int i = 0; i < 1001; ++i) many += "# confidence: low\n192.0.2.1\n";
    CHECK(parse_list("x", many).groups.size() == 1000);
    std::string bad;
    for (int i = 0; i < 100; ++i) bad += "?\n";
    CHECK(parse_list("x", bad).problems.count() == 100);
    CHECK(parse_list("x", bad).problems.first().size() == 20);
    CHECK(parse_list("x", "").networks.empty());
}

TEST_CASE("an overlay describes networks by hand") {
    const auto overlay = parse_overlay(R"(cidr,asn,as_name,country,city,lat,lon
# home
192.0.2.0/24,64500,"Example, Inc. ""A""",NL,Amsterdam,52.37,4.9
10.0.0.0/8,,,,Office,1,2
203.0.113.0/24,64501
203.0.113.0/24,x,,,,,
203.0.113.0/24,,,nl,,,
203.0.113.0/24,,,,City,,
203.0.113.0/24,,,,,91,0
203.0.113.0/24,,,,,0,nan
203.0.113.0/24,,,,,1,
203.0.113.0/24,"open
203.0.113.0/24,1,2,NL,4,5,6,7
nowhere,1,,,,,
)");
    REQUIRE(overlay.rows.size() == 3);
    CHECK(overlay.rows[0].asn == 64500u);
    CHECK(overlay.rows[0].as_name == "Example, Inc. \"A\"");
    CHECK(overlay.rows[0].place->city == "Amsterdam");
    CHECK(overlay.rows[0].place->country == "NL");
    CHECK(overlay.rows[1].place->longitude == 2);
    CHECK(overlay.rows[2].asn == 64501u);
    CHECK_FALSE(overlay.rows[2].place);
    CHECK(overlay.problems.count() == 9);
}

TEST_CASE("country ranges answer inside, and say nothing between (tor-geoipdb)") {
    CountryFile file;
    file.add(R"(# Generated: Thu, 25 Jun 2026 04:33:59 GMT
16777216,16777471,AU
16777472,16778239,CN
16778250,16778255,??
16778256,16778260,UK
1,2,US
16778300,16778200,US
x,y,ZZ
2001:4:112::,2001:4:112:ffff:ffff:ffff:ffff:ffff,US
2001:db8::10,2001:db8::1f,DE
2001:db8::20,2001:db8::2f,FR
)");
    CHECK(file.country(ip("0.255.255.255")) == std::nullopt);
    CHECK(file.country(ip("1.0.0.0")) == "AU");
    CHECK(file.country(ip("1.0.0.255")) == "AU");
    CHECK(file.country(ip("1.0.1.0")) == "CN");
    CHECK(file.country(ip("1.0.4.0")) == std::nullopt);
    CHECK(file.country(ip("1.0.4.12")) == std::nullopt);
    CHECK(file.country(IpAddress::v4(16778256)) == "GB");
    CHECK(file.country(ip("2001:4:111:ffff::")) == std::nullopt);
    CHECK(file.country(ip("2001:4:112::1")) == "US");
    CHECK(file.country(ip("2001:4:113::")) == std::nullopt);
    CHECK(file.country(ip("2001:db8::f")) == std::nullopt);
    CHECK(file.country(ip("2001:db8::1f")) == "DE");
    CHECK(file.country(ip("2001:db8::20")) == "FR");
    CHECK(file.country(ip("2001:db8::30")) == std::nullopt);
    CHECK(file.as_of() == parse_rfc3339("2026-06-25T04:33:59Z"));
    CHECK(file.ranges() == 7);
    CHECK(file.problems().count() == 3);
}

TEST_CASE("the country files of the system load, and agree with their own text") {
    const auto loaded = CountryFile::load("/usr/share/tor/geoip", "/usr/share/tor/geoip6");
    REQUIRE(loaded);
    CHECK(loaded->problems().count() == 0);
    CHECK(loaded->ranges() > 500'000);
    CHECK(loaded->as_of() > parse_rfc3339("2020-01-01T00:00:00Z"));
    CHECK(loaded->country(ip("192.0.2.1")) == std::nullopt);

    std::ifstream text("/usr/share/tor/geoip6");
    std::string line;
    for (int number = 0, checked = 0; std::getline(text, line) && checked < 2000; ++number) {
        if (line.front() == '#' || number % 97 != 0) continue;
        const auto comma = line.find(','), last = line.rfind(',');
        REQUIRE(loaded->country(ip(line.substr(0, comma))) == country_code(line.substr(last + 1)));
        REQUIRE(loaded->country(ip(line.substr(comma + 1, last - comma - 1))) == country_code(line.substr(last + 1)));
        ++checked;
    }
    CHECK_FALSE(CountryFile::load("/nonexistent", "/usr/share/tor/geoip6"));
}

TEST_CASE("both schemas of city files are read (dependencies: libmaxminddb)") {
    const Folder folder;
    struct Row {
        std::string_view what, base64_text;
        double accuracy_km;
    };
    const auto row = GENERATE(values<Row>({{"nested", kNestedCity, 20}, {"flat", kFlatCity, 50}}));
    CAPTURE(row.what);
    const auto cities = CityDatabase::open(folder.write("city.mmdb", *parse_base64(row.base64_text)));
    REQUIRE(cities);
    const auto place = cities.value()->find(ip("192.0.2.9"));
    REQUIRE(place);
    CHECK(place->city == "Amsterdam");
    CHECK(place->state == "North Holland");
    CHECK(place->country == "NL");
    CHECK(place->latitude == Approx(52.37));
    CHECK(place->longitude == Approx(4.9));
    CHECK(place->accuracy_km == row.accuracy_km);
    CHECK(cities.value()->find(ip("2001:db8:1::9"))->city == "Berlin");
    CHECK_FALSE(cities.value()->find(ip("192.0.2.200")));
    CHECK(cities.value()->as_of() > parse_rfc3339("2020-01-01T00:00:00Z"));
    CHECK_FALSE(CityDatabase::open(folder.write("bad.mmdb", "not a database")));
    CHECK_FALSE(CityDatabase::open("/nonexistent"));
}

TEST_CASE("a country has a middle and a radius (risk-science.md §4.3)") {
    CHECK(country_place("NL")->latitude == Approx(52.2));
    CHECK(country_place("NL")->accuracy_km == Approx(115).margin(10));
    CHECK(country_place("US")->accuracy_km == Approx(1769).margin(20));
    CHECK_FALSE(country_place("XX"));
    CHECK_FALSE(country_place(""));
}

TEST_CASE("what is not known is unknown with its reason, never none") {
    const auto facts = GeoIntelligence(nothing()).look_up(ip("192.0.2.1"), kNow);
    CHECK_FALSE(facts.asn);
    CHECK_FALSE(facts.country);
    CHECK_FALSE(facts.place);
    CHECK_FALSE(facts.threat);
    CHECK(facts.anonymizer == Anonymizer::unknown);
    CHECK(why_missing(facts, NetworkFact::asn) == "no location database is configured");
    CHECK(why_missing(facts, NetworkFact::country) == "no country file is configured");
    CHECK(why_missing(facts, NetworkFact::place) == "no city file is configured");
    CHECK(why_missing(facts, NetworkFact::anonymizer) == "no anonymiser list is configured");
    CHECK(why_missing(facts, NetworkFact::threat) == "no threat list is configured");

    GeoIntelligence all(DataPaths{.city_db = "/nonexistent/city", .lists = {"/nonexistent/list"}});
    const auto early = all.look_up(ip("192.0.2.1"), kNow);
    for (const auto fact : {NetworkFact::asn, NetworkFact::country, NetworkFact::place, NetworkFact::anonymizer, NetworkFact::threat}) {
        CHECK(why_missing(early, fact) == "still loading");
    }
    all.refresh();
    const auto late = all.look_up(ip("192.0.2.1"), kNow);
    CHECK(why_missing(late, NetworkFact::asn) == "not in the data");
    CHECK(from(late, NetworkFact::asn, "libloc")->was_asked);
    CHECK_FALSE(from(late, NetworkFact::threat, "list")->was_asked);
    CHECK(why_missing(late, NetworkFact::anonymizer) == "no file `/nonexistent/list`");
    CHECK(from(late, NetworkFact::anonymizer, "list") != nullptr);
    CHECK(late.anonymizer == Anonymizer::unknown);
}

TEST_CASE("an address is no anonymiser only when a fresh list was asked") {
    struct Row {
        std::string_view what, list, address;
        Anonymizer expected;
        bool is_stale;
    };
    const auto row = GENERATE(values<Row>({
        {"fresh and listed", "# category: tor\n# updated: 2026-11-20T06:00:00Z\n192.0.2.1\n", "192.0.2.1", Anonymizer::tor, false},
        {"fresh and not listed", "# category: tor\n# updated: 2026-11-20T06:00:00Z\n192.0.2.1\n", "192.0.2.2", Anonymizer::none, false},
        {"stale and listed", "# category: vpn\n# updated: 2026-11-18T11:59:59Z\n192.0.2.1\n", "192.0.2.1", Anonymizer::vpn, true},
        {"exactly 48 h old", "# category: vpn\n# updated: 2026-11-18T12:00:00Z\n192.0.2.1\n", "192.0.2.2", Anonymizer::none, false},
        {"stale and not listed", "# category: vpn\n# updated: 2026-11-18T11:59:59Z\n192.0.2.1\n", "192.0.2.2", Anonymizer::unknown, true},
        {"kept by hand", "# category: relay\n# updated: 2020-01-01T00:00:00Z\n# ages: no\n192.0.2.1\n", "192.0.2.2", Anonymizer::none, false},
        {"a threat list says nothing of it", "# category: actor\n# updated: 2026-11-20T06:00:00Z\n192.0.2.1\n", "192.0.2.2", Anonymizer::unknown, false},
        {"a private address", "# category: tor\n# updated: 2026-11-20T06:00:00Z\n192.0.2.1\n", "10.0.0.1", Anonymizer::unknown, false},
        {"an expired entry", "# category: tor\n# updated: 2026-11-20T06:00:00Z\n# expires: 2026-11-20T12:00:00Z\n192.0.2.1\n", "192.0.2.1", Anonymizer::none,
         false},
    }));
    CAPTURE(row.what);
    const Folder folder;
    auto paths  = nothing();
    paths.lists = {folder.write("nets.txt", row.list)};
    GeoIntelligence geo(paths);
    geo.refresh();
    const auto facts = geo.look_up(ip(row.address), kNow);
    CHECK(to_string(facts.anonymizer) == to_string(row.expected));
    if (const auto* asked = from(facts, NetworkFact::anonymizer, "nets")) CHECK(asked->is_stale == row.is_stale);
    CHECK(facts.anonymizer_list == (facts.anonymizer == Anonymizer::unknown || facts.anonymizer == Anonymizer::none ? "" : "nets"));
}

TEST_CASE("of several lists the smallest network that has not expired counts (PROTO-722)") {
    const Folder folder;
    auto paths  = nothing();
    paths.lists = {folder.write("wide.txt", "# category: vpn\n# updated: 2026-11-20T06:00:00Z\n198.51.100.0/24\n# category: scanner\n198.51.0.0/16\n"),
                   folder.write("narrow.txt",
                                "# category: relay\n# updated: 2026-11-20T06:00:00Z\n# expires: 2026-11-20T13:00:00Z\n198.51.100.0/28\n"
                                "# category: actor\n# confidence: high\n# expires: 2026-11-21T00:00:00Z\n198.51.100.1\n")};
    GeoIntelligence geo(paths);
    geo.refresh();
    const auto now = geo.look_up(ip("198.51.100.1"), kNow);
    CHECK(now.anonymizer == Anonymizer::relay);
    CHECK(now.anonymizer_list == "narrow");
    REQUIRE(now.threat);
    CHECK(now.threat->category == app::ThreatCategory::actor);
    CHECK(now.threat->confidence == app::ListConfidence::high);
    CHECK(now.threat->list == "narrow");
    CHECK(now.threat->expires_at == parse_rfc3339("2026-11-21T00:00:00Z"));

    const auto later = geo.look_up(ip("198.51.100.1"), kNow + 24h);
    CHECK(later.anonymizer == Anonymizer::vpn);
    CHECK(later.threat->category == app::ThreatCategory::scanner);
}

TEST_CASE("an overlay wins over the other data sets, and leaves them what it does not say") {
    const Folder folder;
    auto paths     = nothing();
    paths.city_db  = folder.write("city.mmdb", *parse_base64(kNestedCity));
    paths.overlays = {folder.write("demo.csv", "192.0.2.1,64500,Home,NL,Utrecht,52.09,5.12\n192.0.2.2,64501,,,,,\n10.0.0.0/8,,,SE,,,\n192.0.2.4,,,BE,,,\n")};
    GeoIntelligence geo(paths);
    geo.refresh();
    const auto whole = geo.look_up(ip("192.0.2.1"), kNow);
    CHECK(whole.asn == 64500u);
    CHECK(whole.as_name == "Home");
    CHECK(whole.place->city == "Utrecht");
    CHECK(from(whole, NetworkFact::place, "overlay") != nullptr);

    const auto part = geo.look_up(ip("192.0.2.2"), kNow);
    CHECK(part.asn == 64501u);
    CHECK_FALSE(part.as_name);
    CHECK(part.country == "NL");
    CHECK(part.place->city == "Amsterdam");

    const auto office = geo.look_up(ip("10.1.2.3"), kNow);
    CHECK(office.country == "SE");
    CHECK(office.place->city.empty());
    CHECK(office.place->accuracy_km > 300);
    CHECK(why_missing(office, NetworkFact::asn) == "private address");

    const auto contradicted = geo.look_up(ip("192.0.2.4"), kNow);
    CHECK(contradicted.place->country == "BE");
    CHECK(contradicted.place->city.empty());
}

TEST_CASE("the data sets of the system answer for a Tor exit (libloc)") {
    GeoIntelligence geo(DataPaths{});
    geo.refresh();
    for (const auto& set : geo.status()) {
        CAPTURE(set.name);
        CHECK(set.is_loaded);
        CHECK(set.entries > 90'000);
        CHECK(set.problems.empty());
    }
    const auto exit = geo.look_up(ip("185.220.101.1"), kNow);
    CHECK(exit.asn == 60729u);
    CHECK(exit.as_name.value_or("").find("Zwiebelfreunde") != std::string::npos);
    CHECK(exit.anonymizer == Anonymizer::proxy);
    CHECK(exit.anonymizer_list == "libloc");
    CHECK(from(exit, NetworkFact::anonymizer, "libloc")->is_stale);
    CHECK(exit.country == "DE");
    CHECK(from(exit, NetworkFact::country, "tor-geoipdb")->is_stale);
    CHECK(exit.place->accuracy_km > 100);
    CHECK(geo.look_up(ip("1.1.1.1"), kNow).is_anycast);

    const auto home = geo.look_up(ip("127.0.0.1"), kNow);
    CHECK_FALSE(home.country);
    CHECK(home.anonymizer == Anonymizer::unknown);
    CHECK(why_missing(home, NetworkFact::country) == "private address");
    const auto v6 = geo.look_up(ip("2001:67c:2564:a119::77"), kNow);
    CHECK(v6.country == "NL");
    CHECK(v6.asn == 1133u);
}

TEST_CASE("files are taken up when they change, and a bad new version leaves the old (PROTO-722)") {
    const Folder folder;
    auto paths    = nothing();
    paths.city_db = folder.write("city.mmdb", *parse_base64(kNestedCity));
    paths.lists   = {folder.write("nets.txt", "# category: tor\n# ages: no\n192.0.2.1\n192.0.2.2\n192.0.2.3\n")};
    GeoIntelligence geo(paths);
    geo.refresh();
    const auto tor = [&](std::string_view address) { return geo.look_up(ip(address), kNow).anonymizer == Anonymizer::tor; };
    CHECK(geo.look_up(ip("192.0.2.1"), kNow).place->accuracy_km == 20);
    CHECK(tor("192.0.2.1"));

    folder.write("city.mmdb", *parse_base64(kFlatCity));
    folder.write("nets.txt", "# category: tor\n# ages: no\n192.0.2.8\n192.0.2.9\nbad line\n");
    geo.refresh();
    CHECK(geo.look_up(ip("192.0.2.1"), kNow).place->accuracy_km == 50);
    CHECK_FALSE(tor("192.0.2.1"));
    CHECK(tor("192.0.2.8"));
    CHECK(geo.status()[0].entries == 2);
    CHECK(geo.status()[0].problems == std::vector<std::string>{"1 lines refused", "line 5: not an address or network"});

    folder.write("city.mmdb", "broken");
    folder.write("nets.txt", "# category: tor\n");
    geo.refresh();
    CHECK(geo.look_up(ip("192.0.2.1"), kNow).place->accuracy_km == 50);
    CHECK(tor("192.0.2.8"));
    CHECK(geo.status()[0].problems.front().find("shrank from 2 to 0 networks; the old list is kept") != std::string::npos);
    CHECK(geo.status()[1].problems.size() == 1);
    CHECK(geo.status()[1].is_loaded);
}

TEST_CASE("loading goes on in the background, and stops with its owner") {
    GeoIntelligence geo(DataPaths{});
    geo.start();
    geo.start();
    CHECK(geo.status().size() == 2);
}

TEST_CASE("geo rates", "[.bench]") {
    using Clock        = std::chrono::steady_clock;
    using Milliseconds = std::chrono::duration<double, std::milli>;
    auto started       = Clock::now();
    const auto loaded  = CountryFile::load("/usr/share/tor/geoip", "/usr/share/tor/geoip6");
    const Milliseconds loading = Clock::now() - started;
    WARN("tor-geoipdb loads in " << loading.count() << " ms");
    GeoIntelligence geo(DataPaths{});
    geo.refresh();
    std::mt19937 random(1);
    started = Clock::now();
    std::size_t known = 0;
    for (int i = 0; i < 100'000; ++i) known += geo.look_up(IpAddress::v4(static_cast<std::uint32_t>(random())), kNow).country.has_value();
    const Milliseconds looking = Clock::now() - started;
    WARN(looking.count() / 100 << " us a look-up, " << known << " known");

    std::vector<Cidr> networks;
    for (int i = 0; i < 5'000'000; ++i) networks.push_back(*Cidr::of(IpAddress::v4(static_cast<std::uint32_t>(random())), 24 + i % 9));
    const PrefixTable table(networks);
    started           = Clock::now();
    std::size_t found = 0;
    for (int i = 0; i < 1'000'000; ++i) found += table.find(IpAddress::v4(static_cast<std::uint32_t>(random()))).has_value();
    const Milliseconds finding = Clock::now() - started;
    WARN(finding.count() << " ns a match in 5 million networks, " << found << " found");
}

}  // namespace
}  // namespace portcullis::geo
