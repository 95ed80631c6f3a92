#include "adapters/geo/city_database.h"

#include <fmt/format.h>
#include <maxminddb.h>
#include <netinet/in.h>

#include <charconv>
#include <cmath>
#include <cstring>

#include "adapters/geo/text_lines.h"
#include "base/encoding.h"

namespace portcullis::geo {
namespace {

constexpr double kCityAccuracyKm = 50;  // risk-science.md §4.3
constexpr std::size_t kNameMax   = 128;

using Entry = MMDB_entry_s;

template <class... Path>
std::optional<MMDB_entry_data_s> data_at(const Entry& entry, Path... path) {
    auto copy = entry;
    MMDB_entry_data_s data{};
    if (MMDB_get_value(&copy, &data, path..., nullptr) != MMDB_SUCCESS || !data.has_data) return std::nullopt;
    return data;
}

template <class... Path>
std::optional<std::string> text_at(const Entry& entry, Path... path) {
    const auto data = data_at(entry, path...);
    if (!data || data->type != MMDB_DATA_TYPE_UTF8_STRING || data->data_size > kNameMax) return std::nullopt;
    std::string text(data->utf8_string, data->data_size);
    if (!is_utf8(text)) return std::nullopt;
    return text;
}

template <class... Path>
std::optional<double> number_at(const Entry& entry, Path... path) {
    const auto data = data_at(entry, path...);
    if (!data) return std::nullopt;
    switch (data->type) {
        case MMDB_DATA_TYPE_DOUBLE: return data->double_value;
        case MMDB_DATA_TYPE_FLOAT:  return static_cast<double>(data->float_value);
        case MMDB_DATA_TYPE_UINT16: return data->uint16;
        case MMDB_DATA_TYPE_UINT32: return data->uint32;
        case MMDB_DATA_TYPE_INT32:  return data->int32;
        case MMDB_DATA_TYPE_UTF8_STRING: {
            double value    = 0;
            const auto* end = data->utf8_string + data->data_size;
            const auto read = std::from_chars(data->utf8_string, end, value);
            if (read.ec == std::errc{} && read.ptr == end) return value;
            return std::nullopt;
        }
        default: return std::nullopt;  // the library's type codes are not an enumeration
    }
}

template <class T>
std::optional<T> either(std::optional<T> first, std::optional<T> second) {
    return first ? std::move(first) : std::move(second);
}

/// A radius that is none, by a damaged file, is not known.
double accuracy_of(const Entry& entry) {
    const auto radius = number_at(entry, "location", "accuracy_radius").value_or(kCityAccuracyKm);
    return std::isfinite(radius) && radius >= 0 ? radius : kCityAccuracyKm;
}

std::optional<app::Place> place_of(const Entry& entry) {
    const auto latitude  = either(number_at(entry, "location", "latitude"), number_at(entry, "latitude"));
    const auto longitude = either(number_at(entry, "location", "longitude"), number_at(entry, "longitude"));
    if (!latitude || !longitude) return std::nullopt;
    if (!(*latitude >= -90 && *latitude <= 90) || !(*longitude >= -180 && *longitude <= 180)) return std::nullopt;
    const auto country = either(text_at(entry, "country", "iso_code"), text_at(entry, "country_code")).value_or("");
    return app::Place{
        .city        = either(text_at(entry, "city", "names", "en"), text_at(entry, "city")).value_or(""),
        .state       = either(text_at(entry, "subdivisions", "0", "names", "en"), text_at(entry, "state1")).value_or(""),
        .country     = country_code(country).value_or(""),
        .latitude    = *latitude,
        .longitude   = *longitude,
        .accuracy_km = accuracy_of(entry),
    };
}

}  // namespace

Result<std::unique_ptr<CityDatabase>> CityDatabase::open(const std::string& path) {
    auto file        = std::make_unique<MMDB_s>();
    const int status = MMDB_open(path.c_str(), MMDB_MODE_MMAP, file.get());
    if (status != MMDB_SUCCESS) return Error{ErrorCode::unavailable, fmt::format("cannot use `{}`: {}", path, MMDB_strerror(status))};
    return std::unique_ptr<CityDatabase>(new CityDatabase(std::move(file)));
}

CityDatabase::CityDatabase(std::unique_ptr<MMDB_s> file) : file_(std::move(file)) {}
CityDatabase::~CityDatabase() { MMDB_close(file_.get()); }

std::optional<app::Place> CityDatabase::find(const IpAddress& address) const {
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    const auto bytes = address.bytes();
    v4.sin_family    = AF_INET;
    v6.sin6_family   = AF_INET6;
    if (address.is_v4()) std::memcpy(&v4.sin_addr, bytes.data(), bytes.size());
    else std::memcpy(&v6.sin6_addr, bytes.data(), bytes.size());

    int status       = MMDB_SUCCESS;
    const auto found = address.is_v4() ? MMDB_lookup_sockaddr(file_.get(), reinterpret_cast<const sockaddr*>(&v4), &status)
                                       : MMDB_lookup_sockaddr(file_.get(), reinterpret_cast<const sockaddr*>(&v6), &status);
    if (status != MMDB_SUCCESS || !found.found_entry) return std::nullopt;
    return place_of(found.entry);
}

Instant CityDatabase::as_of() const { return from_unix_seconds(static_cast<std::int64_t>(file_->metadata.build_epoch)); }
std::size_t CityDatabase::nodes() const { return file_->metadata.node_count; }

}  // namespace portcullis::geo
