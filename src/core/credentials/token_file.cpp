#include "core/credentials/token_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "base/ascii.h"
#include "base/encoding.h"
#include "core/identity/hardware_token.h"

namespace portcullis::credentials {
namespace {

constexpr std::string_view kHeader = "upn,serial number,secret key,time interval,manufacturer,model";
constexpr std::size_t kColumns     = 6;
constexpr std::string_view kMark   = "\xEF\xBB\xBF";

/// One record, and where it begins.
struct Record {
    std::size_t line = 0;
    std::vector<std::string> fields;
    std::string problem;  // of its form; empty: none
};

/// RFC 4180 §2, record by record.
class Records {
public:
    explicit Records(std::string_view text) : text_(text) {}

    std::optional<Record> next() {
        while (at_ < text_.size() && take_line_break()) {}  // empty lines
        if (at_ >= text_.size()) return std::nullopt;
        Record record{.line = line_, .fields = {}, .problem = {}};
        do record.fields.push_back(text_.substr(at_).starts_with('"') ? quoted(record) : plain(record));
        while (record.problem.empty() && take(','));
        if (!record.problem.empty()) skip_line();
        return record;
    }

private:
    bool take(char c) {
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    bool is_at_line_break() const { return text_.substr(at_).starts_with('\n') || text_.substr(at_).starts_with("\r\n"); }
    bool take_line_break() {
        if (!is_at_line_break()) return false;
        at_ += text_[at_] == '\r' ? 2 : 1;
        ++line_;
        return true;
    }
    void skip_line() {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
    }

    /// "Fields containing line breaks (CRLF), double quotes, and commas should be enclosed in double-quotes"; until then there are none.
    std::string plain(Record& record) {
        const auto begin = at_;
        while (at_ < text_.size() && text_[at_] != ',' && !is_at_line_break()) {
            if (text_[at_] == '"') {
                record.problem = "a double quote stands in a value that does not begin with one";
                return {};
            }
            ++at_;
        }
        return std::string(text_.substr(begin, at_ - begin));
    }

    /// "A double-quote appearing inside a field must be escaped by preceding it with another double quote."
    std::string quoted(Record& record) {
        std::string value;
        for (++at_; at_ < text_.size(); ++at_) {
            if (text_[at_] == '"') {
                ++at_;
                if (at_ < text_.size() && text_[at_] == '"') {
                    value += '"';
                    continue;
                }
                if (at_ < text_.size() && text_[at_] != ',' && !is_at_line_break()) record.problem = "something follows a closing double quote";
                return value;
            }
            if (text_[at_] == '\n') ++line_;
            value += text_[at_];
        }
        record.problem = "a double quote is opened and never closed";
        return value;
    }

    std::string_view text_;
    std::size_t at_ = 0, line_ = 1;
};

bool is_header(const Record& record) {
    if (!record.problem.empty() || record.fields.size() != kColumns) return false;
    std::string names;
    for (const auto& field : record.fields) names += (names.empty() ? "" : ",") + ascii::lower(ascii::trimmed(field));
    return names == kHeader;
}

bool is_label(std::string_view text) {
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    return !text.empty() && text.size() <= kTokenTextMax && is_utf8(text) && std::ranges::none_of(text, is_control);
}

bool is_serial(std::string_view text) {
    const auto is_printable = [](char c) { return c >= 0x20 && c < 0x7F; };
    return !text.empty() && text.size() <= kTokenTextMax && std::ranges::all_of(text, is_printable);
}

/// Base32, with or without `=` at its end; nothing for anything else.
std::optional<std::string> seed_of(std::string_view typed) {
    const auto end      = typed.find_last_not_of('=');
    const auto letters  = typed.substr(0, end == std::string_view::npos ? 0 : end + 1);
    const auto is_digit = [](char c) { return ascii::is_letter(c) || (c >= '2' && c <= '7'); };
    if (typed.size() > kTokenSecretMax || !std::ranges::all_of(letters, is_digit)) return std::nullopt;
    return parse_base32(letters);
}

/// The row of a record; what is wrong with it is added to `problems`.
std::optional<TokenRow> row_of(const Record& record, std::vector<LineProblem>& problems) {
    const auto before = problems.size();
    const auto wrong  = [&](std::string what) { problems.push_back({record.line, std::move(what)}); };
    if (!record.problem.empty()) {
        wrong(record.problem);
        return std::nullopt;
    }
    if (record.fields.size() != kColumns) {
        wrong(fmt::format("has {} values, not {}", record.fields.size(), kColumns));
        return std::nullopt;
    }
    std::array<std::string, kColumns> values;
    std::ranges::transform(record.fields, values.begin(), [](const auto& field) { return std::string(ascii::trimmed(field)); });
    const auto& [upn, serial, secret, interval, manufacturer, model] = values;
    if (upn.size() > kTokenOwnerBytesMax || !is_utf8(upn)) wrong("`upn` is no user principal name");
    if (!is_serial(serial)) wrong(fmt::format("`serial number` must be 1 to {} printable ASCII characters", kTokenTextMax));
    auto seed = seed_of(secret);
    if (!seed) wrong(fmt::format("`secret key` must be Base32 of at most {} characters", kTokenSecretMax));
    else if (seed->size() < kTokenSeedBytesMin) wrong(fmt::format("`secret key` must have {} bits at least", kTokenSeedBytesMin * 8));
    if (interval != "30" && interval != "60") wrong("`time interval` must be 30 or 60");
    if (!is_label(manufacturer)) wrong(fmt::format("`manufacturer` must be 1 to {} bytes of text", kTokenTextMax));
    if (!is_label(model)) wrong(fmt::format("`model` must be 1 to {} bytes of text", kTokenTextMax));
    if (problems.size() != before) return std::nullopt;
    return TokenRow{.line          = record.line,
                    .upn           = upn,
                    .serial_number = serial,
                    .seed          = Secret(std::move(*seed)),
                    .interval      = std::chrono::seconds{interval == "60" ? 60 : 30},
                    .manufacturer  = manufacturer,
                    .model         = model};
}

}  // namespace

TokenFile parse_token_file(std::string_view text) {
    TokenFile file;
    if (text.size() > kTokenFileBytesMax) {
        file.problems.push_back({1, fmt::format("the file is longer than {} bytes", kTokenFileBytesMax)});
        return file;
    }
    if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
    Records records(text);
    const auto header = records.next();
    if (!header || !is_header(*header)) {
        file.problems.push_back({1, fmt::format("the first line is not `{}`", kHeader)});
        return file;
    }
    std::map<std::string, std::size_t> lines;  // by serial number
    std::size_t count = 0;
    while (const auto record = records.next()) {
        if (++count > kTokenRowsMax) {
            file.problems.push_back({record->line, fmt::format("there are more than {} tokens: import them in parts", kTokenRowsMax)});
            break;
        }
        auto row = row_of(*record, file.problems);
        if (!row) continue;
        const auto [first, is_new] = lines.emplace(identity::serial_key(row->serial_number), row->line);
        if (is_new) file.rows.push_back(std::move(*row));
        else file.problems.push_back({row->line, fmt::format("serial number `{}` stands on line {} already", row->serial_number, first->second)});
    }
    if (count == 0) file.problems.push_back({1, "there is no token in the file"});
    return file;
}

}  // namespace portcullis::credentials
