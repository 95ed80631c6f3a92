#include "core/oidc/assignment.h"

#include <catch2/catch.hpp>

namespace portcullis::oidc {
namespace {

TEST_CASE("an application that demands assignment refuses who is not assigned (PROTO-027)") {
    const identity::Application open{},
        closed{.assignment_required = true, .assigned_users = {{0, 1}}, .assigned_groups = {{0, 7}}};
    const std::vector<GroupId> in_group{{0, 6}, {0, 7}}, elsewhere{{0, 6}};
    CHECK_FALSE(assignment_refusal(open, {0, 9}, {}));
    CHECK_FALSE(assignment_refusal(closed, {0, 1}, {}));
    CHECK_FALSE(assignment_refusal(closed, {0, 9}, in_group));
    const auto refusal = assignment_refusal(closed, {0, 9}, elsewhere);
    REQUIRE(refusal);
    CHECK(refusal->error == OAuthError::access_denied);
    CHECK(number_of(refusal->code) == 50105);
}

}  // namespace
}  // namespace portcullis::oidc
