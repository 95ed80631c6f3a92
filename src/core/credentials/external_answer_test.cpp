#include "core/credentials/external_answer.h"

#include <catch2/catch.hpp>
#include <functional>

namespace portcullis::credentials {
namespace {

using namespace std::chrono_literals;
using identity::FederatedIdpMfaBehavior;

const Instant kAsked{std::chrono::hours{1000}};
const Instant kNow = kAsked + 30s;

const ExternalExpectation kExpected{.issuer = "https://idp.example", .client_id = "us", .subject = "alice", .nonce = "n1", .asked_at = kAsked, .now = kNow};

ExternalClaims good() {
    return {.issuer           = "https://idp.example",
            .subject          = "alice",
            .nonce            = "n1",
            .acr              = "possessionorinherence",
            .audience         = {"us"},
            .authorized_party = {},
            .expires_at       = kNow + 5min,
            .not_before       = {},
            .issued_at        = kNow,
            .amr              = {"fido"}};
}

struct Row {
    std::string name;
    std::function<void(ExternalClaims&)> change;
    std::optional<ExternalFault> fault;
};

TEST_CASE("IDP-138 a provider's answer is the one that was asked for, or it proves nothing", "[external]") {
    using enum ExternalFault;
    const auto row = GENERATE(values<Row>({
        {"as asked", [](auto&) {}, std::nullopt},
        {"every way that was asked for", [](auto& c) { c.amr = {"face", "fpt", "hwk", "iris", "otp", "pop", "retina", "sc", "sms", "swk", "tel", "vbm"}; }, std::nullopt},
        {"one way that was asked for beside another", [](auto& c) { c.amr = {"pwd", "otp"}; }, std::nullopt},
        {"with the authorized party", [](auto& c) { c.authorized_party = "us"; }, std::nullopt},
        {"for several, with the authorized party", [](auto& c) { c.audience = {"us", "them"}; c.authorized_party = "us"; }, std::nullopt},
        {"another issuer", [](auto& c) { c.issuer = "https://idp.example/"; }, wrongIssuer},
        {"no issuer", [](auto& c) { c.issuer = ""; }, wrongIssuer},
        {"another audience", [](auto& c) { c.audience = {"them"}; }, wrongAudience},
        {"no audience", [](auto& c) { c.audience = {}; }, wrongAudience},
        {"for several", [](auto& c) { c.audience = {"us", "them"}; }, wrongAudience},
        {"another authorized party", [](auto& c) { c.authorized_party = "them"; }, wrongAudience},
        {"an authorized party without a name", [](auto& c) { c.authorized_party = ""; }, wrongAudience},
        {"over just now, within the skew", [](auto& c) { c.expires_at = kNow - 60s + 1ms; }, std::nullopt},
        {"over at the skew", [](auto& c) { c.expires_at = kNow - 60s; }, expired},
        {"without an end", [](auto& c) { c.expires_at.reset(); }, expired},
        {"not valid yet, within the skew", [](auto& c) { c.not_before = kNow + 60s; }, std::nullopt},
        {"not valid yet", [](auto& c) { c.not_before = kNow + 60s + 1ms; }, notYetValid},
        {"from the future", [](auto& c) { c.issued_at = kNow + 60s + 1ms; }, notYetValid},
        {"without a beginning", [](auto& c) { c.issued_at.reset(); }, stale},
        {"from before it was asked for, within the skew", [](auto& c) { c.issued_at = kAsked - 60s; }, std::nullopt},
        {"from before it was asked for", [](auto& c) { c.issued_at = kAsked - 60s - 1ms; }, stale},
        {"another nonce", [](auto& c) { c.nonce = "n2"; }, wrongNonce},
        {"no nonce", [](auto& c) { c.nonce = ""; }, wrongNonce},
        {"another person", [](auto& c) { c.subject = "bob"; }, wrongSubject},
        {"nobody", [](auto& c) { c.subject = ""; }, wrongSubject},
        {"a lower level", [](auto& c) { c.acr = "knowledge"; }, wrongAcr},
        {"no level", [](auto& c) { c.acr = ""; }, wrongAcr},
        {"a way that nobody asked for", [](auto& c) { c.amr = {"pwd", "kba"}; }, wrongAmr},
        {"no way", [](auto& c) { c.amr = {}; }, wrongAmr},
    }));
    CAPTURE(row.name);
    auto claims = good();
    row.change(claims);
    CHECK(fault_of(claims, kExpected) == row.fault);
}

TEST_CASE("IDP-138 what was expected without a nonce or subject is met by nothing", "[external]") {
    auto claims     = good();
    auto expected   = kExpected;
    claims.nonce    = "";
    expected.nonce  = "";
    CHECK(fault_of(claims, expected) == ExternalFault::wrongNonce);
    claims           = good();
    expected         = kExpected;
    claims.subject   = "";
    expected.subject = "";
    CHECK(fault_of(claims, expected) == ExternalFault::wrongSubject);
}

TEST_CASE("IDP-138 every fault has its name, its sentence and a code", "[external]") {
    std::vector<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(ExternalFault::unavailable); ++i) {
        const auto fault = static_cast<ExternalFault>(i);
        CHECK(to_string(fault).starts_with("external"));
        CHECK_FALSE(sentence_of(fault).empty());
        CHECK(std::ranges::find(names, to_string(fault)) == names.end());
        names.push_back(to_string(fault));
        const bool says_too_little = fault == ExternalFault::wrongAcr || fault == ExternalFault::wrongAmr;
        CHECK(error_code_of(fault) == (says_too_little ? 50161 : 500121));
    }
}

TEST_CASE("IDP-138 a method is for those in scope, while it is enabled and its word counts", "[external]") {
    const GroupId group{1, 1}, other{1, 2};
    const std::vector<GroupId> groups{group};
    const MethodUser alice{{2, 1}, groups};
    identity::ExternalMethod method{.is_enabled = true};
    CHECK(is_for(method, alice));
    method.behavior = FederatedIdpMfaBehavior::enforceMfaByFederatedIdp;
    CHECK(is_for(method, alice));
    method.behavior = FederatedIdpMfaBehavior::rejectMfaByFederatedIdp;
    CHECK_FALSE(is_for(method, alice));
    method.behavior   = FederatedIdpMfaBehavior::acceptIfMfaDoneByFederatedIdp;
    method.is_enabled = false;
    CHECK_FALSE(is_for(method, alice));
    method.is_enabled = true;
    method.exclude    = {.groups = {group}};
    CHECK_FALSE(is_for(method, alice));
    method.exclude = {};
    method.include = {.groups = {other}};
    CHECK_FALSE(is_for(method, alice));
    method.include = {.users = {alice.id}};
    CHECK(is_for(method, alice));
}

TEST_CASE("IDP-138 the three words for what is made of a provider's MFA are the field's", "[external]") {
    for (const auto* word : {"acceptIfMfaDoneByFederatedIdp", "enforceMfaByFederatedIdp", "rejectMfaByFederatedIdp"}) {
        const auto behavior = identity::parse_federated_idp_mfa_behavior(word);
        REQUIRE(behavior);
        CHECK(identity::to_string(*behavior) == word);
    }
    CHECK_FALSE(identity::parse_federated_idp_mfa_behavior("accept"));
}

}  // namespace
}  // namespace portcullis::credentials
