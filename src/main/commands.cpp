#include "main/commands.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <istream>
#include <ostream>

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
    const auto* entry = getpwuid(geteuid());
    return entry ? std::string(entry->pw_name) : std::to_string(geteuid());
}

/// A member as a cell: texts as they are, other values as JSON, absent and null ones empty.
std::string cell(const json::value& row, const std::string& column) {
    const auto* object = row.if_object();
    const auto* member = object ? object->if_contains(column) : nullptr;
    if (!member || member->is_null()) return {};
    if (const auto* text = member->if_string()) return std::string(*text);
    return json::to_text(*member);
}

/// How wide a text is on a terminal, nearly: characters, not bytes.
std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

/// No control characters reach a terminal.
std::string printable(std::string text) {
    for (auto& c : text) c = static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    return text;
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
    auto config = config_file.empty() ? Result<Config>(config_of_directory(data_directory)) : usable_config(config_file);
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
    auto correlation = TRY(this->correlation());
    return app::Act{.tenant      = tenant,
                    .id          = open->ports().random.new_id<ActId>(now),
                    .name        = std::move(name_of_act),
                    .by          = actor(),
                    .at          = now,
                    .correlation = std::move(correlation),
                    .changes     = std::move(changes)};
}

void CommandContext::print(const json::value& document, std::string_view text) {
    if (is_json) {
        out_ << json::to_text(document) << '\n';
        return;
    }
    out_ << text;
    if (!text.ends_with('\n')) out_ << '\n';
}

void CommandContext::print_table(const json::array& rows, const std::vector<std::string>& columns) {
    if (is_json) {
        out_ << json::to_text(json::object{{"value", rows}}) << '\n';
        return;
    }
    std::vector<std::vector<std::string>> lines = {columns};
    for (const auto& row : rows) {
        std::vector<std::string> cells;
        for (const auto& column : columns) cells.push_back(printable(cell(row, column)));
        lines.push_back(std::move(cells));
    }
    std::vector<std::size_t> widths(columns.size());
    for (const auto& line : lines) {
        for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width(line[i]));
    }
    for (const auto& line : lines) {
        for (std::size_t i = 0; i < line.size(); ++i) {
            const bool is_last = i + 1 == line.size();
            out_ << line[i] << (is_last ? "\n" : std::string(widths[i] - width(line[i]) + 2, ' '));
        }
    }
}

int CommandContext::report(const Error& error) {
    if (is_json) out_ << json::to_text(json::object{{"error", json::object{{"code", name(error.code)}, {"message", error.message}}}}) << '\n';
    else err_ << "portcullis: " << error.message << '\n';
    return 1;
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
