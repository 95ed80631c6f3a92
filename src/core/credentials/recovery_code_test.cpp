#include "core/credentials/recovery_code.h"

#include <catch2/catch.hpp>

namespace portcullis::credentials {
namespace {

TEST_CASE("CRED-031 a recovery code is read however it is typed, and nothing else is one", "[recovery-code]") {
    const RecoveryCode code{3, "JBSWY3DPEHPK3PXP"};
    CHECK(to_text(code) == "3-jbsw-y3dp-ehpk-3pxp");
    for (const auto* typed : {"3-jbsw-y3dp-ehpk-3pxp", "3 JBSW Y3DP EHPK 3PXP", "3jbswy3dpehpk3pxp", " 3-JBSWY3DPEHPK-3pxp "}) {
        const auto read = parse_recovery_code(typed);
        REQUIRE(read);
        CHECK(read->number == 3);
        CHECK(read->secret == code.secret);
    }
    CHECK(parse_recovery_code("0-0bsw-13dp-ehpk-3pxp")->secret == "OBSWI3DPEHPK3PXP");
    for (const auto* typed : {"", "3", "jbsw-y3dp-ehpk-3pxp", "3-jbsw-y3dp-ehpk-3px", "3-jbsw-y3dp-ehpk-3pxpp", "3-jbsw-y3dp-ehpk-3px8", "x-jbsw-y3dp-ehpk-3pxp", "3-jbsw-y3dp-ehpk-3px\xc3"}) {
        CHECK_FALSE(parse_recovery_code(typed));
    }
}

}  // namespace
}  // namespace portcullis::credentials
