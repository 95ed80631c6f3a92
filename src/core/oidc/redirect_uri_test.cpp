#include "core/oidc/redirect_uri.h"

#include <catch2/catch.hpp>

namespace portcullis::oidc {
namespace {

using identity::Application;
using enum identity::ApplicationKind;

TEST_CASE("redirect URIs are compared byte for byte; a native loopback port may differ (PROTO-025)") {
    struct Row {
        std::string_view what;
        identity::ApplicationKind kind;
        std::string registered, asked;
        bool matches;
    };
    const auto row = GENERATE(values<Row>({
        {"the same", web, "https://app.example/cb", "https://app.example/cb", true},
        {"a slash more", web, "https://app.example/cb", "https://app.example/cb/", false},
        {"a query more", web, "https://app.example/cb", "https://app.example/cb?a=b", false},
        {"a fragment more", web, "https://app.example/cb", "https://app.example/cb#f", false},
        {"upper case", web, "https://app.example/cb", "https://APP.example/cb", false},
        {"a prefix", web, "https://app.example/cb", "https://app.example/c", false},
        {"another scheme", web, "https://app.example/cb", "http://app.example/cb", false},
        {"the default port spelled", web, "https://app.example/cb", "https://app.example:443/cb", false},
        {"an encoded letter", web, "https://app.example/cb", "https://app.example/%63b", false},
        {"a user name", web, "https://app.example/cb", "https://app.example@evil.example/cb", false},
        {"a web loopback port", web, "http://localhost:8080/cb", "http://localhost:8081/cb", false},
        {"native, no port registered", native, "http://localhost", "http://localhost:49152", true},
        {"native, another port", native, "http://127.0.0.1:1/cb", "http://127.0.0.1:65535/cb", true},
        {"native, IPv6", native, "http://[::1]/cb", "http://[::1]:5000/cb", true},
        {"native, port left out", native, "http://localhost:8080/cb", "http://localhost/cb", true},
        {"native, another path", native, "http://localhost/cb", "http://localhost:49152/other", false},
        {"native, a slash more", native, "http://localhost", "http://localhost:49152/", false},
        {"native, another loopback name", native, "http://localhost/cb", "http://127.0.0.1:49152/cb", false},
        {"native, https", native, "http://localhost", "https://localhost:49152", false},
        {"native, a name that begins alike", native, "http://localhost", "http://localhost.evil.example", false},
        {"native, loopback as user name", native, "http://localhost", "http://localhost:1@evil.example", false},
        {"native, port 0", native, "http://localhost/cb", "http://localhost:0/cb", false},
        {"native, port too large", native, "http://localhost/cb", "http://localhost:65536/cb", false},
        {"native, port with leading zero", native, "http://localhost/cb", "http://localhost:080/cb", false},
        {"native, empty port", native, "http://localhost/cb", "http://localhost:/cb", false},
        {"native, not loopback", native, "http://app.example/cb", "http://app.example:81/cb", false},
        {"native, private-use scheme", native, "com.example.app:/cb", "com.example.app:/cb", true},
        {"native, private-use scheme, other path", native, "com.example.app:/cb", "com.example.app:/cc", false},
        {"empty", native, "http://localhost", "", false},
    }));
    CAPTURE(row.what);
    const Application client{.kind = row.kind, .redirect_uris = {"https://other.example/", row.registered}};
    CHECK(is_registered_redirect(client, row.asked) == row.matches);
}

TEST_CASE("what may be registered as a redirect URI (protocols.md 3)") {
    struct Row {
        std::string uri;
        identity::ApplicationKind kind;
        bool is_good;
    };
    const auto row = GENERATE(values<Row>({
        {"https://app.example/cb", web, true},
        {"https://app.example:8443/cb?x=1", web, true},
        {"http://localhost:8080/cb", web, true},
        {"http://[::1]:8080/cb", spa, true},
        {"http://app.example/cb", web, false},
        {"http://localhost.evil.example/", web, false},
        {"https://app.example/cb#f", web, false},
        {"https://*.example/cb", web, false},
        {"https://user@app.example/cb", web, false},
        {"https://APP.example/cb", web, false},
        {"https:///cb", web, false},
        {"https://app.example:x/cb", web, false},
        {"https://app.example/a b", web, false},
        {"https://app.example/\\evil", web, false},
        {"https://\xC3\xBC.example/", web, false},
        {"/cb", web, false},
        {"com.example.app:/cb", web, false},
        {"com.example.app:/cb", native, true},
        {"myapp:/cb", native, false},
        {"javascript:alert(1)", native, false},
        {"data:text/html,x", native, false},
        {"http:foo", native, false},
        {"", web, false},
        {"https://app.example/cb", service, false},
    }));
    CAPTURE(row.uri);
    CHECK(redirect_uri_problem(row.uri, row.kind).has_value() != row.is_good);
}

TEST_CASE("post-logout redirect URIs are compared byte for byte (PROTO-190)") {
    const Application client{.kind = native, .post_logout_redirect_uris = {"http://localhost/bye"}};
    CHECK(is_registered_post_logout(client, "http://localhost/bye"));
    CHECK_FALSE(is_registered_post_logout(client, "http://localhost:1/bye"));
    CHECK_FALSE(is_registered_post_logout(client, ""));
}

TEST_CASE("the token endpoint speaks to origins of spa redirect URIs only (PROTO-228)") {
    const std::vector<std::string> uris{"https://app.example/cb", "http://localhost:5173/"};
    const Application client{.kind = spa, .redirect_uris = uris};
    CHECK(may_call_from(client, "https://app.example"));
    CHECK(may_call_from(client, "http://localhost:5173"));
    CHECK_FALSE(may_call_from(client, "http://localhost:5174"));
    CHECK_FALSE(may_call_from(client, "https://app.example/"));
    CHECK_FALSE(may_call_from(client, "null"));
    CHECK_FALSE(may_call_from(client, ""));
    CHECK_FALSE(may_call_from({.kind = web, .redirect_uris = uris}, "https://app.example"));
    CHECK_FALSE(may_call_from({.kind = spa, .is_enabled = false, .redirect_uris = uris}, "https://app.example"));
    CHECK(origin_of("com.example.app:/cb") == std::nullopt);
}

}  // namespace
}  // namespace portcullis::oidc
