#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace portcullis {

/// 128-bit identifier of one kind of thing; two kinds never mix. On the wire: a lower-case UUID (RFC 4122, 36 characters).
template <class Tag>
struct Id {
    std::uint64_t high = 0, low = 0;
    auto operator<=>(const Id&) const = default;

    /// No identifier at all; never assigned to anything.
    [[nodiscard]] bool is_nil() const { return high == 0 && low == 0; }
};

using TenantId      = Id<struct TenantTag>;
using UserId        = Id<struct UserTag>;
using GroupId       = Id<struct GroupTag>;
using RoleId        = Id<struct RoleTag>;
using ApplicationId = Id<struct ApplicationTag>;
using SecretId      = Id<struct SecretTag>;
using MethodId      = Id<struct MethodTag>;
using HardwareTokenId = Id<struct HardwareTokenTag>;
using SignInId      = Id<struct SignInTag>;
using SessionId     = Id<struct SessionTag>;
using GrantId       = Id<struct GrantTag>;
using DeviceId      = Id<struct DeviceTag>;
using FlowId        = Id<struct FlowTag>;
using DetectionId   = Id<struct DetectionTag>;
using PolicyId      = Id<struct PolicyTag>;
using LocationId    = Id<struct LocationTag>;
using StrengthId    = Id<struct StrengthTag>;
using RequestId     = Id<struct RequestTag>;
using CorrelationId = Id<struct CorrelationTag>;
using ActId         = Id<struct ActTag>;
using MailId        = Id<struct MailTag>;
using AlertId       = Id<struct AlertTag>;

namespace uuid {
struct Words {
    std::uint64_t high = 0, low = 0;
};
/// 36 lower-case characters, `8-4-4-4-12`.
std::string to_string(Words words);
/// Accepts the 36-character form in either case, nothing else.
std::optional<Words> parse(std::string_view text);
/// Version 7 (RFC 9562 §5.7): `unix_ms` in the first 48 bits, the rest random, so ids sort by time.
Words version7(std::uint64_t unix_ms, const std::array<std::uint8_t, 10>& random);
}  // namespace uuid

template <class Tag>
std::string to_string(const Id<Tag>& id) {
    return uuid::to_string({id.high, id.low});
}

/// The identifier that `text` spells, or nothing.
template <class IdType>
std::optional<IdType> parse_id(std::string_view text) {
    const auto words = uuid::parse(text);
    if (!words) return std::nullopt;
    return IdType{words->high, words->low};
}

}  // namespace portcullis

template <class Tag>
struct std::hash<portcullis::Id<Tag>> {
    std::size_t operator()(const portcullis::Id<Tag>& id) const noexcept {
        return static_cast<std::size_t>(id.high * 0x9E3779B97F4A7C15ULL ^ id.low);
    }
};
