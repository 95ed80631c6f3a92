#include <catch2/catch.hpp>

#include "app/register_passkey.h"
#include "app/second_factors.h"
#include "app/sign_in.h"
#include "app/verify_passkey.h"
#include "core/oidc/authentication.h"
#include "tests/support/admin_world.h"
#include "tests/support/soft_authenticator.h"
#include "wire/webauthn_json.h"

/// Passkeys end to end below the pages: real keys, real signatures, the store that ships.
namespace portcullis::app {
namespace {

using namespace std::chrono_literals;
using credentials::PasskeyRefusal;
using tests::SoftAuthenticator;
using tests::value_of;

class PasskeyWorld : public tests::AdminWorld {
public:
    PasskeyWorld() : population_(ports.profiles, ports.journal, ports.random), sign_in_use_case(ports, population_) {}

    [[nodiscard]] RequestFacts facts() const {
        return {.now = now, .request = {7, 7}, .correlation = {8, 8}, .address = *parse_ip("192.0.2.7"), .user_agent = "Mozilla/5.0"};
    }
    /// A session whose person proved themselves `ago`, by MFA when they have a method.
    LiveSession session_of(UserId who, Duration ago = 0s, SessionId id = {3, 1}) {
        LiveSession live{.session = {.id = id, .user = who, .auth_time = now - ago}, .account = account(who)};
        live.session.factors = {{AuthMethod::password, now - ago}};
        if (!live.account.methods.empty()) live.session.mfa_time = now - ago;
        return live;
    }
    /// The challenge of a registration that was begun.
    std::string challenge(const LiveSession& live) {
        const auto outcome = value_of(RegisterPasskey(ports).begin(*snapshot(), registrant_of(live), facts()));
        REQUIRE(std::holds_alternative<credentials::CreationOptions>(outcome));
        options = std::get<credentials::CreationOptions>(outcome);
        return options.challenge;
    }
    PasskeyRegistrationOutcome finish(const LiveSession& live, const std::string& answer) {
        return value_of(RegisterPasskey(ports).finish(*snapshot(), registrant_of(live), {.answer = answer, .display_name = "My phone"}, facts()));
    }
    /// Registers a new authenticator of the user.
    SoftAuthenticator passkey_of(UserId who, unsigned more_flags = SoftAuthenticator::BE | SoftAuthenticator::BS, std::uint32_t counter = 0) {
        const auto live = session_of(who);
        SoftAuthenticator::Ceremony c{.challenge = challenge(live)};
        c.flags |= more_flags;
        c.counter = counter;
        SoftAuthenticator made(options.user_handle);
        REQUIRE(std::holds_alternative<identity::AuthenticationMethod>(finish(live, made.create(c))));
        return made;
    }
    credentials::RequestOptions asked(PasskeySought sought) { return value_of(VerifyPasskey(ports).begin(*snapshot(), sought, facts())); }
    PasskeyOutcome answered(PasskeySought sought, const std::string& answer) {
        return value_of(VerifyPasskey(ports).finish(*snapshot(), sought, answer, facts()));
    }
    /// What the acts of this name changed, as the audit log tells it.
    std::string changes_of(std::string_view act) {
        std::string changes;
        for (const auto& record : audit()) {
            if (record.name == act) changes += record.changes;
        }
        return changes;
    }
    StartedFlow flow(FlowStart start = {}) {
        start.targets = {ApplicationId{4, 1}};
        return value_of(sign_in_use_case.start(*snapshot(), start, facts()));
    }
    credentials::RequestOptions options_of(const SignInFlow& flow) { return *value_of(sign_in_use_case.passkey_options(*snapshot(), flow, facts())); }
    Turn submit(const SignInFlow& flow, Submission submission) { return value_of(sign_in_use_case.submit(*snapshot(), flow, submission, facts())); }
    Turn type_name(const SignInFlow& flow, std::string name) {
        Submission s;
        s.action   = "next";
        s.username = std::move(name);
        return submit(flow, std::move(s));
    }
    Turn type_password(const SignInFlow& flow) {
        Submission s;
        s.action   = "next";
        s.password = Secret(std::string(kPassword));
        return submit(flow, std::move(s));
    }
    Turn touch(const SignInFlow& flow, const std::string& answer) {
        Submission s;
        s.action  = "passkey";
        s.passkey = answer;
        return submit(flow, std::move(s));
    }

private:
    Population population_;

public:
    SignIn sign_in_use_case;
    credentials::CreationOptions options;
};

std::optional<PasskeyRefusal> refusal(const PasskeyRegistrationOutcome& outcome) {
    const auto* refused = std::get_if<PasskeyRefusal>(&outcome);
    return refused ? std::optional(*refused) : std::nullopt;
}
std::optional<PasskeyRefusal> refusal(const PasskeyOptionsOutcome& outcome) {
    const auto* refused = std::get_if<PasskeyRefusal>(&outcome);
    return refused ? std::optional(*refused) : std::nullopt;
}
std::optional<PasskeyRefusal> refusal(const PasskeyOutcome& outcome) {
    const auto* refused = std::get_if<PasskeyRefused>(&outcome);
    return refused ? std::optional(refused->because) : std::nullopt;
}

// --- Registration ---

TEST_CASE("PROTO-500 a passkey is registered, stored and told of", "[passkeys]") {
    PasskeyWorld world;
    const auto alice = world.user("alice");
    const auto live  = world.session_of(alice);
    SoftAuthenticator::Ceremony c{.challenge = world.challenge(live)};
    CHECK(world.options.challenge.size() == 32);
    CHECK(world.options.user_handle.size() == 64);
    CHECK(world.options.user_handle.find("alice") == std::string::npos);
    CHECK(world.options.relying_party.id == "login.example");
    CHECK(world.options.relying_party.name == "Contoso");
    CHECK(world.options.excluded.empty());
    CHECK(world.options.attestation == credentials::Attestation::none);

    c.flags |= SoftAuthenticator::BE;
    SoftAuthenticator made(world.options.user_handle);
    made.aaguid        = *parse_hex("8446ccb9ab1db374750b2367ff6f3a1f");
    const auto outcome = world.finish(live, made.create(c));
    REQUIRE(std::holds_alternative<identity::AuthenticationMethod>(outcome));
    const auto account = world.account(alice);
    REQUIRE(account.methods.size() == 1);
    const auto& method = account.methods[0];
    CHECK(method.kind == AuthMethod::passkeySynced);
    CHECK(method.display_name == "My phone");
    REQUIRE(method.passkey);
    CHECK(method.passkey->credential_id == made.credential_id);
    CHECK(method.passkey->public_key == made.cose_key());
    CHECK(method.passkey->aaguid == "8446ccb9-ab1d-b374-750b-2367ff6f3a1f");
    CHECK(method.passkey->user_handle == world.options.user_handle);
    CHECK(method.passkey->attestation == "none");
    CHECK_FALSE(method.passkey->is_attested);
    const auto changes = world.changes_of("RegisterPasskey");
    CHECK(changes.find("MethodRegistered") != std::string::npos);
    CHECK(changes.find("MessageQueued") != std::string::npos);  // PROTO-501
}

TEST_CASE("PROTO-500 a second passkey joins the first's handle, and the first is excluded", "[passkeys]") {
    PasskeyWorld world;
    const auto alice = world.user("alice");
    const auto first = world.passkey_of(alice);
    world.challenge(world.session_of(alice));
    CHECK(world.options.user_handle == first.user_handle);
    REQUIRE(world.options.excluded.size() == 1);
    CHECK(world.options.excluded[0].id == first.credential_id);
}

struct CreateRow {
    const char* sentence;
    void (*change)(SoftAuthenticator::Ceremony&);
    PasskeyRefusal refused;
};

TEST_CASE("PROTO-500 CRED-023 a registration that is not what was asked for is refused, by name", "[passkeys]") {
    using F        = SoftAuthenticator;
    using C        = SoftAuthenticator::Ceremony;
    const auto row = GENERATE(values<CreateRow>({
        {"another challenge", [](C& c) { c.challenge[0] = static_cast<char>(c.challenge[0] ^ 1); }, PasskeyRefusal::challengeWrong},
        {"a sign-in's type", [](C& c) { c.type = "webauthn.get"; }, PasskeyRefusal::typeWrong},
        {"another origin", [](C& c) { c.origin = "https://login.example.evil.test"; }, PasskeyRefusal::originWrong},
        {"from another site's frame", [](C& c) { c.more_client = R"(,"crossOrigin":true)"; }, PasskeyRefusal::crossOrigin},
        {"below another site's page", [](C& c) { c.more_client = R"(,"topOrigin":"https://evil.test")"; }, PasskeyRefusal::crossOrigin},
        {"for another RP ID", [](C& c) { c.rp_id = "evil.test"; }, PasskeyRefusal::rpIdWrong},
        {"nobody was there", [](C& c) { c.flags = F::UV; }, PasskeyRefusal::userNotPresent},
        {"CRED-023 nobody was verified", [](C& c) { c.flags = F::UP; }, PasskeyRefusal::userNotVerified},
        {"backed up without being eligible", [](C& c) { c.flags = F::UP | F::UV | F::BS; }, PasskeyRefusal::backedUpNotEligible},
        {"client data with a member twice", [](C& c) { c.more_client = R"(,"type":"webauthn.create")"; }, PasskeyRefusal::malformed},
    }));
    INFO(row.sentence);
    PasskeyWorld world;
    const auto alice = world.user("alice");
    const auto live  = world.session_of(alice);
    SoftAuthenticator::Ceremony c{.challenge = world.challenge(live)};
    const auto right = c;
    row.change(c);
    const SoftAuthenticator made(world.options.user_handle);
    CHECK(refusal(world.finish(live, made.create(c))) == row.refused);
    // The challenge is spent by the failure too.
    CHECK(refusal(world.finish(live, made.create(right))) == PasskeyRefusal::ceremonyOver);
    CHECK(world.account(alice).methods.empty());
}

TEST_CASE("PROTO-500 a registration is bound to its session, its person and five minutes", "[passkeys]") {
    PasskeyWorld world;
    const auto alice = world.user("alice"), bob = world.user("bob");
    const auto live  = world.session_of(alice);
    SoftAuthenticator::Ceremony c{.challenge = world.challenge(live)};
    const SoftAuthenticator made(world.options.user_handle);
    CHECK(refusal(world.finish(world.session_of(alice, 0s, {3, 2}), made.create(c))) == PasskeyRefusal::ceremonyOver);
    CHECK(refusal(world.finish(world.session_of(bob), made.create(c))) == PasskeyRefusal::ceremonyOver);
    c.challenge = world.challenge(live);
    world.now += 5min;
    CHECK(refusal(world.finish(live, made.create(c))) == PasskeyRefusal::ceremonyOver);
    CHECK(refusal(world.finish(live, "{}")) == PasskeyRefusal::ceremonyOver);
}

TEST_CASE("PROTO-500 a credential is registered once in a tenant, whoever brings it", "[passkeys]") {
    PasskeyWorld world;
    const auto alice = world.user("alice"), bob = world.user("bob");
    const auto made = world.passkey_of(alice);
    const auto live = world.session_of(bob);
    CHECK(refusal(world.finish(live, made.create({.challenge = world.challenge(live)}))) == PasskeyRefusal::alreadyRegistered);
    CHECK(world.account(bob).methods.empty());
}

TEST_CASE("CRED-027 PROTO-501 a passkey is added within five minutes of MFA; minute six asks again", "[passkeys]") {
    PasskeyWorld world;
    const auto alice = world.user("alice");
    const auto begin = [&](const LiveSession& live) { return refusal(value_of(RegisterPasskey(world.ports).begin(*world.snapshot(), registrant_of(live), world.facts()))); };
    // The first method of all: the first factor must be as fresh.
    CHECK_FALSE(begin(world.session_of(alice, 5min)));
    CHECK(begin(world.session_of(alice, 5min + 1ms)) == PasskeyRefusal::notFresh);
    world.passkey_of(alice);
    CHECK_FALSE(begin(world.session_of(alice, 5min)));
    CHECK(begin(world.session_of(alice, 5min + 1ms)) == PasskeyRefusal::notFresh);
    // With a method, a fresh password is not enough.
    auto live = world.session_of(alice);
    live.session.mfa_time.reset();
    CHECK(begin(live) == PasskeyRefusal::notFresh);
}

TEST_CASE("PROTO-501 who is at risk registers nothing, also when the risk comes between", "[passkeys]") {
    PasskeyWorld world;
    const auto alice = world.user("alice");
    const auto live  = world.session_of(alice);
    SoftAuthenticator::Ceremony c{.challenge = world.challenge(live)};
    world.sign_in(alice, RiskLevel::medium);
    const SoftAuthenticator made(world.options.user_handle);
    CHECK(refusal(world.finish(live, made.create(c))) == PasskeyRefusal::userAtRisk);
    CHECK(refusal(value_of(RegisterPasskey(world.ports).begin(*world.snapshot(), registrant_of(live), world.facts()))) == PasskeyRefusal::userAtRisk);
}

TEST_CASE("CRED-024 CRED-025 CRED-026 the tenant's rules are asked at registration and at every sign-in", "[passkeys]") {
    PasskeyWorld world;
    const auto alice = world.user("alice");
    const auto made  = world.passkey_of(alice);
    auto settings    = world.snapshot()->tenant.settings;
    settings.passkeys.profiles[0].models  = identity::ModelRule::notListed;
    settings.passkeys.profiles[0].aaguids = {"00000000-0000-0000-0000-000000000000"};
    world.commit({TenantChanged{settings}});
    auto asked = world.asked({.state = "f", .name = {}, .user = {}});
    CHECK(refusal(world.answered({.state = "f", .name = {}, .user = {}}, made.get({.challenge = asked.challenge, .flags = 0x1D}))) == PasskeyRefusal::modelNotAllowed);
    const auto live = world.session_of(alice);
    SoftAuthenticator::Ceremony c{.challenge = world.challenge(live)};
    CHECK(refusal(world.finish(live, SoftAuthenticator(world.options.user_handle).create(c))) == PasskeyRefusal::modelNotAllowed);

    settings.passkeys.profiles[0]              = {};
    settings.passkeys.profiles[0].attestation  = identity::AttestationPolicy::enforce;
    world.commit({TenantChanged{settings}});
    c.challenge = world.challenge(live);
    CHECK(world.options.attestation == credentials::Attestation::direct);
    CHECK(refusal(world.finish(live, SoftAuthenticator(world.options.user_handle).create(c))) == PasskeyRefusal::attestationMissing);
    c.challenge     = world.challenge(live);
    c.self_attested = true;
    CHECK(refusal(world.finish(live, SoftAuthenticator(world.options.user_handle).create(c))) == PasskeyRefusal::attestationMissing);
    // CRED-024: the one that was there before still works.
    asked = world.asked({.state = "f", .name = {}, .user = {}});
    CHECK_FALSE(refusal(world.answered({.state = "f", .name = {}, .user = {}}, made.get({.challenge = asked.challenge, .flags = 0x1D}))));

    settings.passkeys.is_self_service = false;
    world.commit({TenantChanged{settings}});
    CHECK(refusal(value_of(RegisterPasskey(world.ports).begin(*world.snapshot(), registrant_of(live), world.facts()))) == PasskeyRefusal::userExcluded);
    settings.passkeys.is_self_service = true;
    settings.passkeys.per_user_max    = 1;
    world.commit({TenantChanged{settings}});
    CHECK(refusal(value_of(RegisterPasskey(world.ports).begin(*world.snapshot(), registrant_of(live), world.facts()))) == PasskeyRefusal::tooMany);
}

// --- Signing in ---

TEST_CASE("PROTO-500 a passkey signs in without a name and with one", "[passkeys]") {
    PasskeyWorld world;
    const auto alice    = world.user("alice");
    const auto made     = world.passkey_of(alice);
    const unsigned seen = 0x1D;  // UP, UV, BE, BS
    const auto nameless = world.asked({.state = "f", .name = {}, .user = {}});
    CHECK(nameless.allowed.empty());
    CHECK(nameless.rp_id == "login.example");
    const auto first = world.answered({.state = "f", .name = {}, .user = {}}, made.get({.challenge = nameless.challenge, .flags = seen}));
    REQUIRE(std::holds_alternative<PasskeyAccepted>(first));
    CHECK(std::get<PasskeyAccepted>(first).account.user.id == alice);

    const auto named = world.asked({.state = "f", .name = "Alice@Contoso.example", .user = {}});
    REQUIRE(named.allowed.size() == 1);
    CHECK(named.allowed[0].id == made.credential_id);
    SoftAuthenticator::Ceremony c{.challenge = named.challenge, .flags = seen};
    c.omits_user_handle = true;
    CHECK_FALSE(refusal(world.answered({.state = "f", .name = "alice@contoso.example", .user = {}}, made.get(c))));
    // Whoever is not named shows whose it is.
    CHECK(refusal(world.answered({.state = "f", .name = {}, .user = {}}, made.get(c))) == PasskeyRefusal::userHandleWrong);
}

struct GetRow {
    const char* sentence;
    void (*change)(SoftAuthenticator::Ceremony&, SoftAuthenticator&);
    PasskeyRefusal refused;
};

TEST_CASE("PROTO-500 a sign-in that is not what was asked for is refused, by name", "[passkeys]") {
    using F        = SoftAuthenticator;
    using C        = SoftAuthenticator::Ceremony;
    const auto row = GENERATE(values<GetRow>({
        {"another challenge", [](C& c, F&) { c.challenge[31] = static_cast<char>(c.challenge[31] ^ 1); }, PasskeyRefusal::challengeWrong},
        {"a challenge of another moment", [](C& c, F&) { c.challenge[5] = static_cast<char>(c.challenge[5] ^ 1); }, PasskeyRefusal::challengeWrong},
        {"half a challenge", [](C& c, F&) { c.challenge.resize(16); }, PasskeyRefusal::challengeWrong},
        {"a registration's type", [](C& c, F&) { c.type = "webauthn.create"; }, PasskeyRefusal::typeWrong},
        {"another origin", [](C& c, F&) { c.origin = "https://evil.test"; }, PasskeyRefusal::originWrong},
        {"from another site's frame", [](C& c, F&) { c.more_client = R"(,"crossOrigin":true)"; }, PasskeyRefusal::crossOrigin},
        {"for another RP ID", [](C& c, F&) { c.rp_id = "evil.test"; }, PasskeyRefusal::rpIdWrong},
        {"nobody was there", [](C& c, F&) { c.flags = F::UV | F::BE; }, PasskeyRefusal::userNotPresent},
        {"CRED-023 nobody was verified", [](C& c, F&) { c.flags = F::UP | F::BE; }, PasskeyRefusal::userNotVerified},
        {"no longer eligible for backup", [](C& c, F&) { c.flags = F::UP | F::UV; }, PasskeyRefusal::eligibilityChanged},
        {"without a user handle", [](C& c, F&) { c.omits_user_handle = true; }, PasskeyRefusal::userHandleWrong},
        {"with another user handle", [](C&, F& f) { f.user_handle[0] = static_cast<char>(f.user_handle[0] ^ 1); }, PasskeyRefusal::userHandleWrong},
        {"an id nobody registered", [](C&, F& f) { f.credential_id[0] = static_cast<char>(f.credential_id[0] ^ 1); }, PasskeyRefusal::credentialUnknown},
        {"another key under a registered id",
         [](C&, F& f) {
             F thief(f.user_handle);
             thief.credential_id = f.credential_id;
             f                   = thief;
         },
         PasskeyRefusal::signatureWrong},
    }));
    INFO(row.sentence);
    PasskeyWorld world;
    auto made        = world.passkey_of(world.user("alice"));
    const auto asked = world.asked({.state = "f", .name = {}, .user = {}});
    SoftAuthenticator::Ceremony c{.challenge = asked.challenge, .flags = 0x1D};
    row.change(c, made);
    CHECK(refusal(world.answered({.state = "f", .name = {}, .user = {}}, made.get(c))) == row.refused);
}

TEST_CASE("PROTO-500 an answer of another flow, another minute or another tenant's person is refused", "[passkeys]") {
    PasskeyWorld world;
    const auto made = world.passkey_of(world.user("alice"));
    const auto one  = world.asked({.state = "one", .name = {}, .user = {}});
    world.asked({.state = "two", .name = {}, .user = {}});
    CHECK(refusal(world.answered({.state = "two", .name = {}, .user = {}}, made.get({.challenge = one.challenge, .flags = 0x1D}))) == PasskeyRefusal::challengeWrong);
    world.now += 5min - 1ms;
    CHECK_FALSE(refusal(world.answered({.state = "one", .name = {}, .user = {}}, made.get({.challenge = one.challenge, .flags = 0x1D}))));
    world.now += 1ms;
    CHECK(refusal(world.answered({.state = "one", .name = {}, .user = {}}, made.get({.challenge = one.challenge, .flags = 0x1D}))) == PasskeyRefusal::ceremonyOver);
}

TEST_CASE("PROTO-503 options for a name nobody has look like those of a person", "[passkeys]") {
    PasskeyWorld world;
    world.user("bob");
    const auto alice   = world.passkey_of(world.user("alice"));
    const auto known   = world.asked({.state = "f", .name = "alice@contoso.example", .user = {}});
    const auto nobody  = world.asked({.state = "f", .name = "nobody@contoso.example", .user = {}});
    const auto again   = world.asked({.state = "f", .name = "NOBODY@contoso.example", .user = {}});
    const auto without = world.asked({.state = "f", .name = "bob@contoso.example", .user = {}});
    CHECK(nobody.allowed.size() >= known.allowed.size());
    CHECK(without.allowed.size() >= known.allowed.size());
    CHECK(nobody.allowed[0].id == again.allowed[0].id);
    CHECK(nobody.allowed[0].id != without.allowed[0].id);
    // The same members, and lists of one credential or two.
    for (const auto& options : {known, nobody, without}) {
        CHECK(options.allowed.size() <= 2);
        CHECK(options.rp_id == known.rp_id);
        CHECK(options.challenge.size() == 32);
        for (const auto& credential : options.allowed) CHECK(credential.id.size() >= 16);
    }
    // Neither lets anybody else in.
    for (const auto& name : {"nobody@contoso.example", "bob@contoso.example"}) {
        const auto asked = world.asked({.state = "f", .name = name, .user = {}});
        CHECK(refusal(world.answered({.state = "f", .name = name, .user = {}}, alice.get({.challenge = asked.challenge, .flags = 0x1D}))) == PasskeyRefusal::credentialNotOffered);
    }
}

TEST_CASE("a disabled or deleted person's passkey signs nobody in", "[passkeys]") {
    PasskeyWorld world;
    const auto alice = world.user("alice");
    const auto made  = world.passkey_of(alice);
    auto user            = world.account(alice).user;
    user.account_enabled = false;
    world.commit({UserChanged{user}});
    auto asked = world.asked({.state = "f", .name = {}, .user = {}});
    CHECK(refusal(world.answered({.state = "f", .name = {}, .user = {}}, made.get({.challenge = asked.challenge, .flags = 0x1D}))) == PasskeyRefusal::accountDisabled);
    world.commit({UserDeleted{alice}});
    asked = world.asked({.state = "f", .name = {}, .user = {}});
    CHECK(refusal(world.answered({.state = "f", .name = {}, .user = {}}, made.get({.challenge = asked.challenge, .flags = 0x1D}))) == PasskeyRefusal::credentialUnknown);
}

// --- The sign-in around it ---

TEST_CASE("PROTO-500 attack: a challenge is good for one answer, right or wrong, and for one step", "[passkeys]") {
    PasskeyWorld world;
    const auto made    = world.passkey_of(world.user("alice"));
    const auto started = world.flow();
    const auto answer  = made.get({.challenge = world.options_of(started.flow).challenge, .flags = 0x1D});
    SECTION("after a wrong answer") {
        const auto failed = world.touch(started.flow, "{}");
        CHECK(failed.problem == Problem::passkey);
        CHECK(world.touch(failed.flow, answer).problem == Problem::passkey);
    }
    SECTION("after the name is typed") {
        const auto named = world.type_name(started.flow, "alice@contoso.example");
        CHECK(world.touch(named.flow, answer).problem == Problem::passkey);
    }
    SECTION("after a right one, also when both came at once") {
        const auto first  = world.touch(started.flow, answer);
        const auto second = world.touch(started.flow, answer);
        REQUIRE(first.flow.stage == Stage::granted);
        REQUIRE(second.flow.stage == Stage::granted);
        CHECK(world.sign_in_use_case.open_session(*world.snapshot(), first.flow, world.facts()));
        const auto again = world.sign_in_use_case.open_session(*world.snapshot(), second.flow, world.facts());
        REQUIRE_FALSE(again);
        CHECK(again.error().code == ErrorCode::conflict);
        CHECK_FALSE(value_of(world.sign_in_use_case.find(*world.snapshot(), reference_to(started.flow), started.browser_secret, world.now)));
    }
}

TEST_CASE("PROTO-118 a sign-in at its first question is not stored: its page brings it along, for the browser that began it", "[passkeys]") {
    PasskeyWorld world;
    const auto started   = world.flow({.request = "client_id=app&state=s"});
    const auto reference = reference_to(started.flow);
    const auto found     = [&](std::string_view by, std::string_view secret) {
        return value_of(world.sign_in_use_case.find(*world.snapshot(), by, secret, world.now));
    };
    CHECK_FALSE(value_of(world.ports.flows.find(world.tenant, FlowKind::interaction, to_string(started.flow.id), world.now)));
    const auto flow = found(reference, started.browser_secret);
    REQUIRE(flow);
    CHECK(to_text(*flow) == to_text(started.flow));
    CHECK(reference_to(*flow) == reference);
    CHECK(reference.find("client_id") == std::string::npos);

    SECTION("attack: another browser, another tenant, a changed or made-up one, its id alone") {
        CHECK_FALSE(found(reference, ""));
        CHECK_FALSE(found(reference, world.flow().browser_secret));
        auto changed = reference;
        changed[changed.size() / 2] = changed[changed.size() / 2] == 'A' ? 'B' : 'A';
        CHECK_FALSE(found(changed, started.browser_secret));
        CHECK_FALSE(found("v1.9." + reference.substr(5), started.browser_secret));
        CHECK_FALSE(found("v1.1.", started.browser_secret));
        CHECK_FALSE(found(to_string(started.flow.id), started.browser_secret));
        auto elsewhere      = *world.snapshot();
        elsewhere.tenant.id = TenantId{9, 9};
        CHECK_FALSE(value_of(world.sign_in_use_case.find(elsewhere, reference, started.browser_secret, world.now)));
        // A secret that is kept is no flow, whoever could bring one.
        const SealContext of_method{.tenant = world.tenant, .table = "authentication_methods", .row = "x", .column = "sealed_secret"};
        CHECK_FALSE(found(value_of(world.ports.sealer.seal(Secret(to_text(started.flow)), of_method)), started.browser_secret));
    }
    SECTION("idle for fifteen minutes it is over") {
        const auto began = world.now;
        world.now        = began + 15min - 1s;
        CHECK(found(reference, started.browser_secret));
        world.now = began + 15min;
        CHECK_FALSE(found(reference, started.browser_secret));
    }
    SECTION("one with a long request is stored at once") {
        const auto grown = world.flow({.request = std::string(8000, 'x')});
        CHECK(reference_to(grown.flow) == to_string(grown.flow.id));
        CHECK(found(reference_to(grown.flow), grown.browser_secret));
    }
}

TEST_CASE("PROTO-524 attack: the first page of a sign-in that went on or is over begins none", "[passkeys]") {
    PasskeyWorld world;
    const auto made      = world.passkey_of(world.user("alice"));
    const auto started   = world.flow();
    const auto reference = reference_to(started.flow);
    const auto found     = [&] { return value_of(world.sign_in_use_case.find(*world.snapshot(), reference, started.browser_secret, world.now)); };
    const auto touched   = [&](const SignInFlow& flow) {
        return world.touch(flow, made.get({.challenge = world.options_of(flow).challenge, .flags = 0x1D}));
    };
    bool ends = true;
    SECTION("it shows where the sign-in stands now, and its first answer counts once") {
        ends             = false;
        const auto named = world.type_name(started.flow, "alice@contoso.example");
        const auto now   = found();
        REQUIRE(now);
        CHECK(now->version == named.flow.version);
        CHECK(now->stage == Stage::password);
        Submission again;
        again.action   = "next";
        again.username = "bob@contoso.example";
        const auto second = world.sign_in_use_case.submit(*world.snapshot(), started.flow, again, world.facts());
        REQUIRE_FALSE(second);
        CHECK(second.error().code == ErrorCode::conflict);
        CHECK(found()->typed_name == "alice@contoso.example");
    }
    SECTION("after the sign-in") {
        CHECK(world.sign_in_use_case.open_session(*world.snapshot(), touched(started.flow).flow, world.facts()));
    }
    SECTION("after a sign-in of more steps") {
        const auto named = world.type_name(started.flow, "alice@contoso.example");
        CHECK(world.sign_in_use_case.open_session(*world.snapshot(), touched(named.flow).flow, world.facts()));
    }
    SECTION("after it was left") {
        Submission cancel;
        cancel.action = "cancel";
        CHECK(world.submit(started.flow, std::move(cancel)).is_abandoned);
    }
    CHECK(found().has_value() != ends);
    if (ends) {
        world.now += 14min;
        CHECK_FALSE(found());
        const auto again = world.sign_in_use_case.open_session(*world.snapshot(), touched(started.flow).flow, world.facts());
        REQUIRE_FALSE(again);
        CHECK(again.error().code == ErrorCode::conflict);
    }
}

TEST_CASE("a passkey is a first factor and MFA at once: phr, with what happened in amr", "[passkeys]") {
    PasskeyWorld world;
    const auto alice   = world.user("alice");
    const auto made    = world.passkey_of(alice);
    const auto started = world.flow({.demands_mfa = true});
    const auto asked   = world.options_of(started.flow);
    const auto turn    = world.touch(started.flow, made.get({.challenge = asked.challenge, .flags = 0x1D}));
    REQUIRE(turn.flow.stage == Stage::granted);
    CHECK(turn.flow.user == alice);
    const auto opened = value_of(world.sign_in_use_case.open_session(*world.snapshot(), turn.flow, world.facts()));
    CHECK(opened.session.mfa_time == world.now);
    CHECK_FALSE(opened.session.used_password);
    CHECK(oidc::acr_of(opened.session.factors) == Acr::phr);
    REQUIRE(opened.session.factors.size() == 1);
    CHECK(opened.session.factors[0].registered == world.account(alice).methods[0].id);
    CHECK(oidc::amr_of(opened.session.factors) == std::vector<std::string>{"swk", "user", "fido", "mfa"});
    CHECK(world.account(alice).methods[0].passkey->last_used_at == world.now);
    CHECK(world.record(turn.flow.sign_in).error_code == 0);
}

TEST_CASE("PROTO-504 attack: one answer that comes twice at once counts once, and is no clone's", "[passkeys]") {
    PasskeyWorld world;
    const auto alice   = world.user("alice");
    const auto made    = world.passkey_of(alice, SoftAuthenticator::BE, 5);
    const auto started = world.flow();
    SoftAuthenticator::Ceremony c{.challenge = world.options_of(started.flow).challenge, .flags = 0x0D};
    c.counter         = 9;
    const auto answer = made.get(c);
    const auto first  = world.touch(started.flow, answer);
    REQUIRE(first.flow.stage == Stage::granted);
    Submission again;
    again.action      = "passkey";
    again.passkey     = answer;
    const auto second = world.sign_in_use_case.submit(*world.snapshot(), started.flow, again, world.facts());
    REQUIRE_FALSE(second);
    CHECK(second.error().code == ErrorCode::conflict);
    CHECK_FALSE(world.account(alice).methods[0].passkey->is_clone_suspected);
    CHECK(world.account(alice).methods[0].passkey->sign_count == 9);
    CHECK(value_of(world.sign_in_use_case.open_session(*world.snapshot(), first.flow, world.facts())).session.user == alice);
    CHECK(world.record(first.flow.sign_in).error_code == 0);
}

TEST_CASE("attack: a passkey that was taken away at that moment opens no session, and its use closes no risk", "[passkeys]") {
    PasskeyWorld world;
    const auto alice   = world.user("alice");
    const auto made    = world.passkey_of(alice);
    const auto started = world.flow();
    const auto turn    = world.touch(started.flow, made.get({.challenge = world.options_of(started.flow).challenge, .flags = 0x1D}));
    REQUIRE(turn.flow.stage == Stage::granted);
    world.commit({MethodRemoved{alice, world.account(alice).methods[0].id}});
    CHECK_FALSE(world.sign_in_use_case.open_session(*world.snapshot(), turn.flow, world.facts()));
    CHECK_FALSE(value_of(world.sign_in_use_case.find(*world.snapshot(), reference_to(started.flow), started.browser_secret, world.now)));
}

TEST_CASE("IDP-110 attack: a passkey that intelligence says an attacker added proves nothing, as first factor or as second", "[passkeys]") {
    PasskeyWorld world;
    const auto alice = world.user("alice");
    const auto made  = world.passkey_of(alice);
    const auto id    = world.account(alice).methods[0].id;
    world.commit({DetectionRaised{risk::attacker_added_method(id, alice, world.ports.random.new_id<DetectionId>(world.now), world.now)}});

    const auto first = world.flow();
    const auto turn  = world.touch(first.flow, made.get({.challenge = world.options_of(first.flow).challenge, .flags = 0x1D}));
    CHECK(turn.flow.stage == Stage::refused);
    CHECK(turn.flow.error_code == 53003);
    CHECK(world.record(turn.flow.sign_in).error_code == 53003);

    const auto second  = world.flow({.demands_mfa = true});
    const auto halfway = world.type_password(world.type_name(second.flow, "alice@contoso.example").flow);
    CHECK(std::ranges::find(halfway.flow.flagged, id) != halfway.flow.flagged.end());
    CHECK_FALSE(halfway.flow.mfa_at);
    CHECK(halfway.flow.second_factors.empty());
}

TEST_CASE("IDP-110 attack: a session that rests on an attacker's passkey proves nothing, and is asked for the password", "[passkeys]") {
    PasskeyWorld world;
    const auto alice = world.user("alice");
    const auto made  = world.passkey_of(alice);
    const auto first = world.flow();
    const auto turn  = world.touch(first.flow, made.get({.challenge = world.options_of(first.flow).challenge, .flags = 0x1D}));
    REQUIRE(turn.flow.stage == Stage::granted);
    auto opened = value_of(world.sign_in_use_case.open_session(*world.snapshot(), turn.flow, world.facts()));
    // The owner's password stands in the session too: it was not the attacker who gave it, and it vouches for nothing of theirs.
    opened.session.factors.insert(opened.session.factors.begin(), {AuthMethod::password, world.now - 1h});
    const auto id = world.account(alice).methods[0].id;
    world.now += 1min;
    world.commit({DetectionRaised{risk::attacker_added_method(id, alice, world.ports.random.new_id<DetectionId>(world.now), world.now)}});
    const auto resumed = value_of(world.sign_in_use_case.resume(*world.snapshot(), {}, opened.session, world.facts()));
    CHECK(resumed.flow.stage == Stage::password);
    CHECK(resumed.flow.factors.empty());
    CHECK_FALSE(resumed.flow.first_factor_at);
    CHECK_FALSE(resumed.flow.mfa_at);
}

TEST_CASE("PROTO-111 an `acr` that is asked for is asked of the methods that reach it, and a lower wish where none does", "[passkeys]") {
    PasskeyWorld world;
    const auto alice = world.user("alice");
    world.passkey_of(alice);
    const auto id = world.account(alice).methods[0].id;
    const auto halfway = [&](std::vector<Acr> levels) {
        const auto started = world.flow({.levels = std::move(levels)});
        return world.type_password(world.type_name(started.flow, "alice@contoso.example").flow).flow;
    };
    const auto demanded = halfway({Acr::phr});
    CHECK(demanded.stage == Stage::mfa);
    CHECK(demanded.asked_methods == std::vector{id});
    CHECK(demanded.second_factors == std::vector{SecondFactor::passkey});
    CHECK(halfway({Acr::phrh, Acr::mfa}).asked_methods == std::vector{id});
    CHECK(halfway({Acr::phrh}).stage == Stage::granted);  // what was demanded is refused at the end
    CHECK(halfway({Acr::oneFactor, Acr::phr}).stage == Stage::granted);
}

TEST_CASE("CRED-034 what a removed passkey once proved meets no strength", "[passkeys]") {
    PasskeyWorld world;
    const auto alice = world.user("alice");
    world.passkey_of(alice);
    const auto method = world.account(alice).methods[0];
    const std::vector<identity::Factor> factors{{AuthMethod::password, world.now}, {method.kind, world.now, method.id}};
    CHECK(proofs_of(factors, world.account(alice)).size() == 2);
    world.commit({MethodRemoved{alice, method.id}});
    const auto left = proofs_of(factors, world.account(alice));
    REQUIRE(left.size() == 1);
    CHECK(left[0].method == AuthMethod::password);
}

TEST_CASE("a refused passkey is told in one way and recorded in its own", "[passkeys]") {
    PasskeyWorld world;
    const auto alice   = world.user("alice");
    const auto made    = world.passkey_of(alice);
    const auto started = world.flow();
    const auto asked   = world.options_of(started.flow);
    SoftAuthenticator::Ceremony c{.challenge = asked.challenge, .flags = 0x1D};
    c.origin        = "https://evil.test";
    const auto turn = world.touch(started.flow, made.get(c));
    CHECK(turn.problem == Problem::passkey);
    CHECK(turn.flow.stage == Stage::userName);
    CHECK(turn.flow.user.is_nil());
    CHECK(world.changes_of("SignIn").find("SignInRecorded") != std::string::npos);
    // The next try is asked anew.
    CHECK(world.touch(turn.flow, made.get({.challenge = asked.challenge, .flags = 0x1D})).problem == Problem::passkey);
}

TEST_CASE("a passkey is a second factor for its owner, and nobody else's passkey is", "[passkeys]") {
    PasskeyWorld world;
    const auto alice = world.user("alice"), mallory = world.user("mallory");
    const auto hers = world.passkey_of(alice), theirs = world.passkey_of(mallory);
    const auto started = world.flow({.demands_mfa = true});
    // Mallory begins without a name, then types Alice's stolen password, then answers with her own passkey.
    const auto early    = world.options_of(started.flow);
    const auto named    = world.type_name(started.flow, "alice@contoso.example");
    const auto halfway  = world.type_password(named.flow);
    REQUIRE(halfway.flow.stage == Stage::mfa);
    const auto attacked = world.touch(halfway.flow, theirs.get({.challenge = early.challenge, .flags = 0x1D}));
    CHECK(attacked.problem == Problem::passkey);
    CHECK(attacked.flow.stage == Stage::mfa);
    CHECK_FALSE(attacked.flow.mfa_at);
    // Asked properly, hers is not offered and not accepted either.
    auto asked = world.options_of(attacked.flow);
    REQUIRE(asked.allowed.size() == 1);
    CHECK(asked.allowed[0].id == hers.credential_id);
    const auto again = world.touch(attacked.flow, theirs.get({.challenge = asked.challenge, .flags = 0x1D}));
    CHECK(again.problem == Problem::passkey);
    // Alice's is.
    asked           = world.options_of(again.flow);
    const auto done = world.touch(again.flow, hers.get({.challenge = asked.challenge, .flags = 0x1D}));
    REQUIRE(done.flow.stage == Stage::granted);
    const auto opened = value_of(world.sign_in_use_case.open_session(*world.snapshot(), done.flow, world.facts()));
    CHECK(oidc::amr_of(opened.session.factors) == std::vector<std::string>{"pwd", "swk", "user", "fido", "mfa"});
}

TEST_CASE("PROTO-504 a counter that falls makes the sign-in risky, flags the passkey, and is never lowered", "[passkeys]") {
    PasskeyWorld world;
    const auto alice = world.user("alice");
    const auto made  = world.passkey_of(alice, 0, 7);
    const auto enter = [&](std::uint32_t counter) {
        world.now += 1min;
        const auto started = world.flow();
        const auto asked   = world.options_of(started.flow);
        return world.touch(started.flow, made.get({.challenge = asked.challenge, .counter = counter})).flow;
    };
    const auto risen = enter(8);
    CHECK(risen.stage == Stage::granted);
    CHECK(risen.sign_in_risk == RiskLevel::none);
    CHECK(world.account(alice).methods[0].passkey->sign_count == 8);
    CHECK(world.detections(alice).empty());

    const auto fallen = enter(8);
    CHECK(fallen.stage == Stage::granted);  // no policy asks about risk here
    CHECK(fallen.sign_in_risk == RiskLevel::medium);
    const auto passkey = *world.account(alice).methods[0].passkey;
    CHECK(passkey.sign_count == 8);
    CHECK(passkey.is_clone_suspected);
    const auto raised = world.detections(alice);
    REQUIRE(raised.size() == 1);
    CHECK(raised[0].type == RiskEventType::authenticatorCloneSuspected);
    CHECK(raised[0].level == RiskLevel::medium);
    // The passkey that raised it does not close it.
    value_of(world.sign_in_use_case.open_session(*world.snapshot(), fallen, world.facts()));
    CHECK(world.detections(alice)[0].state == RiskState::atRisk);
    // And a person at risk adds no other passkey.
    CHECK(refusal(value_of(RegisterPasskey(world.ports).begin(*world.snapshot(), registrant_of(world.session_of(alice)), world.facts()))) == PasskeyRefusal::userAtRisk);
}

TEST_CASE("a password's lock does not keep its owner's passkey out", "[passkeys]") {
    PasskeyWorld world;
    const auto alice = world.user("alice");
    const auto made  = world.passkey_of(alice);
    auto flow        = world.type_name(world.flow().flow, "alice@contoso.example").flow;
    Problem last     = Problem::none;
    for (int i = 0; i < 11; ++i) {
        Submission s;
        s.action        = "next";
        s.password      = Secret("guess " + std::to_string(i));
        const auto turn = world.submit(flow, std::move(s));
        last            = turn.problem;
        flow            = turn.flow;
    }
    CHECK(last == Problem::locked);
    const auto asked = world.options_of(flow);
    CHECK(world.touch(flow, made.get({.challenge = asked.challenge, .flags = 0x1D})).flow.stage == Stage::granted);
}

}  // namespace
}  // namespace portcullis::app
