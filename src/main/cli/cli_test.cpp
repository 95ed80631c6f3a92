#include <catch2/catch.hpp>

#include <algorithm>
#include <sstream>

#include "main/cli/desk.h"
#include "tests/support/temporary_folder.h"

using namespace portcullis;
using namespace portcullis::program;

namespace {

struct Answer {
    int code = 0;
    std::string out, err;

    [[nodiscard]] json::object json() const { return json::parse_object(out, {.bytes_max = std::size_t{1} << 20, .depth_max = 32}).value(); }
    [[nodiscard]] std::string text(std::string_view member) const { return json::string_at(json(), member).value_or(""); }
};

/// A directory as `portcullis --data` uses it, with one tenant.
class Place {
public:
    Place() {
        REQUIRE(run({"keys", "init"}).code == 0);
        REQUIRE(run({"migrate"}).code == 0);
        REQUIRE(run({"tenant", "create", "contoso.example", "--name", "Contoso"}).code == 0);
    }

    Answer run(std::vector<std::string> arguments, const std::string& typed = {}) const {
        arguments.emplace_back("--json");
        return say(std::move(arguments), typed);
    }

    /// The same for people.
    Answer say(std::vector<std::string> arguments, const std::string& typed = {}) const {
        std::istringstream in(typed);
        std::ostringstream out, err;
        CommandContext context(in, out, err);
        CLI::App app("Test", "portcullis");
        app.require_subcommand(1);
        add_global_options(app, context);
        for (const auto add : {add_database_commands, add_keys_commands, add_tenant_commands, add_user_commands, add_app_commands,
                               add_policy_commands, add_risk_commands, add_signin_commands, add_outbox_commands, add_passkey_commands, add_help_command}) {
            add(app, context);
        }
        arguments.insert(arguments.end(), {"--data", folder_.path()});
        std::ranges::reverse(arguments);  // as CLI11 takes a vector
        try {
            app.parse(arguments);
        } catch (const CLI::Error& usage) {
            return {2, out.str(), err.str() + usage.what()};
        }
        return {context.exit_code(), out.str(), err.str()};
    }

private:
    tests::TemporaryFolder folder_;
};

}  // namespace

TEST_CASE("the command line administers risk as an administrator would (IDP-055, IDP-071, IDP-072)") {
    const Place place;
    const auto made = place.run({"user", "create", "alice@contoso.example", "--password-stdin"}, "orchid tramway velvet 91\n");
    REQUIRE(made.code == 0);
    CHECK(made.text("userPrincipalName") == "alice@contoso.example");
    CHECK_FALSE(made.json().contains("passwordProfile"));

    const auto leaked = place.run({"risk", "leaked-credentials", "alice@contoso.example", "--level", "low"});
    CHECK(leaked.text("riskEventType") == "leakedCredentials");
    CHECK(leaked.text("riskLevel") == "low");
    CHECK(place.run({"risk", "confirm-compromised", "alice@contoso.example"}).text("riskState") == "confirmedCompromised");
    CHECK(place.run({"risk", "dismiss", "alice@contoso.example"}).text("riskState") == "dismissed");
    CHECK(place.run({"risk", "dismiss", "alice@contoso.example"}).code == 0);
    CHECK(place.run({"risk", "detections", "--user", made.text("id")}).json().at("value").as_array().size() == 2);

    const auto shown = place.run({"risk", "user", "alice@contoso.example"}).json();
    CHECK(json::string_at(shown, "riskLevel") == "none");
    CHECK(shown.at("history").as_array().size() == 3);
    CHECK(json::string_at(shown.at("history").as_array()[0].as_object(), "initiatedBy")->starts_with("cli:"));
    CHECK(place.run({"risk", "users", "--state", "dismissed"}).json().at("value").as_array().size() == 1);
    CHECK(place.run({"risk", "users", "--level", "high"}).json().at("value").as_array().empty());

    REQUIRE(place.run({"user", "delete", "alice@contoso.example"}).code == 0);
    const auto frozen = place.run({"risk", "leaked-credentials", "alice@contoso.example"});
    CHECK(frozen.code == 1);
    CHECK(json::string_at(frozen.json().at("error").as_object(), "code") == "conflict");
}

