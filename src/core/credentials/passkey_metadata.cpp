#include "core/credentials/passkey_metadata.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace portcullis::credentials {
namespace {

using identity::Certification;

constexpr auto kCompromises = std::to_array<std::string_view>({"REVOKED", "USER_VERIFICATION_BYPASS", "ATTESTATION_KEY_COMPROMISE",
                                                               "USER_KEY_REMOTE_COMPROMISE", "USER_KEY_PHYSICAL_COMPROMISE"});

struct Level {
    std::string_view status;
    Certification certification;
};
// "FIDO_CERTIFIED: this authenticator has passed FIDO functional certification" before there were levels; it counts as the first.
constexpr auto kLevels = std::to_array<Level>({{"FIDO_CERTIFIED", Certification::l1},
                                               {"FIDO_CERTIFIED_L1", Certification::l1},
                                               {"FIDO_CERTIFIED_L1plus", Certification::l1plus},
                                               {"FIDO_CERTIFIED_L2", Certification::l2},
                                               {"FIDO_CERTIFIED_L2plus", Certification::l2plus},
                                               {"FIDO_CERTIFIED_L3", Certification::l3},
                                               {"FIDO_CERTIFIED_L3plus", Certification::l3plus}});

// FIDO Registry of Predefined Values §3.1, without `presence_internal`, `location_internal`, `none` and `all`.
constexpr auto kVerifications = std::to_array<std::string_view>({"fingerprint_internal", "passcode_internal", "passcode_external", "voiceprint_internal",
                                                                 "faceprint_internal", "eyeprint_internal", "pattern_internal", "pattern_external",
                                                                 "handprint_internal"});

}  // namespace

bool is_stale(Instant next_update, Instant now) { return now >= next_update + std::chrono::days{1}; }

bool is_compromise(std::string_view status) { return std::ranges::find(kCompromises, status) != kCompromises.end(); }

std::optional<Certification> certification_of(std::string_view status) {
    const auto* level = std::ranges::find(kLevels, status, &Level::status);
    return level == kLevels.end() ? std::nullopt : std::optional(level->certification);
}

bool is_user_verification(std::string_view method) { return std::ranges::find(kVerifications, method) != kVerifications.end(); }

std::optional<PasskeyRefusal> against_model(const std::optional<PasskeyModel>& model, Certification least) {
    if (!model) return PasskeyRefusal::modelUnlisted;
    if (!model->compromised.empty()) return PasskeyRefusal::modelCompromised;
    if (!model->is_fido2 || !model->verifies_user || !model->keeps_passkeys) return PasskeyRefusal::modelUnsuited;
    if (model->certification < least) return PasskeyRefusal::modelUncertified;
    return std::nullopt;
}

}  // namespace portcullis::credentials
