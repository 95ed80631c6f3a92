#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/geo/text_lines.h"
#include "app/ports/network_intelligence.h"

namespace portcullis::geo {

/// What the lines after a header say about their addresses: either an anonymiser or a threat.
struct ListGroup {
    std::optional<app::Anonymizer> anonymizer;
    std::optional<app::ThreatCategory> threat;
    app::ListConfidence confidence = app::ListConfidence::medium;
    std::optional<Instant> expires_at;
};

/// An anonymiser or threat list: one address or network a line; text after it is ignored, so that the first column of a CSV will do.
///
///     # category: tor | vpn | proxy | relay | actor (nation-state) | botnet | c2 | scanner     required, before the first address
///     # confidence: low | medium | high      medium unless said
///     # expires: 2026-12-01T00:00:00Z        never unless said
///     # updated: 2026-11-20T06:00:00Z        the file's own time unless said
///     # ages: no                             a list kept by hand, which does not grow stale
///     192.0.2.1
///     2001:db8:1::/48
///
/// The first three hold for the lines after them and may be given again. Other comments (`#`, `;`) and blank lines are skipped.
/// Refused (PROTO-723): private and multicast addresses, networks wider than /8 or, in IPv6, /19.
struct ListFile {
    std::string name;
    std::optional<Instant> updated;
    bool ages = true;
    std::vector<ListGroup> groups;
    std::vector<Cidr> networks;
    /// For each network, the index of its group.
    std::vector<std::uint16_t> group_of;
    Problems problems;
};

/// Bounded: 256 MiB, five million networks (PROTO-723), lines of 512 bytes, a thousand groups. What exceeds a bound is a problem of
/// its line; nothing makes parsing fail as a whole.
ListFile parse_list(std::string name, std::string_view text);

inline constexpr std::size_t kListBytesMax = 256 * 1024 * 1024;

}  // namespace portcullis::geo
