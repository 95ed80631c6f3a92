#include "http/pages/my_devices.h"

#include "app/own_devices.h"
#include "http/oidc/client_answer.h"
#include "http/pages/account_visit.h"

namespace portcullis::http {
namespace {

using Notice = pages::AccountDevices::Notice;

constexpr std::string_view kDevices = "myaccount/devices";

std::string device_path(DeviceId id) { return "myaccount/devices/device?id=" + to_string(id); }

pages::DeviceLine line_of(const Web& web, const Call& call, const app::OwnDevice& device, std::string_view language) {
    return {.name           = device.name,
            .place          = place_text(web, {device.city, device.country}, language),
            .address        = device.ip_address,
            .since          = device.known_since,
            .last_used      = device.last_used_at,
            .is_workstation = device.kind == identity::DeviceKind::workstation,
            .is_signed_in   = device.is_signed_in,
            .is_this_one    = device.is_this_one,
            .is_disabled    = device.is_disabled,
            .path           = device.is_disabled ? "" : path_of(call, device_path(device.id))};
}

Response list_page(Web& web, const Call& call, const Visit& visit, Notice notice) {
    const auto devices = app::OwnDevices(web.ports).list(*call.tenant, visit.live, call.facts.now);
    if (!devices) return error_page(web, call, devices.error());
    const auto view = view_of(web, call, visit, kDevices);
    pages::AccountDevices screen{.devices = {}, .notice = notice, .home_path = path_of(call, "myaccount")};
    for (const auto& device : *devices) screen.devices.push_back(line_of(web, call, device, language_of(web, call, view)));
    return page(web, call, screen, view);
}

Response signed_out_here(const Web& web, const Call& call) {
    auto response = page(web, call, pages::SignedOut{.sign_in_path = path_of(call, "myaccount")});
    forget_cookie(web, response, CookieName::session);
    forget_cookie(web, response, CookieName::crossSiteSession);
    return response;
}

Response unknown_device(const Web& web, const Call& call) { return error_page(web, call, {ErrorCode::notFound, "the person has no such device"}); }

}  // namespace

Response show_devices(Web& web, const Call& call) {
    const auto entered = enter(web, call, Proof::mfa, kDevices);
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    return list_page(web, call, std::get<Visit>(entered), Notice::none);
}

Response show_device_end(Web& web, const Call& call) {
    const auto id = parse_id<DeviceId>(query_text(call, "id"));
    if (!id) return redirect_to(web, path_of(call, kDevices), Redirect::found);
    const auto entered = enter(web, call, Proof::freshMfa, device_path(*id));
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    const auto& visit = std::get<Visit>(entered);
    const auto device = app::OwnDevices(web.ports).find(*call.tenant, visit.live, *id, call.facts.now);
    if (!device) return error_page(web, call, device.error());
    if (!*device || (*device)->is_disabled) return unknown_device(web, call);
    const auto view = view_of(web, call, visit, device_path(*id));
    return page(web, call, pages::DeviceEnd{line_of(web, call, **device, language_of(web, call, view))}, view);
}

Response submit_device_end(Web& web, const Call& call) {
    const auto id = parse_id<DeviceId>(query_text(call, "id"));
    if (!id) return unknown_device(web, call);
    const auto entered = enter(web, call, Proof::mfa, device_path(*id));
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    const auto& visit = std::get<Visit>(entered);
    const auto form   = session_form(web, call);
    if (!form) return error_page(web, call, form.error());
    const auto action  = text_of(*form, "action");
    const bool is_lost = action == "report";
    if (!is_lost && action != "signout") return redirect_to(web, path_of(call, kDevices), Redirect::seeOther);
    app::OwnDevices devices(web.ports);
    const auto because = is_lost ? devices.disable(*call.tenant, visit.live, *id, call.facts) : devices.remove(*call.tenant, visit.live, *id, call.facts);
    if (!because) return error_page(web, call, because.error());
    if (*because == app::DeviceRefusal::notFresh) return prove(web, call, visit, Proof::freshMfa, device_path(*id));
    if (*because) return unknown_device(web, call);
    if (*id == visit.live.session.device) return signed_out_here(web, call);
    return list_page(web, call, visit, is_lost ? Notice::disabled : Notice::signedOut);
}

}  // namespace portcullis::http
