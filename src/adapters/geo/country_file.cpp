#include "adapters/geo/country_file.h"

#include <fmt/format.h>
#include <malloc.h>
#include <sys/stat.h>

#include <array>
#include <charconv>
#include <fstream>

namespace portcullis::geo {
namespace {

constexpr std::size_t kPieceBytes   = 256 * 1024;
constexpr std::size_t kRangesMax    = 5'000'000;
constexpr std::size_t kLineBytesMax = 256;

std::uint16_t number_of(const std::optional<std::string>& code) {
    if (!code) return 0;
    return static_cast<std::uint16_t>((*code)[0] << 8 | (*code)[1]);
}

std::optional<IpAddress> address_of(std::string_view text) {
    if (text.find(':') != std::string_view::npos) return parse_ip(text);
    std::uint32_t number = 0;
    const auto read      = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
    return IpAddress::v4(number);
}

/// `# Generated: Thu, 25 Jun 2026 04:33:59 GMT`
std::optional<Instant> generated_at(std::string_view comment) {
    static constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const auto label                          = comment.find("Generated:");
    const auto comma                          = comment.find(", ", label);
    if (label == std::string_view::npos || comma == std::string_view::npos) return std::nullopt;
    const auto date = comment.substr(comma + 2);  // 25 Jun 2026 04:33:59 GMT
    if (date.size() < 20) return std::nullopt;
    const auto month = kMonths.find(date.substr(3, 3));
    if (month == std::string_view::npos || month % 3 != 0) return std::nullopt;
    return parse_rfc3339(fmt::format("{}-{:02}-{}T{}Z", date.substr(7, 4), month / 3 + 1, date.substr(0, 2), date.substr(12, 8)));
}

}  // namespace

Result<CountryFile> CountryFile::load(const std::string& path_v4, const std::string& path_v6) {
    CountryFile file;
    TRY(file.add_file(path_v4));
    TRY(file.add_file(path_v6));
    if (file.ranges_ == 0) return Error{ErrorCode::unavailable, fmt::format("`{}` has no usable line", path_v4)};
    file.countries_.shrink();
    malloc_trim(0);  // growing has left as much free memory as we keep
    return file;
}

Result<void> CountryFile::add_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    struct stat status {};
    if (!file || stat(path.c_str(), &status) != 0) return Error{ErrorCode::unavailable, fmt::format("no file `{}`", path)};
    line_ = 0;
    // In pieces of whole lines: the text is five times as large as what we keep of it.
    std::string piece(kPieceBytes, '\0');
    std::size_t kept = 0;
    while (file) {
        file.read(piece.data() + kept, static_cast<std::streamsize>(piece.size() - kept));
        const auto filled = kept + static_cast<std::size_t>(file.gcount());
        const auto whole  = file ? piece.rfind('\n', filled - 1) + 1 : filled;
        if (whole == 0) return Error{ErrorCode::unavailable, fmt::format("`{}` is not a text of lines", path)};
        add(std::string_view(piece).substr(0, whole));
        kept = filled - whole;
        piece.replace(0, kept, piece, whole, kept);
    }
    if (!as_of_) as_of_ = from_unix_seconds(status.st_mtime);
    return {};
}

void CountryFile::add(std::string_view text) {
    while (const auto line = take_line(text)) {
        ++line_;
        if (line->empty()) continue;
        if (line->front() != '#') add_line(*line);
        else if (const auto made = generated_at(*line)) as_of_ = made;
    }
}

void CountryFile::add_line(std::string_view line) {
    const auto first_comma = line.find(',');
    const auto last_comma  = line.rfind(',');
    if (line.size() > kLineBytesMax || first_comma == std::string_view::npos || first_comma == last_comma) {
        return problems_.add(line_, "not `from,to,country`");
    }
    const auto first = address_of(line.substr(0, first_comma));
    const auto last  = address_of(line.substr(first_comma + 1, last_comma - first_comma - 1));
    if (!first || !last || first->is_v4() != last->is_v4() || *last < *first) return problems_.add(line_, "not a range of addresses");
    if (ranges_ >= kRangesMax) return problems_.add(line_, "too many ranges");
    const auto& before = first->is_v4() ? last_v4_ : last_v6_;
    if (before && *first <= *before) return problems_.add(line_, "out of order");
    add_range(*first, *last, number_of(country_code(line.substr(last_comma + 1))));
}

void CountryFile::add_range(const IpAddress& first, const IpAddress& last, std::uint16_t country) {
    countries_.append(first, country);
    // The end of the range; the next range, when it adjoins, replaces it.
    if (const auto after = next_address(last)) countries_.append(*after, 0);
    (first.is_v4() ? last_v4_ : last_v6_) = last;
    ++ranges_;
}

std::optional<std::string> CountryFile::country(const IpAddress& address) const {
    const auto code = countries_.find(address);
    if (code == 0) return std::nullopt;
    return std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
}

}  // namespace portcullis::geo
