#include "http/pages/own_applications.h"

#include "app/own_consents.h"
#include "core/oidc/consent.h"
#include "http/browser.h"
#include "http/pages/account_visit.h"

namespace portcullis::http {
namespace {

constexpr std::string_view kPath = "myaccount/applications";

std::string name_of(const app::TenantSnapshot& tenant, const oidc::Right& right) {
    const auto* api = tenant.application(right.resource);
    if (!api) return right.permission;
    for (const auto& scope : api->api.scopes) {
        if (scope.value == right.permission && !scope.display_name.empty()) return scope.display_name + " (" + api->display_name + ")";
    }
    return right.permission + " (" + api->display_name + ")";
}

Response list_page(Web& web, const Call& call, const Visit& visit, bool is_withdrawn) {
    const auto consents = app::OwnConsents(web.ports).list(*call.tenant, visit.live.account.user.id);
    if (!consents) return error_page(web, call, consents.error());
    pages::OwnApplications screen{.applications = {}, .is_withdrawn = is_withdrawn, .home_path = path_of(call, "myaccount")};
    for (const auto& consent : *consents) {
        const auto* client = call.tenant->application(consent.client);
        pages::OwnApplications::Line line{.client    = to_string(consent.client),
                                          .name      = client ? client->display_name : to_string(consent.client),
                                          .publisher = client ? client->publisher : "",
                                          .open_id   = {},
                                          .rights    = {},
                                          .given     = consent.given_at};
        sort_rights(*call.tenant, consent.rights, line.open_id, line.rights);
        screen.applications.push_back(std::move(line));
    }
    return page(web, call, screen, view_of(web, call, visit, kPath));
}

}  // namespace

void sort_rights(const app::TenantSnapshot& tenant, const std::vector<std::string>& rights, std::vector<std::string>& open_id,
                 std::vector<std::string>& named) {
    for (const auto& text : rights) {
        const auto right = oidc::right_of(text);
        if (right.resource.is_nil()) open_id.push_back(right.permission);
        else named.push_back(name_of(tenant, right));
    }
}

Response show_own_applications(Web& web, const Call& call) {
    const auto entered = enter(web, call, Proof::mfa, kPath);
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    return list_page(web, call, std::get<Visit>(entered), false);
}

Response submit_own_applications(Web& web, const Call& call) {
    const auto entered = enter(web, call, Proof::mfa, kPath);
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    const auto& visit = std::get<Visit>(entered);
    const auto form   = session_form(web, call);
    if (!form) return error_page(web, call, form.error());
    const auto client = parse_id<ApplicationId>(text_of(*form, "client"));
    if (text_of(*form, "action") != "remove" || !client) return list_page(web, call, visit, false);
    const auto withdrawn = app::OwnConsents(web.ports).withdraw(*call.tenant, visit.live.account, *client, call.facts);
    if (!withdrawn) return error_page(web, call, withdrawn.error());
    return list_page(web, call, visit, true);
}

}  // namespace portcullis::http
