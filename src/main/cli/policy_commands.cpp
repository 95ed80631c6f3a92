#include <fmt/format.h>

#include "app/admin/save_external_method.h"
#include "app/admin/save_named_location.h"
#include "app/admin/save_policy.h"
#include "app/admin/save_strength.h"
#include "main/cli/desk.h"
#include "wire/external_method_json.h"
#include "wire/named_location_json.h"
#include "wire/policy_json.h"
#include "wire/strength_json.h"

namespace portcullis::program {
namespace {

using identity::ExternalMethod;
using policy::AuthenticationStrength;
using policy::Finding;
using policy::NamedLocation;
using policy::Policy;
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

/// At the command line warnings are shown and the policy is saved, unless `--strict` asks otherwise.
struct WriteOptions {
    std::string id, file;
    bool is_strict = false;

    [[nodiscard]] app::Warnings warnings() const { return is_strict ? app::Warnings::refuse : app::Warnings::acknowledge; }
};

// --- The kinds of documents: how each is called, shown and kept. `Id`, `noun`, `id_help` and `bytes_max` name it; `all`, `headings` and
// `line` list it; `fields` shows one; `save` and `remove` are the use cases. ---

struct Policies {
    using Id                             = PolicyId;
    static constexpr const char* noun    = "policy";
    static constexpr const char* id_help = "Id of the policy";
    static constexpr auto bytes_max      = wire::kPolicyBytesMax;

    static const auto& all(const Desk& desk) { return desk.tenant->policies; }
    static TextRow headings() { return {"POLICY", "STATE", "ID"}; }
    static TextRow line(const Policy& p) { return {p.display_name, std::string(policy::to_string(p.state)), to_string(p.id)}; }
    static std::string fields(const Policy& p) {
        return render_fields({{"policy", p.display_name},
                              {"id", to_string(p.id)},
                              {"state", std::string(policy::to_string(p.state))},
                              {"created", to_rfc3339(p.created_at)},
                              {"modified", p.modified_at ? to_rfc3339(*p.modified_at) : ""},
                              {"about", p.description.value_or("")}});
    }
    static auto save(Desk& desk, std::optional<Id> existing, std::string_view document, const WriteOptions& options) {
        return app::SavePolicy(desk.ports)(desk.admin, existing, document, options.warnings());
    }
    static auto remove(Desk& desk, Id id) { return app::DeletePolicy(desk.ports)(desk.admin, id); }
};

struct Locations {
    using Id                             = LocationId;
    static constexpr const char* noun    = "named location";
    static constexpr const char* id_help = "Id of the named location";
    static constexpr auto bytes_max      = wire::kNamedLocationBytesMax;

    static const auto& all(const Desk& desk) { return desk.tenant->locations.all(); }
    static TextRow headings() { return {"LOCATION", "TRUST", "ID"}; }
    static TextRow line(const NamedLocation& l) { return {l.display_name, l.is_trusted() ? "trusted" : "", to_string(l.id)}; }
    static std::string fields(const NamedLocation& l) { return render_fields({{"location", l.display_name}, {"id", to_string(l.id)}}); }
    static auto save(Desk& desk, std::optional<Id> /*never replaced*/, std::string_view document, const WriteOptions&) {
        return app::SaveNamedLocation(desk.ports)(desk.admin, document);
    }
    static auto remove(Desk& desk, Id id) { return app::DeleteNamedLocation(desk.ports)(desk.admin, id); }
};

struct Strengths {
    using Id                             = StrengthId;
    static constexpr const char* noun    = "authentication strength";
    static constexpr const char* id_help = "Id of the strength";
    static constexpr auto bytes_max      = wire::kStrengthBytesMax;

    static auto all(const Desk& desk) {
        std::vector<AuthenticationStrength> all(policy::built_in_strengths().begin(), policy::built_in_strengths().end());
        all.insert(all.end(), desk.tenant->strengths.begin(), desk.tenant->strengths.end());
        return all;
    }
    static const char* kind(const AuthenticationStrength& s) { return s.is_built_in ? "built in" : "custom"; }
    static TextRow headings() { return {"STRENGTH", "KIND", "ID"}; }
    static TextRow line(const AuthenticationStrength& s) { return {s.display_name, kind(s), to_string(s.id)}; }
    static std::string fields(const AuthenticationStrength& s) {
        return render_fields({{"strength", s.display_name},
                              {"id", to_string(s.id)},
                              {"kind", kind(s)},
                              {"is MFA", s.requirements == policy::Requirements::mfa ? "yes" : "no"},
                              {"about", s.description}});
    }
    static auto save(Desk& desk, std::optional<Id> existing, std::string_view document, const WriteOptions&) {
        return app::SaveStrength(desk.ports)(desk.admin, existing, document);
    }
    static auto remove(Desk& desk, Id id) { return app::DeleteStrength(desk.ports)(desk.admin, id); }
};

struct ExternalMethods {
    using Id                             = MethodId;
    static constexpr const char* noun    = "external method";
    static constexpr const char* id_help = "Id of the external method";
    static constexpr auto bytes_max      = wire::kExternalMethodBytesMax;

