#pragma once

#include <optional>
#include <string>

#include "adapters/geo/interval_map.h"
#include "adapters/geo/text_lines.h"
#include "base/time.h"

namespace portcullis::geo {

/// tor-geoipdb: text of `from,to,CC`, IPv4 as numbers and IPv6 as addresses, ascending.
class CountryFile {
public:
    /// Reads both files, in pieces, into 5 MB. Lines out of order or unreadable are refused.
    /// Errors: unavailable when a file cannot be read, or has no usable line.
    static Result<CountryFile> load(const std::string& path_v4, const std::string& path_v6);

    /// Adds the lines of one text; exposed for tests. Ranges must not go back over those added before.
    void add(std::string_view text);

    [[nodiscard]] std::optional<std::string> country(const IpAddress& address) const;
    /// From the comment `Generated:` of the files, else the time of the file.
    [[nodiscard]] std::optional<Instant> as_of() const { return as_of_; }
    [[nodiscard]] std::size_t ranges() const { return ranges_; }
    [[nodiscard]] const Problems& problems() const { return problems_; }

private:
    void add_line(std::string_view line);
    void add_range(const IpAddress& first, const IpAddress& last, std::uint16_t country);
    Result<void> add_file(const std::string& path);

    IntervalMap<std::uint16_t> countries_;  // two letters as a number; 0 is nothing
    std::optional<IpAddress> last_v4_, last_v6_;
    std::optional<Instant> as_of_;
    std::size_t ranges_ = 0, line_ = 0;
    Problems problems_;
};

}  // namespace portcullis::geo
