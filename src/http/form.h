#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/request.h"

namespace portcullis::http {

/// Bounds of one query or form.
struct FormLimits {
    std::size_t bytes_max      = 64 * 1024;  ///< PROTO-807: the body limit
    std::size_t parameters_max = 200;        ///< PROTO-807
};

/// The authorization endpoint takes less (PROTO-100).
inline constexpr FormLimits kAuthorizeLimits{.bytes_max = 16 * 1024, .parameters_max = 64};

/// The parameters of an `application/x-www-form-urlencoded` body or a query string (WHATWG URL §5.1), decoded.
/// Every name and value is well-formed UTF-8 without U+0000; repeated names stay visible. The decoded text is
/// overwritten when the Form ends, for it may hold passwords; views into it do not outlive the Form.
class Form {
public:
    struct Parameter {
        std::string_view name;
        std::string_view value;
    };

    /// Errors: invalidRequest with a message that names the parameter at fault, where it has a printable name, and
    /// never its value: too long, too many parameters, `%` without two hexadecimal digits, not UTF-8, or U+0000. Empty
    /// pieces (`a=1&&b=2`) are skipped; a piece without `=` has an empty value.
    static Result<Form> parse(std::string_view text, FormLimits limits = {});

    /// The form in a request's body. Errors: as above, and when the content type is not exactly one
    /// `application/x-www-form-urlencoded`, with no charset but UTF-8.
    static Result<Form> of_body(const Request& request, FormLimits limits = {});

    Form(Form&&) noexcept = default;
    Form& operator=(Form&& other) noexcept;
    Form(const Form&)            = delete;
    Form& operator=(const Form&) = delete;
    ~Form();

    [[nodiscard]] std::size_t size() const { return parameters_.size(); }
    [[nodiscard]] Parameter operator[](std::size_t index) const;
    /// Every value given for `name`, in order.
    [[nodiscard]] std::vector<std::string_view> values(std::string_view name) const;
    /// The value of `name`, which must be there once. Errors: invalidRequest when it is missing or repeated.
    [[nodiscard]] Result<std::string_view> one(std::string_view name) const;
    /// The value of `name`, or nothing when it is absent. Errors: invalidRequest when it is repeated.
    /// An empty value is a value here; OAuth treats it as absent (RFC 6749 §3.1), which is the caller's rule.
    [[nodiscard]] Result<std::optional<std::string_view>> at_most_one(std::string_view name) const;

private:
    /// Offsets into `text_`, so that moving a Form moves nothing that points.
    struct Piece {
        std::uint32_t name, name_size, value_size;
    };

    Form() = default;
    void wipe_text();

    std::string text_;
    std::vector<Piece> parameters_;
};

}  // namespace portcullis::http
