#include <fmt/format.h>

#include "main/commands.h"

namespace portcullis::program {
namespace {

constexpr int kEntriesMax = 1000;

struct ListOptions {
    bool is_dead = false, shows_recipients = false;
    int top = 50;
};

/// `a…@example.com`, `+49…67`: enough to recognise, too little to copy.
std::string masked(std::string_view to) {
    const auto at = to.rfind('@');
    if (at != std::string_view::npos) return fmt::format("{}…{}", to.substr(0, std::min<std::size_t>(1, at)), to.substr(at));
    if (to.size() < 6) return "…";
    return fmt::format("{}…{}", to.substr(0, 3), to.substr(to.size() - 2));
}

json::object row_of(const app::OutboxEntry& entry, const ListOptions& options) {
    return {{"id", to_string(entry.id)},
            {"channel", entry.channel},
            {"to", options.shows_recipients ? entry.to : masked(entry.to)},
            {"state", entry.is_dead ? "dead" : "waiting"},
            {"attempts", entry.attempts},
            {"queuedAt", to_rfc3339(entry.queued_at)},
            {entry.is_dead ? "givenUpAt" : "dueAt", to_rfc3339(entry.due_at)},
            {"because", entry.because}};
}

Result<void> list(CommandContext& context, const ListOptions& options) {
    const auto tenant = TRY(context.tenant());
    json::array rows;
    for (const auto& entry : TRY(TRY(context.installation())->outbox().latest(tenant->tenant.id, kEntriesMax))) {
        if (std::ssize(rows) == options.top) break;
        if (entry.is_dead || !options.is_dead) rows.push_back(row_of(entry, options));
    }
    context.print_table(rows, {{"channel", "CHANNEL"}, {"to", "TO"}, {"state", "STATE"}, {"attempts", "ATTEMPTS"}, {"queuedAt", "QUEUED"},
                               {"dueAt", "DUE"}, {"givenUpAt", "GIVEN UP"}, {"because", "BECAUSE"}, {"id", "ID"}});
    return {};
}

Result<void> retry(CommandContext& context) {
    const auto tenant  = TRY(context.tenant());
    auto* installation = TRY(context.installation());
    TRY(installation->ports().journal.commit(TRY(context.act(tenant->tenant.id, "HurryOutbox", {app::OutboxHurried{}}))));
    context.print(json::object{{"hurried", true}}, "what waits is due now");
    return {};
}

}  // namespace

void add_outbox_commands(CLI::App& app, CommandContext& context) {
    auto* group = app.add_subcommand("outbox", "Messages that wait to be sent, or that nobody could send");
    group->require_subcommand(1);
    auto* listing      = group->add_subcommand("list", "The latest, newest first; never what they say");
    const auto options = std::make_shared<ListOptions>();
    listing->add_flag("--dead", options->is_dead, "Only those that were given up");
    listing->add_flag("--show-recipients", options->shows_recipients, "Whole addresses and numbers");
    listing->add_option("--top", options->top, "How many")->check(CLI::Range(1, kEntriesMax))->capture_default_str();
    context.on(listing, [&context, options] { return list(context, *options); });
    context.on(group->add_subcommand("retry", "What waits for another try is due now, when the mail server works again"), [&context] { return retry(context); });
}

}  // namespace portcullis::program
