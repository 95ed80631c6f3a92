#include <catch2/catch.hpp>

#include <set>

#include "core/notices/notices.h"

using namespace portcullis;
using namespace portcullis::notices;
using identity::DirectoryRole;

namespace {

constexpr UserId kGina{1, 1}, kHelp{1, 2}, kSec{1, 3}, kReader{1, 4}, kUserAdmin{1, 5};

using Users = std::vector<UserId>;

}  // namespace

TEST_CASE("every notice has one row, and no two share a text") {
    std::set<std::string_view> keys;
    std::set<Notice> notices;
    for (const auto& row : notice_table()) {
        CHECK(keys.insert(row.key).second);
        CHECK(notices.insert(row.notice).second);
    }
    CHECK(notices.size() == static_cast<std::size_t>(Notice::keysDue) + 1);
}

TEST_CASE("the owner is told at every address, old and new, once each; else at the user name (CRED-088)") {
    CHECK(owner_addresses({.primary = "new@x.example", .others = {"old@x.example", "NEW@x.example", ""}, .user_principal_name = "a@x.example"}) ==
          std::vector<std::string>{"new@x.example", "old@x.example"});
    CHECK(owner_addresses({.primary = "", .others = {"alt@x.example"}, .user_principal_name = "a@x.example"}) == std::vector<std::string>{"alt@x.example"});
    CHECK(owner_addresses({.primary = "", .others = {}, .user_principal_name = "a@x.example"}) == std::vector<std::string>{"a@x.example"});
    CHECK(owner_addresses({}).empty());
}

TEST_CASE("a request for help goes to the first of three roles that somebody holds (CRED-089)") {
    std::vector<Holder> holders{{kGina, DirectoryRole::globalAdministrator}, {kSec, DirectoryRole::securityAdministrator}};
    CHECK(administrators_told(Audience::helpDesk, holders, {}) == Users{kGina});
    holders.push_back({kUserAdmin, DirectoryRole::userAdministrator});
    CHECK(administrators_told(Audience::helpDesk, holders, {}) == Users{kUserAdmin});
    holders.push_back({kHelp, DirectoryRole::helpdeskAdministrator});
    CHECK(administrators_told(Audience::helpDesk, holders, {}) == Users{kHelp});
    CHECK(administrators_told(Audience::helpDesk, {}, {}).empty());
}

TEST_CASE("an administrator's own reset is told to all others, each once (CRED-089)") {
    const std::vector<Holder> holders{{kGina, DirectoryRole::globalAdministrator},
                                      {kGina, DirectoryRole::securityReader},
                                      {kSec, DirectoryRole::securityAdministrator},
                                      {kSec, DirectoryRole::securityReader}};
    CHECK(administrators_told(Audience::otherAdministrators, holders, kGina) == Users{kSec});
    CHECK(administrators_told(Audience::allAdministrators, holders, kGina) == Users{kGina, kSec});
    CHECK(administrators_told(Audience::owner, holders, kGina).empty());
}

TEST_CASE("risk is told to three roles, twenty of each") {
    std::vector<Holder> holders{{kHelp, DirectoryRole::helpdeskAdministrator}, {kReader, DirectoryRole::securityReader}};
    for (std::uint64_t i = 0; i < 30; ++i) holders.push_back({{2, i}, DirectoryRole::securityAdministrator});
    const auto told = administrators_told(Audience::riskReaders, holders, {});
    CHECK(told.size() == 21);
    CHECK(told.front() == kReader);
    CHECK(administrators_told(Audience::securityAdministrators, holders, {}).size() == 30);
}
