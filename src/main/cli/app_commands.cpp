#include <fmt/format.h>

#include "app/admin/change_application.h"
#include "app/admin/client_keys.h"
#include "app/admin/create_application.h"
#include "app/admin/grant_permissions.h"
#include "core/oidc/client_authentication.h"
#include "main/cli/desk.h"
#include "wire/admin_json.h"

namespace portcullis::program {
namespace {

constexpr std::string_view kAnyRegistered = "any";

std::string joined(const std::vector<std::string>& texts) { return fmt::format("{}", fmt::join(texts, " ")); }

/// `Notes.Read of <client id>`: what it may ask for.
std::string permissions_of(const identity::Application& application) {
    std::vector<std::string> granted;
    for (const auto& grant : application.scope_grants) granted.push_back(fmt::format("{} of {}", grant.scope, to_string(grant.resource)));
    for (const auto& grant : application.role_grants) granted.push_back(fmt::format("{} of {}", grant.role, to_string(grant.resource)));
    return fmt::format("{}", fmt::join(granted, ", "));
}

/// How it proves itself at the token endpoint, in the words of `app auth-method`.
std::string auth_method_of(const identity::Application& application) {
    const auto name = oidc::to_string(application.auth_method);
    return std::string(name.empty() ? kAnyRegistered : name);
}

/// In the words of `app assertion-audience`.
std::string_view assertion_audience_of(const identity::Application& application) { return application.is_pinned_to_issuer ? "issuer" : "any"; }

/// Graph's document, and what Graph has no word for.
json::object report_of(const identity::Application& application) {
    auto report                       = wire::to_graph(application);
    report["clientAssertionAudience"] = assertion_audience_of(application);
    return report;
}

std::string fields_of(const identity::Application& application) {
    std::string secrets, keys;
    for (const auto& secret : application.secrets) {
        secrets += fmt::format("{}{}… until {}", secrets.empty() ? "" : ", ", secret.hint, to_rfc3339(secret.expires_at));
    }
    for (const auto& key : application.keys) {
        const auto& name = key.display_name.empty() ? key.kid : key.display_name;
        keys += fmt::format("{}{} ({}) until {}", keys.empty() ? "" : ", ", name, to_string(key.id), to_rfc3339(key.expires_at));
    }
    return render_fields({{"application", application.display_name},
                          {"client id", to_string(application.id)},
                          {"type", std::string(wire::application_type(application.kind))},
                          {"enabled", application.is_enabled ? "yes" : "no"},
                          {"redirects to", joined(application.redirect_uris)},
                          {"after logout", joined(application.post_logout_redirect_uris)},
                          {"consent", !application.is_third_party ? "not asked for" : application.is_consented_for_all ? "given for everybody" : "each person's own"},
                          {"publisher", application.publisher},
                          {"assignment", application.assignment_required ? "required" : "not required"},
                          {"authenticates", auth_method_of(application)},
                          {"assertions for", std::string(assertion_audience_of(application))},
                          {"secrets", secrets},
                          {"keys", keys},
                          {"API", application.api.identifier_uri},
                          {"may ask for", permissions_of(application)}});
}

Result<ApplicationId> application_id(const std::string& text) { return id_from<ApplicationId>(text, "client"); }

/// Graph's document with the secret, which is shown this once.
void print_created(CommandContext& context, const app::CreatedApplication& created) {
    auto report = report_of(created.application);
    auto text   = fields_of(created.application);
    if (created.client_secret) {
        report["client_secret"] = created.client_secret->reveal();
        text += fmt::format("client secret, shown this once: {}\n", created.client_secret->reveal());
    }
    context.print(report, text);
}

struct CreateOptions {
    std::string name, type, logout_uri, identifier_uri;
    std::vector<std::string> redirect_uris, post_logout_redirect_uris, key_files, scopes, roles;
    std::string publisher;
    bool assignment_required = false, is_third_party = false;
};

std::vector<identity::ApiPermission> permissions_named(const std::vector<std::string>& names) {
    std::vector<identity::ApiPermission> permissions;
    for (const auto& name : names) permissions.push_back({name, name});
    return permissions;
}

/// What the options say, but for the keys.
app::NewApplication wanted_by(const CreateOptions& options) {
    return {.display_name              = options.name,
            .kind                      = *wire::parse_application_type(options.type),
            .redirect_uris             = options.redirect_uris,
            .post_logout_redirect_uris = options.post_logout_redirect_uris,
            .backchannel_logout_uri    = options.logout_uri,
            .keys                      = {},
            .assignment_required       = options.assignment_required,
            .is_third_party            = options.is_third_party,
            .publisher                 = options.publisher,
            .api                       = {.identifier_uri = options.identifier_uri,
                                          .scopes         = permissions_named(options.scopes),
                                          .roles          = permissions_named(options.roles)}};
}

Result<std::vector<identity::ClientKey>> read_keys(CommandContext& context, Desk& desk, const std::vector<std::string>& files) {
    std::vector<identity::ClientKey> keys;
    for (const auto& file : files) {
        const auto text = TRY(read_document(context, file, app::kClientKeyBytesMax));
        auto key        = TRY(app::read_client_key(desk.ports, text, desk.admin.now));
        TRY(app::add_client_key(keys, std::move(key)));
    }
    return keys;
}

void add_create(CLI::App& group, CommandContext& context) {
    auto options  = std::make_shared<CreateOptions>();
    auto* command = group.add_subcommand("create", "Register an application");
    command->add_option("--name", options->name, "Name that people see")->required();
    command->add_option("--type", options->type, "What it is")->required()->check(CLI::IsMember({"web", "spa", "native", "daemon"}));
    command->add_option("--redirect-uri", options->redirect_uris, "Where answers go; may be repeated")->expected(1)->take_all();
    command->add_option("--post-logout-redirect-uri", options->post_logout_redirect_uris, "Where people go after signing out; may be repeated")
        ->expected(1)
        ->take_all();
    command->add_option("--backchannel-logout-uri", options->logout_uri, "Where logout tokens go");
    command->add_option("--certificate", options->key_files, "Certificate (PEM, DER) or public JWK it signs with, instead of a secret; may be repeated")
        ->expected(1)
        ->take_all();
    command->add_option("--identifier-uri", options->identifier_uri, "It is an API of this name, like `api://notes`");
    command->add_option("--defines-scope", options->scopes, "Permission the API defines for acting on behalf of people; may be repeated")
        ->expected(1)
        ->take_all();
    command->add_option("--defines-role", options->roles, "Permission the API defines for daemons; may be repeated")->expected(1)->take_all();
    command->add_flag("--assignment-required", options->assignment_required, "Only users and groups that are assigned sign in");
    command->add_flag("--third-party", options->is_third_party, "Others made it: people are asked before it acts in their name");
    command->add_option("--publisher", options->publisher, "Who made a third-party application")->needs("--third-party");
    context.on(command, [&context, options]() -> Result<void> {
        auto desk   = TRY(open_desk(context));
        auto wanted = wanted_by(*options);
        wanted.keys = TRY(read_keys(context, desk, options->key_files));
        // An application that comes with a key signs assertions and gets no secret.
        if (!wanted.keys.empty()) wanted.auth_method = identity::ClientAuthMethod::private_key_jwt;
        print_created(context, TRY(app::CreateApplication(desk.ports)(desk.admin, wanted)));
        return {};
    });
}

void add_list(CLI::App& group, CommandContext& context) {
    context.on(group.add_subcommand("list", "List applications"), [&context]() -> Result<void> {
        auto desk = TRY(open_desk(context));
        json::array rows;
        std::vector<TextRow> lines;
        for (const auto& [id, application] : desk.tenant->applications) {
            lines.push_back({application.display_name, std::string(wire::application_type(application.kind)),
                             application.is_enabled ? "yes" : "no", to_string(id)});
            rows.push_back(report_of(application));
        }
        context.print(json::object{{"value", std::move(rows)}}, render_table({"APPLICATION", "TYPE", "ENABLED", "CLIENT ID"}, lines));
        return {};
    });
}

/// A command on one application.
template <class Act>
void add_act(CLI::App& group, CommandContext& context, const char* name, const char* help, Act act) {
    auto id       = std::make_shared<std::string>();
    auto* command = group.add_subcommand(name, help);
    command->add_option("ID", *id, "Client id")->required();
    context.on(command, [&context, id, act]() -> Result<void> {
        auto desk = TRY(open_desk(context));
        return act(context, desk, TRY(application_id(*id)));
    });
}

Result<void> show(CommandContext& context, Desk& desk, ApplicationId id) {
    const auto* application = desk.tenant->application(id);
    if (!application) return Error{ErrorCode::notFound, fmt::format("there is no application `{}`", to_string(id))};
    context.print(report_of(*application), fields_of(*application));
    return {};
}

Result<void> add_secret(CommandContext& context, Desk& desk, ApplicationId id) {
    print_created(context, TRY(app::AddClientSecret(desk.ports)(desk.admin, id)));
    return {};
}

/// A command on one application with one more word.
template <class Act>
CLI::Option* add_act_with(CLI::App& group, CommandContext& context, const char* name, const char* help, const char* word, Act act) {
    auto id       = std::make_shared<std::string>();
    auto value    = std::make_shared<std::string>();
    auto* command = group.add_subcommand(name, help);
    command->add_option("ID", *id, "Client id")->required();
    auto* option = command->add_option(word, *value)->required();
    context.on(command, [&context, id, value, act]() -> Result<void> {
        auto desk          = TRY(open_desk(context));
        const auto changed = TRY(act(context, desk, TRY(application_id(*id)), *value));
        context.print(report_of(changed), fields_of(changed));
        return {};
    });
    return option;
}

Result<identity::Application> add_key(CommandContext& context, Desk& desk, ApplicationId id, const std::string& file) {
    const auto text = TRY(read_document(context, file, app::kClientKeyBytesMax));
    return app::AddClientKey(desk.ports)(desk.admin, id, text);
}

Result<identity::Application> remove_credential(CommandContext&, Desk& desk, ApplicationId id, const std::string& credential) {
    return app::RemoveClientCredential(desk.ports)(desk.admin, id, credential);
}

Result<identity::Application> set_auth_method(CommandContext&, Desk& desk, ApplicationId id, const std::string& method) {
    const auto wanted = method == kAnyRegistered ? identity::ClientAuthMethod::any_registered : oidc::parse_client_auth_method(method);
    return app::ChangeClientAuthentication(desk.ports)(desk.admin, id, {.method = wanted, .is_pinned_to_issuer = {}});
}

Result<identity::Application> set_audience(CommandContext&, Desk& desk, ApplicationId id, const std::string& audience) {
    return app::ChangeClientAuthentication(desk.ports)(desk.admin, id, {.method = {}, .is_pinned_to_issuer = audience == "issuer"});
}

Result<identity::Application> set_consent(CommandContext&, Desk& desk, ApplicationId id, const std::string& whose) {
    return app::ConsentForAll(desk.ports)(desk.admin, id, whose == "everybody");
}

/// Grants or takes back permissions of one API.
template <class Act>
void add_permissions_act(CLI::App& group, CommandContext& context, const char* name, const char* help) {
    auto id       = std::make_shared<std::string>();
    auto wanted   = std::make_shared<app::Permissions>();
    auto* command = group.add_subcommand(name, help);
    command->add_option("ID", *id, "Client id")->required();
    command->add_option("--resource", wanted->resource, "The API: its identifier URI or client id")->required();
    command->add_option("--scope", wanted->scopes, "Permission on behalf of people; may be repeated")->expected(1)->take_all();
    command->add_option("--role", wanted->roles, "Permission of a daemon; may be repeated")->expected(1)->take_all();
    context.on(command, [&context, id, wanted]() -> Result<void> {
        auto desk          = TRY(open_desk(context));
        const auto changed = TRY(Act(desk.ports)(desk.admin, TRY(application_id(*id)), *wanted));
        context.print(report_of(changed), fields_of(changed));
        return {};
    });
}

Result<void> remove(CommandContext& context, Desk& desk, ApplicationId id) {
    const auto was = TRY(app::DeleteApplication(desk.ports)(desk.admin, id));
    context.print(report_of(was), fields_of(was));
    return {};
}

}  // namespace

void add_app_commands(CLI::App& app, CommandContext& context) {
    auto& group = *app.add_subcommand("app", "Applications that people sign in to");
    group.require_subcommand(1);
    add_create(group, context);
    add_list(group, context);
    add_act(group, context, "show", "Show one application", show);
    add_act(group, context, "add-secret", "Give it one more client secret, shown this once", add_secret);
    add_act_with(group, context, "add-key", "Register one more certificate (PEM, DER) or public JWK it signs assertions with", "FILE", add_key);
    add_act_with(group, context, "remove-credential", "Take a secret or key away from it", "KEYID", remove_credential);
    add_act_with(group, context, "auth-method", "Say how it authenticates itself", "METHOD", set_auth_method)
        ->check(CLI::IsMember({"any", "client_secret_basic", "client_secret_post", "private_key_jwt"}));
    add_act_with(group, context, "assertion-audience", "Say which audience its assertions may name", "AUDIENCE", set_audience)
        ->check(CLI::IsMember({"any", "issuer"}));
    add_act_with(group, context, "consent", "Consent to it for everybody, or leave it to each person", "WHOSE", set_consent)
        ->check(CLI::IsMember({"everybody", "each"}));
    add_permissions_act<app::GrantPermissions>(group, context, "grant", "Let it ask for permissions of an API");
    add_permissions_act<app::WithdrawPermissions>(group, context, "withdraw", "Take permissions of an API back; all when none is named");
    add_act(group, context, "delete", "Delete it: nobody signs in to it any more", remove);
}

}  // namespace portcullis::program
