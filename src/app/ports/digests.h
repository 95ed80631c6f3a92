#pragma once

#include <string>
#include <string_view>

namespace portcullis::app {

/// Hashes and keyed hashes; every answer is the raw bytes (use base/encoding.h for hexadecimal or base64url).
class Digests {
public:
    virtual ~Digests() = default;

    /// 32 bytes. References of high entropy are stored as this (PROTO-833).
    virtual std::string sha256(std::string_view bytes) const = 0;
    /// 20 bytes. Only where a format demands it (lists of breached passwords); never for anything new.
    virtual std::string sha1(std::string_view bytes) const = 0;

    /// 32 bytes (RFC 2104). Short codes are stored as this, under a key outside the database (PROTO-833).
    virtual std::string hmac_sha256(std::string_view key, std::string_view bytes) const = 0;
    /// 20 bytes: TOTP as authenticator apps speak it (RFC 6238).
    virtual std::string hmac_sha1(std::string_view key, std::string_view bytes) const = 0;
    /// 64 bytes.
    virtual std::string hmac_sha512(std::string_view key, std::string_view bytes) const = 0;
};

}  // namespace portcullis::app
