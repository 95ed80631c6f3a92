#include "core/credentials/self_service_reset.h"

#include <catch2/catch.hpp>

#include <algorithm>

#include "core/credentials/lockout.h"
#include "core/credentials/method_roles.h"

namespace portcullis::credentials {
namespace {

using enum AuthMethod;
using identity::ResetScope;
using identity::ResetSettings;
using Methods = std::vector<AuthMethod>;

constexpr GroupId kPilot{1, 1}, kOthers{1, 2};

struct Person {
    identity::User user{.id = {7, 7}};
    Methods methods{softwareOath, email};
    std::vector<GroupId> groups{};
    bool is_administrator = false;
    bool has_password     = true;
    PasswordHome home     = PasswordHome::here;
    CompiledMethods policy{};
};

ResetVerdict decide(const ResetSettings& settings, const Person& person) {
    std::vector<identity::AuthenticationMethod> methods;
    for (const auto kind : person.methods) methods.push_back({.id = {1, methods.size() + 1}, .user = person.user.id, .kind = kind});
    return decide_reset(settings, {.user             = person.user,
                                   .methods          = methods,
                                   .groups           = person.groups,
                                   .policy           = person.policy,
                                   .is_administrator = person.is_administrator,
                                   .has_password     = person.has_password,
                                   .home             = person.home});
}

ResetSettings for_all(int gates = 2) { return {.scope = ResetScope::all, .gates = gates, .methods = {softwareOath, email, sms, voice}}; }
std::string code(const ResetVerdict& verdict) {
    const auto* refused = std::get_if<ResetRefusal>(&verdict);
    return refused ? std::string(to_string(*refused)) + " " + std::string(code_of(*refused)) : "may reset";
}
ResetOffer offer(const ResetVerdict& verdict) {
    REQUIRE(std::holds_alternative<ResetOffer>(verdict));
    return std::get<ResetOffer>(verdict);
}

Person with(Methods methods) { return {.methods = std::move(methods)}; }
Person admin(Methods methods) { return {.methods = std::move(methods), .is_administrator = true}; }
Person disabled() {
    Person person;
    person.user.account_enabled = false;
    return person;
}
Person guest() {
    Person person;
    person.user.type = identity::UserType::guest;
    return person;
}
Person kept(PasswordHome home, Methods methods = {softwareOath, email}) { return {.methods = std::move(methods), .home = home}; }

struct Row {
    const char* sentence;
    ResetSettings settings;
    Person person;
    const char* outcome;
};

TEST_CASE("CRED-040 each check has its own refusal, and the first one that fails is the answer", "[reset]") {
    ResetSettings none;
    ResetSettings nobody{.scope = ResetScope::group};
    ResetSettings pilot{.scope = ResetScope::group, .group = kPilot};
    ResetSettings no_admins = for_all();
    no_admins.allows_administrators = false;
    const auto row = GENERATE_COPY(values<Row>({
        {"nothing is said: it is off for everybody", none, {}, "off SSPR_0009"},
        {"off comes before what the person lacks", none, with({}), "off SSPR_0009"},
        {"for a group that is not named", nobody, {}, "noGroup SSPR_0011"},
        {"CRED-038 outside the group", pilot, {.groups = {kOthers}}, "outOfScope SSPR_0013"},
        {"CRED-038 in the group", pilot, {.groups = {kOthers, kPilot}}, "may reset"},
        {"scope comes before methods", pilot, with({}), "outOfScope SSPR_0013"},
        {"CRED-038 everybody", for_all(), {}, "may reset"},
        {"an account that is blocked stays blocked", for_all(), disabled(), "outOfScope SSPR_0013"},
        {"nobody gets a first password this way", for_all(), {.has_password = false}, "outOfScope SSPR_0013"},
        {"one method where two are asked", for_all(), with({email}), "tooFewMethods SSPR_0014"},
        {"a text message and a call are one thing", for_all(), with({sms, voice}), "tooFewMethods SSPR_0014"},
        {"methods come before the directory", for_all(), kept(PasswordHome::directoryReadOnly, {}), "tooFewMethods SSPR_0014"},
        {"a directory that is not written", for_all(), kept(PasswordHome::directoryReadOnly), "passwordElsewhere SSPR_0010"},
        {"one that is not set up", for_all(), kept(PasswordHome::directoryMisconfigured), "writebackMisconfigured SSPR_0029"},
        {"one that does not answer", for_all(), kept(PasswordHome::directoryUnreachable), "writebackUnreachable SSPR_0030"},
        {"one that is written", for_all(), kept(PasswordHome::directory), "may reset"},
        {"a guest", for_all(), guest(), "homeElsewhere "},
        {"CRED-044 an administrator with one method, though one would do for others", for_all(1), admin({softwareOath}), "tooFewMethods SSPR_0014"},
        {"CRED-044 an administrator with two", for_all(1), admin({softwareOath, email}), "may reset"},
        {"CRED-045 the switch, though in scope", no_admins, admin({softwareOath, email}), "administratorsOff SSPR_0013"},
        {"CRED-045 the switch is not for others", no_admins, {}, "may reset"},
    }));
    INFO(row.sentence);
    CHECK(code(decide(row.settings, row.person)) == row.outcome);
}

TEST_CASE("CRED-049 a reset is never weaker than the person's sign-in", "[reset]") {
    auto mail_only    = for_all(1);
    mail_only.methods = {email};
    struct Case {
        const char* sentence;
        ResetSettings settings;
        Methods methods;
        const char* outcome;
    };
    const auto row = GENERATE_COPY(values<Case>({
        {"mail alone, nothing else registered", mail_only, {email}, "may reset"},
        {"mail alone, though there is an app", mail_only, {email, softwareOath}, "tooFewMethods SSPR_0014"},
        {"mail and telephone, though there is a passkey", for_all(), {email, sms, passkeySynced}, "tooFewMethods SSPR_0014"},
        {"mail and app, though there is a passkey: the app signs in too", for_all(), {email, softwareOath, passkeySynced}, "may reset"},
    }));
    INFO(row.sentence);
    CHECK(code(decide(row.settings, with(row.methods))) == row.outcome);
}

TEST_CASE("CRED-039 CRED-049 what may be proven next", "[reset]") {
    struct Case {
        const char* sentence;
        int gates;
        Methods methods, proven, open;
    };
    const auto row = GENERATE(values<Case>({
        {"one gate, nothing proven", 1, {email}, {}, {email}},
        {"one gate, proven", 1, {email}, {email}, {}},
        {"one gate, an app among the methods: only the app will do", 1, {email, softwareOath}, {}, {softwareOath}},
        {"one gate, mail was proven all the same: the app is still owed", 1, {email, softwareOath}, {email}, {softwareOath}},
        {"one gate, the app is enough", 1, {email, softwareOath}, {softwareOath}, {}},
        {"two gates, nothing proven", 2, {email, softwareOath}, {}, {softwareOath, email}},
        {"two gates, the second is another method", 2, {email, softwareOath}, {softwareOath}, {email}},
        {"two gates, the last one is owed to the app", 2, {email, sms, softwareOath}, {email}, {softwareOath}},
        {"two gates, the app came first", 2, {email, sms, softwareOath}, {softwareOath}, {email, sms, voice}},
        {"two gates, a call is not another telephone", 2, {email, sms}, {sms}, {email}},
        {"two gates, both proven", 2, {email, softwareOath}, {softwareOath, email}, {}},
        {"two gates, one proven twice is one", 2, {email, softwareOath}, {email, email}, {softwareOath}},
    }));
    INFO(row.sentence);
    CHECK(open_methods(offer(decide(for_all(row.gates), with(row.methods))), row.proven) == row.open);
}

TEST_CASE("CRED-044 the settings' methods do not take an administrator's app and mail away, telephones they do", "[reset]") {
    auto mail_only    = for_all(1);
    mail_only.methods = {email};
    CHECK(offer(decide(mail_only, admin({softwareOath, email, sms}))).methods == Methods{softwareOath, email});
    CHECK(code(decide(mail_only, admin({email, sms}))) == "tooFewMethods SSPR_0014");
}

TEST_CASE("CRED-041 what is offered to anybody says nothing of anybody", "[reset]") {
    identity::TenantSettings settings;
    CHECK(methods_for_anybody(settings, {}) == Methods{softwareOath, recoveryCode, email});
    settings.reset = for_all();
    CHECK(methods_for_anybody(settings, {}) == Methods{softwareOath, email});
    settings.phone.countries = {"31"};
    CHECK(methods_for_anybody(settings, {}) == Methods{softwareOath, email, sms, voice});
}

TEST_CASE("CRED-002 a mailed code is no second factor, nor is a telephone", "[reset]") {
    for (const auto method : {email, sms, voice, recoveryCode, password}) CHECK_FALSE(is_second_factor(method));
    for (const auto method : {softwareOath, passkeySynced, passkeyDeviceBound, passkeyHardware}) CHECK(is_second_factor(method));
}

TEST_CASE("CA-072 CRED-046 whoever knows the password gets past the ceiling, not past a running lock", "[reset]") {
    const auto noon = *parse_rfc3339("2026-11-20T12:00:00Z");
    LockoutState state{.failures = 3, .failures_in_row = 100, .locks = 2, .locked_until = noon + std::chrono::minutes{2}};
    CHECK(standing(state, kPasswordLockout, noon) == Standing{Disabled{}});
    const auto after = on_recovery(state);
    CHECK(standing(after, kPasswordLockout, noon) == Standing{Locked{state.locked_until}});
    CHECK(standing(after, kPasswordLockout, state.locked_until) == Standing{Open{}});
    CHECK(standing(on_success(), kPasswordLockout, noon) == Standing{Open{}});
}

TEST_CASE("CRED-031 recovery codes are one gate of a reset, and no second factor", "[reset]") {
    auto settings    = for_all();
    settings.methods = {softwareOath, recoveryCode, email};
    CHECK(offer(decide(settings, with({recoveryCode, email}))).methods == Methods{recoveryCode, email});
    CHECK(code(decide(settings, with({recoveryCode}))) == "tooFewMethods SSPR_0014");
    // Who has an app proves it: codes do not stand in for it (CRED-049).
    const auto both = offer(decide(settings, with({softwareOath, recoveryCode, email})));
    CHECK(open_methods(both, Methods{recoveryCode}) == Methods{softwareOath});
    CHECK(offer(decide(settings, admin({recoveryCode, email}))).methods == Methods{recoveryCode, email});
    CHECK(code(decide(for_all(), with({recoveryCode, email}))) == "tooFewMethods SSPR_0014");
}

CompiledMethods with_approvals() {
    identity::MethodsPolicy policy;
    policy.push.is_enabled = true;
    return CompiledMethods(policy);
}
ResetSettings with_push(int gates = 2) { return {.scope = ResetScope::all, .gates = gates, .methods = {softwareOath, email, push}}; }

TEST_CASE("CRED-039 an approval is never the only way: the settings hold as many others as are proven (credentials.md section 9.1)", "[reset]") {
    struct Case {
        const char* sentence;
        int gates;
        Methods methods;
        bool stands;
    };
    const auto row = GENERATE(values<Case>({
        {"none at all", 2, {}, true},
        {"one gate, alone", 1, {push}, false},
        {"one gate, beside one", 1, {push, email}, true},
        {"two gates, beside one", 2, {push, softwareOath}, false},
        {"two gates, beside two", 2, {softwareOath, push, email}, true},
        {"two gates, beside one telephone in two ways", 2, {push, sms, voice}, false},
        {"two gates, named twice", 2, {push, push, email}, false},
        {"without it nothing is asked", 2, {softwareOath}, true},
    }));
    INFO(row.sentence);
    CHECK(!reset_methods_problem({.gates = row.gates, .methods = row.methods}).has_value() == row.stands);
    CHECK(reset_methods_problem({.methods = {softwareOath, passkeySynced}}).has_value());
}

TEST_CASE("CRED-017 CRED-049 an approval is a second proof where two are asked, beside a second factor, and where the settings allow it", "[reset]") {
    struct Case {
        const char* sentence;
        ResetSettings settings;
        Methods methods;
        const char* outcome;
        Methods offered;
    };
    auto off        = with_push();
    off.methods     = {softwareOath, email};
    auto alone      = with_push();
    alone.methods   = {softwareOath, push};  // settings that nobody checked
    const auto row  = GENERATE_COPY(values<Case>({
        {"an app and a device that approves", with_push(), {softwareOath, push}, "may reset", {softwareOath, push}},
        {"a token that shows codes, and a device", with_push(), {hardwareOath, push}, "may reset", {softwareOath, push}},
        {"the settings do not name it", off, {softwareOath, push}, "tooFewMethods SSPR_0014", {}},
        {"one gate: codes only", with_push(1), {softwareOath, push}, "may reset", {softwareOath}},
        {"the device alone", with_push(), {push}, "tooFewMethods SSPR_0014", {}},
        {"the device and mail: nothing it stands beside works without a session", with_push(), {push, email}, "tooFewMethods SSPR_0014", {}},
        {"the device and mail, though there is a passkey: the session is no second factor", with_push(), {push, email, passkeySynced}, "tooFewMethods SSPR_0014", {}},
        {"the settings hold too little beside it", alone, {softwareOath, push}, "tooFewMethods SSPR_0014", {}},
    }));
    INFO(row.sentence);
    auto person   = with(row.methods);
    person.policy = with_approvals();
    CHECK(code(decide(row.settings, person)) == row.outcome);
    if (!row.offered.empty()) CHECK(offer(decide(row.settings, person)).methods == row.offered);
    person.policy = CompiledMethods(identity::MethodsPolicy{});  // approvals are off
    const auto without = decide(row.settings, person);
    if (const auto* may = std::get_if<ResetOffer>(&without)) CHECK(std::ranges::find(may->methods, push) == may->methods.end());
}

TEST_CASE("CRED-044 of administrators two things are asked, so they may approve where the settings say so", "[reset]") {
    auto boss   = admin({softwareOath, push});
    boss.policy = with_approvals();
    CHECK(offer(decide(with_push(1), boss)).methods == Methods{softwareOath, push});
    CHECK(code(decide(for_all(1), boss)) == "tooFewMethods SSPR_0014");
    auto only_push    = with_push(1);
    only_push.methods = {push};  // they have app and mail whatever it says
    CHECK(offer(decide(only_push, boss)).methods == Methods{softwareOath, push});
}

TEST_CASE("attack: a name alone asks nobody for an approval, and an approval alone opens nothing (CRED-017, CRED-041)", "[reset]") {
    auto person   = with({softwareOath, push, email});
    person.policy = with_approvals();
    const auto may = offer(decide(with_push(), person));
    CHECK(open_methods(may, {}) == Methods{softwareOath, email});
    CHECK(open_methods(may, Methods{softwareOath}) == Methods{push, email});
    CHECK(open_methods(may, Methods{email}) == Methods{softwareOath});  // the second factor is owed, and this is none
    CHECK(open_methods(may, Methods{push}) == Methods{softwareOath});
    CHECK(open_methods(may, Methods{push, push}) == Methods{softwareOath});
    CHECK(open_methods(may, Methods{push, email}) == Methods{softwareOath});
    CHECK(open_methods(may, Methods{softwareOath, push}).empty());
    identity::TenantSettings settings;
    settings.reset = with_push();
    CHECK(methods_for_anybody(settings, with_approvals()) == Methods{softwareOath, email});
}

TEST_CASE("CRED-001 a method that the policy keeps from somebody proves nothing at their reset, and takes nothing from what they owe", "[reset]") {
    identity::MethodsPolicy policy;
    policy.software_oath.exclude.groups = {kPilot};
    policy.voice.is_enabled             = false;
    auto person   = with({softwareOath, email, sms});
    person.policy = CompiledMethods(policy);
    CHECK(offer(decide(for_all(), person)).methods == Methods{softwareOath, email, sms});
    person.groups = {kPilot};
    // They have an app and cannot use it: a reset without it would be weaker than their sign-in (CRED-049).
    CHECK(code(decide(for_all(), person)) == "tooFewMethods SSPR_0014");
    person.methods = {email, sms};
    CHECK(offer(decide(for_all(), person)).methods == Methods{email, sms});
    identity::TenantSettings settings;
    settings.reset           = for_all();
    settings.phone.countries = {"31"};
    CHECK(methods_for_anybody(settings, person.policy) == Methods{softwareOath, email, sms});
}

}  // namespace
}  // namespace portcullis::credentials
