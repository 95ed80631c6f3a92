#include "core/credentials/totp.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/assert.h"
#include "base/encoding.h"

namespace portcullis::credentials {
namespace {

constexpr std::array<std::uint32_t, 9> kPowersOfTen{1,       10,        100,        1'000,      10'000,
                                                    100'000, 1'000'000, 10'000'000, 100'000'000};

/// RFC 4226 §5.1: the counter is 8 bytes, high-order byte first.
std::string counter_bytes(std::int64_t step) {
    std::string bytes(8, '\0');
    for (int i = 0; i < 8; ++i)
        bytes[std::size_t(i)] = static_cast<char>(static_cast<std::uint64_t>(step) >> (56 - 8 * i) & 0xFF);
    return bytes;
}

}  // namespace

std::string_view to_string(TotpAlgorithm algorithm) {
    switch (algorithm) {
        case TotpAlgorithm::sha1: return "SHA1";
        case TotpAlgorithm::sha256: return "SHA256";
        case TotpAlgorithm::sha512: return "SHA512";
    }
    return {};
}

std::optional<TotpAlgorithm> parse_totp_algorithm(std::string_view text) {
    for (const auto algorithm : {TotpAlgorithm::sha1, TotpAlgorithm::sha256, TotpAlgorithm::sha512}) {
        if (to_string(algorithm) == text) return algorithm;
    }
    return std::nullopt;
}

std::int64_t totp_step(const TotpParameters& parameters, Instant when) {
    PORTCULLIS_ASSERT(parameters.period > Duration::zero());
    // T = (Current Unix time - T0) / X, where the default floor function is used (RFC 6238 §4.2).
    return unix_ms(when) / parameters.period.count();
}

std::string totp_code(const TotpParameters& parameters, const Secret& seed, std::int64_t step, const TotpHmac& hmac) {
    PORTCULLIS_ASSERT(parameters.digits >= 6 && parameters.digits <= 8);
    // Step 1: Generate an HMAC-SHA-1 value (RFC 4226 §5.3; RFC 6238 §1.2 allows SHA-256 and SHA-512).
    const std::string digest = hmac(parameters.algorithm, seed.reveal(), counter_bytes(step));
    PORTCULLIS_ASSERT(digest.size() >= 20);
    // Step 2: Generate a 4-byte string (Dynamic Truncation): OffsetBits is the low-order 4 bits of the last byte.
    const auto byte          = [&](std::size_t i) { return std::uint32_t{static_cast<unsigned char>(digest[i])}; };
    const std::size_t offset = byte(digest.size() - 1) & 0xF;
    const std::uint32_t snum =
        (byte(offset) & 0x7F) << 24 | byte(offset + 1) << 16 | byte(offset + 2) << 8 | byte(offset + 3);
    // Step 3: Compute an HOTP value: D = Snum mod 10^Digit.
    return fmt::format("{:0{}}", snum % kPowersOfTen[std::size_t(parameters.digits)], parameters.digits);
}

std::optional<std::string> normalise_code(std::string_view typed, int digits) {
    std::string code;
    for (const char c : typed) {
        if (c == ' ') continue;
        if (c < '0' || c > '9' || code.size() == std::size_t(digits)) return std::nullopt;
        code.push_back(c);
    }
    if (code.size() != std::size_t(digits)) return std::nullopt;
    return code;
}

TotpReach totp_reach(TotpWindow window, int drift) {
    const auto aside = std::clamp(drift, -kDriftMax, kDriftMax);
    const auto reach = static_cast<int>(window);
    if (window == TotpWindow::strict) return {aside, aside};
    return {std::min(aside, 0) - reach, std::max(aside, 0) + reach};
}

int learned_drift(const TotpParameters& parameters, std::int64_t step, Instant now) {
    const auto ahead = step - totp_step(parameters, now);
    return static_cast<int>(std::clamp<std::int64_t>(ahead, -kDriftMax, kDriftMax));
}

TotpOutcome verify_totp(const TotpParameters& parameters, const Secret& seed, const TotpTry& attempt,
                        const TotpHmac& hmac) {
    const auto code = normalise_code(attempt.typed, parameters.digits);
    if (!code) return TotpRefusal::malformed;

    const auto current = totp_step(parameters, attempt.now);
    const auto reach   = totp_reach(attempt.window, attempt.drift);
    std::optional<std::int64_t> fresh, spent;
    for (auto step = std::max<std::int64_t>(current + reach.first, 0); step <= current + reach.last; ++step) {
        const bool is_equal = equal_constant_time(totp_code(parameters, seed, step, hmac), *code);
        if (is_equal) (step > attempt.last_accepted_step ? fresh : spent) = step;
    }
    if (fresh) return TotpAccepted{*fresh};
    return spent ? TotpRefusal::replayed : TotpRefusal::wrong;
}

Secret provisioning_uri(const TotpParameters& parameters, const Secret& seed, std::string_view issuer,
                        std::string_view account) {
    const auto name = percent_encode(issuer);
    return Secret(fmt::format("otpauth://totp/{}:{}?secret={}&issuer={}&algorithm={}&digits={}&period={}", name,
                              percent_encode(account), base32(seed.reveal()), name, to_string(parameters.algorithm),
                              parameters.digits,
                              std::chrono::duration_cast<std::chrono::seconds>(parameters.period).count()));
}

}  // namespace portcullis::credentials