TEST_CASE("the command line gives out secrets once and takes documents from standard input (IDP-054)") {
    const Place place;
    const auto bob = place.run({"user", "create", "bob@contoso.example"}).json();
    CHECK(bob.at("passwordProfile").as_object().at("password").as_string().size() == 19);
    const auto again = place.run({"user", "temporary-password", "bob@contoso.example"}).json();
    CHECK(again.at("password").as_string() != bob.at("passwordProfile").as_object().at("password").as_string());
    CHECK(again.at("user").as_object().at("id") == bob.at("id"));

    const auto app = place.run({"app", "create", "--name", "Web", "--type", "web", "--redirect-uri", "https://a.example/cb"});
    CHECK(app.text("client_secret").size() == 43);
    CHECK_FALSE(place.run({"app", "show", app.text("appId")}).json().contains("client_secret"));

    const auto policy = place.run({"policy", "create", "-"}, R"({"displayName": "MFA", "state": "enabled",
        "conditions": {"users": {"includeUsers": ["All"]}, "applications": {"includeApplications": ["All"]}},
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]}})");
    REQUIRE(policy.code == 0);
    CHECK(place.run({"policy", "disable", policy.text("id")}).text("state") == "disabled");
    CHECK(place.run({"policy", "delete", policy.text("id")}).code == 0);
    CHECK(place.run({"policy", "create", "-"}, "{}").code == 1);
}

TEST_CASE("the command line registers keys and grants permissions (PROTO-022, PROTO-225)") {
    const Place place;
    constexpr auto* jwk =
        R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
    REQUIRE(place.run({"app", "create", "--name", "Notes", "--type", "daemon", "--identifier-uri", "api://notes", "--defines-scope", "Notes.Read",
                       "--defines-role", "Notes.All"}).code == 0);
    const auto daemon = place.run({"app", "create", "--name", "Daemon", "--type", "daemon", "--certificate", "-"}, jwk);
    REQUIRE(daemon.code == 0);
    CHECK_FALSE(daemon.json().contains("client_secret"));
    CHECK(daemon.text("tokenEndpointAuthMethod") == "private_key_jwt");
    const auto id   = daemon.text("appId");
    const auto keys = daemon.json().at("keyCredentials").as_array();
    REQUIRE(keys.size() == 1);
    CHECK(keys[0].as_object().at("kid").as_string().size() == 43);

    const auto granted = place.run({"app", "grant", id, "--resource", "api://notes", "--role", "Notes.All"});
    REQUIRE(granted.code == 0);
    CHECK(granted.json().at("grantedPermissions").as_array()[0].as_object().at("roles").as_array()[0].as_string() == "Notes.All");
    CHECK(place.run({"app", "grant", id, "--resource", "api://notes", "--scope", "Notes.Read"}).code == 1);
    CHECK(place.run({"app", "withdraw", id, "--resource", "api://notes"}).json().at("grantedPermissions").as_array().empty());

    CHECK(place.run({"app", "auth-method", id, "sorcery"}).code == 2);
    CHECK(place.run({"app", "auth-method", id, "client_secret_post"}).code == 1);
    CHECK(place.run({"app", "assertion-audience", id, "issuer"}).code == 0);
    CHECK(place.run({"app", "add-key", id, "-"}, jwk).code == 1);
    CHECK(place.run({"app", "remove-credential", id, std::string(keys[0].as_object().at("keyId").as_string())}).code == 0);
    CHECK(place.run({"app", "remove-credential", id, "123"}).code == 1);
}

TEST_CASE("what cannot be meant is a matter of usage, what cannot be done a failure") {
    const Place place;
    struct Row {
        std::vector<std::string> arguments;
        int code;
    };
    const auto row = GENERATE(values<Row>({
        {{"risk"}, 2},
        {{"risk", "users", "--level", "extreme"}, 2},
        {{"user", "show"}, 2},
        {{"user", "show", "nobody@contoso.example"}, 1},
        {{"user", "create", "bad name@contoso.example"}, 1},
        {{"signins", "show", "123"}, 1},
        {{"signins", "list", "--top", "0"}, 2},
        {{"app", "create", "--name", "x", "--type", "web", "--redirect-uri", "http://a.example/"}, 1},
        {{"policy", "create", "/nowhere"}, 1},
        {{"signins", "list"}, 0},
    }));
    CAPTURE(row.arguments);
    CHECK(place.run(row.arguments).code == row.code);
}

namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("help lists the commands, those of a group, or says how one is used") {
    const Place place;
    const auto all = place.say({"help"});
    CHECK(all.code == 0);
    for (const auto* group : {"Usage: portcullis ", "tenant", "user", "policy"}) CHECK(has(all.out, group));
    const auto users = place.say({"help", "user"});
    CHECK(has(users.out, "Usage: portcullis user "));
    CHECK(has(users.out, "issue-pass"));
    CHECK(has(place.say({"help", "user", "issue-pass"}).out, "--minutes"));
    const auto nothing = place.say({"help", "user", "sing"});
    CHECK(nothing.code == 2);
    CHECK(has(nothing.err, "there is no command `portcullis user sing`"));
}

