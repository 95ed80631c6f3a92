#include "adapters/geo/overlay_file.h"

#include <array>
#include <charconv>

#include "base/encoding.h"

namespace portcullis::geo {
namespace {

constexpr std::size_t kRowsMax      = 100'000;
constexpr std::size_t kTextBytesMax = 128;
constexpr double kCityAccuracyKm    = 50;  // risk-science.md §4.3
enum Column { cidr, asn, as_name, country, city, lat, lon, columns };
using Fields = std::array<std::string, columns>;

/// Splits one line; nothing when the quotes or the number of fields are wrong. Fields left out at the end are empty.
std::optional<Fields> split(std::string_view line) {
    Fields fields;
    std::size_t field = 0;
    bool is_quoted    = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (is_quoted && c == '"' && i + 1 < line.size() && line[i + 1] == '"') fields[field] += line[i++];
        else if (c == '"') is_quoted = !is_quoted;
        else if (c != ',' || is_quoted) fields[field] += c;
        else if (++field == columns) return std::nullopt;
    }
    if (is_quoted) return std::nullopt;
    for (auto& text : fields) text = std::string(trimmed(text));
    return fields;
}

template <class Number>
std::optional<Number> number(std::string_view text) {
    Number value{};
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
    return value;
}

bool is_text(std::string_view text) {
    return text.size() <= kTextBytesMax && is_utf8(text) && text.find_first_of(std::string_view("\0\x7f\t", 3)) == std::string_view::npos;
}

/// The row, or why it is refused.
struct Read {
    OverlayRow row;
    std::string_view refused;
};

Read refused(std::string_view why) { return {{}, why}; }

Read read(const Fields& fields) {
    OverlayRow row;
    if (!is_text(fields[as_name]) || !is_text(fields[city])) return refused("a name is too long or not UTF-8");
    if (!fields[asn].empty() && !(row.asn = number<std::uint32_t>(fields[asn]))) return refused("`asn` is not a number");
    if (!fields[country].empty() && !(row.country = country_code(fields[country]))) return refused("`country` is not an ISO 3166 code");
    if (!fields[as_name].empty()) row.as_name = fields[as_name];
    if (fields[lat].empty() != fields[lon].empty()) return refused("a place needs `lat` and `lon`");
    if (fields[lat].empty()) return fields[city].empty() ? Read{std::move(row), {}} : refused("a city needs `lat` and `lon`");

    const auto latitude  = number<double>(fields[lat]);
    const auto longitude = number<double>(fields[lon]);
    if (!latitude || !(*latitude >= -90 && *latitude <= 90)) return refused("`lat` is not a latitude");
    if (!longitude || !(*longitude >= -180 && *longitude <= 180)) return refused("`lon` is not a longitude");
    row.place = app::Place{.city        = fields[city],
                           .country     = row.country.value_or(""),
                           .latitude    = *latitude,
                           .longitude   = *longitude,
                           .accuracy_km = kCityAccuracyKm};
    return {std::move(row), {}};
}

}  // namespace

OverlayFile parse_overlay(std::string_view text) {
    OverlayFile overlay;
    text = text.substr(0, kOverlayBytesMax);
    for (std::size_t line = 1; const auto taken = take_line(text); ++line) {
        const auto trimmed_line = trimmed(*taken);
        if (trimmed_line.empty() || trimmed_line.front() == '#' || trimmed_line.starts_with("cidr,")) continue;
        const auto fields  = split(trimmed_line);
        const auto network = fields ? parse_cidr((*fields)[cidr]) : std::nullopt;
        auto row           = fields ? read(*fields) : refused("not seven fields");
        if (row.refused.empty() && !network) row.refused = "not a network";
        if (row.refused.empty() && overlay.rows.size() >= kRowsMax) row.refused = "too many rows";
        if (!row.refused.empty()) {
            overlay.problems.add(line, row.refused);
            continue;
        }
        overlay.networks.push_back(*network);
        overlay.rows.push_back(std::move(row.row));
    }
    return overlay;
}

}  // namespace portcullis::geo
