#include <fmt/format.h>
#include <unistd.h>

#include <limits>

#include "adapters/openssl/key_files.h"
#include "adapters/sodium/system_random.h"
#include "base/encoding.h"
#include "jobs/key_rotation.h"
#include "main/commands.h"

namespace portcullis::program {
namespace {

std::string_view state_of(const app::StoredSigningKey& key, Instant now) {
    if (now < key.activates_at) return "published";
    if (now < key.retires_at) return "active";
    return now < key.published_until ? "retired" : "withdrawn";
}

Result<json::array> key_rows(CommandContext& context) {
    const auto now    = TRY(context.installation())->now();
    const auto tenant = TRY(context.tenant());
    json::array rows;
    for (const auto& key : tenant->keys) {
        rows.push_back(json::object{{"kid", key.kid},
                                    {"alg", key.alg},
                                    {"state", state_of(key, now)},
                                    {"activatesAt", to_rfc3339(key.activates_at)},
                                    {"retiresAt", to_rfc3339(key.retires_at)},
                                    {"publishedUntil", to_rfc3339(key.published_until)}});
    }
    return rows;
}

const std::vector<Column> kColumns = {{"kid", "KEY"},         {"alg", "ALGORITHM"},     {"state", "STATE"},
                                      {"activatesAt", "SIGNS FROM"}, {"retiresAt", "RETIRES"}, {"publishedUntil", "PUBLISHED UNTIL"}};

Result<void> list(CommandContext& context) {
    context.print_table(TRY(key_rows(context)), kColumns);
    return {};
}

Result<void> rotate(CommandContext& context, jobs::Rotation rotation) {
    auto* installation = TRY(context.installation());
    const auto tenant  = TRY(context.tenant());
    const int made     = TRY(jobs::rotate_signing_keys(installation->ports(), tenant->tenant.id, rotation, context.actor(), installation->now()));
    if (made == 0 && !context.is_json) context.out() << "the next keys are published already; nothing was changed\n";
    return list(context);
}

Result<void> make(CommandContext& context) {
    // Keys come before everything else a configuration names, so its other mistakes do not matter yet.
    if (context.config_file.empty() && context.data_directory.empty()) return Error{ErrorCode::invalidRequest, "say where: `--config FILE` or `--data DIR`"};
    const auto config = context.config_file.empty() ? config_of_directory(context.data_directory) : load_config(context.config_file).config;
    sodium::SystemRandom random;
    const auto master = config.secrets.master_key_env.empty() ? config.secrets.master_key_file() : std::string();
    const auto made   = TRY(openssl::make_missing_keys(config.secrets.directory, master, random));
    json::array rows;
    std::string text;
    for (const auto& path : made) {
        rows.emplace_back(path);
        text += fmt::format("made {}\n", path);
    }
    if (made.empty()) text = "every key is there already\n";
    context.print(json::object{{"made", std::move(rows)}}, text);
    return {};
}

/// The current key becomes the previous one and a new one takes its place; only then are data keys wrapped anew. Stopped anywhere,
/// every data key still opens, and running it again goes on.
Result<void> replace_master_file(const Config::Secrets& secrets) {
    sodium::SystemRandom random;
    const auto current  = secrets.master_key_file();
    const auto previous = secrets.previous_master_key_file();
    const auto next     = current + ".next.key";
    const auto copy     = previous + ".next.key";
    unlink(next.c_str());
    unlink(copy.c_str());
    const auto old = TRY(openssl::read_key_file(current));
    TRY(openssl::write_key_file(next, openssl::new_master_key_text(random)));
    TRY(openssl::write_key_file(copy, Secret(base64(old.reveal()) + "\n")));
    TRY(openssl::move_key_file(copy, previous));
    return openssl::move_key_file(next, current);
}

Result<void> rotate_master(CommandContext& context) {
    auto* installation  = TRY(context.installation());
    const auto& secrets = installation->config().secrets;
    // What an interrupted rotation left goes first: the previous key is about to be replaced.
    int rewrapped = TRY(installation->rewrap_data_keys());
    if (secrets.master_key_env.empty()) {
        TRY(replace_master_file(secrets));
        rewrapped += TRY(installation->rewrap_data_keys());
    }
    const auto id = installation->master_key_id();
    context.print(json::object{{"masterKey", id}, {"rewrapped", rewrapped}, {"value", json::array{json::object{{"masterKey", id}}}}},
                  fmt::format("{} data key{} now under master key {}. Keep `{}` for as long as backups from before today are to be of use.", rewrapped,
                              rewrapped == 1 ? " is" : "s are", id, secrets.previous_master_key_file()));
    return {};
}

Result<void> rotate_data(CommandContext& context) {
    constexpr int kWhole = std::numeric_limits<int>::max();
    auto* installation   = TRY(context.installation());
    const int made       = TRY(installation->make_next_data_keys());
    const auto done      = TRY(installation->continue_data_key_rotation(kWhole));
    auto text            = fmt::format("{} new data keys; {} values sealed anew; {} older keys retired", made, done.resealed, done.retired);
    if (done.kept > 0) text += fmt::format(", {} kept for what is under way: a running server, or this command, drops them a day later", done.kept);
    text += ".\n";
    context.print(json::object{{"made", made}, {"resealed", done.resealed}, {"unreadable", done.unreadable}, {"retired", done.retired}, {"kept", done.kept}},
                  text);
    if (done.unreadable == 0) return {};
    return Error{ErrorCode::conflict, fmt::format("{} sealed values do not open: they are damaged, or were moved; their data keys stay", done.unreadable)};
}

}  // namespace

void add_keys_commands(CLI::App& app, CommandContext& context) {
    auto* group = app.add_subcommand("keys", "Signing keys and the keys that protect the store");
    group->require_subcommand(1);
    context.on(group->add_subcommand("list", "Signing keys of a tenant and their lives"), [&] { return list(context); });

    auto* rotation       = group->add_subcommand("rotate", "Publishes new signing keys, which sign a day later");
    const auto emergency = std::make_shared<bool>(false);
    rotation->add_flag("--emergency", *emergency, "A key was stolen: new keys sign at once, the old ones and all that they signed are void");
    context.on(rotation, [&context, emergency] { return rotate(context, *emergency ? jobs::Rotation::emergency : jobs::Rotation::scheduled); });

    context.on(group->add_subcommand("rotate-master", "Makes a new master key and wraps every data key with it"), [&] { return rotate_master(context); });
    context.on(group->add_subcommand("rotate-data", "Makes new data keys and seals every secret anew; run again, it goes on where it was stopped"),
               [&] { return rotate_data(context); });
    context.on(group->add_subcommand("init", "Makes the key files that are missing"), [&] { return make(context); });
}

}  // namespace portcullis::program
