#include "adapters/geo/location_database.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

// libloc's headers know nothing of C++.
extern "C" {
#include <libloc/as.h>
#include <libloc/database.h>
#include <libloc/libloc.h>
#include <libloc/network.h>
}

#include <cstring>

#include "adapters/geo/text_lines.h"
#include "base/encoding.h"

namespace portcullis::geo {
namespace {

in6_addr to_in6(const IpAddress& address) {
    in6_addr out{};
    for (int i = 0; i < 8; ++i) {
        out.s6_addr[i]     = static_cast<std::uint8_t>(address.high() >> (56 - 8 * i));
        out.s6_addr[8 + i] = static_cast<std::uint8_t>(address.low() >> (56 - 8 * i));
    }
    return out;
}

struct FileCloser {
    void operator()(FILE* file) const { fclose(file); }
};

}  // namespace

Result<std::unique_ptr<LocationDatabase>> LocationDatabase::open(const std::string& path) {
    const std::unique_ptr<FILE, FileCloser> file(fopen(path.c_str(), "re"));
    if (!file) return Error{ErrorCode::unavailable, fmt::format("no file `{}`", path)};
    loc_ctx* context = nullptr;
    if (loc_new(&context) != 0) return Error{ErrorCode::unavailable, "libloc does not start"};
    loc_set_log_priority(context, 0);
    loc_database* database = nullptr;
    if (loc_database_new(context, &database, file.get()) != 0 || !database) {
        loc_unref(context);
        return Error{ErrorCode::unavailable, fmt::format("`{}` is not a location database", path)};
    }
    return std::unique_ptr<LocationDatabase>(new LocationDatabase(context, database));
}

LocationDatabase::LocationDatabase(loc_ctx* context, loc_database* database)
    : context_(context),
      database_(database),
      as_of_(from_unix_seconds(loc_database_created_at(database))),
      systems_(loc_database_count_as(database)) {}

LocationDatabase::~LocationDatabase() {
    loc_database_unref(database_);
    loc_unref(context_);
}

std::optional<LocatedNetwork> LocationDatabase::find(const IpAddress& address) const {
    const auto wanted = to_in6(address);
    const std::lock_guard lock(mutex_);
    loc_network* network = nullptr;
    if (loc_database_lookup(database_, &wanted, &network) != 0 || !network) return std::nullopt;

    LocatedNetwork found;
    const auto has = [&](loc_network_flags flag) { return loc_network_has_flag(network, flag) != 0; };
    if (const auto* code = loc_network_get_country_code(network)) found.country = country_code(code);
    found.is_anonymous = has(LOC_NETWORK_FLAG_ANONYMOUS_PROXY);
    found.is_satellite = has(LOC_NETWORK_FLAG_SATELLITE_PROVIDER);
    found.is_anycast   = has(LOC_NETWORK_FLAG_ANYCAST);
    found.is_hostile   = has(LOC_NETWORK_FLAG_DROP);
    const auto asn     = loc_network_get_asn(network);
    loc_network_unref(network);
    if (asn == 0) return found;

    found.asn      = asn;
    loc_as* system = nullptr;
    if (loc_database_get_as(database_, &system, asn) == 0 && system) {
        const auto* name = loc_as_get_name(system);
        if (name && *name && is_utf8(name)) found.as_name = name;
        loc_as_unref(system);
    }
    return found;
}

}  // namespace portcullis::geo
