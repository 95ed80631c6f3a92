#include <fmt/format.h>

#include "main/commands.h"

namespace portcullis::program {
namespace {

Result<void> check_config(CommandContext& context) {
    if (context.config_file.empty()) return Error{ErrorCode::invalidRequest, "say which file: `--config FILE`"};
    const auto loaded = load_config(context.config_file);
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
