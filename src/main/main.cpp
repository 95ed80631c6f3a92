#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <array>
#include <csignal>
#include <iostream>

#include "main/commands.h"

namespace {

using namespace portcullis;
using namespace portcullis::program;

/// Every group of commands. A new one is a row here.
constexpr auto kCommands = std::to_array<void (*)(CLI::App&, CommandContext&)>({
    add_serve_command,
    add_config_commands,
    add_database_commands,
    add_keys_commands,
    add_tenant_commands,
    add_user_commands,
    add_app_commands,
    add_policy_commands,
    add_risk_commands,
    add_signin_commands,
    add_outbox_commands,
    add_audit_commands,
    add_password_commands,
    add_passkey_commands,
    add_demo_command,
    add_help_command,
});

/// Secrets stay out of core dumps, and files we make are ours alone (PROTO-834).
void keep_to_ourselves() {
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
    prctl(PR_SET_DUMPABLE, 0);  // a leak checker has to look into the process
#endif
    umask(077);
    std::signal(SIGPIPE, SIG_IGN);
}

int run(int argc, char** argv) {
    CLI::App app("Portcullis, an OpenID Connect identity provider with identity risk protection", "portcullis");
    CommandContext context(std::cin, std::cout, std::cerr);
    app.set_version_flag("--version", PORTCULLIS_VERSION);
    app.require_subcommand(1);
    add_global_options(app, context);
    for (const auto add : kCommands) add(app, context);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& success) {
        return app.exit(success);
    } catch (const CLI::Error& usage) {
        app.exit(usage);
        return 2;
    }
    return context.exit_code();
}

}  // namespace

int main(int argc, char** argv) {
    keep_to_ourselves();
    return run(argc, argv);
}
