#include "http/form.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/encoding.h"
#include "base/secret.h"

namespace portcullis::http {
namespace {

/// Longest parameter name a message repeats.
constexpr std::size_t kShownNameMax = 64;

Error refused(std::string message) { return {ErrorCode::invalidRequest, std::move(message)}; }

/// How a message calls a parameter: by name only if that is a plain word, so nothing a client wrote can mislead a log.
std::string called(std::string_view name) {
    const auto is_plain = [](char c) {
        return ascii::is_digit(c) || ascii::is_letter(c) || c == '_' || c == '-' || c == '.';
    };
    if (name.empty() || name.size() > kShownNameMax || !std::ranges::all_of(name, is_plain)) return "a parameter";
    return fmt::format("parameter `{}`", name);
}

enum class Decoded { well, badEscape, notText };

/// Appends the decoded `text` to `out`. Decoding into the one buffer leaves no other copies of a password behind.
Decoded append_decoded(std::string_view text, std::string& out) {
    const auto start = out.size();
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            out += ' ';
        } else if (text[i] != '%') {
            out += text[i];
        } else {
            if (text.size() - i < 3) return Decoded::badEscape;
            const int high = ascii::hex_value(text[i + 1]), low = ascii::hex_value(text[i + 2]);
            if (high < 0 || low < 0) return Decoded::badEscape;
            out += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    const auto decoded = std::string_view(out).substr(start);
    const bool is_text = is_utf8(decoded) && decoded.find('\0') == std::string_view::npos;
    return is_text ? Decoded::well : Decoded::notText;
}

Result<void> accept(Decoded decoded, std::string_view name, std::string_view part) {
    switch (decoded) {
        case Decoded::well:
            return {};
        case Decoded::badEscape:
            return refused(fmt::format("{} has a {} with a broken percent-escape", called(name), part));
        case Decoded::notText:
            return refused(fmt::format("{} has a {} that is not text in UTF-8", called(name), part));
    }
    return {};
}

bool is_form_type(std::string_view content_type) {
    const auto semicolon = content_type.find(';');
    if (!ascii::equal_ignoring_case(ascii::trimmed(content_type.substr(0, semicolon)),
                                    "application/x-www-form-urlencoded"))
        return false;
    if (semicolon == std::string_view::npos) return true;
    const auto parameter = ascii::trimmed(content_type.substr(semicolon + 1));
    return parameter.empty() || ascii::equal_ignoring_case(parameter, "charset=utf-8") ||
           ascii::equal_ignoring_case(parameter, "charset=\"utf-8\"");
}

}  // namespace

Result<Form> Form::parse(std::string_view text, FormLimits limits) {
    if (text.size() > std::min<std::size_t>(limits.bytes_max, UINT32_MAX))
        return refused("the parameters are too long");
    Form form;
    form.text_.reserve(text.size());
    while (!text.empty()) {
        const auto end   = std::min(text.find('&'), text.size());
        const auto piece = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (piece.empty()) continue;
        if (form.parameters_.size() == limits.parameters_max) return refused("there are too many parameters");

        const auto equals   = std::min(piece.find('='), piece.size());
        const auto raw_name = piece.substr(0, equals);
        const auto start    = form.text_.size();
        TRY(accept(append_decoded(raw_name, form.text_), raw_name, "name"));
        const auto value_start = form.text_.size();
        TRY(accept(append_decoded(piece.substr(std::min(equals + 1, piece.size())), form.text_), raw_name, "value"));
        form.parameters_.push_back({static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(value_start - start),
                                    static_cast<std::uint32_t>(form.text_.size() - value_start)});
    }
    return form;
}

Result<Form> Form::of_body(const Request& request, FormLimits limits) {
    const auto content_type = request.header("content-type");
    if (!content_type || !is_form_type(*content_type)) {
        return refused("the body must be `application/x-www-form-urlencoded`");
    }
    return parse(request.body, limits);
}

Form& Form::operator=(Form&& other) noexcept {
    if (this == &other) return *this;
    wipe_text();
    text_       = std::move(other.text_);
    parameters_ = std::move(other.parameters_);
    return *this;
}

Form::~Form() { wipe_text(); }

void Form::wipe_text() { wipe(text_.data(), text_.capacity()); }

Form::Parameter Form::operator[](std::size_t index) const {
    const auto& piece = parameters_[index];
    const std::string_view all(text_);
    return {all.substr(piece.name, piece.name_size), all.substr(piece.name + piece.name_size, piece.value_size)};
}

std::vector<std::string_view> Form::values(std::string_view name) const {
    std::vector<std::string_view> found;
    for (std::size_t i = 0; i < size(); ++i) {
        const auto parameter = (*this)[i];
        if (parameter.name == name) found.push_back(parameter.value);
    }
    return found;
}

Result<std::string_view> Form::one(std::string_view name) const {
    const auto value = TRY(at_most_one(name));
    if (!value) return refused(fmt::format("{} is missing", called(name)));
    return *value;
}

Result<std::optional<std::string_view>> Form::at_most_one(std::string_view name) const {
    const auto found = values(name);
    if (found.size() > 1) return refused(fmt::format("{} is repeated", called(name)));
    if (found.empty()) return std::optional<std::string_view>();
    return std::optional<std::string_view>(found.front());
}

}  // namespace portcullis::http
