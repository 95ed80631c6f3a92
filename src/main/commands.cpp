#include "main/commands.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <istream>
#include <ostream>

#include "base/visible_text.h"
#include "main/cli/desk.h"
#include "main/served_at.h"

namespace portcullis::program {
namespace {

std::string_view name(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalidRequest: return "invalidRequest";
        case ErrorCode::unauthenticated: return "unauthenticated";
        case ErrorCode::forbidden: return "forbidden";
        case ErrorCode::notFound: return "notFound";
        case ErrorCode::conflict: return "conflict";
        case ErrorCode::tooManyRequests: return "tooManyRequests";
        case ErrorCode::unavailable: return "unavailable";
    }
    return "unavailable";
}

std::string user_name() {
    const auto* entry = getpwuid(geteuid());  // NOLINT(concurrency-mt-unsafe): a command has one thread
    return entry ? std::string(entry->pw_name) : std::to_string(geteuid());
}

/// The configuration of a directory, with the links of the server that runs on it.
Result<Config> served_config(const std::string& directory) {
    auto config = config_of_directory(directory);
    if (auto url = TRY(left_base_url(directory))) config.server.base_url = std::move(*url);
    return config;
}

std::string line_of(const json::value& document) { return spelled_out(json::to_text(document)) + "\n"; }

/// `help user device`: the words lead from group to command. A name that there is not is a matter of usage.
void print_help(std::ostream& out, CLI::App& app, const std::vector<std::string>& words) {
    auto* named      = &app;
    std::string path = app.get_name();
    for (const auto& word : words) {
        const auto next = named->get_subcommands([&word](const CLI::App* each) { return each->get_name() == word; });
        if (next.empty()) throw CLI::ValidationError("help", fmt::format("there is no command `{} {}`", path, spelled_out(word)));
        named = next.front();
        path += " " + word;
    }
    out << named->get_formatter()->make_help(named, path, CLI::AppFormatMode::Normal);
}

}  // namespace

void CommandContext::on(CLI::App* command, std::function<Result<void>()> run) {
    command->callback([this, run = std::move(run)] {
        const auto done = run();
        if (!done) exit_code_ = report(done.error());
    });
}

Result<Config> CommandContext::config() const {
    if (!config_file.empty() && !data_directory.empty()) return Error{ErrorCode::invalidRequest, "give `--config` or `--data`, not both"};
    if (config_file.empty() && data_directory.empty()) return Error{ErrorCode::invalidRequest, "say which installation: `--config FILE` or `--data DIR`"};
    if (!config_file.empty() && !database.empty()) return Error{ErrorCode::invalidRequest, "`--database` goes with `--data`; a configuration file names its own"};
    auto config = config_file.empty() ? served_config(data_directory) : usable_config(config_file);
    if (!config || database.empty() || database == "sqlite") return config;
    auto chosen         = std::move(config).value();
    chosen.database.url = database;
    if (!chosen.is_sqlite() && !database.starts_with("postgres://") && !database.starts_with("postgresql://")) {
        return Error{ErrorCode::invalidRequest, fmt::format("`--database {}` is neither `sqlite` nor `postgres://…`", database)};
    }
    return chosen;
}

Result<Installation*> CommandContext::installation() {
    if (!installation_) installation_ = TRY(Installation::open(TRY(config()), Opening::for_command));
    return installation_.get();
}

Result<std::shared_ptr<const app::TenantSnapshot>> CommandContext::tenant() {
    const auto& tenants = TRY(installation())->ports().tenants;
    if (!tenant_name.empty()) {
        auto found = tenants.snapshot_named(tenant_name);
        if (!found && found.error().code == ErrorCode::notFound) return Error{ErrorCode::notFound, fmt::format("there is no tenant `{}`", tenant_name)};
        return found;
    }
    const auto all = TRY(tenants.all());
    if (all.empty()) return Error{ErrorCode::notFound, "there is no tenant yet"};
    if (all.size() > 1) return Error{ErrorCode::invalidRequest, fmt::format("there are {} tenants: say which, with `--tenant DOMAIN`", all.size())};
    return tenants.snapshot(all.front().id);
}

app::Actor CommandContext::actor() const { return {.id = {}, .name = "cli:" + user_name()}; }

Result<CorrelationId> CommandContext::correlation() {
    auto* open = TRY(installation());
    if (correlation_.is_nil()) correlation_ = open->ports().random.new_id<CorrelationId>(open->now());
    return correlation_;
}

Result<app::Act> CommandContext::act(TenantId tenant, std::string name_of_act, std::vector<app::Change> changes) {
    auto* open       = TRY(installation());
    const auto now   = open->now();
    const auto correlation = TRY(this->correlation());
    return app::Act{.tenant      = tenant,
                    .id          = open->ports().random.new_id<ActId>(now),
                    .name        = std::move(name_of_act),
                    .by          = actor(),
                    .at          = now,
                    .correlation = correlation,
                    .changes     = std::move(changes)};
}

void CommandContext::print(const json::value& document, std::string_view text) {
    if (is_json) {
        out_ << line_of(document);
        return;
    }
    out_ << spelled_out(text, LineEnds::kept);
    if (!text.ends_with('\n')) out_ << '\n';
}

void CommandContext::print_table(const json::array& rows, const std::vector<Column>& columns) {
    TextRow headings;
    for (const auto& column : columns) headings.emplace_back(column.heading);
    std::vector<TextRow> lines;
    for (const auto& row : rows) {
        auto& cells = lines.emplace_back();
        for (const auto& column : columns) cells.push_back(text_of(row.as_object(), column.member));
    }
    print(json::object{{"value", rows}}, render_table(headings, lines));
}

int CommandContext::report(const Error& error) {
    if (is_json) out_ << line_of(json::object{{"error", json::object{{"code", name(error.code)}, {"message", error.message}}}});
    else err_ << "portcullis: " << spelled_out(error.message, LineEnds::kept) << '\n';
    return 1;
}

void add_help_command(CLI::App& app, CommandContext& context) {
    const auto words = std::make_shared<std::vector<std::string>>();
    auto* command    = app.add_subcommand("help", "Lists the commands, or says how one is used: `help user`, `help user list`");
    command->add_option("COMMAND", *words, "Group or command");
    command->callback([&app, &context, words] { print_help(context.out(), app, *words); });
}

void add_global_options(CLI::App& app, CommandContext& context) {
    app.fallthrough();
    app.add_option("--config", context.config_file, "Configuration file of the installation (TOML)")->type_name("FILE");
    app.add_option("--data", context.data_directory, "Directory with store and keys, in place of a configuration file")->type_name("DIR");
    app.add_option("--database", context.database, "`sqlite` or `postgres://…`, with --data for the keys")->type_name("URL");
    app.add_option("--tenant", context.tenant_name, "Domain or id; not needed when there is one tenant")->type_name("DOMAIN");
    app.add_flag("--json", context.is_json, "Print data as JSON");
}

}  // namespace portcullis::program
