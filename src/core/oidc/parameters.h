#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace portcullis::oidc {

/// The decoded parameters of a query or form (PROTO-100), in order. Contains secrets when the form does: never log it.
class Parameters {
public:
    using Pair = std::pair<std::string, std::string>;

    Parameters() = default;
    /// For tests and for callers that have decoded already.
    explicit Parameters(std::vector<Pair> pairs) : pairs_(std::move(pairs)) {}

    /// The first value of a parameter. Empty counts as absent (RFC 6749 §3.1).
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
    /// The value or an empty text.
    [[nodiscard]] std::string_view get(std::string_view name) const { return find(name).value_or(std::string_view{}); }
    /// Every value of a parameter that may be repeated.
    [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;
    [[nodiscard]] std::span<const Pair> pairs() const { return pairs_; }

private:
    std::vector<Pair> pairs_{};
};

/// PROTO-100: query or authorize form 16 KiB, other bodies 64 KiB (PROTO-131), 64 parameters.
struct ParameterLimits {
    std::size_t bytes_max = 16 * 1024;
    std::size_t count_max = 64;
};
inline constexpr ParameterLimits kAuthorizeLimits{};
inline constexpr ParameterLimits kBodyLimits{.bytes_max = 64 * 1024};

/// Decodes `application/x-www-form-urlencoded`: size, number, percent-encoding, UTF-8 without NUL, no CR or LF in
/// `state`, `nonce`, `scope` and hints, no known parameter twice (`resource` may be). Unknown parameters pass through.
/// Errors: invalidRequest, naming what was wrong.
Result<Parameters> parse_parameters(std::string_view form, ParameterLimits limits = kAuthorizeLimits);

/// The rules of meaning alone, for pairs that were decoded elsewhere: line breaks and repeated known parameters.
Result<Parameters> checked_parameters(std::vector<Parameters::Pair> pairs);

}  // namespace portcullis::oidc
