#include <fmt/format.h>

#include "adapters/breached/build_list.h"
#include "adapters/breached/filter_file.h"
#include "adapters/openssl/digests.h"
#include "main/commands.h"

namespace portcullis::program {
namespace {

struct ListOptions {
    std::string source, format = "sha1", target;
};

Result<void> build(CommandContext& context, const ListOptions& options) {
    const openssl::Digests digests;
    const auto format = options.format == "sha1" ? breached::SourceFormat::sha1 : breached::SourceFormat::passwords;
    const auto built  = TRY(breached::build_list(options.source, format, options.target, digests));
    context.print(json::object{{"entries", built.entries}, {"lines", built.lines}, {"leftOut", built.left_out}, {"bytes", built.bytes}},
                  fmt::format("{} passwords from {} lines ({} left out), {} bytes. Name it in the configuration, `data_sets.breached_passwords`, and start the server anew.\n",
                              built.entries, built.lines, built.left_out, built.bytes));
    return {};
}

Result<void> check(CommandContext& context, const std::string& path) {
    const openssl::Digests digests;
    const auto list = TRY(breached::FilterFile::open(path, digests));
    TRY(list->verify());
    context.print(json::object{{"entries", list->entries()}, {"bytes", list->bytes()}}, fmt::format("{} passwords, as they were written\n", list->entries()));
    return {};
}

}  // namespace

void add_password_commands(CLI::App& app, CommandContext& context) {
    auto* group = app.add_subcommand("passwords", "The list of breached passwords that nobody may choose");
    group->require_subcommand(1);
    auto* building     = group->add_subcommand("build-list", "Makes the list from a file of hashes or passwords; needs about 8 bytes an entry beside it meanwhile");
    const auto options = std::make_shared<ListOptions>();
    building->add_option("--from", options->source, "A file with one hash or password a line")->required()->check(CLI::ExistingFile);
    building->add_option("--format", options->format, "What the lines are: SHA-1 in hexadecimal (`:` and a count may follow), or passwords")
        ->check(CLI::IsMember({"sha1", "passwords"}))
        ->capture_default_str();
    building->add_option("--out", options->target, "The list; replaced whole when it is there")->required();
    context.on(building, [&context, options] { return build(context, *options); });
    auto* checking  = group->add_subcommand("check-list", "Reads all of a list and compares it with its checksum");
    const auto path = std::make_shared<std::string>();
    checking->add_option("LIST", *path, "The file")->required();
    context.on(checking, [&context, path] { return check(context, *path); });
}

}  // namespace portcullis::program