TEST_CASE("every list has headings of one style and says when it is empty") {
    const Place place;
    const auto row = GENERATE(values<std::pair<std::vector<std::string>, std::string>>({
        {{"outbox", "list"}, "CHANNEL  TO  STATE  ATTEMPTS  QUEUED  DUE  GIVEN UP  BECAUSE  ID\n(none)\n"},
        {{"passkeys", "compromised"}, "USER  PASSKEY  MODEL  STATUS  ATTESTED  AAGUID\n(none)\n"},
        {{"policy", "locations"}, "LOCATION  TRUST  ID\n(none)\n"},
        {{"risk", "users"}, "USER  LEVEL  STATE  BECAUSE  UPDATED  ACCOUNT\n(none)\n"},
        {{"user", "list"}, "USER  NAME  ENABLED  ID\n(none)\n"},
    }));
    CAPTURE(row.first);
    CHECK(place.say(row.first).out == row.second);
    CHECK(place.say({"tenant", "list"}).out.starts_with("DOMAIN           NAME     ID\ncontoso.example  Contoso  "));
    CHECK(place.say({"keys", "list"}).out.starts_with("KEY "));
}

TEST_CASE("nothing that is printed turns or hides text, for people and for programs") {
    const Place place;
    REQUIRE(place.run({"user", "create", "mia@contoso.example", "--name", "Mia"}).code == 0);
    const std::string why = "tx\xe2\x80\xaegpj.exe\xe2\x81\xa9";
    const auto blocked    = place.say({"user", "mfa-block", "mia@contoso.example", "--reason", why});
    REQUIRE(blocked.code == 0);
    CHECK(has(blocked.out, "tx\\u202egpj.exe\\u2069"));
    for (const auto& said : {blocked, place.say({"user", "mfa-blocks"}), place.run({"user", "mfa-blocks"}), place.say({"user", "show", why}), place.run({"user", "show", why})}) {
        CHECK_FALSE(has(said.out + said.err, "\xe2\x80\xae"));
        CHECK(has(said.out + said.err, "\\u202e"));
    }
    // For a program it means the same.
    const auto listed = place.run({"user", "mfa-blocks"}).json();
    CHECK(json::string_at(listed.at("value").as_array()[0].as_object(), "reason") == why);
}

TEST_CASE("a pass of no minutes, or fewer, is refused as one of too few") {
    const Place place;
    REQUIRE(place.run({"user", "create", "ned@contoso.example"}).code == 0);
    for (const auto* minutes : {"0", "-5", "5"}) {
        CAPTURE(minutes);
        const auto refused = place.say({"user", "issue-pass", "ned@contoso.example", "--minutes", minutes});
        CHECK(refused.code == 1);
        CHECK(has(refused.err, "the lifetime may be"));
    }
    CHECK(has(place.say({"user", "issue-pass", "ned@contoso.example"}).out, "for 60 minutes"));
}

TEST_CASE("an application shows how it proves itself, and which audience its assertions name") {
    const Place place;
    const auto id = place.run({"app", "create", "--name", "Web", "--type", "web", "--redirect-uri", "https://a.example/cb"}).text("appId");
    auto shown    = place.say({"app", "show", id}).out;
    CHECK(has(shown, "authenticates   any\n"));
    CHECK(has(shown, "assertions for  any\n"));
    REQUIRE(place.run({"app", "auth-method", id, "client_secret_post"}).code == 0);
    REQUIRE(place.run({"app", "assertion-audience", id, "issuer"}).code == 0);
    shown = place.say({"app", "show", id}).out;
    CHECK(has(shown, "authenticates   client_secret_post\n"));
    CHECK(has(shown, "assertions for  issuer\n"));
    CHECK(place.run({"app", "show", id}).text("clientAssertionAudience") == "issuer");
}

TEST_CASE("a user's methods are shown with their ids, which other commands ask for") {
    const Place place;
    REQUIRE(place.run({"user", "create", "olga@contoso.example"}).code == 0);
    REQUIRE(place.run({"user", "add-email", "olga@contoso.example", "olga@private.example"}).code == 0);
    const auto shown   = place.run({"user", "show", "olga@contoso.example"}).json();
    const auto& method = shown.at("authenticationMethods").as_array()[0].as_object();
    CHECK(has(place.say({"user", "show", "olga@contoso.example"}).out, "email (" + *json::string_at(method, "id") + ")"));
}
