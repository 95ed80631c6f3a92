#include <catch2/catch.hpp>

#include "app/activate_token.h"
#include "app/add_totp.h"
#include "app/admin/hardware_tokens.h"
#include "app/admin/register_totp.h"
#include "app/admin/reset_mfa.h"
#include "app/admin/respond_to_compromise.h"
#include "app/population.h"
#include "app/second_factors.h"
#include "app/sign_in.h"
#include "core/credentials/method_roles.h"
#include "base/encoding.h"
#include "tests/support/admin_world.h"

/// Hardware OATH tokens below the pages and the command line (credentials.md §6.2, CRED-020; the strict window, PROTO-527).
namespace portcullis::app {
namespace {

using namespace std::chrono_literals;
using credentials::TotpAlgorithm;
using identity::DirectoryRole;
using identity::HashFunction;
using identity::TokenStanding;
using tests::value_of;

const std::string kHeader = "upn,serial number,secret key,time interval,manufacturer,model\r\n";
const std::string kSeed   = "12345678901234567890";

std::string row(const std::string& upn, const std::string& serial, const std::string& interval = "30") {
    return upn + "," + serial + "," + base32(kSeed) + "," + interval + ",Maker,M1\r\n";
}

class TokenWorld : public tests::AdminWorld {
public:
    [[nodiscard]] RequestFacts facts() const {
        return {.now = now, .request = {7, 7}, .correlation = {8, 8}, .address = *parse_ip("192.0.2.7"), .user_agent = "Mozilla/5.0"};
    }
    /// A session of a password and, where the person has a method, MFA, both given `ago`.
    Registrant who(UserId user, Duration ago = 0s) {
        LiveSession live{.session = {.id = {3, 1}, .user = user, .auth_time = now - ago}, .account = account(user)};
        live.session.factors = {{AuthMethod::password, now - ago}};
        if (credentials::has_second_factor(live.account.methods)) {
            live.session.factors.push_back({AuthMethod::passkeySynced, now - ago});
            live.session.mfa_time = now - ago;
        }
        return registrant_of(live);
    }
    TokenImport import(const std::string& rows, HashFunction hash = HashFunction::hmacsha1) { return value_of(ImportTokens(ports)(admin(), kHeader + rows, hash)); }
    /// `line 2: …`, one a line; nothing when it was imported.
    std::string problems(const std::string& rows, const Admin& by) {
        const auto outcome = value_of(ImportTokens(ports)(by, kHeader + rows, HashFunction::hmacsha1));
        std::string said;
        if (const auto* wrong = std::get_if<TokensRejected>(&outcome)) {
            for (const auto& problem : wrong->problems) said += "line " + std::to_string(problem.line) + ": " + problem.what + "\n";
        }
        return said;
    }
    [[nodiscard]] identity::HardwareToken token(const std::string& serial) { return *value_of(ports.directory.token(tenant, identity::serial_key(serial))); }
    std::string standing(const std::string& serial) { return std::string(to_string(standing_of(token(serial)))); }
    /// What the token shows when its clock is `ahead` steps of ours.
    std::string code(const std::string& serial, int ahead = 0) {
        const auto shown = token(serial);
        credentials::TotpParameters parameters{.period = shown.interval};
        if (shown.hash == HashFunction::hmacsha256) parameters.algorithm = TotpAlgorithm::sha256;
        const credentials::TotpHmac hmac = [&](TotpAlgorithm algorithm, std::string_view key, std::string_view message) {
            return algorithm == TotpAlgorithm::sha256 ? ports.digests.hmac_sha256(key, message) : ports.digests.hmac_sha1(key, message);
        };
        return credentials::totp_code(parameters, Secret(std::string(kSeed)), credentials::totp_step(parameters, now) + ahead, hmac);
    }
    std::optional<MethodRefusal> activate(const Registrant& person, const std::string& serial, const std::string& typed) {
        return value_of(ActivateToken(ports)(*snapshot(), person, token(serial).id, typed, facts()));
    }
    /// As a sign-in does.
    std::string sign_in_code(UserId user, const std::string& typed) {
        const auto outcome = value_of(VerifyTotp(ports)(*snapshot(), account(user), typed, now));
        if (const auto* refused = std::get_if<CodeRefusal>(&outcome)) return *refused == CodeRefusal::paused ? "paused" : "wrong";
        commit({std::get<CodeAccepted>(outcome).spent});
        return std::string(to_string(std::get<CodeAccepted>(outcome).kind));
    }
    void settings(const std::function<void(identity::TenantSettings&)>& change) {
        auto so = snapshot()->tenant.settings;
        change(so);
        commit({TenantChanged{so}});
    }
    std::string changes_of(std::string_view act) {
        for (const auto& record : audit()) {
            if (record.name == act) return record.changes;
        }
        return {};
    }
    /// alice with the activated token `A-1`; the step is over.
    UserId alice_with_token() {
        const auto alice = user("alice");
        import(row("alice@contoso.example", "A-1"));
        REQUIRE_FALSE(activate(who(alice), "A-1", code("A-1")));
        now += 30s;
        return alice;
    }
};

TEST_CASE("CRED-020 a token is available, assigned, activated by its owner, and available again", "[hardware-token]") {
    TokenWorld world;
    const auto alice = world.user("alice");
    world.import(row("", "A-1"));
    CHECK(world.standing("A-1") == "available");
    CHECK(world.activate(world.who(alice), "A-1", world.code("A-1")) == MethodRefusal::unknown);
    REQUIRE(AssignToken(world.ports)(world.admin(), "a-1", alice));
    CHECK(world.standing("A-1") == "assigned");
    CHECK(second_factors(*world.snapshot(), world.account(alice), world.now).empty());  // nothing is proven yet
    CHECK(world.activate(world.who(alice), "A-1", world.code("A-1", 5)) == MethodRefusal::codeWrong);
    CHECK(world.standing("A-1") == "assigned");

    const auto shown = world.code("A-1");
    CHECK_FALSE(world.activate(world.who(alice), "A-1", shown));
    CHECK(world.standing("A-1") == "activated");
    CHECK(world.changes_of("ActivateToken").find("MessageQueued") != std::string::npos);
    const auto method = world.account(alice).methods.at(0);
    CHECK(method.kind == AuthMethod::hardwareOath);
    CHECK(method.display_name == "Maker M1 A-1");
    CHECK(method.sealed_secret.empty());  // the seed is in one place
    CHECK(second_factors(*world.snapshot(), world.account(alice), world.now) == std::vector{SecondFactor::code});
    CHECK(world.sign_in_code(alice, shown) == "wrong");  // it has proven the token, and is spent
    world.now += 30s;
    CHECK(world.sign_in_code(alice, world.code("A-1")) == "hardwareOath");
    CHECK(world.sign_in_code(alice, world.code("A-1")) == "wrong");

    REQUIRE(UnassignToken(world.ports)(world.admin(), "A-1"));
    CHECK(world.standing("A-1") == "available");
    CHECK(world.account(alice).methods.empty());
    CHECK(UnassignToken(world.ports)(world.admin(), "A-1").error().code == ErrorCode::conflict);
    REQUIRE(DeleteToken(world.ports)(world.admin(), "A-1"));
    CHECK(DeleteToken(world.ports)(world.admin(), "A-1").error().code == ErrorCode::notFound);
}

TEST_CASE("CRED-020 an assigned or activated token is nobody else's, and is not deleted", "[hardware-token]") {
    TokenWorld world;
    const auto alice = world.user("alice"), bob = world.user("bob");
    world.import(row("alice@contoso.example", "A-1"));
    const auto conflict = [](const Result<void>& result) { return !result && result.error().code == ErrorCode::conflict; };
    CHECK(conflict(AssignToken(world.ports)(world.admin(), "A-1", bob)));
    CHECK(conflict(AssignToken(world.ports)(world.admin(), "A-1", alice)));
    CHECK(conflict(DeleteToken(world.ports)(world.admin(), "A-1")));
    CHECK(world.activate(world.who(bob), "A-1", world.code("A-1")) == MethodRefusal::unknown);
    REQUIRE(ActivateTokenFor(world.ports)(world.admin(), "A-1", world.code("A-1")));
    CHECK(world.changes_of("ActivateToken").find("MessageQueued") != std::string::npos);
    CHECK(conflict(AssignToken(world.ports)(world.admin(), "A-1", bob)));
    CHECK(conflict(DeleteToken(world.ports)(world.admin(), "A-1")));
    CHECK(conflict(ActivateTokenFor(world.ports)(world.admin(), "A-1", world.code("A-1", 1))));
    world.now += 30s;
    CHECK(world.sign_in_code(bob, world.code("A-1")) == "wrong");
    CHECK(world.sign_in_code(alice, world.code("A-1")) == "hardwareOath");
}

TEST_CASE("attack: a code that a token showed to one owner is not used again by the next", "[hardware-token]") {
    TokenWorld world;
    const auto alice = world.alice_with_token();
    const auto bob   = world.user("bob");
    const auto seen  = world.code("A-1");
    CHECK(world.sign_in_code(alice, seen) == "hardwareOath");
    REQUIRE(UnassignToken(world.ports)(world.admin(), "A-1"));
    REQUIRE(AssignToken(world.ports)(world.admin(), "A-1", bob));
    CHECK(world.activate(world.who(bob), "A-1", seen) == MethodRefusal::codeWrong);
    CHECK(ActivateTokenFor(world.ports)(world.admin(), "A-1", seen).error().code == ErrorCode::invalidRequest);
    world.now += 30s;
    CHECK_FALSE(world.activate(world.who(bob), "A-1", world.code("A-1")));
}

TEST_CASE("attack: a stale session, a sign-in at risk and guesses past the budget activate no token", "[hardware-token]") {
    TokenWorld world;
    const auto alice = world.user("alice");
    world.import(row("alice@contoso.example", "A-1"));
    CHECK(world.activate(world.who(alice, 5min + 1ms), "A-1", world.code("A-1")) == MethodRefusal::notFresh);
    const auto bystander = world.user("bob");
    value_of(RegisterTotp(world.ports)(world.admin(), bystander, {.bytes = Secret(std::string(20, 'b'))}));
    REQUIRE(UnassignToken(world.ports)(world.admin(), "A-1"));
    REQUIRE(AssignToken(world.ports)(world.admin(), "A-1", bystander));
    auto by_password = world.who(bystander);  // who has a method owes it, whatever a token says
    by_password.factors.resize(1);
    by_password.mfa_at.reset();
    CHECK(world.activate(by_password, "A-1", world.code("A-1")) == MethodRefusal::notFresh);

    REQUIRE(UnassignToken(world.ports)(world.admin(), "A-1"));
    REQUIRE(AssignToken(world.ports)(world.admin(), "A-1", alice));
    for (int i = 0; i < 5; ++i) CHECK(world.activate(world.who(alice), "A-1", world.code("A-1", 7)) == MethodRefusal::codeWrong);
    CHECK(world.activate(world.who(alice), "A-1", world.code("A-1")) == MethodRefusal::codeWrong);  // PROTO-523
    world.now += 16min;
    world.sign_in(alice, RiskLevel::medium);
    CHECK(world.activate(world.who(alice), "A-1", world.code("A-1")) == MethodRefusal::atRisk);  // CRED-012
    CHECK(world.standing("A-1") == "assigned");
}

TEST_CASE("CRED-020 nothing is imported when a line is wrong, and every wrong line is named", "[hardware-token]") {
    TokenWorld world;
    const auto boss = world.user("boss");
    world.user("alice");
    world.commit({RoleAssigned{boss, identity::id_of(DirectoryRole::securityReader)}});
    world.import(row("", "OLD"));
    const auto self = world.user("helper");
    const auto by   = world.admin_as(self, {DirectoryRole::authenticationAdministrator});
    CHECK(world.problems(row("", "NEW") + row("", "old") + row("nobody@contoso.example", "N1") + row("boss@contoso.example", "N2") +
                             row("helper@contoso.example", "N3") + row("", "N4", "31"),
                         by) ==
          "line 3: serial number `old` is in the inventory already\n"
          "line 4: there is no user `nobody@contoso.example`\n"
          "line 5: you may not give a token to `boss@contoso.example`\n"
          "line 6: you may not give a token to `helper@contoso.example`\n"
          "line 7: `time interval` must be 30 or 60\n");
    CHECK_FALSE(value_of(world.ports.directory.token(world.tenant, "new")));
    CHECK(world.problems(row("alice@contoso.example", "NEW"), by).empty());
    CHECK(world.standing("NEW") == "assigned");
    std::string told;  // two imports of one moment, in whichever order
    for (const auto& record : world.audit()) told += record.name == "ImportTokens" ? record.changes : "";
    CHECK(told.find("\"serialNumber\":\"NEW\"") != std::string::npos);
    CHECK(told.find(base32(kSeed)) == std::string::npos);
    CHECK(world.token("NEW").sealed_secret.find(kSeed) == std::string::npos);
}

TEST_CASE("CRED-006 CRED-020 five apps and tokens are the most, whichever way they come", "[hardware-token]") {
    TokenWorld world;
    const auto alice = world.user("alice");
    for (int i = 0; i < 3; ++i) value_of(RegisterTotp(world.ports)(world.admin(), alice, {.bytes = Secret(std::string(20, 'a'))}));
    const auto hers = [](const char* serial) { return row("alice@contoso.example", serial); };
    CHECK(world.problems(hers("A-1") + hers("A-2") + hers("A-3"), world.admin()) == "line 4: `alice@contoso.example` would have more than 5 authenticator apps and tokens\n");
    CHECK(world.problems(hers("A-1") + hers("A-2"), world.admin()).empty());
    world.import(row("", "A-3"));
    CHECK(AssignToken(world.ports)(world.admin(), "A-3", alice).error().code == ErrorCode::conflict);
    // Apps added meanwhile count when a token is activated.
    for (int i = 0; i < 2; ++i) value_of(RegisterTotp(world.ports)(world.admin(), alice, {.bytes = Secret(std::string(20, 'a'))}));
    CHECK(world.activate(world.who(alice), "A-1", world.code("A-1")) == MethodRefusal::tooMany);
    CHECK(ActivateTokenFor(world.ports)(world.admin(), "A-1", world.code("A-1")).error().code == ErrorCode::conflict);
    CHECK_FALSE(may_add_totp(*world.snapshot(), world.account(alice)));
}

TEST_CASE("CRED-020 tokens are an authentication administrator's, and a Global Administrator's where somebody has a role", "[hardware-token]") {
    TokenWorld world;
    const auto alice = world.user("alice"), boss = world.user("boss"), self = world.user("helper");
    world.commit({RoleAssigned{boss, identity::id_of(DirectoryRole::securityReader)}});
    world.import(row("", "A-1") + row("boss@contoso.example", "B-1"));
    const auto by        = world.admin_as(self, {DirectoryRole::authenticationAdministrator});
    const auto forbidden = [](const auto& result) { return !result && result.error().code == ErrorCode::forbidden; };
    for (const auto role : {DirectoryRole::helpdeskAdministrator, DirectoryRole::userAdministrator, DirectoryRole::globalReader}) {
        const auto other = world.admin_as(self, {role});
        CHECK(forbidden(ImportTokens(world.ports)(other, kHeader + row("", "X"), HashFunction::hmacsha1)));
        CHECK(forbidden(list_tokens(world.ports, other, {})));
        CHECK(forbidden(AssignToken(world.ports)(other, "A-1", alice)));
        CHECK(forbidden(ActivateTokenFor(world.ports)(other, "B-1", "000000")));
        CHECK(forbidden(UnassignToken(world.ports)(other, "B-1")));
        CHECK(forbidden(DeleteToken(world.ports)(other, "A-1")));
    }
    CHECK(value_of(list_tokens(world.ports, by, {})).size() == 2);
    CHECK(forbidden(AssignToken(world.ports)(by, "A-1", self)));
    CHECK(forbidden(AssignToken(world.ports)(by, "A-1", boss)));
    CHECK(forbidden(ActivateTokenFor(world.ports)(by, "B-1", world.code("B-1"))));
    CHECK(forbidden(UnassignToken(world.ports)(by, "B-1")));
    REQUIRE(AssignToken(world.ports)(by, "A-1", alice));
    REQUIRE(ActivateTokenFor(world.ports)(by, "A-1", world.code("A-1")));
    REQUIRE(UnassignToken(world.ports)(world.admin_as(self, {DirectoryRole::globalAdministrator}), "B-1"));
}

TEST_CASE("attack: guesses at a token that waits are counted by themselves, and their owner hears of thirty", "[hardware-token]") {
    TokenWorld world;
    const auto alice = world.user("alice");
    world.import(row("alice@contoso.example", "A-1"));
    VerifyTotp verify(world.ports);
    const Secret own("22345678901234567890");
    const auto prove_own = [&] {
        const auto shown = credentials::totp_code({}, own, credentials::totp_step({}, world.now), [&](TotpAlgorithm, std::string_view key, std::string_view message) {
            return world.ports.digests.hmac_sha1(key, message);
        });
        return value_of(verify.proves(*world.snapshot(), alice, own, shown, world.now)).has_value();
    };
    for (int guess = 0; guess < 5; ++guess) {
        CHECK(world.activate(world.who(alice), "A-1", world.code("A-1", 50 + guess)) == MethodRefusal::codeWrong);
        CHECK(prove_own());  // a seed of one's own forgives none of them
    }
    CHECK(world.activate(world.who(alice), "A-1", world.code("A-1")) == MethodRefusal::codeWrong);  // paused, also for the right one
    CHECK(world.standing("A-1") == "assigned");
    CHECK(world.changes_of("ActivateToken").empty());
    for (int guess = 0; guess < 25; ++guess) {
        world.now += 24h;
        CHECK(world.activate(world.who(alice), "A-1", world.code("A-1", 50)) == MethodRefusal::codeWrong);
    }
    CHECK(world.changes_of("ActivateToken").find("codes_guessed") != std::string::npos);
}

TEST_CASE("CRED-069 CRED-020 registering MFA again deactivates a token and leaves it its owner's; a compromise takes it back", "[hardware-token]") {
    TokenWorld world;
    const auto alice = world.alice_with_token();
    REQUIRE(ResetMfa(world.ports)(world.admin(), alice));
    CHECK(world.standing("A-1") == "assigned");
    CHECK(world.account(alice).methods.empty());
    CHECK(world.sign_in_code(alice, world.code("A-1")) == "wrong");
    REQUIRE_FALSE(world.activate(world.who(alice), "A-1", world.code("A-1")));
    CHECK(world.standing("A-1") == "activated");

    PasswordSetter passwords(world.ports);
    VerifyPassword verify_password(world.ports);
    value_of(RespondToCompromise(world.ports, passwords, verify_password)(world.admin(), alice, {}));
    CHECK(world.standing("A-1") == "available");
    CHECK(world.account(alice).methods.empty());
}

TEST_CASE("CRED-001 CRED-020 whom the policy does not mean does not use a token, and keeps it", "[hardware-token]") {
    TokenWorld world;
    const auto alice = world.alice_with_token();
    const auto use   = [&](const std::function<void(identity::MethodsPolicy&)>& change) {
        world.settings([&](auto& s) {
            s.methods = {};
            change(s.methods);
        });
    };
    use([&](auto& m) { m.hardware_oath.exclude.users = {alice}; });
    CHECK(second_factors(*world.snapshot(), world.account(alice), world.now).empty());
    CHECK(offered_methods(*world.snapshot(), world.account(alice), world.now).empty());
    CHECK(world.sign_in_code(alice, world.code("A-1")) == "wrong");
    CHECK(world.standing("A-1") == "activated");
    CHECK(credentials::has_second_factor(world.account(alice).methods));  // still owed: no other is registered by password alone
    use([](auto& m) { m.software_oath.is_enabled = false; });
    CHECK(second_factors(*world.snapshot(), world.account(alice), world.now) == std::vector{SecondFactor::code});
    CHECK(world.sign_in_code(alice, world.code("A-1")) == "hardwareOath");
}

TEST_CASE("CRED-020 a token is named by what stands on it, and its owner removes it back into the inventory", "[hardware-token]") {
    TokenWorld world;
    const auto alice = world.alice_with_token();
    value_of(RegisterTotp(world.ports)(world.admin(), alice, {.bytes = Secret(std::string(20, 'a'))}));
    const auto method = value_of(world.ports.directory.token(world.tenant, "a-1"))->method.value();
    OwnMethods methods(world.ports);
    CHECK(value_of(methods.rename(*world.snapshot(), world.who(alice), method, "Mine", world.facts())) == MethodRefusal::unknown);
    CHECK_FALSE(value_of(methods.make_default(*world.snapshot(), world.who(alice), method, world.facts())));
    CHECK_FALSE(value_of(methods.remove(*world.snapshot(), world.who(alice), method, world.facts())));
    CHECK(world.standing("A-1") == "available");
    CHECK(world.changes_of("RemoveMethod").find("MessageQueued") != std::string::npos);
}

TEST_CASE("CRED-020 a clock that runs away is followed by two steps and no further", "[hardware-token]") {
    TokenWorld world;
    const auto alice = world.user("alice");
    world.import(row("alice@contoso.example", "A-1", "60"), HashFunction::hmacsha256);
    CHECK(world.activate(world.who(alice), "A-1", world.code("A-1", 3)) == MethodRefusal::codeWrong);
    REQUIRE_FALSE(world.activate(world.who(alice), "A-1", world.code("A-1", 2)));
    CHECK(world.token("A-1").drift == 2);
    world.now += 3min;
    CHECK(world.sign_in_code(alice, world.code("A-1", 4)) == "wrong");
    CHECK(world.sign_in_code(alice, world.code("A-1", 3)) == "hardwareOath");
    CHECK(world.token("A-1").drift == 2);
    world.now += 5min;
    CHECK(world.sign_in_code(alice, world.code("A-1", 1)) == "hardwareOath");
    CHECK(world.token("A-1").drift == 1);
}

TEST_CASE("PROTO-527 in the strict window a code is taken in its own step alone, at every door", "[hardware-token]") {
    TokenWorld world;
    const auto alice = world.user("alice"), bob = world.user("bob");
    world.import(row("alice@contoso.example", "A-1"));
    value_of(RegisterTotp(world.ports)(world.admin(), bob, {.bytes = Secret(std::string(kSeed))}));
    world.settings([](auto& s) { s.codes.window = identity::CodeWindow::strict; });
    CHECK(world.activate(world.who(alice), "A-1", world.code("A-1", -1)) == MethodRefusal::codeWrong);
    CHECK(world.activate(world.who(alice), "A-1", world.code("A-1", 1)) == MethodRefusal::codeWrong);
    REQUIRE_FALSE(world.activate(world.who(alice), "A-1", world.code("A-1")));
    for (const int ahead : {-1, 1}) CHECK(world.sign_in_code(bob, world.code("A-1", ahead)) == "wrong");
    CHECK(world.sign_in_code(bob, world.code("A-1")) == "softwareOath");
    world.now += 1min;
    CHECK(world.sign_in_code(alice, world.code("A-1", -1)) == "wrong");
    CHECK(world.sign_in_code(alice, world.code("A-1")) == "hardwareOath");

    AddTotp add(world.ports);
    const auto carol = world.who(world.user("carol"));
    const auto seed  = std::get<Secret>(value_of(add.begin(*world.snapshot(), carol, world.facts())));
    const credentials::TotpHmac hmac = [&](auto, std::string_view key, std::string_view message) { return world.ports.digests.hmac_sha1(key, message); };
    const auto step = credentials::totp_step({}, world.now);
    CHECK(value_of(add.finish(*world.snapshot(), carol, credentials::totp_code({}, seed, step - 1, hmac), "", world.facts())) == MethodRefusal::codeWrong);
    CHECK_FALSE(value_of(add.finish(*world.snapshot(), carol, credentials::totp_code({}, seed, step, hmac), "", world.facts())));
}

/// Something happens just before the tokens of a person are read.
class Interrupted : public sql::SqlDirectory {
public:
    using SqlDirectory::SqlDirectory;
    Result<std::vector<identity::HardwareToken>> tokens_of(TenantId tenant, UserId user) const override {
        if (const auto first = std::exchange(meanwhile, {})) first();
        return SqlDirectory::tokens_of(tenant, user);
    }
    mutable std::function<void()> meanwhile;
};

TEST_CASE("attack: whoever loses the race for a token proves themselves by it, for all that this request had read before", "[hardware-token]") {
    TokenWorld world;
    const auto alice = world.user("alice");
    world.import(row("alice@contoso.example", "A-1"));
    const Interrupted directory(world.db());
    auto ports = world.ports_with(directory);
    Population population(ports.profiles, ports.journal, ports.random);
    SignIn sign_in(ports, population);
    FlowStart wanted;
    wanted.demands_mfa = true;
    wanted.targets     = {ApplicationId{4, 1}};
    auto flow          = value_of(sign_in.start(*world.snapshot(), wanted, world.facts())).flow;
    const auto press = [&](std::string action, const std::function<void(Submission&)>& fill) {
        Submission form;
        form.action = std::move(action);
        fill(form);
        flow = value_of(sign_in.submit(*world.snapshot(), flow, form, world.facts())).flow;
    };
    press("next", [](Submission& form) { form.username = "alice@contoso.example"; });
    press("next", [](Submission& form) { form.password = Secret(std::string(TokenWorld::kPassword)); });
    REQUIRE(flow.stage == Stage::registrationOffer);
    press("register", [](Submission& form) { form.method = "hardwareOath"; });
    REQUIRE(flow.stage == Stage::registrationToken);

    const auto code     = world.code("A-1");
    directory.meanwhile = [&] { REQUIRE_FALSE(world.activate(world.who(alice), "A-1", code)); };
    press("verify", [&](Submission& form) { form.otp = code; });
    CHECK(flow.stage == Stage::mfa);
    CHECK_FALSE(flow.mfa_at);
    CHECK(world.account(alice).methods.size() == 1);
}

}  // namespace
}  // namespace portcullis::app
