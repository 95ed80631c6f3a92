#include <fmt/format.h>

#include "core/detection/detector.h"

namespace portcullis::detection {

/// The right password, tried while one source or this very password was failing at many accounts: always high, for MFA was not
/// met yet (id-protection.md §2.5 DET-09). Looks at what failed before this sign-in; what the campaign reveals later is for
/// the look-back.
Verdict password_spray(const SignInSignals& sign_in, const Past&, const Tuning&) {
    const auto& watched = sign_in.password_watch;
    if (!watched) return NotEvaluated{"no password was given in this sign-in"};
    if (!watched->campaign) return NotDetected{"neither the password nor its source was failing at many accounts", {}};
    return Detected{RiskLevel::high,
                    8,
                    {{"the same " + std::string(credentials::to_string(*watched->campaign)), "failing at many accounts"},
                     {"accounts within 10 min", fmt::format("{} or more", watched->accounts)}}};
}

}  // namespace portcullis::detection
