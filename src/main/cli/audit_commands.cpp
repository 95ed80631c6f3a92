#include <fmt/format.h>

#include "app/ports/outbox.h"
#include "main/cli/desk.h"

namespace portcullis::program {
namespace {

constexpr int kRowsMax = 1000;

/// Who did it, in the words of the log: an account's id, a program's name, or nobody's.
std::string actor_of(const app::AuditRecord& act) {
    if (!act.actor_name.empty()) return act.actor_name;
    return act.actor == UserId{} ? act.actor_kind : to_string(act.actor);
}

/// The kinds of change an act made, each once.
std::string changes_of(const json::array& changes) {
    std::string text;
    for (const auto& change : changes) {
        const auto kind = change.is_object() ? text_of(change.as_object(), "change") : "";
        if (kind.empty() || text.find(kind) != std::string::npos) continue;
        text += (text.empty() ? "" : ", ") + kind;
    }
    return text;
}

Result<json::array> changes_in(const app::AuditRecord& act) {
    constexpr std::size_t kBytesMax = 16 * 1024 * 1024;
    auto parsed = TRY(json::parse(act.changes, {.bytes_max = kBytesMax}));
    if (!parsed.is_array()) return Error{ErrorCode::unavailable, fmt::format("act `{}` is not stored as an array of changes", to_string(act.id))};
    return std::move(parsed.as_array());
}

/// Spelled as Graph's directoryAudit where it has a word for it (graph-api.md).
json::object report_of(const app::AuditRecord& act, json::array changes) {
    json::object by{{"kind", act.actor_kind}};
    if (act.actor != UserId{}) by["id"] = to_string(act.actor);
    if (!act.actor_name.empty()) by["displayName"] = act.actor_name;
    return {{"id", to_string(act.id)},
            {"activityDateTime", to_rfc3339(act.at)},
            {"activityDisplayName", act.name},
            {"initiatedBy", std::move(by)},
            {"correlationId", to_string(act.correlation)},
            {"changes", std::move(changes)}};
}

struct ListOptions {
    std::string user, name;
    int most = 50;
};

void add_list(CLI::App& group, CommandContext& context) {
    auto options  = std::make_shared<ListOptions>();
    auto* command = group.add_subcommand("list", "List what was done, newest first");
    command->add_option("--user", options->user, "Only what this account did, or what was done to it");
    command->add_option("--name", options->name, "Only acts of this name");
    command->add_option("--top", options->most, "At most so many")->check(CLI::Range(1, kRowsMax));
    context.on(command, [&context, options]() -> Result<void> {
        auto desk = TRY(open_desk(context));
        app::AuditQuery query{.most = options->most, .about = {}, .name = options->name};
        if (!options->user.empty()) query.about = TRY(app::find_account(desk.ports, desk.tenant_id(), options->user)).user.id;
        json::array rows;
        std::vector<TextRow> lines;
        for (const auto& act : TRY(desk.installation.audit().latest(desk.tenant_id(), query))) {
            auto changes = TRY(changes_in(act));
            lines.push_back({to_rfc3339(act.at), act.name, actor_of(act), changes_of(changes), to_string(act.id)});
            rows.push_back(report_of(act, std::move(changes)));
        }
        context.print(json::object{{"value", std::move(rows)}}, render_table({"TIME", "ACT", "BY", "CHANGES", "ID"}, lines));
        return {};
    });
}

}  // namespace

void add_audit_commands(CLI::App& app, CommandContext& context) {
    auto* group = app.add_subcommand("audit", "What was done, by whom, to what");
    group->require_subcommand(1);
    add_list(*group, context);
}

}  // namespace portcullis::program
