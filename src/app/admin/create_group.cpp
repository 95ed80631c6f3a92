#include "app/admin/create_group.h"

#include <fmt/format.h>

#include <algorithm>

namespace portcullis::app {
namespace {

constexpr std::size_t kNameMax = 256;

}  // namespace

Result<identity::Group> CreateGroup::operator()(const Admin& admin, std::string_view display_name) {
    TRY(require(admin, Capability::manageUsers));
    if (display_name.empty() || display_name.size() > kNameMax || !is_utf8(display_name)) {
        return Error{ErrorCode::invalidRequest, fmt::format("the name of a group is text of 1 to {} bytes", kNameMax)};
    }
    identity::Group group{.id = ports_.random.new_id<GroupId>(admin.now), .display_name = std::string(display_name), .version = 1};
    TRY(commit_act(ports_, admin, "CreateGroup", {GroupCreated{group}}));
    return group;
}

Result<void> AddGroupMember::operator()(const Admin& admin, GroupId group, UserId user) {
    TRY(require(admin, Capability::manageUsers));
    const auto account = TRY(present_account(ports_, admin, user));
    const auto groups  = TRY(ports_.directory.groups(admin.tenant));
    if (std::ranges::find(groups, group, &identity::Group::id) == groups.end()) {
        return Error{ErrorCode::notFound, fmt::format("there is no group `{}`", to_string(group))};
    }
    return commit_act(ports_, admin, "AddGroupMember", {GroupMemberAdded{group, user}});
}

}  // namespace portcullis::app
