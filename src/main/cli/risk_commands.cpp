#include <fmt/format.h>

#include "app/admin/confirm_user_compromised.h"
#include "app/admin/confirm_user_safe.h"
#include "app/admin/dismiss_user_risk.h"
#include "app/admin/report_attacker_method.h"
#include "app/admin/report_leaked_credentials.h"
#include "main/cli/desk.h"

namespace portcullis::program {
namespace {

constexpr int kRowsMax = 1000;

std::string fields_of(const json::object& user) {
    return render_fields({{"user", text_of(user, "userPrincipalName")},
                          {"id", text_of(user, "id")},
                          {"level", text_of(user, "riskLevel")},
                          {"state", text_of(user, "riskState")},
                          {"because", text_of(user, "riskDetail")},
                          {"updated", text_of(user, "riskLastUpdatedDateTime")},
                          {"deleted", text_of(user, "isDeleted")}});
}

std::string history_lines(const json::object& user) {
    std::string text;
    for (const auto& entry : user.at("history").as_array()) {
        const auto& item = entry.as_object();
        const auto by    = text_of(item, "initiatedBy");
        text += fmt::format("  {}: {}, {} ({}){}{}\n", text_of(item, "riskLastUpdatedDateTime"), text_of(item, "riskLevel"),
                            text_of(item, "riskState"), text_of(item, "riskDetail"), by.empty() ? "" : " by " + by,
                            text_of(item, "note").empty() ? "" : ": " + text_of(item, "note"));
    }
    return text.empty() ? text : "history, newest first\n" + text;
}

Result<json::array> detection_rows(Desk& desk, const app::DetectionQuery& query) {
    app::UserNamesOf names(desk.ports, desk.tenant_id());
    json::array rows;
    for (const auto& detection : TRY(desk.ports.detections.detections(desk.tenant_id(), query))) {
        rows.push_back(wire::to_graph(detection, TRY(names(detection.user))));
    }
    return rows;
}

std::string sentences(const json::array& rows) {
    std::string text;
    for (const auto& row : rows) {
        text += fmt::format("{}  {}\n", text_of(row.as_object(), "userPrincipalName"), sentence_of(row.as_object()));
    }
    return text.empty() ? "(none)\n" : text;
}

void add_users(CLI::App& group, CommandContext& context) {
    auto level    = std::make_shared<std::string>();
    auto state    = std::make_shared<std::string>();
    auto* command = group.add_subcommand("users", "List users who are or were at risk");
    command->add_option("--level", *level, "Only of this level")->check(CLI::IsMember({"none", "low", "medium", "high"}));
    command->add_option("--state", *state, "Only in this state")
        ->check(CLI::IsMember({"atRisk", "confirmedCompromised", "remediated", "dismissed", "confirmedSafe"}));
    context.on(command, [&context, level, state]() -> Result<void> {
        auto desk = TRY(open_desk(context));
        app::UserNamesOf names(desk.ports, desk.tenant_id());
        json::array rows;
        std::vector<TextRow> lines;
        for (const auto& user : TRY(desk.ports.detections.risky_users(desk.tenant_id(), kRowsMax))) {
            const bool is_wanted = (level->empty() || *level == to_string(user.level)) && (state->empty() || *state == to_string(user.state));
            if (!is_wanted) continue;
            auto row = wire::to_graph(user, TRY(names(user.user)));
            lines.push_back({text_of(row, "userPrincipalName"), text_of(row, "riskLevel"), text_of(row, "riskState"),
                             text_of(row, "riskDetail"), text_of(row, "riskLastUpdatedDateTime"), user.is_deleted ? "deleted" : ""});
            rows.push_back(std::move(row));
        }
        context.print(json::object{{"value", std::move(rows)}}, render_table({"USER", "LEVEL", "STATE", "BECAUSE", "UPDATED", "ACCOUNT"}, lines));
        return {};
    });
}

Result<Answer> show(Desk& desk, const app::Account& account) {
    auto report       = TRY(app::risky_user_history_report(desk.ports, desk.tenant_id(), account));
    const auto latest = TRY(detection_rows(desk, {.user = account.user.id, .sign_in = {}, .most = 20}));
    auto text         = fields_of(report) + history_lines(report) + (latest.empty() ? "" : "detections, newest first\n" + sentences(latest));
    return Answer{std::move(report), std::move(text)};
}

void add_detections(CLI::App& group, CommandContext& context) {
    auto upn      = std::make_shared<std::string>();
    auto most     = std::make_shared<int>(100);
    auto* command = group.add_subcommand("detections", "List risk detections with their evidence, newest first");
    command->add_option("--user", *upn, "Only of this user");
    command->add_option("--top", *most, "At most so many")->check(CLI::Range(1, kRowsMax));
    context.on(command, [&context, upn, most]() -> Result<void> {
        auto desk = TRY(open_desk(context));
        app::DetectionQuery query{.user = {}, .sign_in = {}, .most = *most};
        if (!upn->empty()) query.user = TRY(app::find_account(desk.ports, desk.tenant_id(), *upn)).user.id;
        auto rows       = TRY(detection_rows(desk, query));
        const auto text = sentences(rows);
        context.print(json::object{{"value", std::move(rows)}}, text);
        return {};
    });
}

/// An act on one user's risk that answers how the user stands after it.
template <class UseCase>
AccountAct then_risk(UseCase act) {
    return [act](Desk& desk, const app::Account& account) -> Result<Answer> {
        TRY(act(desk, account.user.id));
        auto report = TRY(app::risky_user_report(desk.ports, desk.tenant_id(), account));
        auto text   = fields_of(report);
        return Answer{std::move(report), std::move(text)};
    };
}

void add_leaked_credentials(CLI::App& group, CommandContext& context) {
    auto level    = std::make_shared<std::string>("high");
    auto where    = std::make_shared<std::string>("reported by an administrator");
    auto* command = add_account_command(
        group, context, "leaked-credentials", "Report that a user's credentials were found in a leak",
        [level, where](Desk& desk, const app::Account& account) -> Result<Answer> {
            const auto& user = account.user;
            const auto made  = TRY(app::ReportLeakedCredentials(desk.ports)(desk.admin, user.id, {*where, desk.admin.now},
                                                                            parse_risk_level(*level).value_or(RiskLevel::high)));
            auto report      = wire::to_graph(made, {user.display_name, user.user_principal_name});
            auto text        = sentence_of(report);
            return Answer{std::move(report), std::move(text)};
        });
    command->add_option("--level", *level, "How sure the finder is")->check(CLI::IsMember({"low", "medium", "high"}));
    command->add_option("--found-in", *where, "Where they were found, in words");
}

void add_attacker_method(CLI::App& group, CommandContext& context) {
    auto method   = std::make_shared<std::string>();
    auto* command = add_account_command(
        group, context, "attacker-method", "Report that somebody else added a method (an app, a passkey) to a user's account",
        [method](Desk& desk, const app::Account& account) -> Result<Answer> {
            const auto& user = account.user;
            const auto id    = TRY(id_from<MethodId>(*method, "method"));
            const auto made  = TRY(app::ReportAttackerMethod(desk.ports)(desk.admin, user.id, id));
            auto report      = wire::to_graph(made, {user.display_name, user.user_principal_name});
            auto text        = sentence_of(report);
            return Answer{std::move(report), std::move(text)};
        });
    command->add_option("METHOD", *method, "Id of the method")->required();
}

}  // namespace

void add_risk_commands(CLI::App& app, CommandContext& context) {
    auto& group = *app.add_subcommand("risk", "Risky users and risk detections");
    group.require_subcommand(1);
    add_users(group, context);
    add_account_command(group, context, "user", "Show one user's risk, with its history", show);
    add_detections(group, context);
    add_account_command(group, context, "dismiss", "Dismiss all risk of a user; the password stays. Cannot be undone",
                        then_risk([](Desk& desk, UserId user) { return app::DismissUserRisk(desk.ports)(desk.admin, {&user, 1}); }));
    add_account_command(group, context, "confirm-compromised", "Confirm that somebody else controls the account; ends every session",
                        then_risk([](Desk& desk, UserId user) { return app::ConfirmUserCompromised(desk.ports)(desk.admin, user); }));
    add_account_command(group, context, "confirm-safe", "Confirm that the risk was a false alarm; what is usual is learned anew",
                        then_risk([](Desk& desk, UserId user) { return app::ConfirmUserSafe(desk.ports)(desk.admin, user); }));
    add_leaked_credentials(group, context);
    add_attacker_method(group, context);
}

}  // namespace portcullis::program
