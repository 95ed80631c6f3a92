#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/geo/text_lines.h"
#include "app/ports/network_intelligence.h"

namespace portcullis::geo {

/// What a row of an overlay says; absent is left to the other data sets.
struct OverlayRow {
    std::optional<std::uint32_t> asn;
    std::optional<std::string> as_name, country;
    std::optional<app::Place> place;
};

/// Networks that the operator (or the demo) describes himself: CSV of `cidr,asn,as_name,country,city,lat,lon`, fields may be empty
/// or quoted (RFC 4180, on one line), `#` comments. A place needs both coordinates. A row with anything wrong is refused whole.
/// Private networks are accepted: their operator knows where they are.
struct OverlayFile {
    std::vector<Cidr> networks;
    std::vector<OverlayRow> rows;
    Problems problems;
};

/// Bounded: 16 MiB, 100 000 rows.
OverlayFile parse_overlay(std::string_view text);

inline constexpr std::size_t kOverlayBytesMax = 16 * 1024 * 1024;

}  // namespace portcullis::geo
