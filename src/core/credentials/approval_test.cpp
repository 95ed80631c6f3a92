#include "core/credentials/approval.h"

#include <catch2/catch.hpp>
#include <map>

namespace portcullis::credentials {
namespace {

using namespace std::chrono_literals;

const Instant kAsked{std::chrono::hours{1000}};
const Approver kPhone{{3, 1}, "phone"};

PendingApproval pending() { return {.number = "42", .expires_at = kAsked + kApprovalLasts, .session = SessionId{3, 9}, .device_id = "laptop"}; }

TEST_CASE("CRED-017 only the number approves, and anything else is wrong", "[approval]") {
    for (const auto* right : {"42", "4 2", " 42 "}) CHECK(match_number(pending(), right) == ApprovalState::approved);
    for (const auto* wrong : {"", " ", "24", "4", "420", "042", "yes", "42a", "\xd9\xa4\xd9\xa2"}) CHECK(match_number(pending(), wrong) == ApprovalState::wrongNumber);
    auto none   = pending();
    none.number = "";
    CHECK(match_number(none, "") == ApprovalState::wrongNumber);
    CHECK(match_number(pending(), std::string(1000, '4')) == ApprovalState::wrongNumber);
}

TEST_CASE("CRED-017 numbers have two digits and are equally likely", "[approval]") {
    std::map<std::string, int> seen;
    for (int byte = 0; byte < 256; ++byte) {
        if (const auto number = approval_number(static_cast<unsigned char>(byte))) ++seen[*number];
    }
    CHECK(seen.size() == 90);
    CHECK(seen.begin()->first == "10");
    CHECK(seen.rbegin()->first == "99");
    for (const auto& [number, times] : seen) CHECK(times == 2);
}

TEST_CASE("CRED-017 a request is answered within a minute, once, from another device and session", "[approval]") {
    using enum ApprovalRefusal;
    CHECK_FALSE(approval_refusal(pending(), kPhone, kAsked));
    CHECK_FALSE(approval_refusal(pending(), kPhone, kAsked + 60s - 1ms));
    CHECK(approval_refusal(pending(), kPhone, kAsked + 60s) == over);
    for (const auto state : {ApprovalState::approved, ApprovalState::denied, ApprovalState::wrongNumber}) {
        auto answered  = pending();
        answered.state = state;
        CHECK(approval_refusal(answered, kPhone, kAsked) == over);
    }
    CHECK(approval_refusal(pending(), {{3, 1}, "laptop"}, kAsked) == sameDevice);
    CHECK(approval_refusal(pending(), {{3, 9}, "phone"}, kAsked) == sameDevice);
    CHECK(approval_refusal(pending(), {{3, 1}, ""}, kAsked) == sameDevice);  // a device that is not known is no other one
    auto unknown      = pending();
    unknown.device_id = "";
    unknown.session.reset();
    CHECK_FALSE(approval_refusal(unknown, kPhone, kAsked));
}

TEST_CASE("attack: an approval begets no approver, nor does a pass, a password or a proof of yesterday (CRED-017)", "[approval]") {
    const auto may = [](AuthMethod method, Instant at) {
        const std::vector<identity::Factor> factors{{AuthMethod::password, kAsked}, {method, at}};
        return may_approve(factors, kAsked);
    };
    CHECK(may(AuthMethod::softwareOath, kAsked - 12h));
    CHECK(may(AuthMethod::passkeySynced, kAsked));
    CHECK_FALSE(may(AuthMethod::softwareOath, kAsked - 12h - 1ms));
    CHECK_FALSE(may(AuthMethod::push, kAsked));
    CHECK_FALSE(may(AuthMethod::temporaryAccessPass, kAsked));
    CHECK_FALSE(may(AuthMethod::password, kAsked));
    CHECK_FALSE(may_approve({}, kAsked));
}

}  // namespace
}  // namespace portcullis::credentials
