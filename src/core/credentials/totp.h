#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/secret.h"
#include "base/time.h"

/// Time-based one-time codes (RFC 6238 over RFC 4226). Pure: the clock and the HMAC are passed in.
namespace portcullis::credentials {

enum class TotpAlgorithm : std::uint8_t { sha1, sha256, sha512 };
/// `SHA1`, `SHA256`, `SHA512`, as in `otpauth://`.
std::string_view to_string(TotpAlgorithm algorithm);
std::optional<TotpAlgorithm> parse_totp_algorithm(std::string_view text);

/// HMAC of `message` under `key`: 20, 32 or 64 bytes.
using TotpHmac = std::function<std::string(TotpAlgorithm, std::string_view key, std::string_view message)>;

/// Seeds are 160 random bits (credentials.md §6.2).
inline constexpr std::size_t kTotpSeedBytes = 20;

struct TotpParameters {
    TotpAlgorithm algorithm = TotpAlgorithm::sha1;
    int digits              = 6;  ///< 6 to 8
    Duration period         = std::chrono::seconds{30};
};

/// How many steps beside the current one are accepted; `strict` is ASVS 6.5.5 taken literally (PROTO-527), `learning` is for a clock
/// that nobody has seen yet: a hardware token's, when it is activated.
enum class TotpWindow : std::uint8_t { strict = 0, standard = 1, learning = 2 };
/// How far a hardware token's clock may have run away and still be followed, in steps (credentials.md §6.2).
inline constexpr int kDriftMax = 2;

/// RFC 6238 §4.2: whole periods since 1970.
std::int64_t totp_step(const TotpParameters& parameters, Instant when);
/// RFC 4226 §5.3: the code of one step, with leading zeros.
std::string totp_code(const TotpParameters& parameters, const Secret& seed, std::int64_t step, const TotpHmac& hmac);

/// What was typed without its spaces, when that is exactly `digits` ASCII digits (PROTO-521).
std::optional<std::string> normalise_code(std::string_view typed, int digits);

/// The code is right; `step` must be stored as the last accepted one, atomically (PROTO-520).
struct TotpAccepted {
    std::int64_t step = 0;
};
enum class TotpRefusal : std::uint8_t { malformed, wrong, replayed };
using TotpOutcome = std::variant<TotpAccepted, TotpRefusal>;

/// A try: what was typed, when, and the last step that was accepted for this seed (below 0: none yet).
struct TotpTry {
    std::string_view typed;
    Instant now;
    std::int64_t last_accepted_step = -1;
    TotpWindow window               = TotpWindow::standard;
    int drift                       = 0;  ///< steps the clock of the token is ahead of ours, as last learned
};

/// The steps beside the current one whose codes are taken: the window, and the same around the drift, so that a token that was once
/// read late is not lost. In the strict window one step alone, that of the token's own clock.
struct TotpReach {
    std::int64_t first = 0, last = 0;
};
TotpReach totp_reach(TotpWindow window, int drift);
/// What a code of `step` given at `now` says of the token's clock: at most `kDriftMax` either way.
int learned_drift(const TotpParameters& parameters, std::int64_t step, Instant now);

/// Whether the code belongs to a step of the window that is later than the last accepted one. Every step of the window
/// is computed and compared in constant time, whatever the outcome.
TotpOutcome verify_totp(const TotpParameters& parameters, const Secret& seed, const TotpTry& attempt,
                        const TotpHmac& hmac);

/// `otpauth://totp/{issuer}:{account}?secret=…&issuer=…&algorithm=…&digits=…&period=…` for an authenticator app.
/// Contains the seed: show it once, never store or log it (PROTO-525).
Secret provisioning_uri(const TotpParameters& parameters, const Secret& seed, std::string_view issuer,
                        std::string_view account);

}  // namespace portcullis::credentials
