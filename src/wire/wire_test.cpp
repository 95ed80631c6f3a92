#include <catch2/catch.hpp>

#include "wire/client_assertion.h"
#include "wire/identity_json.h"
#include "wire/reader.h"

namespace portcullis::wire {
namespace {

TEST_CASE("configuration documents round-trip") {
    identity::TenantSettings settings;
    settings.branding.display_name = "Contoso";
    settings.lifetimes.code        = std::chrono::seconds{42};
    settings.emergency_accounts    = {UserId{1, 2}};
    settings.passwords.custom_banned = {"contoso"};
    settings.passkeys.excluded_groups = {GroupId{1, 3}};
    settings.passkeys.profiles        = {{.name = "Administrators", .attestation = identity::AttestationPolicy::enforce, .allows_synced = false,
                                          .models = identity::ModelRule::onlyListed, .aaguids = {"8446ccb9-ab1d-b374-750b-2367ff6f3a1f"}, .groups = {GroupId{1, 2}}},
                                         {}};
    const auto read = tenant_settings_from(to_json(settings));
    REQUIRE(read);
    CHECK(read->lifetimes.code == std::chrono::seconds{42});
    CHECK(read->emergency_accounts == settings.emergency_accounts);
    CHECK(to_json(*read) == to_json(settings));

    identity::Application app;
    app.id            = {3, 4};
    app.display_name  = "Notes";
    app.kind          = identity::ApplicationKind::native;
    app.grants        = {identity::GrantType::authorization_code, identity::GrantType::device_code};
    app.secrets       = {{.id = {5, 6}, .digest = "d", .hint = "abc", .created_at = {}, .expires_at = from_unix_seconds(1)}};
    app.auth_method   = identity::ClientAuthMethod::private_key_jwt;
    app.keys          = {{.id = {7, 8}, .display_name = "CN=a", .kid = "k", .x5t = "t", .x5t_s256 = "s", .jwk = "{}", .algs = {"PS256"},
                          .created_at = {}, .starts_at = {}, .expires_at = from_unix_seconds(2)}};
    app.is_pinned_to_issuer = true;
    app.api           = {.identifier_uri = "api://notes", .scopes = {{"Notes.Read", "Read notes"}}, .roles = {}};
    app.scope_grants  = {{{9, 1}, "Notes.Read"}};
    app.role_grants   = {{{9, 1}, "Notes.All"}};
    const auto parsed = application_from(to_json(app));
    REQUIRE(parsed);
    CHECK(to_json(*parsed) == to_json(app));
}

TEST_CASE("an application stored before clients had keys and scopes has none, and authenticates as it did") {
    auto document = to_json(identity::Application{});
    for (const auto* member : {"keys", "isPinnedToIssuer", "scopeGrants"}) document.erase(member);
    document["tokenEndpointAuthMethod"] = "any_secret";
    const auto read                     = application_from(document);
    REQUIRE(read);
    CHECK(read->keys.empty());
    CHECK(read->scope_grants.empty());
    CHECK(read->auth_method == identity::ClientAuthMethod::any_registered);
}

TEST_CASE("a client assertion is read member by member (PROTO-022, PROTO-226)") {
    const auto header = *json::parse_object(R"({"alg":"PS256","x5t":"a","x5t#S256":"b","kid":"c","x5c":["d"]})");
    const auto good   = R"({"iss":"i","sub":"s","aud":"u","jti":"j","exp":1800000600,"nbf":1800000000.5,"iat":1800000000})";
    const auto read   = client_assertion_from(header, *json::parse_object(good));
    REQUIRE(read);
    CHECK(read->header.x5t == "a");
    CHECK(read->header.x5t_s256 == "b");
    CHECK(read->header.kid == "c");
    CHECK(read->claims.issuer == "i");
    CHECK(read->claims.subject == "s");
    CHECK(read->claims.audience == "u");
    CHECK(read->claims.id == "j");
    CHECK(read->claims.expires_at == from_unix_seconds(1800000600));
    CHECK(read->claims.not_before == from_unix_ms(1800000000500));

    const auto empty = client_assertion_from({}, {});
    REQUIRE(empty);
    CHECK_FALSE(empty->claims.expires_at);
    CHECK_FALSE(client_assertion_from({}, *json::parse_object(R"({"aud":["u"]})"))->claims.audience);
    for (const auto* bad : {R"({"exp":"1800000600"})", R"({"nbf":-1})", R"({"iat":true})", R"({"iss":1})", R"({"jti":{}})", R"({"sub":null})",
                            R"({"exp":1e300})"}) {
        CAPTURE(bad);
        CHECK_FALSE(client_assertion_from({}, *json::parse_object(bad)));
    }
    CHECK_FALSE(client_assertion_from(*json::parse_object(R"({"x5t#S256":1})"), {}));
}

TEST_CASE("sessions and grants round-trip") {
    identity::Session session;
    session.id      = {1, 1};
    session.factors = {{AuthMethod::password, from_unix_ms(5)}, {AuthMethod::softwareOath, from_unix_ms(7)}};
    session.mfa_time = from_unix_ms(7);
    session.clients  = {ApplicationId{9, 9}};
    const auto read  = session_from(to_json(session));
    REQUIRE(read);
    CHECK(to_json(*read) == to_json(session));

    identity::Grant grant;
    grant.scope      = "openid";
    grant.is_offline = true;
    const auto back  = grant_from(to_json(grant));
    REQUIRE(back);
    CHECK(to_json(*back) == to_json(grant));
}

TEST_CASE("a document that does not fit is refused by the name of its member") {
    struct Row {
        std::string_view what, text, message;
    };
    const auto row = GENERATE(values<Row>({
        {"an unknown member", R"({"lockouts":{}})", "`lockouts` is not a known member"},
        {"an unknown inner member", R"({"lockout":{"treshold":3}})", "`lockout.treshold` is not a known member"},
        {"a wrong type", R"({"lockout":{"threshold":"3"}})", "`lockout.threshold` must be a whole number"},
        {"a wrong duration", R"({"lockout":{"firstLock":"1 min"}})", "`lockout.firstLock` must be a duration like PT15M or P14D"},
        {"a wrong name", R"({"subjectType":"pairs"})", "`subjectType` must be one of: pairwise, public"},
        {"a wrong id", R"({"emergencyAccounts":["x"]})", "`emergencyAccounts` holds something that is not a UUID"},
    }));
    CAPTURE(row.what);
    const auto document = json::parse_object(row.text);
    REQUIRE(document);
    const auto read = tenant_settings_from(*document);
    REQUIRE_FALSE(read);
    CHECK(read.error().message == row.message);
}

}  // namespace
}  // namespace portcullis::wire
