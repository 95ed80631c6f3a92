#include "core/oidc/consent.h"

#include <catch2/catch.hpp>

namespace portcullis::oidc {
namespace {

identity::Application client(bool third_party, bool for_all) {
    identity::Application made;
    made.is_third_party       = third_party;
    made.is_consented_for_all = for_all;
    return made;
}

Scopes scopes() {
    Scopes made;
    made.open_id     = {"openid", "offline_access"};
    made.resource_id = ApplicationId{0, 7};
    made.permissions = {"Notes.Read"};
    return made;
}

TEST_CASE("other people's applications are asked about, one's own only when they insist (PROTO-119)") {
    const std::vector<std::string> all{"openid", "offline_access", to_string(ApplicationId{0, 7}) + "/Notes.Read"};
    CHECK(rights_to_ask_for(client(false, false), scopes(), false).empty());
    CHECK(rights_to_ask_for(client(true, false), scopes(), false) == all);
    CHECK(rights_to_ask_for(client(true, true), scopes(), false).empty());
    CHECK(rights_to_ask_for(client(false, false), scopes(), true) == all);
    CHECK(rights_to_ask_for(client(true, true), scopes(), true) == all);
}

TEST_CASE("consent covers what it names and nothing more (PROTO-119)") {
    CHECK(covers({"openid", "profile"}, {"openid"}));
    CHECK_FALSE(covers({"openid"}, {"openid", "offline_access"}));
    CHECK(covers({}, {}));
    CHECK(right_of("profile").permission == "profile");
    CHECK(right_of("profile").resource.is_nil());
    const auto right = right_of(to_string(ApplicationId{0, 7}) + "/Notes.Read/All");
    CHECK(right.resource == ApplicationId{0, 7});
    CHECK(right.permission == "Notes.Read/All");
}

}  // namespace
}  // namespace portcullis::oidc
