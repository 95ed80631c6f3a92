#include <fmt/format.h>
#include <unistd.h>

#include "adapters/breached/filter_file.h"
#include "adapters/openssl/digests.h"
#include "main/commands.h"

namespace portcullis::program {
namespace {

/// Whether the list of breached passwords is what was written, which takes too long to ask at every start.
std::optional<Mistake> mistake_in_list(const std::string& path) {
    if (path.empty() || access(path.c_str(), R_OK) != 0) return std::nullopt;  // said already
    const openssl::Digests digests;
    const auto list = breached::FilterFile::open(path, digests);
    const auto good = list ? (*list)->verify() : Result<void>(list.error());
    if (good) return std::nullopt;
    return Mistake{"data_sets.breached_passwords", good.error().message, "build it again: `portcullis passwords build-list`"};
}

Result<void> check_config(CommandContext& context) {
    if (context.config_file.empty()) return Error{ErrorCode::invalidRequest, "say which file: `--config FILE`"};
    auto loaded = load_config(context.config_file);
    if (auto mistake = mistake_in_list(loaded.config.data_sets.breached_passwords)) loaded.mistakes.push_back(std::move(*mistake));
    json::array mistakes;
    std::string text;
    for (const auto& mistake : loaded.mistakes) {
        mistakes.push_back(json::object{{"where", mistake.where}, {"what", mistake.what}, {"mend", mistake.mend}});
        text += fmt::format("{}: {}\n    {}\n", mistake.where, mistake.what, mistake.mend);
    }
    if (mistakes.empty()) text = "the configuration is good\n";
    else text += fmt::format("{} mistake{}\n", mistakes.size(), mistakes.size() == 1 ? "" : "s");
    context.set_exit_code(mistakes.empty() ? 0 : 1);
    context.print(json::object{{"mistakes", std::move(mistakes)}}, text);
    return {};
}

}  // namespace

void add_config_commands(CLI::App& app, CommandContext& context) {
    auto* command       = app.add_subcommand("check-config", "Lists every mistake of a configuration file, and how to mend it");
    const auto document = std::make_shared<bool>(false);
    command->add_flag("--document", *document, "Only print docs/configuration.md");
    context.on(command, [&context, document]() -> Result<void> {
        if (!*document) return check_config(context);
        context.out() << configuration_document();
        return {};
    });
}

}  // namespace portcullis::program
