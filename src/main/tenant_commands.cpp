#include <fmt/format.h>

#include <algorithm>

#include "app/admin/change_tenant_settings.h"
#include "main/cli/desk.h"
#include "main/commands.h"
#include "wire/identity_json.h"

namespace portcullis::program {
namespace {

struct NewTenant {
    std::string domain, name, language = "en";
};

/// A domain name: labels of letters, digits and hyphens, two at least, lower case.
bool is_domain(std::string_view text) {
    if (text.size() > 253 || text.find('.') == std::string_view::npos) return false;
    for (std::size_t from = 0; from <= text.size();) {
        const auto end   = std::min(text.find('.', from), text.size());
        const auto label = text.substr(from, end - from);
        const auto good  = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
        if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-' || !std::ranges::all_of(label, good)) return false;
        from = end + 1;
    }
    return true;
}

json::object row_of(const identity::Tenant& tenant) {
    return {{"id", to_string(tenant.id)}, {"domain", tenant.domain}, {"displayName", tenant.settings.branding.display_name}};
}

Result<void> create(CommandContext& context, const NewTenant& wanted) {
    if (!is_domain(wanted.domain)) return Error{ErrorCode::invalidRequest, fmt::format("`{}` is not a domain name in lower case", wanted.domain)};
    auto* installation = TRY(context.installation());
    identity::Tenant tenant;
    tenant.id                             = installation->ports().random.new_id<TenantId>(installation->now());
    tenant.domain                         = wanted.domain;
    tenant.settings.language              = wanted.language;
    tenant.settings.branding.display_name = wanted.name.empty() ? wanted.domain : wanted.name;

    const auto made = installation->ports().journal.commit(TRY(context.act(tenant.id, "CreateTenant", {app::TenantCreated{tenant}})));
    if (!made && made.error().code == ErrorCode::conflict) return Error{ErrorCode::conflict, fmt::format("there is a tenant `{}` already", wanted.domain)};
    TRY(made);
    TRY(installation->ensure_tenant_keys(tenant.id));
    context.print(row_of(tenant), fmt::format("{}  {}", to_string(tenant.id), tenant.domain));
    return {};
}

Result<void> show_settings(CommandContext& context) {
    const auto desk     = TRY(open_desk(context));
    const auto settings = wire::to_json(desk.tenant->tenant.settings);
    context.print(settings, json::to_text(settings) + "\n");
    return {};
}

/// The document's members take the place of the stored ones; inside `reset`, `phone` and their like too, so a document may say
/// only what changes.
json::object merged(json::object stored, const json::object& wanted) {
    for (const auto& [name, value] : wanted) {
        auto* into = stored.if_contains(name);
        if (into && into->is_object() && value.is_object()) *into = merged(into->as_object(), value.get_object());
        else stored[name] = value;
    }
    return stored;
}

Result<void> change_settings(CommandContext& context, const std::string& file) {
    constexpr std::size_t kBytesMax = 1024 * 1024;
    auto desk         = TRY(open_desk(context));
    const auto wanted = TRY(json::parse_object(TRY(read_document(context, file, kBytesMax))));
    const auto after  = TRY(wire::tenant_settings_from(merged(wire::to_json(desk.tenant->tenant.settings), wanted)));
    TRY(app::ChangeTenantSettings(desk.ports)(desk.admin, after));
    const auto settings = wire::to_json(after);
    context.print(settings, "The settings are changed; they hold from the next request on.\n");
    return {};
}

Result<void> list(CommandContext& context) {
    json::array rows;
    for (const auto& tenant : TRY(TRY(context.installation())->ports().tenants.all())) rows.push_back(row_of(tenant));
    context.print_table(rows, {{"domain", "DOMAIN"}, {"displayName", "NAME"}, {"id", "ID"}});
    return {};
}

}  // namespace

void add_tenant_commands(CLI::App& app, CommandContext& context) {
    auto* group = app.add_subcommand("tenant", "Organisations");
    group->require_subcommand(1);
    auto* creation    = group->add_subcommand("create", "Makes a tenant with keys of its own");
    const auto wanted = std::make_shared<NewTenant>();
    creation->add_option("DOMAIN", wanted->domain, "Its verified domain")->required();
    creation->add_option("--name", wanted->name, "What its people see; unless given, the domain");
    creation->add_option("--language", wanted->language, "The language of its pages unless a browser asks for another")->check(CLI::IsMember({"en", "de"}));
    context.on(creation, [&context, wanted] { return create(context, *wanted); });
    context.on(group->add_subcommand("list", "Every tenant"), [&] { return list(context); });
    context.on(group->add_subcommand("settings", "The settings of a tenant, as JSON"), [&] { return show_settings(context); });
    auto* change    = group->add_subcommand("change-settings", "Change settings of a tenant: a JSON document with what changes");
    const auto file = std::make_shared<std::string>();
    change->add_option("FILE", *file, "The document; - is standard input")->required();
    context.on(change, [&context, file] { return change_settings(context, *file); });
}

}  // namespace portcullis::program
