// Whatever is typed as a one-time code or a recovery code: no crash; of the one nothing but exactly six ASCII digits between spaces is
// looked at, and the other is read back as what it was read as.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "core/credentials/recovery_code.h"
#include "core/credentials/totp.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace portcullis;
    using namespace portcullis::credentials;
    const std::string_view typed(reinterpret_cast<const char*>(data), size);
    const auto zeros = [](TotpAlgorithm, std::string_view, std::string_view) { return std::string(20, '\0'); };
    const Secret seed(std::string(kTotpSeedBytes, 'k'));

    std::string digits;
    bool is_well_formed = true;
    for (const char c : typed) {
        if (c == ' ') continue;
        is_well_formed = is_well_formed && c >= '0' && c <= '9';
        digits.push_back(c);
    }
    is_well_formed = is_well_formed && digits.size() == 6;

    const auto code = normalise_code(typed, 6);
    PORTCULLIS_ASSERT(code.has_value() == is_well_formed);
    PORTCULLIS_ASSERT(!code || *code == digits);
    const auto outcome = verify_totp({}, seed, {.typed = typed, .now = from_unix_seconds(1'800'000'000)}, zeros);
    PORTCULLIS_ASSERT(std::holds_alternative<TotpAccepted>(outcome) == (is_well_formed && digits == "000000"));
    if (const auto recovery = parse_recovery_code(typed)) {
        const auto again = parse_recovery_code(to_text(*recovery));
        PORTCULLIS_ASSERT(again && again->number == recovery->number && again->secret == recovery->secret);
        PORTCULLIS_ASSERT(recovery->number >= 0 && recovery->number < kRecoveryCodes);
    }
    return 0;
}
