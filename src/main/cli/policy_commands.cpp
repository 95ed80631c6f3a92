#include <fmt/format.h>

#include "app/admin/save_named_location.h"
#include "app/admin/save_policy.h"
#include "app/admin/save_external_method.h"
#include "app/admin/save_strength.h"
#include "main/cli/desk.h"
#include "wire/named_location_json.h"
#include "wire/policy_json.h"
#include "wire/external_method_json.h"
#include "wire/strength_json.h"

namespace portcullis::program {
namespace {

using policy::Finding;
using policy::PolicyState;

std::string_view word_for(policy::Severity severity) {
    switch (severity) {
        case policy::Severity::reject: return "refused";
        case policy::Severity::warn:   return "warning";
        case policy::Severity::note:   return "note";
    }
    return {};
}

std::string lines_of(const std::vector<Finding>& findings) {
    std::string text;
    for (const auto& finding : findings) {
        text += fmt::format("{}{}: {}: {} ({})", text.empty() ? "" : "\n", word_for(finding.severity), finding.path, finding.message, finding.rule);
    }
    return text;
}

Error refused(const std::vector<Finding>& findings) { return {ErrorCode::invalidRequest, "not saved\n" + lines_of(findings)}; }

std::string fields_of(const policy::Policy& p) {
    return render_fields({{"policy", p.display_name},
                          {"id", to_string(p.id)},
                          {"state", std::string(policy::to_string(p.state))},
                          {"created", to_rfc3339(p.created_at)},
                          {"modified", p.modified_at ? to_rfc3339(*p.modified_at) : ""},
                          {"about", p.description.value_or("")}});
}

/// The policy, and what there was to say about it.
Result<void> print_outcome(CommandContext& context, const app::PolicyOutcome& outcome) {
    if (const auto* rejected = std::get_if<app::PolicyRejected>(&outcome)) return refused(rejected->findings);
    const auto& accepted = std::get<app::PolicyAccepted>(outcome);
    auto report          = wire::to_json(accepted.policy);
    auto text            = fields_of(accepted.policy);
    if (!accepted.findings.empty()) {
        report["@odata.findings"] = wire::to_json(accepted.findings);  // an annotation: the document can be saved again
        text += lines_of(accepted.findings);
    }
    context.print(report, text);
    return {};
}

/// At the command line warnings are shown and the policy is saved, unless `--strict` asks otherwise.
struct WriteOptions {
    std::string id, file;
    bool is_strict = false;

