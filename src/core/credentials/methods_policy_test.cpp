#include "core/credentials/methods_policy.h"

#include <catch2/catch.hpp>

#include <chrono>

namespace portcullis::credentials {
namespace {

using enum AuthMethod;
using namespace std::chrono_literals;
using identity::MethodsPolicy;
using identity::MethodTargets;

constexpr UserId kAlice{1, 1}, kBob{1, 2};
constexpr GroupId kPilot{2, 1}, kOutside{2, 2};

MethodTargets everybody() { return {.all_users = true, .users = {}, .groups = {}}; }
MethodTargets users(std::vector<UserId> ids) { return {.all_users = false, .users = std::move(ids), .groups = {}}; }
MethodTargets groups(std::vector<GroupId> ids) { return {.all_users = false, .users = {}, .groups = std::move(ids)}; }

struct Row {
    const char* sentence;
    identity::MethodRule rule;
    bool alice, alice_in_pilot, bob;
};

TEST_CASE("CRED-001 one rule a method: enabled, meant, and not excluded; exclude beats include", "[methods-policy]") {
    const std::vector<GroupId> pilot{kOutside, kPilot};
    const auto row = GENERATE(values<Row>({
        {"unless told otherwise everybody", {}, true, true, true},
        {"disabled means nobody, whoever is included", {.is_enabled = false, .include = everybody()}, false, false, false},
        {"nobody is included", {.include = {}}, false, false, false},
        {"a user", {.include = users({kBob})}, false, false, true},
        {"a group", {.include = groups({kPilot})}, false, true, false},
        {"a user or a group", {.include = {.all_users = false, .users = {kBob, kAlice}, .groups = {kPilot}}}, true, true, true},
        {"all but a user", {.exclude = users({kAlice})}, false, false, true},
        {"all but a group", {.exclude = groups({kPilot})}, true, false, true},
        {"included by name, excluded by group", {.include = users({kAlice}), .exclude = groups({kPilot})}, true, false, false},
        {"included by group, excluded by name", {.include = groups({kPilot}), .exclude = users({kAlice})}, false, false, false},
    }));
    CAPTURE(row.sentence);
    MethodsPolicy policy;
    policy.software_oath = row.rule;
    const CompiledMethods methods(policy);
    CHECK(methods.allows(softwareOath, {kAlice, {}}) == row.alice);
    CHECK(methods.allows(softwareOath, {kAlice, pilot}) == row.alice_in_pilot);
    CHECK(methods.allows(softwareOath, {kBob, {}}) == row.bob);
    CHECK(methods.allows(hardwareOath, {kAlice, {}}));
    CHECK(methods.allows(email, {kAlice, pilot}));
}

TEST_CASE("CRED-001 each method is under its own rule, every kind of passkey under one; the password under none", "[methods-policy]") {
    struct Case {
        AuthMethod method;
        identity::MethodRule MethodsPolicy::*rule;
    };
    const std::vector<Case> cases{{passkeySynced, &MethodsPolicy::passkey},    {passkeyDeviceBound, &MethodsPolicy::passkey},
                                  {passkeyHardware, &MethodsPolicy::passkey},  {softwareOath, &MethodsPolicy::software_oath}, {hardwareOath, &MethodsPolicy::hardware_oath},
                                  {email, &MethodsPolicy::email},              {sms, &MethodsPolicy::sms},
                                  {voice, &MethodsPolicy::voice},              {temporaryAccessPass, &MethodsPolicy::access_pass}, {recoveryCode, &MethodsPolicy::recovery_code}};
    for (const auto& one : cases) {
        MethodsPolicy policy;
        (policy.*one.rule).is_enabled = false;
        const CompiledMethods methods(policy);
        CAPTURE(to_string(one.method));
        CHECK_FALSE(methods.allows(one.method, {kAlice, {}}));
        CHECK_FALSE(methods.is_offered(one.method));
        CHECK(methods.allows(password, {kAlice, {}}));
        for (const auto& other : cases) CHECK(methods.allows(other.method, {kAlice, {}}) == (other.rule != one.rule));
    }
    CHECK(CompiledMethods().allows(temporaryAccessPass, {kBob, {}}));
}

TEST_CASE("CRED-001 CRED-028 every mistake of a policy is named at once", "[methods-policy]") {
    CHECK(method_problems({}).empty());
    MethodsPolicy wrong;
    wrong.email.exclude.all_users        = true;
    wrong.passkey.include.users          = std::vector<UserId>(1001, kAlice);
    wrong.access_passes.lifetime_min     = 9min;
    wrong.access_passes.lifetime_max     = 43'201min;
    wrong.access_passes.lifetime_default = 90s;
    wrong.access_passes.length           = 49;
    const auto problems = method_problems(wrong);
    REQUIRE(problems.size() == 7);
    const auto names = [&](const char* what) { return std::ranges::any_of(problems, [&](const auto& p) { return p.find(what) != std::string::npos; }); };
    for (const auto* what : {"methods.email", "methods.fido2", "minimumLifetimeInMinutes", "maximumLifetimeInMinutes", "defaultLifetimeInMinutes", "between", "defaultLength"}) {
        CAPTURE(what);
        CHECK(names(what));
    }
    MethodsPolicy widest;
    widest.access_passes = {.lifetime_min = 10min, .lifetime_max = 43'200min, .lifetime_default = 10min, .is_one_time = true, .length = 48};
    CHECK(method_problems(widest).empty());
}

}  // namespace
}  // namespace portcullis::credentials
