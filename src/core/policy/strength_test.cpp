#include "core/policy/strength.h"

#include <catch2/catch.hpp>

using namespace portcullis;
using namespace portcullis::policy;

namespace {

const Instant kNow = from_unix_seconds(1'800'000'000);
constexpr auto kModel = "8446ccb9-ab1d-b374-750b-2367ff6f3a1f", kOtherModel = "00000000-0000-0000-0000-00000000abcd";

Proven by(AuthMethod method, std::string aaguid = {}) { return {method, kNow, std::move(aaguid)}; }

const AuthenticationStrength& built_in(std::size_t index) { return built_in_strengths()[index]; }

}  // namespace

TEST_CASE("each combination meets the built-in strengths that the table says (CRED-033)") {
    using enum AuthMethod;
    struct Row {
        std::string sentence;
        std::vector<Proven> proofs;
        bool multifactor, passwordless, phishing_resistant;
    };
    const auto row = GENERATE(values<Row>({
        {"a synced passkey", {by(passkeySynced)}, true, true, true},
        {"a passkey of one device", {by(passkeyDeviceBound)}, true, true, true},
        {"a passkey in hardware", {by(passkeyHardware)}, true, true, true},
        {"a certificate of several factors", {by(x509Certificate)}, true, true, true},
        {"an access pass", {by(temporaryAccessPass)}, true, false, false},
        {"password and app", {by(password), by(softwareOath)}, true, false, false},
        {"password and hardware token", {by(password), by(hardwareOath)}, true, false, false},
        {"password and text message", {by(password), by(sms)}, true, false, false},
        {"password and call", {by(password), by(voice)}, true, false, false},
        {"password and approval", {by(password), by(push)}, true, false, false},
        {"another provider's MFA", {by(federatedMultiFactor)}, true, false, false},
        {"another provider, and an app", {by(federated), by(softwareOath)}, true, false, false},
        {"password and passkey", {by(password), by(passkeySynced)}, true, true, true},
        {"a password alone", {by(password)}, false, false, false},
        {"a text message alone", {by(sms)}, false, false, false},
        {"an app alone", {by(softwareOath)}, false, false, false},
        {"another provider alone", {by(federated)}, false, false, false},
        {"password and mailed code", {by(password), by(email)}, false, false, false},
        {"password and recovery code", {by(password), by(recoveryCode)}, false, false, false},
        {"a network sign-in and an app", {by(kerberos), by(softwareOath)}, false, false, false},
        {"nothing", {}, false, false, false},
    }));
    INFO(row.sentence);
    CHECK(is_met_by(built_in(0), row.proofs) == row.multifactor);
    CHECK(is_met_by(built_in(1), row.proofs) == row.passwordless);
    CHECK(is_met_by(built_in(2), row.proofs) == row.phishing_resistant);
}

TEST_CASE("built-in strengths have their well-known ids and are MFA (CRED-033)") {
    REQUIRE(built_in_strengths().size() == 3);
    CHECK(to_string(built_in(0).id) == "00000000-0000-0000-0000-000000000002");
    CHECK(to_string(built_in(1).id) == "00000000-0000-0000-0000-000000000003");
    CHECK(to_string(built_in(2).id) == "00000000-0000-0000-0000-000000000004");
    for (const auto& strength : built_in_strengths()) {
        CHECK(strength.is_built_in);
        CHECK(strength.requirements == Requirements::mfa);
        for (const auto combination : strength.combinations) CHECK(is_multifactor(combination));
    }
}

TEST_CASE("a strength that lists models takes no other passkey (CRED-034)") {
    const AuthenticationStrength listed{.combinations = {{MethodMode::fido2}, {MethodMode::password, MethodMode::softwareOath}}, .aaguids = {kModel}};
    struct Row {
        std::string sentence;
        std::vector<Proven> proofs;
        bool is_met;
    };
    const auto row = GENERATE(values<Row>({
        {"a listed model", {by(AuthMethod::passkeyHardware, kModel)}, true},
        {"the wrong model", {by(AuthMethod::passkeyHardware, kOtherModel)}, false},
        {"a model that nobody vouches for is not known", {by(AuthMethod::passkeySynced)}, false},
        {"the wrong one beside a listed one", {by(AuthMethod::passkeyHardware, kOtherModel), by(AuthMethod::passkeyHardware, kModel)}, true},
        {"models are of passkeys alone", {by(AuthMethod::password), by(AuthMethod::softwareOath)}, true},
    }));
    INFO(row.sentence);
    CHECK(is_met_by(listed, row.proofs) == row.is_met);
}

TEST_CASE("a strength of nothing is met by nobody") {
    CHECK_FALSE(is_met_by({}, std::vector{by(AuthMethod::passkeyHardware)}));
    CHECK_FALSE(is_met_by({.combinations = {MethodModes{}}}, {}));
}