    [[nodiscard]] app::Warnings warnings() const { return is_strict ? app::Warnings::refuse : app::Warnings::acknowledge; }
};

void add_strict(CLI::App& command, WriteOptions& options) {
    command.add_flag("--strict", options.is_strict, "Refuse where there is something to warn about");
}

void add_create(CLI::App& group, CommandContext& context) {
    auto options  = std::make_shared<WriteOptions>();
    auto* command = group.add_subcommand("create", "Create a policy from a Graph conditionalAccessPolicy document");
    command->add_option("FILE", options->file, "JSON file; `-` is standard input")->required();
    add_strict(*command, *options);
    context.on(command, [&context, options]() -> Result<void> {
        auto desk           = TRY(open_desk(context));
        const auto document = TRY(read_document(context, options->file, wire::kPolicyBytesMax));
        return print_outcome(context, TRY(app::SavePolicy(desk.ports)(desk.admin, std::nullopt, document, options->warnings())));
    });
}

void add_replace(CLI::App& group, CommandContext& context) {
    auto options  = std::make_shared<WriteOptions>();
    auto* command = group.add_subcommand("replace", "Replace a policy by a document");
    command->add_option("ID", options->id, "Id of the policy")->required();
    command->add_option("FILE", options->file, "JSON file; `-` is standard input")->required();
    add_strict(*command, *options);
    context.on(command, [&context, options]() -> Result<void> {
        auto desk           = TRY(open_desk(context));
        const auto id       = TRY(id_from<PolicyId>(options->id, "policy"));
        const auto document = TRY(read_document(context, options->file, wire::kPolicyBytesMax));
        return print_outcome(context, TRY(app::SavePolicy(desk.ports)(desk.admin, id, document, options->warnings())));
    });
}

void add_state(CLI::App& group, CommandContext& context, const char* name, const char* help, PolicyState state) {
    auto options  = std::make_shared<WriteOptions>();
    auto* command = group.add_subcommand(name, help);
    command->add_option("ID", options->id, "Id of the policy")->required();
    add_strict(*command, *options);
    context.on(command, [&context, options, state]() -> Result<void> {
        auto desk     = TRY(open_desk(context));
        const auto id = TRY(id_from<PolicyId>(options->id, "policy"));
        return print_outcome(context, TRY(app::SetPolicyState(desk.ports)(desk.admin, id, state, options->warnings())));
    });
}

void add_delete(CLI::App& group, CommandContext& context) {
    auto id       = std::make_shared<std::string>();
    auto* command = group.add_subcommand("delete", "Delete a policy");
    command->add_option("ID", *id, "Id of the policy")->required();
    context.on(command, [&context, id]() -> Result<void> {
        auto desk      = TRY(open_desk(context));
        const auto was = TRY(app::DeletePolicy(desk.ports)(desk.admin, TRY(id_from<PolicyId>(*id, "policy"))));
        context.print(wire::to_json(was), fields_of(was));
        return {};
    });
}

void add_list(CLI::App& group, CommandContext& context) {
    context.on(group.add_subcommand("list", "List policies"), [&context]() -> Result<void> {
        auto desk = TRY(open_desk(context));
        json::array rows;
        std::vector<TextRow> lines;
        for (const auto& p : desk.tenant->policies) {
            lines.push_back({p.display_name, std::string(policy::to_string(p.state)), to_string(p.id)});
            rows.push_back(wire::to_json(p));
        }
        context.print(json::object{{"value", std::move(rows)}}, render_table({"POLICY", "STATE", "ID"}, lines));
        return {};
    });
}

void add_show(CLI::App& group, CommandContext& context) {
    auto id       = std::make_shared<std::string>();
    auto* command = group.add_subcommand("show", "Show one policy as its document");
    command->add_option("ID", *id, "Id of the policy")->required();
    context.on(command, [&context, id]() -> Result<void> {
        auto desk         = TRY(open_desk(context));
        const auto wanted = TRY(id_from<PolicyId>(*id, "policy"));
        for (const auto& p : desk.tenant->policies) {
            if (p.id != wanted) continue;
            const auto document = wire::to_json(p);
            context.print(document, fields_of(p) + json::to_text(document));
            return {};
        }
        return Error{ErrorCode::notFound, fmt::format("there is no policy `{}`", *id)};
    });
}

Result<void> print_location(CommandContext& context, const app::LocationOutcome& outcome) {
    if (const auto* rejected = std::get_if<app::LocationRejected>(&outcome)) return refused(rejected->findings);
    const auto& location = std::get<policy::NamedLocation>(outcome);
    context.print(wire::to_json(location), render_fields({{"location", location.display_name}, {"id", to_string(location.id)}}));
    return {};
}

void add_locations(CLI::App& group, CommandContext& context) {
    context.on(group.add_subcommand("locations", "List named locations"), [&context]() -> Result<void> {
        auto desk = TRY(open_desk(context));
        json::array rows;
        std::vector<TextRow> lines;
        for (const auto& location : desk.tenant->locations.all()) {
            lines.push_back({location.display_name, location.is_trusted() ? "trusted" : "", to_string(location.id)});
            rows.push_back(wire::to_json(location));
        }
        context.print(json::object{{"value", std::move(rows)}}, render_table({"LOCATION", "", "ID"}, lines));
        return {};
    });
    auto file     = std::make_shared<std::string>();
    auto* command = group.add_subcommand("add-location", "Create a named location from a Graph namedLocation document");
    command->add_option("FILE", *file, "JSON file; `-` is standard input")->required();
    context.on(command, [&context, file]() -> Result<void> {
        auto desk           = TRY(open_desk(context));
        const auto document = TRY(read_document(context, *file, wire::kNamedLocationBytesMax));
        return print_location(context, TRY(app::SaveNamedLocation(desk.ports)(desk.admin, document)));
    });
    auto id        = std::make_shared<std::string>();
    auto* deletion = group.add_subcommand("delete-location", "Delete a named location that nothing uses");
    deletion->add_option("ID", *id, "Id of the named location")->required();
    context.on(deletion, [&context, id]() -> Result<void> {
        auto desk = TRY(open_desk(context));
        return print_location(context, TRY(app::DeleteNamedLocation(desk.ports)(desk.admin, TRY(id_from<LocationId>(*id, "named location")))));
    });
}

std::string fields_of(const policy::AuthenticationStrength& strength) {
    return render_fields({{"strength", strength.display_name},
                          {"id", to_string(strength.id)},
                          {"kind", strength.is_built_in ? "built in" : "custom"},
                          {"is MFA", strength.requirements == policy::Requirements::mfa ? "yes" : "no"},
                          {"about", strength.description}});
}

Result<void> print_strength(CommandContext& context, const app::StrengthOutcome& outcome) {
    if (const auto* rejected = std::get_if<app::StrengthRejected>(&outcome)) return refused(rejected->findings);
    const auto& strength = std::get<policy::AuthenticationStrength>(outcome);
    context.print(wire::to_json(strength), fields_of(strength));
    return {};
}

std::vector<policy::AuthenticationStrength> all_strengths(const Desk& desk) {
    std::vector<policy::AuthenticationStrength> all(policy::built_in_strengths().begin(), policy::built_in_strengths().end());
    all.insert(all.end(), desk.tenant->strengths.begin(), desk.tenant->strengths.end());
    return all;
}

void add_strength_reading(CLI::App& group, CommandContext& context) {
    context.on(group.add_subcommand("list-strengths", "List authentication strengths, built-in ones first"), [&context]() -> Result<void> {
        auto desk = TRY(open_desk(context));
        json::array rows;
        std::vector<TextRow> lines;
        for (const auto& strength : all_strengths(desk)) {
            lines.push_back({strength.display_name, strength.is_built_in ? "built in" : "custom", to_string(strength.id)});
            rows.push_back(wire::to_json(strength));
        }
        context.print(json::object{{"value", std::move(rows)}}, render_table({"STRENGTH", "KIND", "ID"}, lines));
        return {};
    });
    auto id       = std::make_shared<std::string>();
    auto* command = group.add_subcommand("show-strength", "Show one authentication strength as its document");
    command->add_option("ID", *id, "Id of the strength")->required();
    context.on(command, [&context, id]() -> Result<void> {
        auto desk         = TRY(open_desk(context));
        const auto* found = desk.tenant->compiled.strength(TRY(id_from<StrengthId>(*id, "authentication strength")));
        if (found == nullptr) return Error{ErrorCode::notFound, fmt::format("there is no authentication strength `{}`", *id)};
        const auto document = wire::to_json(*found);
        context.print(document, fields_of(*found) + json::to_text(document));
        return {};
    });
}

void add_strength_writing(CLI::App& group, CommandContext& context) {
    auto created  = std::make_shared<WriteOptions>();
    auto* create  = group.add_subcommand("create-strength", "Create an authentication strength from a Graph authenticationStrengthPolicy document");
    create->add_option("FILE", created->file, "JSON file; `-` is standard input")->required();
    context.on(create, [&context, created]() -> Result<void> {
        auto desk           = TRY(open_desk(context));
        const auto document = TRY(read_document(context, created->file, wire::kStrengthBytesMax));
        return print_strength(context, TRY(app::SaveStrength(desk.ports)(desk.admin, std::nullopt, document)));
    });
    auto replaced = std::make_shared<WriteOptions>();
    auto* replace = group.add_subcommand("replace-strength", "Replace a custom strength by a document");
    replace->add_option("ID", replaced->id, "Id of the strength")->required();
    replace->add_option("FILE", replaced->file, "JSON file; `-` is standard input")->required();
    context.on(replace, [&context, replaced]() -> Result<void> {
        auto desk           = TRY(open_desk(context));
        const auto id       = TRY(id_from<StrengthId>(replaced->id, "authentication strength"));
        const auto document = TRY(read_document(context, replaced->file, wire::kStrengthBytesMax));
        return print_strength(context, TRY(app::SaveStrength(desk.ports)(desk.admin, id, document)));
    });
    auto id        = std::make_shared<std::string>();
    auto* deletion = group.add_subcommand("delete-strength", "Delete a custom strength that no policy names");
    deletion->add_option("ID", *id, "Id of the strength")->required();
    context.on(deletion, [&context, id]() -> Result<void> {
        auto desk         = TRY(open_desk(context));
        const auto wanted = TRY(id_from<StrengthId>(*id, "authentication strength"));
        return print_strength(context, TRY(app::DeleteStrength(desk.ports)(desk.admin, wanted)));
    });
}

std::string fields_of(const identity::ExternalMethod& method) {
    return render_fields({{"external method", method.display_name},
                          {"id", to_string(method.id)},
                          {"state", method.is_enabled ? "enabled" : "disabled"},
                          {"MFA done there", std::string(identity::to_string(method.behavior))},
                          {"discovery", method.discovery_url}});
}

Result<void> print_external(CommandContext& context, const app::ExternalMethodOutcome& outcome) {
    if (const auto* rejected = std::get_if<app::ExternalMethodRejected>(&outcome)) return refused(rejected->findings);
    const auto& method = std::get<identity::ExternalMethod>(outcome);
    context.print(wire::to_json(method), fields_of(method));
    return {};
}

void add_external_reading(CLI::App& group, CommandContext& context) {
    context.on(group.add_subcommand("list", "List the providers of MFA outside"), [&context]() -> Result<void> {
        auto desk = TRY(open_desk(context));
        json::array rows;
        std::vector<TextRow> lines;
        for (const auto& method : desk.tenant->external_methods) {
            lines.push_back({method.display_name, method.is_enabled ? "enabled" : "disabled", std::string(identity::to_string(method.behavior)), to_string(method.id)});
            rows.push_back(wire::to_json(method));
        }
        context.print(json::object{{"value", std::move(rows)}}, render_table({"EXTERNAL METHOD", "STATE", "MFA DONE THERE", "ID"}, lines));
        return {};
    });
    auto id       = std::make_shared<std::string>();
    auto* command = group.add_subcommand("show", "Show one external method as its document");
    command->add_option("ID", *id, "Id of the external method")->required();
    context.on(command, [&context, id]() -> Result<void> {
        auto desk         = TRY(open_desk(context));
        const auto wanted = TRY(id_from<MethodId>(*id, "external method"));
        for (const auto& method : desk.tenant->external_methods) {
            if (method.id != wanted) continue;
            const auto document = wire::to_json(method);
            context.print(document, fields_of(method) + json::to_text(document));
            return {};
        }
        return Error{ErrorCode::notFound, fmt::format("there is no external method `{}`", *id)};
    });
}

void add_external_methods(CLI::App& policy, CommandContext& context) {
    auto& group = *policy.add_subcommand("external-method", "Providers of MFA outside, as authentication methods");
    group.require_subcommand(1);
    add_external_reading(group, context);
    auto options = std::make_shared<WriteOptions>();
    auto* save   = group.add_subcommand("save", "Create or replace an external method from a Graph externalAuthenticationMethodConfiguration document");
    save->add_option("FILE", options->file, "JSON file; `-` is standard input")->required();
    save->add_option("--id", options->id, "Id of the external method to replace; without it a new one is made");
    context.on(save, [&context, options]() -> Result<void> {
        auto desk = TRY(open_desk(context));
        std::optional<MethodId> existing;
        if (!options->id.empty()) existing = TRY(id_from<MethodId>(options->id, "external method"));
        const auto document = TRY(read_document(context, options->file, wire::kExternalMethodBytesMax));
        return print_external(context, TRY(app::SaveExternalMethod(desk.ports)(desk.admin, existing, document)));
    });
    auto id        = std::make_shared<std::string>();
    auto* deletion = group.add_subcommand("delete", "Delete an external method; what it proved counts for nothing from then on");
    deletion->add_option("ID", *id, "Id of the external method")->required();
    context.on(deletion, [&context, id]() -> Result<void> {
        auto desk = TRY(open_desk(context));
        return print_external(context, TRY(app::DeleteExternalMethod(desk.ports)(desk.admin, TRY(id_from<MethodId>(*id, "external method")))));
    });
}

}  // namespace

void add_policy_commands(CLI::App& app, CommandContext& context) {
    auto& group = *app.add_subcommand("policy", "Conditional Access policies and named locations");
    group.require_subcommand(1);
    add_list(group, context);
    add_show(group, context);
    add_create(group, context);
    add_replace(group, context);
    add_state(group, context, "enable", "Enforce a policy", PolicyState::enabled);
    add_state(group, context, "disable", "Do not evaluate a policy", PolicyState::disabled);
    add_state(group, context, "report-only", "Only report what a policy would do", PolicyState::enabledForReportingButNotEnforced);
    add_delete(group, context);
    add_locations(group, context);
    add_strength_reading(group, context);
    add_strength_writing(group, context);
    add_external_methods(group, context);
}

}  // namespace portcullis::program
