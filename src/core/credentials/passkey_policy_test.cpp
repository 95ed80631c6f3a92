#include "core/credentials/passkey_policy.h"

#include <catch2/catch.hpp>

namespace portcullis::credentials {
namespace {

using identity::AttestationPolicy;
using identity::ModelRule;
using identity::PasskeySettings;

constexpr GroupId kAdmins{1, 1}, kStaff{1, 2}, kOutside{1, 3};
constexpr std::string_view kGoodModel = "8446ccb9-ab1d-b374-750b-2367ff6f3a1f", kOtherModel = "00000000-0000-0000-0000-000000000000";

/// Administrators: an attested key of one model. Staff: anything but that other model. The outside group has no passkeys.
PasskeySettings settings() {
    PasskeySettings s;
    s.excluded_groups = {kOutside};
    s.profiles        = {{.name                = "Administrators",
                          .attestation         = AttestationPolicy::enforce,
                          .allows_synced       = false,
                          .allows_device_bound = true,
                          .models              = ModelRule::onlyListed,
                          .aaguids             = {std::string(kGoodModel)},
                          .groups              = {kAdmins}},
                         {.name = "Staff", .models = ModelRule::notListed, .aaguids = {std::string(kOtherModel)}, .groups = {kStaff}}};
    return s;
}

struct Row {
    const char* sentence;
    std::vector<GroupId> groups;
    PasskeyTraits traits;
    std::optional<PasskeyRefusal> at_registration, in_use;
};

TEST_CASE("CRED-026 one profile must be met whole, and exclusion beats them all", "[webauthn]") {
    using enum PasskeyRefusal;
    const auto row = GENERATE(values<Row>({
        {"an administrator's attested key", {kAdmins}, {kGoodModel, false, Attested::trusted}, {}, {}},
        {"CRED-024 the same key without a statement works once it is registered", {kAdmins}, {kGoodModel, false, Attested::none}, attestationMissing, {}},
        {"a key that only vouches for itself", {kAdmins}, {kGoodModel, false, Attested::self}, attestationMissing, {}},
        {"a chain to nobody known", {kAdmins}, {kGoodModel, false, Attested::unanchored}, attestationUntrusted, {}},
        {"CRED-025 another model, at registration and at sign-in", {kAdmins}, {kOtherModel, false, Attested::trusted}, modelNotAllowed, modelNotAllowed},
        {"a synced key of an administrator", {kAdmins}, {kGoodModel, true, Attested::trusted}, syncedNotAllowed, syncedNotAllowed},
        {"an administrator who is staff too may use staff's profile", {kAdmins, kStaff}, {kGoodModel, true, Attested::none}, {}, {}},
        {"but not half of each", {kAdmins, kStaff}, {kOtherModel, true, Attested::none}, syncedNotAllowed, syncedNotAllowed},
        {"staff's own", {kStaff}, {kGoodModel, true, Attested::none}, {}, {}},
        {"staff with a blocked model", {kStaff}, {kOtherModel, true, Attested::none}, modelNotAllowed, modelNotAllowed},
        {"a statement that lies, where none is asked for", {kStaff}, {kGoodModel, true, Attested::invalid}, attestationInvalid, {}},
        {"excluded, though staff", {kStaff, kOutside}, {kGoodModel, true, Attested::none}, userExcluded, userExcluded},
        {"in no profile's group", {}, {kGoodModel, true, Attested::trusted}, userExcluded, userExcluded},
    }));
    INFO(row.sentence);
    CHECK(may_register(settings(), row.groups, row.traits) == row.at_registration);
    CHECK(may_use(settings(), row.groups, row.traits) == row.in_use);
}

TEST_CASE("passkeys that are off are off for everybody; without groups a profile is everybody's", "[webauthn]") {
    PasskeySettings s;
    const PasskeyTraits traits{kGoodModel, true, Attested::none};
    CHECK_FALSE(may_register(s, {}, traits));
    s.profiles[0].allows_device_bound = false;
    CHECK(may_use(s, {}, {kGoodModel, false, Attested::none}) == PasskeyRefusal::deviceBoundNotAllowed);
    s.is_enabled = false;
    CHECK(may_register(s, {}, traits) == PasskeyRefusal::userExcluded);
    CHECK(may_use(s, {}, traits) == PasskeyRefusal::userExcluded);
}

TEST_CASE("PROTO-502 a statement is asked for only where a profile of the person looks at it", "[webauthn]") {
    const std::vector<GroupId> admin{kAdmins}, staff{kStaff};
    CHECK(wanted_attestation(settings(), admin) == Attestation::direct);
    CHECK(wanted_attestation(settings(), staff) == Attestation::none);
    auto audited                    = settings();
    audited.profiles[1].attestation = AttestationPolicy::audit;
    CHECK(wanted_attestation(audited, staff) == Attestation::direct);
    CHECK_FALSE(may_register(audited, staff, {kGoodModel, true, Attested::none}));
}

}  // namespace
}  // namespace portcullis::credentials
