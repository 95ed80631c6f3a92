#include "core/oidc/logout.h"

#include <catch2/catch.hpp>

#include "base/overloaded.h"

namespace portcullis::oidc {
namespace {

const identity::Application kClient{
    .post_logout_redirect_uris = {"http://localhost:9/bye", "http://localhost:9/bye?x=1"}};

std::string shown(const LogoutDecision& decision) {
    return std::visit(overloaded{
                          [](const SignOut& out) { return "sign out, " + out.redirect_to; },
                          [](const AskToSignOut&) { return std::string("ask"); },
                          [](const AlreadySignedOut& done) { return "already, " + done.redirect_to; },
                      },
                      decision);
}

TEST_CASE(
    "sign-out needs a fitting hint or a confirmed form, and goes only where a client registered (PROTO-190, "
    "PROTO-191)") {
    struct Row {
        std::string_view what;
        LogoutRequest request;
        std::string_view outcome;
    };
    constexpr std::string_view bye = "http://localhost:9/bye";
    constexpr auto asked = LogoutStep::asked, confirmed = LogoutStep::confirmed;
    const auto row = GENERATE_COPY(values<Row>({
        {"a fitting hint",
         {asked, HintFit::fits, &kClient, bye, "s&1", true},
         "sign out, http://localhost:9/bye?state=s%261"},
        {"a fitting hint, no state",
         {asked, HintFit::fits, &kClient, bye, "", true},
         "sign out, http://localhost:9/bye"},
        {"a registered query stays",
         {asked, HintFit::fits, &kClient, "http://localhost:9/bye?x=1", "s", true},
         "sign out, http://localhost:9/bye?x=1&state=s"},
        {"an unregistered place", {asked, HintFit::fits, &kClient, "https://evil.example/", "s", true}, "sign out, "},
        {"no place", {asked, HintFit::fits, &kClient, "", "s", true}, "sign out, "},
        {"a bare link (PROTO-191)", {asked, HintFit::noHint, nullptr, "", "", true}, "ask"},
        {"a link with a client and place (PROTO-191)", {asked, HintFit::noHint, &kClient, bye, "s", true}, "ask"},
        {"a forged or foreign hint", {asked, HintFit::noHint, nullptr, bye, "s", true}, "ask"},
        {"a hint of another session", {asked, HintFit::otherSession, &kClient, bye, "s", true}, "ask"},
        {"confirmed", {confirmed, HintFit::noHint, &kClient, bye, "", true}, "sign out, http://localhost:9/bye"},
        {"confirmed, no known client", {confirmed, HintFit::noHint, nullptr, bye, "", true}, "sign out, "},
        {"nobody signed in", {asked, HintFit::noHint, nullptr, bye, "", false}, "already, "},
        {"nobody signed in, known client",
         {asked, HintFit::noHint, &kClient, bye, "", false},
         "already, http://localhost:9/bye"},
    }));
    CAPTURE(row.what);
    CHECK(shown(decide_logout(row.request)) == row.outcome);
}

}  // namespace
}  // namespace portcullis::oidc
