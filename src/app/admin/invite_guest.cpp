#include "app/admin/invite_guest.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/admin/create_user.h"
#include "app/contact_methods.h"
#include "app/notices.h"
#include "base/ascii.h"

namespace portcullis::app {
namespace {

constexpr std::size_t kNameMax = 256;

Result<void> check_names(const Invitation& wanted) {
    const std::pair<std::string_view, const std::string*> names[] = {
        {"displayName", &wanted.display_name}, {"givenName", &wanted.given_name}, {"surname", &wanted.surname}};
    for (const auto& [name, text] : names) {
        if (text->size() > kNameMax || !is_utf8(*text)) {
            return Error{ErrorCode::invalidRequest, fmt::format("`{}` must be text of at most {} bytes", name, kNameMax)};
        }
    }
    return {};
}

/// A mailbox of the organisation's own may need the very sign-in that the code is for (credentials.md §6.4), and its name belongs to
/// a member.
Result<credentials::MailAddress> address_of(const Invitation& wanted, std::string_view domain) {
    const auto address = credentials::parse_mail_address(wanted.mail);
    if (!address) return Error{ErrorCode::invalidRequest, fmt::format("`{}` is not one plain mail address", wanted.mail)};
    if (ascii::equal_ignoring_case(address->domain(), domain)) {
        return Error{ErrorCode::invalidRequest, fmt::format("`{}` is of the organisation itself: guests have their mail elsewhere", wanted.mail)};
    }
    return *address;
}

}  // namespace

Result<identity::User> InviteGuest::operator()(const Admin& admin, const Invitation& wanted) {
    TRY(require(admin, Capability::manageUsers));
    TRY(check_names(wanted));
    return decide_again_on_conflict([&] { return attempt(admin, wanted); });
}

Result<identity::User> InviteGuest::attempt(const Admin& admin, const Invitation& wanted) {
    const auto tenant  = TRY(ports_.tenants.snapshot(admin.tenant));
    const auto address = TRY(address_of(wanted, tenant->tenant.domain));
    const auto upn     = wanted.user_principal_name.empty() ? address.text() : wanted.user_principal_name;
    const auto problem = wanted.user_principal_name.empty() ? std::nullopt : upn_problem(upn, tenant->tenant.domain);
    const auto key     = ports_.text.upn_key(upn);
    if (problem || !key) return Error{ErrorCode::invalidRequest, fmt::format("`{}` cannot be a user principal name: {}", upn, problem.value_or("it is not text that compares"))};
    if (TRY(ports_.directory.account_named(admin.tenant, *key))) return Error{ErrorCode::conflict, fmt::format("there is a user `{}` already", upn)};
    if (TRY(ports_.directory.guest_with_mail(admin.tenant, ascii::lower(address.text())))) {
        return Error{ErrorCode::conflict, fmt::format("there is a guest with the address `{}` already", address.text())};
    }
    const identity::User user{.id                          = ports_.random.new_id<UserId>(admin.now),
                              .user_principal_name         = upn,
                              .display_name                = wanted.display_name.empty() ? upn.substr(0, upn.find('@')) : wanted.display_name,
                              .given_name                  = wanted.given_name,
                              .surname                     = wanted.surname,
                              .mail                        = address.text(),
                              .phone_number                = {},
                              .preferred_language          = wanted.preferred_language,
                              .type                        = identity::UserType::guest,
                              .created_at                  = admin.now,
                              .deleted_at                  = {},
                              .sign_in_sessions_valid_from = admin.now,
                              .mfa_registration_deadline   = {},
                              .version                     = 1};
    auto method = TRY(contact_method(ports_, admin.tenant, user.id, contact_from(address), admin.now));
    std::vector<Change> changes{UserCreated{user, *key}, MethodRegistered{std::move(method)}};
    TRY(add_notice(changes, ports_, *tenant, user, {.notice = Notice::guestInvited, .at = admin.now, .from = nullptr, .words = {{"name", upn}}, .other_addresses = {}}));
    TRY(commit_act(ports_, admin, "InviteGuest", std::move(changes)));
    return user;
}

}  // namespace portcullis::app
