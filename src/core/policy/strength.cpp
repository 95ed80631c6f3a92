#include "core/policy/strength.h"

#include <algorithm>
#include <array>

namespace portcullis::policy {
namespace {

/// A row of the table of credentials.md §7: one combination and the built-in strengths that take it.
struct Row {
    MethodModes combination;
    bool multifactor, passwordless, phishing_resistant;
};

// clang-format off
constexpr auto kTable = std::to_array<Row>({
    //                                                                                 MFA    passwordless  phishing-resistant
    {{MethodMode::windowsHelloForBusiness},                                            true,  true,         true},
    {{MethodMode::fido2},                                                              true,  true,         true},
    {{MethodMode::x509CertificateMultiFactor},                                         true,  true,         true},
    {{MethodMode::deviceBasedPush},                                                    true,  true,         false},
    {{MethodMode::temporaryAccessPassOneTime},                                         true,  false,        false},
    {{MethodMode::temporaryAccessPassMultiUse},                                        true,  false,        false},
    {{MethodMode::password, MethodMode::microsoftAuthenticatorPush},                   true,  false,        false},
    {{MethodMode::password, MethodMode::softwareOath},                                 true,  false,        false},
    {{MethodMode::password, MethodMode::hardwareOath},                                 true,  false,        false},
    {{MethodMode::password, MethodMode::sms},                                          true,  false,        false},
    {{MethodMode::password, MethodMode::voice},                                        true,  false,        false},
    {{MethodMode::password, MethodMode::x509CertificateSingleFactor},                  true,  false,        false},
    {{MethodMode::federatedMultiFactor},                                               true,  false,        false},
    {{MethodMode::federatedSingleFactor, MethodMode::microsoftAuthenticatorPush},      true,  false,        false},
    {{MethodMode::federatedSingleFactor, MethodMode::softwareOath},                    true,  false,        false},
    {{MethodMode::federatedSingleFactor, MethodMode::hardwareOath},                    true,  false,        false},
    {{MethodMode::federatedSingleFactor, MethodMode::sms},                             true,  false,        false},
    {{MethodMode::federatedSingleFactor, MethodMode::voice},                           true,  false,        false},
    {{MethodMode::password},                                                           false, false,        false},
    {{MethodMode::sms},                                                                false, false,        false},
    {{MethodMode::federatedSingleFactor},                                              false, false,        false},
    {{MethodMode::x509CertificateSingleFactor},                                        false, false,        false},
});
// clang-format on

template <class Takes>
AuthenticationStrength built_in(StrengthId id, const char* name, const char* description, Takes takes) {
    AuthenticationStrength strength{.id = id, .display_name = name, .description = description, .is_built_in = true,
                                    .requirements = Requirements::mfa};
    for (const auto& row : kTable) {
        if (takes(row)) strength.combinations.push_back(row.combination);
    }
    return strength;
}

std::vector<AuthenticationStrength> all_built_in() {
    return {built_in(kMultifactorStrength, "Multifactor authentication", "Combinations of methods that satisfy strong authentication, such as a password and a code",
                     [](const Row& row) { return row.multifactor; }),
            built_in(kPasswordlessStrength, "Passwordless MFA", "Passwordless methods that satisfy strong authentication, such as a passkey",
                     [](const Row& row) { return row.passwordless; }),
            built_in(kPhishingResistantStrength, "Phishing-resistant MFA", "Phishing-resistant passwordless methods for the strongest authentication, such as a passkey",
                     [](const Row& row) { return row.phishing_resistant; })};
}

bool is_passkey(AuthMethod method) {
    return method == AuthMethod::passkeySynced || method == AuthMethod::passkeyDeviceBound || method == AuthMethod::passkeyHardware;
}

/// What a proof stands for in a combination.
MethodModes modes_of(AuthMethod method) {
    switch (method) {
        case AuthMethod::password:             return {MethodMode::password};
        case AuthMethod::softwareOath:         return {MethodMode::softwareOath};
        case AuthMethod::hardwareOath:         return {MethodMode::hardwareOath};
        case AuthMethod::sms:                  return {MethodMode::sms};
        case AuthMethod::voice:                return {MethodMode::voice};
        case AuthMethod::push:                 return {MethodMode::microsoftAuthenticatorPush};
        case AuthMethod::passkeySynced:
        case AuthMethod::passkeyDeviceBound:
        case AuthMethod::passkeyHardware:      return {MethodMode::fido2};
        case AuthMethod::x509Certificate:      return {MethodMode::x509CertificateMultiFactor};
        // A proof does not say how often the pass may be used, so a strength takes both kinds or neither (wire/strength_json.h).
        case AuthMethod::temporaryAccessPass:  return {MethodMode::temporaryAccessPassOneTime, MethodMode::temporaryAccessPassMultiUse};
        case AuthMethod::federated:            return {MethodMode::federatedSingleFactor};
        case AuthMethod::federatedMultiFactor: return {MethodMode::federatedMultiFactor};
        case AuthMethod::email:
        case AuthMethod::kerberos:
        case AuthMethod::externalMethod:  // answers `mfa`, and no strength (as in Entra)
        case AuthMethod::recoveryCode:         return {};
    }
    return {};
}

bool is_of_a_listed_model(const AuthenticationStrength& strength, const Proven& proof) {
    if (strength.aaguids.empty() || !is_passkey(proof.method)) return true;
    return std::ranges::find(strength.aaguids, proof.aaguid) != strength.aaguids.end();
}

const Row* row_of(MethodModes combination) {
    const auto* row = std::ranges::find(kTable, combination, &Row::combination);
    return row == kTable.end() ? nullptr : row;
}

}  // namespace

std::span<const AuthenticationStrength> built_in_strengths() {
    static const auto kStrengths = all_built_in();
    return kStrengths;
}

bool is_met_by(const AuthenticationStrength& strength, std::span<const Proven> proofs) {
    MethodModes proven;
    for (const auto& proof : proofs) {
        if (!is_of_a_listed_model(strength, proof)) continue;
        const auto modes = modes_of(proof.method);
        for (std::size_t i = 0; i < kMethodModeCount; ++i) {
            if (modes.contains(static_cast<MethodMode>(i))) proven.insert(static_cast<MethodMode>(i));
        }
    }
    return std::ranges::any_of(strength.combinations, [&](MethodModes wanted) { return !wanted.empty() && wanted.is_within(proven); });
}

bool is_multifactor(MethodModes combination) {
    const auto* row = row_of(combination);
    return row != nullptr && row->multifactor;
}

bool is_known_combination(MethodModes combination) { return row_of(combination) != nullptr; }

}  // namespace portcullis::policy
