#include <fmt/format.h>

#include "app/admin/confirm_sign_in_compromised.h"
#include "app/admin/confirm_sign_in_safe.h"
#include "app/admin/dismiss_sign_in_risk.h"
#include "main/cli/desk.h"

namespace portcullis::program {
namespace {

constexpr int kRowsMax = 1000;

std::string error_code(const json::object& sign_in) {
    const auto* status = json::object_at(sign_in, "status");
    return status ? text_of(*status, "errorCode") : "";
}

std::string outcome(const json::object& sign_in) {
    const auto code = error_code(sign_in);
    if (code == "0") return "signed in";
    const auto* status = json::object_at(sign_in, "status");
    return fmt::format("refused with {}: {}", code, status ? text_of(*status, "failureReason") : "");
}

std::string findings(const json::object& sign_in) {
    std::string text;
    const auto* rows = json::array_at(sign_in, "riskFindings");
    if (!rows) return text;
    for (const auto& row : *rows) {
        const auto& finding = row.as_object();
        const auto type     = parse_risk_event_type(text_of(finding, "riskEventType"));
        text += fmt::format("  {}: {}", type ? display_name(*type) : "?", text_of(finding, "verdict"));
        if (const auto level = text_of(finding, "riskLevel"); !level.empty()) text += ", " + level;
        if (const auto because = text_of(finding, "because"); !because.empty()) text += ", " + because;
        if (const auto* facts = json::array_at(finding, "evidence")) {
            for (const auto& fact : *facts) {
                const auto limit = text_of(fact.as_object(), "limit");
                text += fmt::format("; {}: {}{}", text_of(fact.as_object(), "name"), text_of(fact.as_object(), "observed"),
                                    limit.empty() ? "" : fmt::format(" (limit {})", limit));
            }
        }
        text += "\n";
    }
    return text.empty() ? text : "what was looked at\n" + text;
}

std::string policies(const json::object& sign_in) {
    std::string text;
    const auto* rows = json::array_at(sign_in, "appliedConditionalAccessPolicies");
    if (!rows) return text;
    for (const auto& row : *rows) {
        const auto& policy = row.as_object();
        text += fmt::format("  {}: {}\n", text_of(policy, "displayName"), text_of(policy, "result"));
        const auto* conditions = json::array_at(policy, "conditions");
        if (!conditions) continue;
        for (const auto& condition : *conditions) {
            const auto& c = condition.as_object();
            text += fmt::format("    {} {}: {}\n", text_of(c, "condition"), text_of(c, "matched") == "yes" ? "matched" : "did not match",
                                text_of(c, "because"));
        }
    }
    return text.empty() ? text : "policies\n" + text;
}

/// Whose sign-in it was. What was typed for a name that nobody has is not kept.
std::string user_of(const json::object& s) {
    if (s.contains("servicePrincipalId")) return text_of(s, "appDisplayName");
    auto name = text_of(s, "userPrincipalName");
    return name.empty() ? "(nobody has the name typed)" : name;
}

std::string page_of(const json::object& s) {
    return render_fields({{"sign-in", text_of(s, "id")},
                          {"time", text_of(s, "createdDateTime")},
                          {"user", user_of(s)},
                          {"application", text_of(s, "appDisplayName")},
                          {"from", text_of(s, "ipAddress")},
                          {"outcome", outcome(s)},
                          {"risk then", text_of(s, "riskLevelDuringSignIn")},
                          {"risk now", text_of(s, "riskLevelAggregated")},
                          {"state", text_of(s, "riskState")},
                          {"because", text_of(s, "riskDetail")},
                          {"policies say", text_of(s, "conditionalAccessStatus")},
                          {"correlation", text_of(s, "correlationId")}}) +
           findings(s) + policies(s);
}

Result<json::object> report_of(Desk& desk, SignInId id) {
    const auto record = TRY(desk.ports.sign_ins.sign_in(desk.tenant_id(), id));
    if (!record) return Error{ErrorCode::notFound, fmt::format("there is no sign-in `{}`", to_string(id))};
    return app::sign_in_report(*record);
}

app::SignInEvents events_of(std::string_view word) {
    if (word == "nonInteractiveUser") return app::SignInEvents::nonInteractiveUser;
    return word == "servicePrincipal" ? app::SignInEvents::servicePrincipal : app::SignInEvents::interactiveUser;
}

struct ListOptions {
    std::string user, events = "interactiveUser";
    bool is_risky = false;
    int most      = 50;
};

void add_list(CLI::App& group, CommandContext& context) {
    auto options  = std::make_shared<ListOptions>();
    auto* command = group.add_subcommand("list", "List sign-ins, newest first");
    command->add_option("--user", options->user, "Only of this user");
    command->add_flag("--risky", options->is_risky, "Only those that had risk");
    command->add_option("--events", options->events, "Which stream of the log")
        ->check(CLI::IsMember({"interactiveUser", "nonInteractiveUser", "servicePrincipal"}))
        ->capture_default_str();
    command->add_option("--top", options->most, "At most so many")->check(CLI::Range(1, kRowsMax));
    context.on(command, [&context, options]() -> Result<void> {
        auto desk = TRY(open_desk(context));
        app::SignInQuery query{.user = {}, .correlation = {}, .risky_only = options->is_risky, .most = options->most, .events = events_of(options->events)};
        if (!options->user.empty()) query.user = TRY(app::find_account(desk.ports, desk.tenant_id(), options->user)).user.id;
        json::array rows;
        std::vector<TextRow> lines;
        for (const auto& record : TRY(desk.ports.sign_ins.sign_ins(desk.tenant_id(), query))) {
            auto row = TRY(app::sign_in_report(record));
            lines.push_back({text_of(row, "createdDateTime"), user_of(row), text_of(row, "ipAddress"), error_code(row),
                             text_of(row, "riskLevelDuringSignIn"), text_of(row, "riskState"), text_of(row, "id")});
            rows.push_back(std::move(row));
        }
        context.print(json::object{{"value", std::move(rows)}},
                      render_table({"TIME", "USER", "FROM", "CODE", "RISK", "STATE", "ID"}, lines));
        return {};
    });
}

/// A command on one sign-in that answers how it stands after it.
template <class Act>
void add_act(CLI::App& group, CommandContext& context, const char* name, const char* help, Act act) {
    auto id       = std::make_shared<std::string>();
    auto* command = group.add_subcommand(name, help);
    command->add_option("ID", *id, "Id of the sign-in, from `signins list`")->required();
    context.on(command, [&context, id, act]() -> Result<void> {
        auto desk          = TRY(open_desk(context));
        const auto sign_in = TRY(id_from<SignInId>(*id, "sign-in"));
        TRY(act(desk, sign_in));
        const auto report = TRY(report_of(desk, sign_in));
        context.print(report, page_of(report));
        return {};
    });
}

}  // namespace

void add_signin_commands(CLI::App& app, CommandContext& context) {
    auto& group = *app.add_subcommand("signins", "The sign-in log");
    group.require_subcommand(1);
    add_list(group, context);
    add_act(group, context, "show", "Show one sign-in, with every finding and every policy's answer",
            [](Desk&, SignInId) { return Result<void>{}; });
    add_act(group, context, "confirm-safe", "Confirm that the owner signed in; what it looked like becomes familiar",
            [](Desk& desk, SignInId id) { return app::ConfirmSignInSafe(desk.ports)(desk.admin, id); });
    add_act(group, context, "confirm-compromised", "Confirm that somebody else signed in; ends every session of the user",
            [](Desk& desk, SignInId id) { return app::ConfirmSignInCompromised(desk.ports)(desk.admin, id); });
    add_act(group, context, "dismiss", "Dismiss the risk of one sign-in; similar ones go on being scored",
            [](Desk& desk, SignInId id) { return app::DismissSignInRisk(desk.ports)(desk.admin, id); });
}

}  // namespace portcullis::program
