#include "app/admin/grant_permissions.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/admin_world.h"

namespace portcullis::app {
namespace {

using identity::ApplicationKind;
using tests::AdminWorld;
using tests::value_of;

struct Applications {
    explicit Applications(AdminWorld& world) {
        CreateApplication create(world.ports);
        api    = value_of(create(world.admin(), {.display_name = "Notes", .kind = ApplicationKind::service, .keys = {},
                                                 .api = {.identifier_uri = "api://notes", .scopes = {{"Notes.Read", ""}, {"Notes.Write", ""}}, .roles = {{"Notes.All", ""}}}})).application.id;
        web    = value_of(create(world.admin(), {.display_name = "Web", .redirect_uris = {"https://a.example/cb"}, .keys = {}, .api = {}})).application.id;
        daemon = value_of(create(world.admin(), {.display_name = "Daemon", .kind = ApplicationKind::service, .keys = {}, .api = {}})).application.id;
    }
    ApplicationId api, web, daemon;
};

std::string outcome(const Result<identity::Application>& done) { return done ? "" : done.error().message; }

TEST_CASE("what an API defines is granted to the clients it is for (PROTO-225, PROTO-126)") {
    AdminWorld world;
    const Applications made(world);
    GrantPermissions grant(world.ports);
    struct Row {
        std::string_view what;
        ApplicationId client;
        Permissions wanted;
        std::string_view outcome;
    };
    const std::vector<Row> rows{
        {"a scope", made.web, {"api://notes", {"Notes.Read"}, {}}, ""},
        {"by client id, again and one more", made.web, {to_string(made.api), {"Notes.Read", "Notes.Write"}, {}}, ""},
        {"a role", made.daemon, {"api://notes", {}, {"Notes.All"}}, ""},
        {"nothing", made.web, {"api://notes", {}, {}}, "name at least one permission"},
        {"no such API", made.web, {"api://nobody", {"Notes.Read"}, {}}, "there is no API `api://nobody`"},
        {"no such scope", made.web, {"api://notes", {"Notes.Delete"}, {}}, "the API defines no scope `Notes.Delete`"},
        {"a role as a scope", made.web, {"api://notes", {"Notes.All"}, {}}, "the API defines no scope `Notes.All`"},
        {".default", made.web, {"api://notes", {".default"}, {}}, "the API defines no scope `.default`"},
        {"a role for a web application", made.web, {"api://notes", {}, {"Notes.All"}}, "only a daemon acts for itself: others are granted scopes"},
        {"a scope for a daemon", made.daemon, {"api://notes", {"Notes.Read"}, {}}, "nobody signs in to a daemon: it is granted roles, not scopes"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.what);
        CHECK(outcome(grant(world.admin(), row.client, row.wanted)) == row.outcome);
    }
    CHECK(grant(world.admin(), {9, 9}, {"api://notes", {"Notes.Read"}, {}}).error().code == ErrorCode::notFound);
    CHECK(grant(world.admin_as({1, 9}, {}), made.web, {"api://notes", {"Notes.Read"}, {}}).error().code == ErrorCode::forbidden);
    CHECK(world.snapshot()->application(made.web)->scope_grants.size() == 2);
    CHECK(world.snapshot()->application(made.daemon)->role_grants.size() == 1);
}

TEST_CASE("permissions are taken back one by one or all at once; an act that changes nothing is none") {
    AdminWorld world;
    const Applications made(world);
    GrantPermissions grant(world.ports);
    WithdrawPermissions withdraw(world.ports);
    REQUIRE(grant(world.admin(), made.web, {"api://notes", {"Notes.Read", "Notes.Write"}, {}}));
    CHECK(value_of(withdraw(world.admin(), made.web, {"api://notes", {"Notes.Write"}, {}})).scope_grants.size() == 1);
    CHECK(value_of(withdraw(world.admin(), made.web, {"api://notes", {"Notes.Write"}, {}})).scope_grants.size() == 1);
    CHECK(value_of(withdraw(world.admin(), made.web, {"api://notes", {}, {}})).scope_grants.empty());
    CHECK(outcome(withdraw(world.admin(), made.web, {"api://nobody", {}, {}})) == "there is no API `api://nobody`");
    const auto acts = world.audit();
    CHECK(std::ranges::count(acts, "WithdrawPermissions", &AuditRecord::name) == 2);
}

TEST_CASE("an API is named by a URI, and its permissions by plain names") {
    AdminWorld world;
    struct Row {
        std::string_view what;
        identity::Api api;
        bool is_accepted;
    };
    const std::vector<Row> rows{
        {"no API", {}, true},
        {"an API", {"api://a", {{"Read.All", ""}}, {{"x_y-1", ""}}}, true},
        {"an https name", {"https://api.example", {{"Read", ""}}, {}}, true},
        {"scopes without a name", {"", {{"Read", ""}}, {}}, false},
        {"no URI", {"notes", {{"Read", ""}}, {}}, false},
        {"a URI with a space", {"api://no tes", {{"Read", ""}}, {}}, false},
        {"a URI with a quote", {"api://no\"tes", {{"Read", ""}}, {}}, false},
        {"a slash at the end", {"api://notes/", {{"Read", ""}}, {}}, false},
        {"too long", {"api://" + std::string(251, 'a'), {{"Read", ""}}, {}}, false},
        {"a scope with a slash", {"api://b", {{"Read/All", ""}}, {}}, false},
        {".default is nobody's to define", {"api://b", {{".default", ""}}, {}}, false},
        {"an empty role", {"api://b", {}, {{"", ""}}}, false},
        {"too many", {"api://b", std::vector<identity::ApiPermission>(201, {"Read", ""}), {}}, false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.what);
        const auto done = CreateApplication(world.ports)(world.admin(), {.display_name = "A", .kind = ApplicationKind::service, .keys = {}, .api = row.api});
        CHECK(done.has_value() == row.is_accepted);
    }
}

}  // namespace
}  // namespace portcullis::app
