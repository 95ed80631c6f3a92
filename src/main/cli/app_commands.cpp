#include <fmt/format.h>

#include "app/admin/change_application.h"
#include "app/admin/create_application.h"
#include "main/cli/desk.h"
#include "wire/admin_json.h"

namespace portcullis::program {
namespace {

std::string joined(const std::vector<std::string>& texts) { return fmt::format("{}", fmt::join(texts, " ")); }

std::string fields_of(const identity::Application& application) {
    std::string secrets;
    for (const auto& secret : application.secrets) {
        secrets += fmt::format("{}{}… until {}", secrets.empty() ? "" : ", ", secret.hint, to_rfc3339(secret.expires_at));
    }
    return render_fields({{"application", application.display_name},
                          {"client id", to_string(application.id)},
                          {"type", std::string(wire::application_type(application.kind))},
                          {"enabled", application.is_enabled ? "yes" : "no"},
                          {"redirects to", joined(application.redirect_uris)},
                          {"after logout", joined(application.post_logout_redirect_uris)},
                          {"assignment", application.assignment_required ? "required" : "not required"},
                          {"secrets", secrets}});
}

Result<ApplicationId> application_id(const std::string& text) { return id_from<ApplicationId>(text, "client"); }

/// Graph's document with the secret, which is shown this once.
void print_created(CommandContext& context, const app::CreatedApplication& created) {
    auto report = wire::to_graph(created.application);
    auto text   = fields_of(created.application);
    if (created.client_secret) {
        report["client_secret"] = created.client_secret->reveal();
        text += fmt::format("client secret, shown this once: {}\n", created.client_secret->reveal());
    }
    context.print(report, text);
}

struct CreateOptions {
    std::string name, type, logout_uri;
    std::vector<std::string> redirect_uris, post_logout_redirect_uris;
    bool assignment_required = false;
};

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
    command->add_flag("--assignment-required", options->assignment_required, "Only users and groups that are assigned sign in");
    context.on(command, [&context, options]() -> Result<void> {
        auto desk = TRY(open_desk(context));
        print_created(context, TRY(app::CreateApplication(desk.ports)(
                                   desk.admin, {.display_name              = options->name,
                                                .kind                      = *wire::parse_application_type(options->type),
                                                .redirect_uris             = options->redirect_uris,
                                                .post_logout_redirect_uris = options->post_logout_redirect_uris,
                                                .backchannel_logout_uri    = options->logout_uri,
                                                .assignment_required       = options->assignment_required,
                                                .api                       = {}})));
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
            rows.push_back(wire::to_graph(application));
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
    context.print(wire::to_graph(*application), fields_of(*application));
    return {};
}

Result<void> add_secret(CommandContext& context, Desk& desk, ApplicationId id) {
    print_created(context, TRY(app::AddClientSecret(desk.ports)(desk.admin, id)));
    return {};
}

Result<void> remove(CommandContext& context, Desk& desk, ApplicationId id) {
    const auto was = TRY(app::DeleteApplication(desk.ports)(desk.admin, id));
    context.print(wire::to_graph(was), fields_of(was));
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
    add_act(group, context, "delete", "Delete it: nobody signs in to it any more", remove);
}

}  // namespace portcullis::program
