#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "app/ports/change.h"
#include "app/ports/tenants.h"
#include "base/json.h"
#include "base/result.h"
#include "main/config.h"
#include "main/wire.h"

namespace portcullis::program {

/// A member of printed rows, and what stands above it in a table.
struct Column {
    const char* member;
    const char* heading;
};

/// What every command shares: the global options and the way in and out. Exit codes: 0 done, 1 refused or failed, 2 usage.
/// With `--json` a failure is `{"error": {"code", "message"}}` on standard output; otherwise one line on standard error.
class CommandContext {
public:
    CommandContext(std::istream& in, std::ostream& out, std::ostream& err) : in_(in), out_(out), err_(err) {}

    // Bound to the global options by `add_global_options`.
    std::string config_file, data_directory, database, tenant_name;
    bool is_json = false;

    /// Says what `command` does; called when it was named, errors become exit code 1.
    void on(CLI::App* command, std::function<Result<void>()> run);
    [[nodiscard]] int exit_code() const { return exit_code_; }
    void set_exit_code(int code) { exit_code_ = code; }

    /// The configuration that `--config` or `--data` (and `--database`) name. Errors: invalidRequest with every mistake.
    Result<Config> config() const;
    /// Opens what they name for one command; the same one when asked again.
    Result<Installation*> installation();
    /// The tenant that `--tenant` names; without it the only one there is. Errors: invalidRequest when there are several.
    Result<std::shared_ptr<const app::TenantSnapshot>> tenant();
    /// An act of this command: `name` is the use case; the actor is `cli:<operating system user>`.
    Result<app::Act> act(TenantId tenant, std::string name, std::vector<app::Change> changes);
    app::Actor actor() const;
    /// The same in every act of this command, so that the audit log shows them together. Errors: as installation().
    Result<CorrelationId> correlation();

    /// `document` with `--json`, else `text` (a final newline is added when missing). Nothing printed steers or deceives a terminal.
    void print(const json::value& document, std::string_view text);
    /// `{"value": rows}` with `--json`, else a table of some of their members.
    void print_table(const json::array& rows, const std::vector<Column>& columns);
    std::istream& in() { return in_; }
    std::ostream& out() { return out_; }

    int report(const Error& error);

private:
    std::istream& in_;
    std::ostream& out_;
    std::ostream& err_;
    int exit_code_ = 0;
    std::unique_ptr<Installation> installation_;
    CorrelationId correlation_;
};

/// `--config`, `--data`, `--database`, `--tenant`, `--json`, accepted after any command.
void add_global_options(CLI::App& app, CommandContext& context);

// Each adds one group of commands: `auto* group = app.add_subcommand("user", …)`, `group->require_subcommand(1)`,
// `context.on(group->add_subcommand(…), …)`. main.cpp lists them.
void add_serve_command(CLI::App& app, CommandContext& context);
void add_config_commands(CLI::App& app, CommandContext& context);    // check-config
void add_database_commands(CLI::App& app, CommandContext& context);  // migrate, backup, restore
void add_keys_commands(CLI::App& app, CommandContext& context);      // keys list | rotate | rotate-master | init
void add_tenant_commands(CLI::App& app, CommandContext& context);    // tenant create | list
void add_user_commands(CLI::App& app, CommandContext& context);      // src/main/cli
void add_device_commands(CLI::App& user_group, CommandContext& context);
void add_app_commands(CLI::App& app, CommandContext& context);       // src/main/cli
void add_policy_commands(CLI::App& app, CommandContext& context);    // src/main/cli
void add_risk_commands(CLI::App& app, CommandContext& context);      // src/main/cli
void add_signin_commands(CLI::App& app, CommandContext& context);    // src/main/cli
void add_password_commands(CLI::App& app, CommandContext& context);  // src/main/cli
void add_passkey_commands(CLI::App& app, CommandContext& context);   // src/main/cli
void add_outbox_commands(CLI::App& app, CommandContext& context);    // src/main/cli
void add_audit_commands(CLI::App& app, CommandContext& context);     // src/main/cli
void add_demo_command(CLI::App& app, CommandContext& context);       // src/main/demo
void add_help_command(CLI::App& app, CommandContext& context);       // help [COMMAND…]

}  // namespace portcullis::program
