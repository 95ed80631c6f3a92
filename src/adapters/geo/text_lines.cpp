#include "adapters/geo/text_lines.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <fstream>

namespace portcullis::geo {

void Problems::add(std::size_t line, std::string_view what) {
    ++count_;
    if (first_.size() < kKept) first_.push_back(fmt::format("line {}: {}", line, what));
}

std::optional<std::string_view> take_line(std::string_view& text) {
    if (text.empty()) return std::nullopt;
    const auto end = text.find('\n');
    auto line      = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

std::string_view trimmed(std::string_view text) {
    const auto from = text.find_first_not_of(" \t");
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) return Error{ErrorCode::unavailable, fmt::format("no file `{}`", path)};
    if (!S_ISREG(status.st_mode)) return Error{ErrorCode::unavailable, fmt::format("`{}` is not a file", path)};
    if (static_cast<std::size_t>(status.st_size) > bytes_max) return Error{ErrorCode::unavailable, fmt::format("`{}` is too large", path)};

    std::ifstream file(path, std::ios::binary);
    std::string text(static_cast<std::size_t>(status.st_size), '\0');
    if (!file) return Error{ErrorCode::unavailable, fmt::format("cannot open `{}`", path)};
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

std::optional<std::string> country_code(std::string_view text) {
    static constexpr auto kNone = std::to_array<std::string_view>({"XX", "EU", "AP", "ZZ", "XD"});
    const auto is_upper         = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (text.size() != 2 || !is_upper(text[0]) || !is_upper(text[1])) return std::nullopt;
    if (text == "UK") return "GB";
    if (std::ranges::find(kNone, text) != kNone.end()) return std::nullopt;
    return std::string(text);
}

}  // namespace portcullis::geo
