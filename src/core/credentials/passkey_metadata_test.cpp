#include "core/credentials/passkey_metadata.h"

#include <catch2/catch.hpp>

#include "core/credentials/passkey_policy.h"

namespace portcullis::credentials {
namespace {

using identity::Certification;

const PasskeyModel kGood{.aaguid         = "8446ccb9-ab1d-b374-750b-2367ff6f3a1f",
                         .description    = "Example key",
                         .is_fido2       = true,
                         .verifies_user  = true,
                         .keeps_passkeys = true,
                         .is_hardware    = true,
                         .certification  = Certification::l1,
                         .compromised    = {},
                         .roots          = {"MIIB"}};

struct Row {
    const char* sentence;
    void (*change)(PasskeyModel&);
    Certification least;
    std::optional<PasskeyRefusal> refused;
};

TEST_CASE("PROTO-502 a model is taken when it is certified, FIDO2, verifies its user, keeps passkeys and is not compromised", "[webauthn]") {
    using enum PasskeyRefusal;
    const auto row = GENERATE(values<Row>({
        {"all of it", [](PasskeyModel&) {}, Certification::l1, {}},
        {"certified higher than asked", [](PasskeyModel& m) { m.certification = Certification::l3plus; }, Certification::l2, {}},
        {"certified lower than asked", [](PasskeyModel&) {}, Certification::l1plus, modelUncertified},
        {"not certified", [](PasskeyModel& m) { m.certification = Certification::none; }, Certification::l1, modelUncertified},
        {"not certified, where nobody asks", [](PasskeyModel& m) { m.certification = Certification::none; }, Certification::none, {}},
        {"not FIDO2", [](PasskeyModel& m) { m.is_fido2 = false; }, Certification::none, modelUnsuited},
        {"verifies nobody", [](PasskeyModel& m) { m.verifies_user = false; }, Certification::none, modelUnsuited},
        {"keeps no passkeys", [](PasskeyModel& m) { m.keeps_passkeys = false; }, Certification::none, modelUnsuited},
        {"compromised, though certified", [](PasskeyModel& m) { m.compromised = "REVOKED"; }, Certification::none, modelCompromised},
    }));
    INFO(row.sentence);
    auto model = kGood;
    row.change(model);
    CHECK(against_model(model, row.least) == row.refused);
}

TEST_CASE("PROTO-502 a model that the metadata does not name is refused, not let through", "[webauthn]") {
    CHECK(against_model(std::nullopt, Certification::none) == PasskeyRefusal::modelUnlisted);
}

TEST_CASE("PROTO-502 only a status of certification certifies, and every compromise is one", "[webauthn]") {
    for (const auto* status : {"REVOKED", "USER_VERIFICATION_BYPASS", "ATTESTATION_KEY_COMPROMISE", "USER_KEY_REMOTE_COMPROMISE", "USER_KEY_PHYSICAL_COMPROMISE"}) {
        CHECK(is_compromise(status));
        CHECK_FALSE(certification_of(status));
    }
    for (const auto* status : {"UPDATE_AVAILABLE", "NOT_FIDO_CERTIFIED", "SELF_ASSERTION_SUBMITTED", "FIPS140_CERTIFIED_L3", "fido_certified", "", "L9"}) {
        CHECK_FALSE(is_compromise(status));
        CHECK_FALSE(certification_of(status));
    }
    CHECK(certification_of("FIDO_CERTIFIED") == Certification::l1);
    CHECK(certification_of("FIDO_CERTIFIED_L2plus") == Certification::l2plus);
}

TEST_CASE("CRED-023 a touch, a place and nothing at all verify nobody", "[webauthn]") {
    for (const auto* method : {"presence_internal", "location_internal", "none", "all", ""}) CHECK_FALSE(is_user_verification(method));
    for (const auto* method : {"passcode_external", "fingerprint_internal", "faceprint_internal"}) CHECK(is_user_verification(method));
}

TEST_CASE("metadata is stale when the day of its next update is over", "[webauthn]") {
    const auto day = *parse_rfc3339("2026-12-01T00:00:00Z");
    CHECK_FALSE(is_stale(day, day + std::chrono::hours{23}));
    CHECK(is_stale(day, day + std::chrono::hours{24}));
}

TEST_CASE("PROTO-502 what the metadata says against a model is the reason of a profile that enforces, and of no other", "[webauthn]") {
    identity::PasskeySettings settings;
    const PasskeyTraits traits{kGood.aaguid, false, Attested::unanchored, PasskeyRefusal::modelCompromised};
    CHECK_FALSE(may_register(settings, {}, traits));
    settings.profiles[0].attestation = identity::AttestationPolicy::audit;
    CHECK_FALSE(may_register(settings, {}, traits));
    settings.profiles[0].attestation = identity::AttestationPolicy::enforce;
    CHECK(may_register(settings, {}, traits) == PasskeyRefusal::modelCompromised);
    CHECK_FALSE(may_use(settings, {}, traits));  // CRED-024: attestation is looked at once
}

}  // namespace
}  // namespace portcullis::credentials
