#include <catch2/catch.hpp>

#include "app/admin/assign_role.h"
#include "app/admin/change_application.h"
#include "app/admin/change_tenant_settings.h"
#include "app/admin/create_group.h"
#include "app/admin/register_totp.h"
#include "app/admin/reset_mfa.h"
#include "app/admin/save_named_location.h"
#include "app/admin/save_policy.h"
#include "tests/support/admin_world.h"
#include "wire/policy_json.h"

using namespace portcullis;
using tests::AdminWorld;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view kMfaForAll = R"({"displayName": "MFA", "state": "enabled",
    "conditions": {"users": {"includeUsers": ["All"]}, "applications": {"includeApplications": ["All"]}},
    "grantControls": {"operator": "OR", "builtInControls": ["mfa"]}})";
constexpr std::string_view kBlockAll = R"({"displayName": "Block", "state": "enabled",
    "conditions": {"users": {"includeUsers": ["All"]}, "applications": {"includeApplications": ["All"]}},
    "grantControls": {"operator": "OR", "builtInControls": ["block"]}})";

app::PolicyOutcome save(AdminWorld& world, std::string_view document, app::Warnings warnings = app::Warnings::refuse) {
    return tests::value_of(app::SavePolicy(world.ports)(world.admin(), std::nullopt, document, warnings));
}

std::vector<std::string> rules(const app::PolicyOutcome& outcome) {
    const auto* rejected = std::get_if<app::PolicyRejected>(&outcome);
    std::vector<std::string> names;
    if (rejected) std::ranges::transform(rejected->findings, std::back_inserter(names), &policy::Finding::rule);
    return names;
}

app::NewApplication web() {
    return {.display_name = "Notes", .redirect_uris = {"https://notes.example/callback"}};
}

}  // namespace

TEST_CASE("a user is created with the password given, or with a temporary one") {
    AdminWorld world;
    app::PasswordSetter passwords(world.ports);
    app::CreateUser create(world.ports, passwords);
    SECTION("temporary") {
        const auto made = tests::value_of(create(world.admin(), {.user_principal_name = "dana@Contoso.example"}));
        REQUIRE(made.temporary_password);
        const auto account = world.account(made.user.id);
        CHECK(account.password->must_change);
        CHECK(account.password->expires_at == world.now + 24h);
        CHECK(account.user.display_name == "dana");
        CHECK(tests::value_of(passwords.is_current(account, *made.temporary_password)));
        CHECK(create(world.admin(), {.user_principal_name = "DANA@contoso.example"}).error().code == ErrorCode::conflict);
    }
    SECTION("given") {
        const auto account = world.account(world.user("dana"));
        CHECK_FALSE(account.password->must_change);
        CHECK_FALSE(account.password->expires_at);
    }
    SECTION("a password that breaks the rules is refused in words and makes no user (CRED-057)") {
        app::NewUser wanted{.user_principal_name = "dana@contoso.example", .display_name = "Dana Example"};
        wanted.password    = Secret("Dana-2026!");
        const auto refused = create(world.admin(), wanted);
        CHECK(refused.error().code == ErrorCode::invalidRequest);
        CHECK(refused.error().message.find("it contains a name") != std::string::npos);
        CHECK_FALSE(tests::value_of(world.ports.directory.account_named(world.tenant, "dana@contoso.example")));
    }
    SECTION("a mail address with a line break is refused") {
        CHECK(create(world.admin(), {.user_principal_name = "dana@contoso.example", .mail = "a@b.example\nBcc: x"}).error().code ==
              ErrorCode::invalidRequest);
    }
}

TEST_CASE("registering MFA again removes methods, starts the period anew and ends sessions (credentials.md section 14)") {
    AdminWorld world;
    const auto alice = world.user("alice");
    const app::TotpSeed seed{.bytes = Secret("12345678901234567890")};
    REQUIRE(app::RegisterTotp(world.ports)(world.admin(), alice, seed));
    CHECK(world.account(alice).methods.front().sealed_secret.find("1234567890") == std::string::npos);
    world.commit({app::RegistrationWindowOpened{alice, world.now + 24h}});
    world.now += 1h;
    REQUIRE(app::ResetMfa(world.ports)(world.admin(), alice));
    CHECK(world.account(alice).methods.empty());
    CHECK_FALSE(world.account(alice).user.mfa_registration_deadline);
    CHECK(world.account(alice).user.sign_in_sessions_valid_from == world.now);
    REQUIRE(app::ResetMfa(world.ports)(world.admin(), alice));
    const auto all = world.audit();
    CHECK(std::ranges::count(all, "ResetMfa", &app::AuditRecord::name) == 1);
    CHECK(app::RegisterTotp(world.ports)(world.admin(), alice, {.bytes = Secret("short")}).error().code == ErrorCode::invalidRequest);
}

