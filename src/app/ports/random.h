#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "base/encoding.h"
#include "base/id.h"
#include "base/time.h"

namespace portcullis::app {

/// Unpredictable bytes, from the operating system's generator only (PROTO-835).
class Random {
public:
    virtual ~Random() = default;

    /// Fills `out`. Never fails: a machine that cannot give randomness stops the process.
    virtual void fill(std::span<std::uint8_t> out) = 0;

    /// `size` random bytes.
    std::string bytes(std::size_t size) {
        std::string out(size, '\0');
        fill({reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
        return out;
    }

    /// 256 random bits in base64url (43 characters): codes, session references, refresh tokens, nonces.
    std::string token() { return base64url(bytes(32)); }

    /// A new identifier (UUID version 7): unique, sorts by time, is *not* a secret.
    template <class IdType>
    IdType new_id(Instant now) {
        std::array<std::uint8_t, 10> random{};
        fill(random);
        const auto words = uuid::version7(static_cast<std::uint64_t>(unix_ms(now)), random);
        return IdType{words.high, words.low};
    }
};

}  // namespace portcullis::app
