#include "main/demo/ready_file.h"

#include <fmt/format.h>

#include <array>

#include "core/oidc/endpoints.h"
#include "main/demo/cast.h"

namespace portcullis::demo {
namespace {

json::array texts(const std::vector<std::string>& values) {
    json::array array;
    for (const auto& value : values) array.push_back(json::value(value));
    return array;
}

json::object client_json(const Client& client, const Keepsakes::ClientSecrets& secrets, const identity::Application& application) {
    json::object o{{"client_id", secrets.client_id}};
    if (client.has_secret()) o["client_secret"] = secrets.client_secret;
    if (!application.redirect_uris.empty()) o["redirect_uris"] = texts(application.redirect_uris);
    if (client.key == "web") o["post_logout_redirect_uris"] = texts(application.post_logout_redirect_uris);
    if (client.method == identity::ClientAuthMethod::client_secret_post) o["token_endpoint_auth_method"] = "client_secret_post";
    if (client.key == "service") o["resource"] = kDemoApi;
    return o;
}

json::object clients_json(const app::TenantSnapshot& tenant, const Keepsakes& keepsakes) {
    json::object all;
    for (const auto& client : clients()) {
        if (client.key == kSmallApp) continue;
        const auto& secrets = keepsakes.clients.at(std::string(client.key));
        const auto* stored  = tenant.application(parse_id<ApplicationId>(secrets.client_id).value_or(ApplicationId{}));
        if (stored) all[client.key] = client_json(client, secrets, *stored);
    }
    return all;
}

/// The id of a person by name; of a deleted one, who has no name any more, by the risk that is left.
Result<std::optional<UserId>> id_of(const app::Ports& ports, TenantId tenant, const Person& person) {
    const auto upn   = upn_of(person);
    const auto found = TRY(ports.directory.account_named(tenant, ports.text.upn_key(upn).value_or(upn)));
    if (found) return std::optional(found->user.id);
    if (person.presence == Presence::present) return std::optional<UserId>();
    for (const auto& risky : TRY(ports.detections.risky_users(tenant, 100))) {
        const auto account = TRY(ports.directory.account(tenant, risky.user));
        if (account && account->user.user_principal_name == upn) return std::optional(risky.user);
    }
    return std::optional<UserId>();
}

Result<json::object> users_json(const app::Ports& ports, TenantId tenant, const Keepsakes& keepsakes) {
    json::object all;
    for (const auto& person : people()) {
        const auto& secrets = keepsakes.people.at(std::string(person.key));
        const auto id       = TRY(id_of(ports, tenant, person));
        json::object o{{"upn", upn_of(person)}};
        if (id) o["id"] = to_string(*id);
        o["password"] = secrets.password;
        if (!secrets.totp_secret.empty()) o["totp_secret"] = secrets.totp_secret;
        if (person.has_recovery_mail) o["recovery_mail"] = recovery_mail_of(person);
        all[person.key] = std::move(o);
    }
    return all;
}

struct Hint {
    std::string_view person, try_this;
};
constexpr auto kHints = std::to_array<Hint>({
    {"alice", "from home straight in; from Tor a code is asked for, and the risk is gone"},
    {"bob", "asked to add a second method, may skip for 14 days; from Tor refused"},
    {"carol", "her password leaked: code, then a new password, then in"},
    {"dave", "at risk without a second method: refused, an administrator must act"},
    {"erin", "for passkeys; forgets her password: the code of her app, then one by e-mail, and she chooses a new one"},
    {"frank", "the 14 days are over: must add a method first"},
    {"gina", "deleted while at risk: nobody can sign in as her"},
    {"henry", "guess his password wrong ten times and he is locked for a minute"},
    {"admin", "Global Administrator"},
    {"breakglass1", "for emergencies: no policy ever stops it"},
});

std::string_view hint_of(std::string_view person) {
    for (const auto& hint : kHints) {
        if (hint.person == person) return hint.try_this;
    }
    return "";
}

}  // namespace

Result<json::object> ready_document(app::Ports& ports, const Keepsakes& keepsakes, const ReadyFile& where) {
    const auto tenant = parse_id<TenantId>(keepsakes.tenant_id).value_or(TenantId{});
    const auto stored = TRY(ports.tenants.snapshot(tenant));
    json::object contoso{{"id", keepsakes.tenant_id},
                         {"domain", kDomain},
                         {"issuer", oidc::endpoints_of(where.base_url, tenant).issuer},
                         {"graph", where.base_url + "/graph/v1.0"},
                         {"clients", clients_json(*stored, keepsakes)},
                         {"users", TRY(users_json(ports, tenant, keepsakes))}};
    json::object document{{"base", where.base_url}, {"tenants", json::object{{"contoso", std::move(contoso)}}}};
    if (where.ca) document["ca"] = *where.ca;
    json::object at;
    for (const auto& place : places()) at[place.key] = json::object{{"ip", place.address}};
    document["places"] = std::move(at);
    document["demo"]   = json::object{{"clock", where.base_url + "/demo/clock"}};
    return document;
}

std::string ready_text(const Keepsakes& keepsakes, const std::string& base_url) {
    auto text = fmt::format("\nPortcullis is open at {}/demo\n\n{:<28}{:<32}{:<36}{}\n", base_url, "who", "password", "TOTP secret", "try");
    for (const auto& person : people()) {
        const auto& secrets = keepsakes.people.at(std::string(person.key));
        text += fmt::format("{:<28}{:<32}{:<36}{}\n", upn_of(person), secrets.password,
                            secrets.totp_secret.empty() ? "-" : secrets.totp_secret, hint_of(person.key));
    }
    text += "\nplaces (X-Forwarded-For, or pick one on the page):";
    for (const auto& place : places()) text += fmt::format(" {} {}", place.key, place.address);
    text += fmt::format("\nclock {0}/demo/clock   mail {0}/demo/outbox\nCtrl-C ends it; the data stays.\n\n", base_url);
    return text;
}

}  // namespace portcullis::demo