    static const auto& all(const Desk& desk) { return desk.tenant->external_methods; }
    static const char* state(const ExternalMethod& m) { return m.is_enabled ? "enabled" : "disabled"; }
    static std::string behavior(const ExternalMethod& m) { return std::string(identity::to_string(m.behavior)); }
    static TextRow headings() { return {"EXTERNAL METHOD", "STATE", "MFA DONE THERE", "ID"}; }
    static TextRow line(const ExternalMethod& m) { return {m.display_name, state(m), behavior(m), to_string(m.id)}; }
    static std::string fields(const ExternalMethod& m) {
        return render_fields({{"external method", m.display_name},
                              {"id", to_string(m.id)},
                              {"state", state(m)},
                              {"MFA done there", behavior(m)},
                              {"discovery", m.discovery_url}});
    }
    static auto save(Desk& desk, std::optional<Id> existing, std::string_view document, const WriteOptions&) {
        return app::SaveExternalMethod(desk.ports)(desk.admin, existing, document);
    }
    static auto remove(Desk& desk, Id id) { return app::DeleteExternalMethod(desk.ports)(desk.admin, id); }
};

// --- What can be done with each ---

template <class Kind, class Document>
Result<void> print_saved(CommandContext& context, const Document& saved) {
    context.print(wire::to_json(saved), Kind::fields(saved));
    return {};
}

template <class Kind, class Document, class Rejected>
Result<void> print_saved(CommandContext& context, const std::variant<Document, Rejected>& outcome) {
    if (const auto* rejected = std::get_if<Rejected>(&outcome)) return refused(rejected->findings);
    return print_saved<Kind>(context, std::get<Document>(outcome));
}

/// A policy, and what there was to say about it.
template <>
Result<void> print_saved<Policies>(CommandContext& context, const app::PolicyAccepted& accepted) {
    auto report = wire::to_json(accepted.policy);
    auto text   = Policies::fields(accepted.policy);
    if (!accepted.findings.empty()) {
        report["@odata.findings"] = wire::to_json(accepted.findings);  // an annotation: the document can be saved again
        text += lines_of(accepted.findings);
    }
    context.print(report, text);
    return {};
}

template <class Kind>
void add_list(CLI::App& group, CommandContext& context, const char* name, const char* help) {
    context.on(group.add_subcommand(name, help), [&context]() -> Result<void> {
        auto desk = TRY(open_desk(context));
        json::array rows;
        std::vector<TextRow> lines;
        for (const auto& one : Kind::all(desk)) {
            lines.push_back(Kind::line(one));
            rows.push_back(wire::to_json(one));
        }
        context.print(json::object{{"value", std::move(rows)}}, render_table(Kind::headings(), lines));
        return {};
    });
}

/// Adds a command about one that is named by its id.
template <class Kind, class Act>
void add_of_one(CLI::App& group, CommandContext& context, const char* name, const char* help, Act act) {
    auto id       = std::make_shared<std::string>();
    auto* command = group.add_subcommand(name, help);
    command->add_option("ID", *id, Kind::id_help)->required();
    context.on(command, [&context, id, act]() -> Result<void> {
        auto desk = TRY(open_desk(context));
        return act(context, desk, TRY(id_from<typename Kind::Id>(*id, Kind::noun)));
    });
}

template <class Kind>
void add_show(CLI::App& group, CommandContext& context, const char* name, const char* help) {
    add_of_one<Kind>(group, context, name, help, [](CommandContext& to, Desk& desk, typename Kind::Id id) -> Result<void> {
        for (const auto& one : Kind::all(desk)) {
            if (one.id != id) continue;
            const auto document = wire::to_json(one);
            to.print(document, Kind::fields(one) + json::to_text(document));
            return {};
        }
        return Error{ErrorCode::notFound, fmt::format("there is no {} `{}`", Kind::noun, to_string(id))};
    });
}

template <class Kind>
void add_delete(CLI::App& group, CommandContext& context, const char* name, const char* help) {
    add_of_one<Kind>(group, context, name, help,
                     [](CommandContext& to, Desk& desk, typename Kind::Id id) -> Result<void> { return print_saved<Kind>(to, TRY(Kind::remove(desk, id))); });
}

/// Which one a document becomes.
enum class Becomes { anew, named, namedOrAnew };

/// Adds a command that saves a document; the caller may add options of its own to what comes back.
template <class Kind>
std::pair<CLI::App*, std::shared_ptr<WriteOptions>> add_save(CLI::App& group, CommandContext& context, const char* name, const char* help, Becomes becomes) {
    auto options  = std::make_shared<WriteOptions>();
    auto* command = group.add_subcommand(name, help);
    if (becomes == Becomes::named) command->add_option("ID", options->id, Kind::id_help)->required();
    command->add_option("FILE", options->file, "JSON file; `-` is standard input")->required();
    if (becomes == Becomes::namedOrAnew) command->add_option("--id", options->id, fmt::format("{} to replace; without it a new one is made", Kind::id_help));
    context.on(command, [&context, options, becomes]() -> Result<void> {
        auto desk = TRY(open_desk(context));
        std::optional<typename Kind::Id> existing;
        if (becomes == Becomes::named || !options->id.empty()) existing = TRY(id_from<typename Kind::Id>(options->id, Kind::noun));
        const auto document = TRY(read_document(context, options->file, Kind::bytes_max));
        return print_saved<Kind>(context, TRY(Kind::save(desk, existing, document, *options)));
    });
    return {command, options};
}

// --- Policies have more ---

void add_strict(CLI::App& command, WriteOptions& options) {
    command.add_flag("--strict", options.is_strict, "Refuse where there is something to warn about");
}

void add_policy_save(CLI::App& group, CommandContext& context, const char* name, const char* help, Becomes becomes) {
    const auto [command, options] = add_save<Policies>(group, context, name, help, becomes);
    add_strict(*command, *options);
}

void add_state(CLI::App& group, CommandContext& context, const char* name, const char* help, PolicyState state) {
    auto options  = std::make_shared<WriteOptions>();
    auto* command = group.add_subcommand(name, help);
    command->add_option("ID", options->id, Policies::id_help)->required();
    add_strict(*command, *options);
    context.on(command, [&context, options, state]() -> Result<void> {
        auto desk     = TRY(open_desk(context));
        const auto id = TRY(id_from<PolicyId>(options->id, Policies::noun));
        return print_saved<Policies>(context, TRY(app::SetPolicyState(desk.ports)(desk.admin, id, state, options->warnings())));
    });
}

void add_external_methods(CLI::App& policy, CommandContext& context) {
    auto& group = *policy.add_subcommand("external-method", "Providers of MFA outside, as authentication methods");
    group.require_subcommand(1);
    add_list<ExternalMethods>(group, context, "list", "List the providers of MFA outside");
    add_show<ExternalMethods>(group, context, "show", "Show one external method as its document");
    add_save<ExternalMethods>(group, context, "save", "Create or replace an external method from a Graph externalAuthenticationMethodConfiguration document", Becomes::namedOrAnew);
    add_delete<ExternalMethods>(group, context, "delete", "Delete an external method; what it proved counts for nothing from then on");
}

}  // namespace

void add_policy_commands(CLI::App& app, CommandContext& context) {
    auto& group = *app.add_subcommand("policy", "Conditional Access policies and named locations");
    group.require_subcommand(1);
    add_list<Policies>(group, context, "list", "List policies");
    add_show<Policies>(group, context, "show", "Show one policy as its document");
    add_policy_save(group, context, "create", "Create a policy from a Graph conditionalAccessPolicy document", Becomes::anew);
    add_policy_save(group, context, "replace", "Replace a policy by a document", Becomes::named);
    add_state(group, context, "enable", "Enforce a policy", PolicyState::enabled);
    add_state(group, context, "disable", "Do not evaluate a policy", PolicyState::disabled);
    add_state(group, context, "report-only", "Only report what a policy would do", PolicyState::enabledForReportingButNotEnforced);
    add_delete<Policies>(group, context, "delete", "Delete a policy");
    add_list<Locations>(group, context, "locations", "List named locations");
    add_save<Locations>(group, context, "add-location", "Create a named location from a Graph namedLocation document", Becomes::anew);
    add_delete<Locations>(group, context, "delete-location", "Delete a named location that nothing uses");
    add_list<Strengths>(group, context, "list-strengths", "List authentication strengths, built-in ones first");
    add_show<Strengths>(group, context, "show-strength", "Show one authentication strength as its document");
    add_save<Strengths>(group, context, "create-strength", "Create an authentication strength from a Graph authenticationStrengthPolicy document", Becomes::anew);
    add_save<Strengths>(group, context, "replace-strength", "Replace a custom strength by a document", Becomes::named);
    add_delete<Strengths>(group, context, "delete-strength", "Delete a custom strength that no policy names");
    add_external_methods(group, context);
}

}  // namespace portcullis::program
