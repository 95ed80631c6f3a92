#include "app/admin/register_contact.h"

#include "app/contact_methods.h"
#include "app/notices.h"
#include "app/reset_flow.h"
#include "base/ascii.h"

namespace portcullis::app {

Result<MethodId> RegisterContact::operator()(const Admin& admin, UserId user, const NewContact& contact) {
    TRY(require(admin, Capability::resetMethods));
    TRY(require_other(admin, user));
    const auto* phone = std::get_if<credentials::PhoneNumber>(&contact);
    if (phone && credentials::is_virtual(*phone)) return Error{ErrorCode::invalidRequest, "numbers of Internet telephony and personal numbers prove nothing; register a mobile number or a line"};
    return decide_again_on_conflict([&] { return attempt(admin, user, contact); });
}

Result<MethodId> RegisterContact::attempt(const Admin& admin, UserId user, const NewContact& contact) {
    auto account = TRY(present_account(ports_, admin, user));
    TRY(require_above(admin, account));
    const auto tenant = TRY(ports_.tenants.snapshot(admin.tenant));
    const auto wanted = std::visit([](const auto& known) { return contact_from(known); }, contact);
    auto method       = TRY(contact_method(ports_, admin.tenant, user, wanted, admin.now));
    const auto id     = method.id;
    // A guest's own address is the one that codes go to; who had the old one hears nothing more.
    if (wanted.kind == AuthMethod::email && account.user.type == identity::UserType::guest) {
        const auto other = TRY(ports_.directory.guest_with_mail(admin.tenant, ascii::lower(wanted.value)));
        if (other && other->user.id != user) return Error{ErrorCode::conflict, "another guest has this address"};
        account.user.mail = wanted.value;
    }
    // The user's version moves with it, so that there is one of each when two are registered at once.
    std::vector<Change> changes{UserChanged{account.user}};
    const auto* old = contact_of(account, wanted.kind);
    if (old) changes.push_back(MethodRemoved{user, old->id});
    changes.push_back(MethodRegistered{std::move(method)});
    // The address before hears of it too: `add_notice` finds it, for it is still stored.
    const bool is_moved = old && wanted.kind == AuthMethod::email;
    const auto words    = is_moved ? Words{{"address", wanted.masked}} : Words{{"method", std::string(to_string(wanted.kind))}};
    Told told{.notice = is_moved ? Notice::addressChanged : Notice::methodAdded, .at = admin.now, .from = nullptr, .words = words, .other_addresses = {}};
    if (wanted.kind == AuthMethod::email) told.other_addresses.push_back(wanted.value);
    TRY(add_notice(changes, ports_, *tenant, account.user, told));
    TRY(commit_act(ports_, admin, "RegisterContact", std::move(changes)));
    if (old) TRY(end_resets(ports_, admin.tenant, user, admin.now));
    return id;
}

}  // namespace portcullis::app
