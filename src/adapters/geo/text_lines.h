#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

/// Reading text that others wrote: line by line, bounded, with what was refused.
namespace portcullis::geo {

/// What was refused in a file: counted, the first few kept with their line numbers.
class Problems {
public:
    void add(std::size_t line, std::string_view what);
    [[nodiscard]] std::size_t count() const { return count_; }
    [[nodiscard]] const std::vector<std::string>& first() const { return first_; }

private:
    static constexpr std::size_t kKept = 20;
    std::size_t count_                 = 0;
    std::vector<std::string> first_;
};

/// Takes the next line from `text`, without its line end; nothing at the end.
std::optional<std::string_view> take_line(std::string_view& text);

/// Without spaces and tabs around it.
std::string_view trimmed(std::string_view text);

/// The whole of a regular file, at most `bytes_max`. Errors: unavailable, saying why.
Result<std::string> read_file(const std::string& path, std::size_t bytes_max);

/// An ISO 3166-1 alpha-2 code: two upper-case letters that name a country. Codes data sets invent for none (`XX`, `EU`, `AP`, `ZZ`,
/// `A1`…) are nothing; `UK` is `GB`.
std::optional<std::string> country_code(std::string_view text);

}  // namespace portcullis::geo
