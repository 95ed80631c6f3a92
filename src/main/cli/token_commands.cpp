#include "main/cli/token_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>

#include "app/admin/hardware_tokens.h"
#include "main/cli/desk.h"

namespace portcullis::program {
namespace {

constexpr int kRowsMax = 100'000, kPageRows = 500;

/// As Graph's hardwareOathTokenAuthenticationMethodDevice tells it; the secret is never told.
json::object token_json(const identity::HardwareToken& token, const std::string& owner) {
    return {{"id", to_string(token.id)},
            {"serialNumber", token.serial_number},
            {"manufacturer", token.manufacturer},
            {"model", token.model},
            {"secretKey", nullptr},
            {"hashFunction", identity::to_string(token.hash)},
            {"timeIntervalInSeconds", token.interval / std::chrono::seconds{1}},
            {"status", identity::to_string(standing_of(token))},
            {"assignedTo", owner.empty() ? json::value(nullptr) : json::value(owner)}};
}

TextRow token_line(const json::object& token) {
    return {text_of(token, "serialNumber"), text_of(token, "manufacturer"), text_of(token, "model"), text_of(token, "timeIntervalInSeconds"),
            text_of(token, "status"), text_of(token, "assignedTo")};
}

std::string token_table(const std::vector<TextRow>& lines) {
    return render_table({"SERIAL NUMBER", "MANUFACTURER", "MODEL", "SECONDS", "STATUS", "USER"}, lines);
}

Result<std::string> owner_name(Desk& desk, const identity::HardwareToken& token) {
    if (!token.user) return std::string();
    return TRY(app::any_account(desk.ports, desk.admin, *token.user)).user.user_principal_name;
}

Result<void> print_tokens(CommandContext& context, Desk& desk, const std::vector<identity::HardwareToken>& tokens) {
    json::array rows;
    std::vector<TextRow> lines;
    for (const auto& token : tokens) {
        const auto owner = TRY(owner_name(desk, token));
        auto row         = token_json(token, owner);
        lines.push_back(token_line(row));
        rows.push_back(std::move(row));
    }
    context.print(json::object{{"value", std::move(rows)}}, token_table(lines));
    return {};
}

Error rejected(const std::vector<credentials::LineProblem>& problems) {
    std::string text = "nothing was imported";
    for (const auto& problem : problems) text += fmt::format("\n  line {}: {}", problem.line, problem.what);
    return {ErrorCode::invalidRequest, std::move(text)};
}

void add_import(CLI::App& group, CommandContext& context) {
    struct Options {
        std::string file, hash = "hmacsha1";
    };
    auto options  = std::make_shared<Options>();
    auto* command = group.add_subcommand("import", "Bring a maker's file of tokens into the inventory, all of it or nothing");
    command->add_option("FILE", options->file, "CSV: upn,serial number,secret key,time interval,manufacturer,model; - for standard input")->required();
    command->add_option("--hash-function", options->hash, "How the tokens make their codes")->check(CLI::IsMember({"hmacsha1", "hmacsha256", "hmacsha512"}));
    context.on(command, [&context, options]() -> Result<void> {
        auto desk = TRY(open_desk(context));
        const Secret file(TRY(read_document(context, options->file, credentials::kTokenFileBytesMax)));
        const auto hash    = identity::parse_hash_function(options->hash).value_or(identity::HashFunction::hmacsha1);
        const auto outcome = TRY(app::ImportTokens(desk.ports)(desk.admin, file.reveal(), hash));
        if (const auto* wrong = std::get_if<app::TokensRejected>(&outcome)) return rejected(wrong->problems);
        return print_tokens(context, desk, std::get<app::TokensImported>(outcome).tokens);
    });
}

std::optional<identity::TokenStanding> standing_named(const std::string& name) {
    using enum identity::TokenStanding;
    for (const auto standing : {available, assigned, activated}) {
        if (identity::to_string(standing) == name) return standing;
    }
    return std::nullopt;
}

void add_list(CLI::App& group, CommandContext& context) {
    struct Options {
        std::string status;
        int most = 1000;
    };
    auto options  = std::make_shared<Options>();
    auto* command = group.add_subcommand("list", "List the inventory");
    command->add_option("--status", options->status, "Only these")->check(CLI::IsMember({"available", "assigned", "activated"}));
    command->add_option("--top", options->most, "At most so many")->check(CLI::Range(1, kRowsMax));
    context.on(command, [&context, options]() -> Result<void> {
        auto desk = TRY(open_desk(context));
        json::array rows;
        std::vector<TextRow> lines;
        app::TokenPage page{.after = {}, .most = kPageRows, .standing = standing_named(options->status)};
        while (static_cast<int>(rows.size()) < options->most) {
            page.most        = std::min(kPageRows, options->most - static_cast<int>(rows.size()));
            const auto found = TRY(app::list_tokens(desk.ports, desk.admin, page));
            for (const auto& [token, owner] : found) {
                auto row = token_json(token, owner);
                lines.push_back(token_line(row));
                rows.push_back(std::move(row));
            }
            if (static_cast<int>(found.size()) < page.most) break;
            page.after = identity::serial_key(found.back().token.serial_number);
        }
        context.print(json::object{{"value", std::move(rows)}}, token_table(lines));
        return {};
    });
}

/// What is done with one token; it answers how the token stands after it, if it is still there.
using TokenAct = std::function<Result<void>(Desk&, const std::string& serial_number)>;

CLI::App* add_token_act(CLI::App& group, CommandContext& context, const char* name, const char* help, TokenAct act) {
    auto serial   = std::make_shared<std::string>();
    auto* command = group.add_subcommand(name, help);
    command->add_option("SERIAL", *serial, "Serial number")->required();
    context.on(command, [&context, serial, act = std::move(act)]() -> Result<void> {
        auto desk = TRY(open_desk(context));
        TRY(act(desk, *serial));
        const auto token = TRY(desk.ports.directory.token(desk.tenant_id(), identity::serial_key(*serial)));
        return print_tokens(context, desk, token ? std::vector{*token} : std::vector<identity::HardwareToken>{});
    });
    return command;
}

template <class UseCase>
Result<void> act(Desk& desk, const std::string& serial) {
    return UseCase(desk.ports)(desk.admin, serial);
}

}  // namespace

void add_token_commands(CLI::App& user_group, CommandContext& context) {
    auto& group = *user_group.add_subcommand("token", "Hardware tokens that show one-time codes");
    group.require_subcommand(1);
    add_import(group, context);
    add_list(group, context);
    auto upn     = std::make_shared<std::string>();
    auto* assign = add_token_act(group, context, "assign", "Give an available token to a user, who activates it by a code", [upn](Desk& desk, const std::string& serial) -> Result<void> {
        const auto account = TRY(app::find_account(desk.ports, desk.tenant_id(), *upn));
        return app::AssignToken(desk.ports)(desk.admin, serial, account.user.id);
    });
    assign->add_option("UPN", *upn, "User principal name or object id")->required();
    auto code      = std::make_shared<std::string>();
    auto* activate = add_token_act(group, context, "activate", "Activate an assigned token by the code it shows now", [code](Desk& desk, const std::string& serial) -> Result<void> {
        return app::ActivateTokenFor(desk.ports)(desk.admin, serial, *code);
    });
    activate->add_option("CODE", *code, "Six digits")->required();
    add_token_act(group, context, "unassign", "Take a token back into the inventory; its user cannot sign in with it any more", act<app::UnassignToken>);
    add_token_act(group, context, "delete", "Delete a token that is nobody's, with its secret", act<app::DeleteToken>);
}

}  // namespace portcullis::program