TEST_CASE("roles and groups are given to users that exist, once") {
    AdminWorld world;
    const auto alice = world.user("alice");
    const auto role  = identity::DirectoryRole::securityReader;
    REQUIRE(app::AssignRole(world.ports)(world.admin(), alice, role));
    REQUIRE(app::AssignRole(world.ports)(world.admin(), alice, role));
    CHECK(world.account(alice).roles == std::vector{identity::id_of(role)});
    REQUIRE(app::UnassignRole(world.ports)(world.admin(), alice, role));
    CHECK(world.account(alice).roles.empty());
    CHECK(app::AssignRole(world.ports)(world.admin_as(alice, {identity::DirectoryRole::userAdministrator}), alice, role).error().code ==
          ErrorCode::forbidden);

    const auto group = tests::value_of(app::CreateGroup(world.ports)(world.admin(), "Staff"));
    REQUIRE(app::AddGroupMember(world.ports)(world.admin(), group.id, alice));
    CHECK(world.account(alice).groups == std::vector{group.id});
    CHECK(app::AddGroupMember(world.ports)(world.admin(), GroupId{4, 4}, alice).error().code == ErrorCode::notFound);
    CHECK(app::CreateGroup(world.ports)(world.admin(), "").error().code == ErrorCode::invalidRequest);
}

TEST_CASE("a confidential application's secret is shown once and kept as its digest (PROTO-833)") {
    AdminWorld world;
    const auto made = tests::value_of(app::CreateApplication(world.ports)(world.admin(), web()));
    REQUIRE(made.client_secret);
    CHECK(made.client_secret->size() == 43);
    const auto stored = *world.snapshot()->application(made.application.id);
    REQUIRE(stored.secrets.size() == 1);
    CHECK(stored.secrets[0].digest == base64url(world.ports.digests.sha256(made.client_secret->reveal())));
    CHECK(stored.secrets[0].hint == made.client_secret->reveal().substr(0, 6));
    CHECK(stored.secrets[0].expires_at == world.now + std::chrono::days{180});

    SECTION("one more, and expired ones go") {
        world.now += std::chrono::days{181};
        const auto more = tests::value_of(app::AddClientSecret(world.ports)(world.admin(), stored.id));
        CHECK(more.application.secrets.size() == 1);
        CHECK(*more.client_secret != *made.client_secret);
    }
    SECTION("deleted") {
        REQUIRE(app::DeleteApplication(world.ports)(world.admin(), stored.id));
        CHECK_FALSE(world.snapshot()->application(stored.id));
        CHECK(app::DeleteApplication(world.ports)(world.admin(), stored.id).error().code == ErrorCode::notFound);
    }
}

TEST_CASE("applications that could not be safe are refused, with the reason (protocols.md section 3)") {
    using Kind = identity::ApplicationKind;
    struct Row {
        std::string what;
        app::NewApplication wanted;
    };
    AdminWorld world;
    auto http_redirect = web(), fragment = web(), nameless = web(), nowhere = web(), unauthenticated = web();
    http_redirect.redirect_uris   = {"http://notes.example/callback"};
    fragment.redirect_uris        = {"https://notes.example/callback#x"};
    nameless.display_name         = "";
    nowhere.redirect_uris         = {};
    unauthenticated.auth_method   = identity::ClientAuthMethod::none;
    const auto row = GENERATE_COPY(values<Row>({
        {"plain http", http_redirect},
        {"fragment", fragment},
        {"no name", nameless},
        {"no redirect URI", nowhere},
        {"web without authentication", unauthenticated},
        {"daemon with redirect URI", {.display_name = "x", .kind = Kind::service, .redirect_uris = {"https://a.example/"}}},
    }));
    CAPTURE(row.what);
    CHECK(app::CreateApplication(world.ports)(world.admin(), row.wanted).error().code == ErrorCode::invalidRequest);
    CHECK(world.snapshot()->applications.empty());
}

TEST_CASE("a public client has no secret") {
    AdminWorld world;
    auto spa       = web();
    spa.kind       = identity::ApplicationKind::spa;
    const auto made = tests::value_of(app::CreateApplication(world.ports)(world.admin(), spa));
    CHECK_FALSE(made.client_secret);
    CHECK(made.application.auth_method == identity::ClientAuthMethod::none);
    CHECK(app::AddClientSecret(world.ports)(world.admin(), made.application.id).error().code == ErrorCode::invalidRequest);
}

TEST_CASE("a policy is saved, changes state, is replaced and deleted, each an act") {
    AdminWorld world;
    const auto made = std::get<app::PolicyAccepted>(save(world, kMfaForAll)).policy;
    CHECK_FALSE(made.id.is_nil());
    CHECK(made.created_at == world.now);
    CHECK(world.snapshot()->policies.size() == 1);

    world.now += 1h;
    app::SetPolicyState set(world.ports);
    REQUIRE(set(world.admin(), made.id, policy::PolicyState::disabled, app::Warnings::refuse));
    REQUIRE(set(world.admin(), made.id, policy::PolicyState::disabled, app::Warnings::refuse));
    CHECK(world.snapshot()->policies[0].state == policy::PolicyState::disabled);
    CHECK(world.snapshot()->policies[0].modified_at == world.now);
    const auto all = world.audit();
    CHECK(std::ranges::count(all, "SetPolicyState", &app::AuditRecord::name) == 1);

    const auto replaced = tests::value_of(app::SavePolicy(world.ports)(world.admin(), made.id, kMfaForAll, app::Warnings::refuse));
    CHECK(std::get<app::PolicyAccepted>(replaced).policy.state == policy::PolicyState::enabled);
    CHECK(std::get<app::PolicyAccepted>(replaced).policy.created_at == made.created_at);
    REQUIRE(app::DeletePolicy(world.ports)(world.admin(), made.id));
    CHECK(world.snapshot()->policies.empty());
    CHECK(set(world.admin(), made.id, policy::PolicyState::enabled, app::Warnings::refuse).error().code == ErrorCode::notFound);
}

