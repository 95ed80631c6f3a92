#include "core/oidc/scopes.h"

#include <catch2/catch.hpp>

namespace portcullis::oidc {
namespace {

using identity::Application;

const Application kNotes{.id  = {1, 1},
                         .api = {.identifier_uri = "api://notes",
                                 .scopes         = {{"Notes.Read", ""}, {"Notes.Write", ""}},
                                 .roles          = {{"Notes.All", ""}, {"Notes.Audit", ""}}}};
const Application kMail{.id  = {1, 2},
                        .api = {.identifier_uri = "https://mail.example", .scopes = {{"Mail.Read", ""}}, .roles = {}}};

const Application* find(std::string_view name) {
    for (const auto* resource : {&kNotes, &kMail}) {
        if (name == resource->api.identifier_uri || name == to_string(resource->id)) return resource;
    }
    return nullptr;
}

const Application kClient{.id = {2, 1}, .scope_grants = {{kMail.id, "Mail.Read"}, {kNotes.id, "Notes.Write"}, {kNotes.id, "Notes.Read"}}};

std::string shown(const std::variant<Scopes, Refusal>& outcome) {
    if (const auto* refusal = std::get_if<Refusal>(&outcome)) return std::string(to_string(refusal->error));
    const auto& scopes = std::get<Scopes>(outcome);
    return scopes.text() + " | " + scopes.resource + " | " + scopes.permissions_text();
}

TEST_CASE(
    "a delegated request is for one resource, and the answer spells scopes as the request did (PROTO-150, PROTO-225)") {
    struct Row {
        std::string_view what, scope;
        std::vector<std::string_view> resources;
        std::string_view outcome;
    };
    const auto row = GENERATE(values<Row>({
        {"OpenID scopes alone", "openid profile", {}, "openid profile |  | openid profile"},
        {"one of a resource", "api://notes/Notes.Read", {}, "api://notes/Notes.Read | api://notes | Notes.Read"},
        {"mixed with OpenID's",
         "openid api://notes/Notes.Read",
         {},
         "openid api://notes/Notes.Read | api://notes | Notes.Read"},
        {".default is all it has",
         "api://notes/.default",
         {},
         "api://notes/.default | api://notes | Notes.Read Notes.Write"},
        {"by application id",
         "00000000-0000-0001-0000-000000000001/Notes.Read",
         {},
         "00000000-0000-0001-0000-000000000001/Notes.Read | 00000000-0000-0001-0000-000000000001 | Notes.Read"},
        {"an https resource",
         "https://mail.example/Mail.Read",
         {},
         "https://mail.example/Mail.Read | https://mail.example | Mail.Read"},
        {"bare names with resource",
         "openid Notes.Write",
         {"api://notes"},
         "openid Notes.Write | api://notes | Notes.Write"},
        {"resource with OpenID scopes", "openid", {"api://notes"}, "openid | api://notes | "},
        {"the same resource twice",
         "api://notes/Notes.Read",
         {"api://notes", "api://notes"},
         "api://notes/Notes.Read | api://notes | Notes.Read"},
        {"a scope twice", "openid openid", {}, "openid |  | openid"},
        {"two resources", "api://notes/Notes.Read https://mail.example/Mail.Read", {}, "invalid_target"},
        {"another resource beside", "api://notes/Notes.Read", {"https://mail.example"}, "invalid_target"},
        {"an unknown resource", "https://nobody.example/read", {}, "invalid_target"},
        {"an unknown resource parameter", "openid", {"https://nobody.example"}, "invalid_target"},
        {"an unknown scope of a resource", "api://notes/Notes.Delete", {}, "invalid_scope"},
        {"an application role is no scope", "api://notes/Notes.All", {}, "invalid_scope"},
        {".default beside a name", "api://notes/.default api://notes/Notes.Read", {}, "invalid_scope"},
        {"a bare name without resource", "openid Notes.Read", {}, "invalid_scope"},
        {"upper case is another scope", "OpenID", {}, "invalid_scope"},
        {"two spaces", "openid  profile", {}, "invalid_scope"},
        {"a quote", "openid \"", {}, "invalid_scope"},
        {"empty", "", {}, "invalid_scope"},
    }));
    CAPTURE(row.what);
    CHECK(shown(parse_scopes(kClient, row.scope, row.resources, find)) == row.outcome);
}

TEST_CASE("a client asks for what an administrator granted it, and for OpenID scopes (protocols.md 3)") {
    static const Application nothing{.id = {2, 2}};
    static const Application reader{.id = {2, 3}, .scope_grants = {{kNotes.id, "Notes.Read"}}};
    static const Application stale{.id = {2, 4}, .scope_grants = {{kNotes.id, "Notes.Gone"}, {{9, 9}, "Notes.Read"}, {kMail.id, "Notes.Read"}}};
    static const Application roles{.id = {2, 5}, .role_grants = {{kNotes.id, "Notes.Read"}}};
    struct Row {
        std::string_view what;
        const Application* client;
        std::string_view scope;
        std::vector<std::string_view> resources;
        std::string_view outcome;
    };
    const auto row = GENERATE_COPY(values<Row>({
        {"OpenID scopes are everybody's", &nothing, "openid profile email offline_access", {}, "openid profile email offline_access |  | openid profile email offline_access"},
        {"a scope of nobody's grant", &nothing, "api://notes/Notes.Read", {}, "invalid_scope"},
        {"a scope that is not there looks the same", &nothing, "api://notes/Notes.Delete", {}, "invalid_scope"},
        {".default of nothing", &nothing, "api://notes/.default", {}, "invalid_scope"},
        {"a bare name", &nothing, "openid Notes.Read", {"api://notes"}, "invalid_scope"},
        {"the resource alone", &nothing, "openid", {"api://notes"}, "invalid_target"},
        {"a resource that is not there looks the same", &nothing, "openid", {"api://nobody"}, "invalid_target"},
        {"what is granted", &reader, "openid api://notes/Notes.Read", {}, "openid api://notes/Notes.Read | api://notes | Notes.Read"},
        {"what is not, beside it", &reader, "api://notes/Notes.Read api://notes/Notes.Write", {}, "invalid_scope"},
        {".default is what is granted", &reader, "api://notes/.default", {}, "api://notes/.default | api://notes | Notes.Read"},
        {"another resource", &reader, "https://mail.example/Mail.Read", {}, "invalid_scope"},
        {"the resource alone, where something is granted", &reader, "openid", {"api://notes"}, "openid | api://notes | "},
        {"grants of what is gone", &stale, "api://notes/.default", {}, "invalid_scope"},
        {"a grant of the same name elsewhere", &stale, "api://notes/Notes.Read", {}, "invalid_scope"},
        {"an application permission is no delegated one", &roles, "api://notes/Notes.Read", {}, "invalid_scope"},
    }));
    CAPTURE(row.what);
    CHECK(shown(parse_scopes(*row.client, row.scope, row.resources, find)) == row.outcome);
}

TEST_CASE("a service asks for roles it was granted on one resource (PROTO-126)") {
    const Application service{.kind = identity::ApplicationKind::service, .role_grants = {{kNotes.id, "Notes.All"}}};
    struct Row {
        std::string_view what, scope;
        std::vector<std::string_view> resources;
        std::string_view outcome;
    };
    const auto row = GENERATE(values<Row>({
        {".default", "api://notes/.default", {}, "api://notes/.default | api://notes | Notes.All"},
        {"resource alone", "", {"api://notes"}, ".default | api://notes | Notes.All"},
        {"a role by name", "Notes.All", {"api://notes"}, "Notes.All | api://notes | Notes.All"},
        {"a role not granted", "Notes.Audit", {"api://notes"}, "invalid_scope"},
        {"no role there at all", "https://mail.example/.default", {}, "invalid_scope"},
        {"no role there, resource alone", "", {"https://mail.example"}, "invalid_scope"},
        {"OpenID scopes", "openid", {}, "invalid_scope"},
        {"nothing", "", {}, "api://notes/.default | api://notes | Notes.All"},
        {"a bare name without resource", "Notes.All", {}, "invalid_scope"},
        {"an unknown resource", "https://nobody.example/.default", {}, "invalid_target"},
        {"two resources", "api://notes/.default", {"https://mail.example"}, "invalid_target"},
    }));
    CAPTURE(row.what);
    CHECK(shown(parse_application_scopes(service, row.scope, row.resources, find)) == row.outcome);
}

TEST_CASE("a refresh may only shrink the scope (PROTO-123)") {
    CHECK(narrow_scope("openid profile api://notes/Notes.Read", "") == "openid profile api://notes/Notes.Read");
    CHECK(narrow_scope("openid profile", "profile") == "profile");
    CHECK(narrow_scope("openid profile", "openid email") == std::nullopt);
    CHECK(narrow_scope("openid profile", "openid \"") == std::nullopt);
}

TEST_CASE("a scope of 4096 characters splits, a longer one does not") {
    CHECK(split_scope(std::string(4096, 'a')));
    CHECK_FALSE(split_scope(std::string(4097, 'a')));
    CHECK(split_scope("openid ")->size() == 1);
}

}  // namespace
}  // namespace portcullis::oidc
