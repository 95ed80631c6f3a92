#include <catch2/catch.hpp>

#include "app/admin/capability.h"
#include "app/admin/change_tenant_settings.h"
#include "app/admin/create_user.h"

using namespace portcullis;
using app::Capability;
using identity::DirectoryRole;

TEST_CASE("roles allow what id-protection.md section 6 says, and nothing else") {
    struct Row {
        DirectoryRole role;
        std::vector<Capability> allowed;
    };
    using enum Capability;
    const auto row = GENERATE(values<Row>({
        {DirectoryRole::globalReader, {viewRisk, viewLogs, viewPolicies}},
        {DirectoryRole::securityReader, {viewRisk, viewLogs, viewPolicies}},
        {DirectoryRole::securityOperator, {viewRisk, viewLogs, viewPolicies, actOnRisk}},
        {DirectoryRole::securityAdministrator, {viewRisk, viewLogs, viewPolicies, actOnRisk, editPolicies, configureNotices}},
        {DirectoryRole::conditionalAccessAdministrator, {viewPolicies, editPolicies}},
        {DirectoryRole::userAdministrator, {resetPasswords, blockUsers, revokeSessions, manageUsers}},
        {DirectoryRole::helpdeskAdministrator, {resetPasswords, revokeSessions}},
        {DirectoryRole::authenticationAdministrator, {resetPasswords, resetMethods}},
        {DirectoryRole::authenticationPolicyAdministrator, {}},
        {DirectoryRole::reportsReader, {viewLogs}},
        {DirectoryRole::cloudDeviceAdministrator, {manageDevices}},
    }));
    for (int i = 0; i <= static_cast<int>(assignRoles); ++i) {
        const auto capability = static_cast<Capability>(i);
        const bool is_listed  = std::ranges::find(row.allowed, capability) != row.allowed.end();
        CAPTURE(to_string(capability), static_cast<int>(row.role));
        CHECK(app::is_allowed({&row.role, 1}, capability) == is_listed);
        const DirectoryRole boss = DirectoryRole::globalAdministrator;
        CHECK(app::is_allowed({&boss, 1}, capability));
        CHECK_FALSE(app::is_allowed({}, capability));
    }
}

TEST_CASE("user principal names obey credentials.md section 12") {
    struct Row {
        std::string upn;
        bool is_allowed;
    };
    const auto row = GENERATE(values<Row>({
        {"alice@contoso.example", true},
        {"o'brien_1-a.b@CONTOSO.example", true},
        {std::string(64, 'a') + "@contoso.example", true},
        {std::string(65, 'a') + "@contoso.example", false},
        {"alice.@contoso.example", false},
        {".alice@contoso.example", false},
        {"alice", false},
        {"@contoso.example", false},
        {"alice@", false},
        {"a@b@contoso.example", false},
        {"alice@other.example", false},
        {"alice@sub.contoso.example", false},
        {"al ice@contoso.example", false},
        {"alice\n@contoso.example", false},
        {"\u0430lice@contoso.example", false},
    }));
    CAPTURE(row.upn);
    CHECK(app::upn_problem(row.upn, "contoso.example").has_value() != row.is_allowed);
    CHECK(app::upn_problem("a@" + std::string(41, 'd') + ".example", std::string(41, 'd') + ".example").has_value());
}

TEST_CASE("the settings a tenant starts with are allowed") {
    identity::TenantSettings settings;
    settings.branding.display_name = "Contoso";
    CHECK(app::settings_problems(settings).empty());
}

TEST_CASE("CRED-055 a list of an organisation's banned terms has at most 1000, of 4 to 16 characters each") {
    identity::TenantSettings settings;
    settings.branding.display_name = "Contoso";
    const auto is_refused          = [&](std::vector<std::string> terms) {
        settings.passwords.custom_banned = std::move(terms);
        return app::settings_problems(settings).size() == 1;
    };
    CHECK_FALSE(is_refused({"four", "sixteen-letters!", "\u00e9t\u00e9s"}));
    CHECK(is_refused({"abc"}));
    CHECK(is_refused({"seventeen-letters"}));
    CHECK(is_refused({"\u00e9t\u00e9"}));  // three characters in five bytes
    CHECK_FALSE(is_refused(std::vector<std::string>(1000, "term")));
    CHECK(is_refused(std::vector<std::string>(1001, "term")));
}

TEST_CASE("PROTO-502 passkey profiles that could admit nobody, or anybody, are refused") {
    identity::TenantSettings settings;
    settings.branding.display_name = "Contoso";
    REQUIRE(app::settings_problems(settings).empty());
    auto& profile       = settings.passkeys.profiles[0];
    profile.attestation = identity::AttestationPolicy::enforce;
    CHECK(app::settings_problems(settings).empty());  // the FIDO metadata is
    settings.passkeys.trusts_fido_metadata = false;
    CHECK(app::settings_problems(settings).size() == 1);  // nobody is trusted
    settings.passkeys.attestation_roots = {"MIIB"};
    CHECK(app::settings_problems(settings).empty());
    settings.passkeys.attestation_roots = {"not base64!"};
    CHECK(app::settings_problems(settings).size() == 1);
    settings.passkeys.attestation_roots = {"MIIB"};
    profile.aaguids = {"8446CCB9-AB1D-B374-750B-2367FF6F3A1F"};
    CHECK(app::settings_problems(settings).size() == 1);
    profile.aaguids = {"8446ccb9-ab1d-b374-750b-2367ff6f3a1f"};
    CHECK(app::settings_problems(settings).empty());
    settings.passkeys.profiles.clear();
    CHECK(app::settings_problems(settings).size() == 1);
    settings.passkeys.profiles.resize(4);
    CHECK(app::settings_problems(settings).size() == 1);
}