TEST_CASE("a policy that names what does not exist is refused (CAV-21)") {
    AdminWorld world;
    const auto alice = world.user("alice");
    std::string document(kMfaForAll);
    const auto name = [&](const std::string& user) {
        auto changed = document;
        return changed.replace(changed.find("\"All\""), 5, "\"" + user + "\"");
    };
    CHECK(rules(save(world, name(to_string(UserId{8, 8})))) == std::vector<std::string>{"CAV-21"});
    CHECK(rules(save(world, name(to_string(alice)))).empty());
    CHECK(rules(save(world, "{}")).size() > 1);
    CHECK(rules(save(world, "not json")) == std::vector<std::string>{"schema"});
}

TEST_CASE("warnings stop a policy until they are acknowledged, and that is audited (CA-027, CAV-23, CAV-24)") {
    AdminWorld world;
    const auto glass  = world.user("breakglass");
    auto settings     = world.snapshot()->tenant.settings;
    settings.emergency_accounts = {glass};
    world.commit({app::RoleAssigned{glass, identity::id_of(identity::DirectoryRole::globalAdministrator)}, app::TenantChanged{settings}});

    CHECK(rules(save(world, kBlockAll)) == std::vector<std::string>{"CAV-23", "CAV-24"});
    CHECK(world.snapshot()->policies.empty());
    world.now += 1s;
    const auto accepted = std::get<app::PolicyAccepted>(save(world, kBlockAll, app::Warnings::acknowledge));
    CHECK(accepted.findings.size() == 2);
    CHECK(world.audit().front().changes.find(R"("acknowledged":["CAV-23","CAV-24"])") != std::string::npos);

    std::string considerate(kBlockAll);
    considerate.replace(considerate.find("[\"All\"]"), 7, "[\"All\"], \"excludeUsers\": [\"" + to_string(glass) + "\"]");
    CHECK(rules(save(world, considerate)).empty());

    app::SetPolicyState set(world.ports);
    REQUIRE(set(world.admin(), accepted.policy.id, policy::PolicyState::disabled, app::Warnings::refuse));
    const auto enabled = tests::value_of(set(world.admin(), accepted.policy.id, policy::PolicyState::enabled, app::Warnings::refuse));
    CHECK(rules(enabled) == std::vector<std::string>{"CAV-23", "CAV-24"});
}

TEST_CASE("a named location that a policy names stays") {
    AdminWorld world;
    const auto saved    = tests::value_of(app::SaveNamedLocation(world.ports)(
        world.admin(), R"({"@odata.type": "#microsoft.graph.countryNamedLocation", "displayName": "France", "countriesAndRegions": ["FR"]})"));
    const auto location = std::get<policy::NamedLocation>(saved);
    std::string document(kMfaForAll);
    document.replace(document.find("\"applications\""), 14, "\"locations\": {\"includeLocations\": [\"" + to_string(location.id) + "\"]}, \"applications\"");
    const auto made = std::get<app::PolicyAccepted>(save(world, document)).policy;
    const auto kept = tests::value_of(app::DeleteNamedLocation(world.ports)(world.admin(), location.id));
    CHECK(std::holds_alternative<app::LocationRejected>(kept));
    REQUIRE(app::DeletePolicy(world.ports)(world.admin(), made.id));
    const auto gone = tests::value_of(app::DeleteNamedLocation(world.ports)(world.admin(), location.id));
    CHECK(std::holds_alternative<policy::NamedLocation>(gone));
    CHECK(world.snapshot()->locations.all().empty());
}

TEST_CASE("settings change as a whole, by a Global Administrator, within bounds") {
    AdminWorld world;
    auto settings                 = world.snapshot()->tenant.settings;
    settings.registration.grace   = std::chrono::days{7};
    REQUIRE(app::ChangeTenantSettings(world.ports)(world.admin(), settings));
    CHECK(world.snapshot()->tenant.settings.registration.grace == std::chrono::days{7});
    const auto secadmin = world.admin_as(UserId{3, 3}, {identity::DirectoryRole::securityAdministrator});
    CHECK(app::ChangeTenantSettings(world.ports)(secadmin, settings).error().code == ErrorCode::forbidden);
    settings.lockout.threshold = 0;
    settings.branding.color    = "red";
    CHECK(app::settings_problems(settings).size() == 2);
    CHECK(app::ChangeTenantSettings(world.ports)(world.admin(), settings).error().code == ErrorCode::invalidRequest);
}
