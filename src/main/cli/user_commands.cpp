#include <fmt/format.h>

#include <algorithm>

#include "app/admin/assign_role.h"
#include "app/admin/block_mfa.h"
#include "app/admin/block_user.h"
#include "app/admin/create_user.h"
#include "app/admin/delete_user.h"
#include "app/admin/invite_guest.h"
#include "app/admin/issue_access_pass.h"
#include "app/admin/issue_temporary_password.h"
#include "app/admin/prove_administrator.h"
#include "app/admin/recover_account.h"
#include "app/admin/register_contact.h"
#include "app/admin/reset_mfa.h"
#include "app/admin/registration_report.h"
#include "app/admin/respond_to_compromise.h"
#include "app/admin/revoke_mfa_sessions.h"
#include "app/admin/revoke_sessions.h"
#include "app/second_factors.h"
#include "core/credentials/prompt_report.h"
#include "main/cli/desk.h"
#include "main/cli/token_commands.h"
#include "main/cli/typed_secret.h"
#include "wire/admin_json.h"

namespace portcullis::program {
namespace {

constexpr int kRowsMax  = 100'000;
constexpr int kPageRows = 500;

std::string fields_of(const json::object& user) {
    return render_fields({{"user", text_of(user, "userPrincipalName")},
                          {"id", text_of(user, "id")},
                          {"name", text_of(user, "displayName")},
                          {"mail", text_of(user, "mail")},
                          {"enabled", text_of(user, "accountEnabled")},
                          {"created", text_of(user, "createdDateTime")},
                          {"deleted", text_of(user, "deletedDateTime")}});
}

std::string shown_once(const Secret& password) {
    return fmt::format("temporary password, shown this once: {}\nIt must be changed at the next sign-in.\n", password.reveal());
}

struct CreateOptions {
    std::string upn, name, given_name, surname, mail, language;
    bool reads_password = false;
};

void add_create(CLI::App& group, CommandContext& context) {
    auto options  = std::make_shared<CreateOptions>();
    auto* command = group.add_subcommand("create", "Create a user; without a password, with a temporary one");
    command->add_option("UPN", options->upn, "User principal name: NAME@DOMAIN")->required();
    command->add_option("--name", options->name, "Display name");
    command->add_option("--given-name", options->given_name, "Given name");
    command->add_option("--surname", options->surname, "Surname");
    command->add_option("--mail", options->mail, "Mail address; the user principal name when left out");
    command->add_option("--language", options->language, "Preferred language")->check(CLI::IsMember({"en", "de"}));
    command->add_flag("--password-stdin", options->reads_password, "Read the password from standard input");
    context.on(command, [&context, options]() -> Result<void> {
        auto desk = TRY(open_desk(context));
        app::NewUser wanted{.user_principal_name = options->upn,
                            .display_name        = options->name,
                            .given_name          = options->given_name,
                            .surname             = options->surname,
                            .mail                = options->mail,
                            .phone_number        = {},
                            .preferred_language  = options->language,
                            .password            = {}};
        if (options->reads_password) wanted.password = TRY(typed_secret(context, "the password"));
        app::PasswordSetter passwords(desk.ports);
        const auto created = TRY(app::CreateUser(desk.ports, passwords)(desk.admin, wanted));
        auto report        = wire::to_graph(created.user);
        auto text          = fields_of(report);
        if (created.temporary_password) {
            report["passwordProfile"] = json::object{{"password", created.temporary_password->reveal()}, {"forceChangePasswordNextSignIn", true}};
            text += shown_once(*created.temporary_password);
        }
        context.print(report, text);
        return {};
    });
}

void add_invite(CLI::App& group, CommandContext& context) {
    auto wanted   = std::make_shared<app::Invitation>();
    auto* command = group.add_subcommand("invite", "Invite a guest, who signs in with codes sent to their mail address; they are told by mail");
    command->add_option("MAIL", wanted->mail, "Mail address outside the organisation")->required();
    command->add_option("--upn", wanted->user_principal_name, "User principal name: NAME@DOMAIN; the mail address when left out");
    command->add_option("--name", wanted->display_name, "Display name");
    command->add_option("--given-name", wanted->given_name, "Given name");
    command->add_option("--surname", wanted->surname, "Surname");
    command->add_option("--language", wanted->preferred_language, "Preferred language")->check(CLI::IsMember({"en", "de"}));
    context.on(command, [&context, wanted]() -> Result<void> {
        auto desk          = TRY(open_desk(context));
        const auto invited = TRY(app::InviteGuest(desk.ports)(desk.admin, *wanted));
        const auto report  = wire::to_graph(invited);
        context.print(report, fields_of(report) + "invited by mail\n");
        return {};
    });
}

void add_list(CLI::App& group, CommandContext& context) {
    auto most     = std::make_shared<int>(1000);
    auto* command = group.add_subcommand("list", "List users");
    command->add_option("--top", *most, "At most so many")->check(CLI::Range(1, kRowsMax));
    context.on(command, [&context, most]() -> Result<void> {
        auto desk = TRY(open_desk(context));
        json::array rows;
        std::vector<TextRow> lines;
        std::string after;
        while (static_cast<int>(rows.size()) < *most) {
            const int wanted = std::min(kPageRows, *most - static_cast<int>(rows.size()));
            const auto page  = TRY(desk.ports.directory.users(desk.tenant_id(), {.after = after, .most = wanted}));
            for (const auto& user : page) {
                auto row = wire::to_graph(user);
                lines.push_back({text_of(row, "userPrincipalName"), text_of(row, "displayName"), text_of(row, "accountEnabled"), text_of(row, "id")});
                rows.push_back(std::move(row));
            }
            if (static_cast<int>(page.size()) < wanted) break;
            after = desk.ports.text.upn_key(page.back().user_principal_name).value_or("");
        }
        context.print(json::object{{"value", std::move(rows)}}, render_table({"USER", "NAME", "ENABLED", "ID"}, lines));
        return {};
    });
}

/// A pass as Graph's temporaryAccessPassAuthenticationMethod tells it; the pass itself nobody knows any more.
json::object pass_json(const app::TenantSnapshot& tenant, const app::Account& account, Instant now) {
    const auto& pass = *account.access_pass;
    const credentials::PassFacts facts{.settings   = tenant.tenant.settings.methods.access_passes,
                                       .is_allowed = app::is_allowed(tenant, account, AuthMethod::temporaryAccessPass),
                                       .now        = now};
    const auto standing = credentials::standing_of(pass, facts);
    return {{"id", to_string(pass.id)},
            {"createdDateTime", to_rfc3339(pass.created_at)},
            {"startDateTime", to_rfc3339(pass.starts_at)},
            {"lifetimeInMinutes", (pass.ends_at - pass.starts_at) / std::chrono::minutes{1}},
            {"isUsableOnce", pass.is_one_time},
            {"isUsable", standing == credentials::PassStanding::usable},
            {"methodUsabilityReason", credentials::to_string(standing)}};
}

std::string pass_text(const json::object& pass) {
    return fmt::format("{}, from {} for {} minutes{}", text_of(pass, "methodUsabilityReason"), text_of(pass, "startDateTime"),
                       text_of(pass, "lifetimeInMinutes"), text_of(pass, "isUsableOnce") == "yes" ? ", one use" : "");
}

json::object block_json(const identity::MfaBlock& block) {
    return {{"blockedDateTime", to_rfc3339(block.at)}, {"untilDateTime", to_rfc3339(block.ends_at)}, {"byReport", block.by_report}, {"reason", block.reason}};
}

Result<Answer> show(Desk& desk, const app::Account& account) {
    auto report = wire::to_graph(account.user);
    json::array methods, roles;
    std::string method_text, role_text;
    for (const auto& method : account.methods) {
        methods.push_back(json::object{{"id", to_string(method.id)},
                                       {"method", to_string(method.kind)},
                                       {"displayName", method.display_name},
                                       {"createdDateTime", to_rfc3339(method.created_at)}});
        method_text += fmt::format("{}{} ({})", method_text.empty() ? "" : ", ", to_string(method.kind), to_string(method.id));
    }
    for (const auto id : account.roles) {
        const auto role = identity::directory_role(id);
        for (const auto& entry : identity::directory_roles()) {
            if (entry.role != role) continue;
            roles.push_back(json::object{{"roleTemplateId", to_string(id)}, {"displayName", entry.display_name}});
            role_text += fmt::format("{}{}", role_text.empty() ? "" : ", ", entry.display_name);
        }
    }
    report["authenticationMethods"] = std::move(methods);
    report["directoryRoles"]        = std::move(roles);
    std::string pass;
    if (account.access_pass) {
        auto shown = pass_json(*desk.tenant, account, desk.admin.now);
        pass       = pass_text(shown);
        report["temporaryAccessPass"] = std::move(shown);
    }
    std::string blocked;
    if (credentials::is_mfa_blocked(account.mfa_block, desk.admin.now)) {
        auto shown = block_json(*account.mfa_block);
        blocked    = fmt::format("until {}: {}", text_of(shown, "untilDateTime"), text_of(shown, "reason"));
        report["mfaBlock"] = std::move(shown);
    }
    auto text = fields_of(report) + render_fields({{"access pass", pass}, {"MFA denied", blocked}, {"methods", method_text.empty() ? "none" : method_text}, {"roles", role_text}});
    return Answer{std::move(report), std::move(text)};
}

/// How the account stands now.
Result<Answer> account_after(Desk& desk, UserId user) {
    auto report = wire::to_graph(TRY(app::any_account(desk.ports, desk.admin, user)).user);
    auto text   = fields_of(report);
    return Answer{std::move(report), std::move(text)};
}

/// A use case on one account that answers how the account stands after it.
template <class UseCase>
Result<Answer> act(Desk& desk, const app::Account& account) {
    TRY(UseCase(desk.ports)(desk.admin, account.user.id));
    return account_after(desk, account.user.id);
}

Result<Answer> give_temporary_password(Desk& desk, const app::Account& account) {
    app::PasswordSetter passwords(desk.ports);
    app::VerifyPassword verify_password(desk.ports);
    const auto password = TRY(app::IssueTemporaryPassword(desk.ports, passwords, verify_password)(desk.admin, account.user.id));
    auto after          = TRY(account_after(desk, account.user.id));
    return Answer{json::object{{"password", password.reveal()}, {"user", std::move(after.report)}}, after.text + shown_once(password)};
}

void add_issue_pass(CLI::App& group, CommandContext& context) {
    struct Options {
        std::optional<int> minutes;
        std::string start;
        bool is_once = false;
    };
    auto options  = std::make_shared<Options>();
    auto* command = add_account_command(group, context, "issue-pass", "Give a temporary access pass, in place of the one before; shown this once",
                                        [options](Desk& desk, const app::Account& account) -> Result<Answer> {
        credentials::WantedPass wanted;
        if (options->minutes) wanted.lifetime = std::chrono::minutes{*options->minutes};
        if (options->is_once) wanted.is_one_time = true;
        if (!options->start.empty()) {
            wanted.starts_at = parse_rfc3339(options->start);
            if (!wanted.starts_at) return Error{ErrorCode::invalidRequest, fmt::format("`{}` is not a time like 2026-11-20T12:00:00Z", options->start)};
        }
        const auto issued = TRY(app::IssueAccessPass(desk.ports)(desk.admin, account.user.id, wanted));
        const auto after  = TRY(app::present_account(desk.ports, desk.admin, account.user.id));
        auto report       = pass_json(*desk.tenant, after, desk.admin.now);
        auto text         = fmt::format("access pass, shown this once: {}\n{}\n", issued.code.reveal(), pass_text(report));
        report["temporaryAccessPass"] = issued.code.reveal();
        return Answer{std::move(report), std::move(text)};
    });
    command->add_option("--minutes", options->minutes, "How long it works; the tenant's default when left out");
    command->add_option("--start", options->start, "From when on, like 2026-11-20T12:00:00Z; at once when left out");
    command->add_flag("--once", options->is_once, "It works once");
}

void add_respond_to_compromise(CLI::App& group, CommandContext& context) {
    struct Options {
        bool blocks = false, keeps_methods = false, gives_pass = false, disables_devices = false;
    };
    auto options  = std::make_shared<Options>();
    auto* command = add_account_command(group, context, "respond-to-compromise", "Temporary password, sessions and tokens void, methods removed: one act",
                                        [options](Desk& desk, const app::Account& account) -> Result<Answer> {
        app::CompromiseResponse wanted{.blocks = options->blocks, .keeps_methods = options->keeps_methods, .disables_devices = options->disables_devices};
        if (options->gives_pass) wanted.pass = credentials::WantedPass{};
        app::PasswordSetter passwords(desk.ports);
        app::VerifyPassword verify_password(desk.ports);
        const auto done = TRY(app::RespondToCompromise(desk.ports, passwords, verify_password)(desk.admin, account.user.id, wanted));
        auto after      = TRY(account_after(desk, account.user.id));
        json::array removed;
        for (const auto kind : done.removed) removed.emplace_back(to_string(kind));
        json::object report{{"password", done.temporary_password.reveal()}, {"removedMethods", removed}, {"disabledDevices", done.disabled_devices}};
        auto text = after.text + render_fields({{"removed", fmt::format("{} methods", removed.size())}, {"disabled", fmt::format("{} devices", done.disabled_devices)}}) + shown_once(done.temporary_password);
        if (done.pass) {
            report["temporaryAccessPass"] = done.pass->code.reveal();
            text += fmt::format("access pass, shown this once: {}\n", done.pass->code.reveal());
        }
        report["user"] = std::move(after.report);
        return Answer{std::move(report), std::move(text)};
    });
    command->add_flag("--block", options->blocks, "Nobody signs in until `user unblock`");
    command->add_flag("--keep-methods", options->keeps_methods, "The sign-in methods are the owner's for certain: they stay");
    command->add_flag("--pass", options->gives_pass, "Give the owner a temporary access pass too");
    command->add_flag("--disable-devices", options->disables_devices, "Nobody signs in with the account on a device that is known; `user device enable` lets one back in");
}

/// `mfa-block UPN --reason TEXT`, `mfa-unblock UPN --reason TEXT`.
template <class UseCase>
void add_mfa_act(CLI::App& group, CommandContext& context, const char* name, const char* help) {
    auto reason   = std::make_shared<std::string>();
    auto* command = add_account_command(group, context, name, help, [reason](Desk& desk, const app::Account& account) -> Result<Answer> {
        TRY(UseCase(desk.ports)(desk.admin, account.user.id, *reason));
        return show(desk, TRY(app::present_account(desk.ports, desk.admin, account.user.id)));
    });
    command->add_option("--reason", *reason, "Why, for the audit log and whoever looks later")->required();
}

void add_mfa_blocks(CLI::App& group, CommandContext& context) {
    auto* command = group.add_subcommand("mfa-blocks", "Who is on the MFA block list");
    context.on(command, [&context]() -> Result<void> {
        auto desk = TRY(open_desk(context));
        json::array rows;
        std::vector<TextRow> lines;
        for (const auto& blocked : TRY(desk.ports.directory.mfa_blocked(desk.tenant_id(), desk.admin.now))) {
            auto row                 = block_json(blocked.block);
            row["id"]                = to_string(blocked.user.id);
            row["userPrincipalName"] = blocked.user.user_principal_name;
            lines.push_back({blocked.user.user_principal_name, text_of(row, "untilDateTime"), text_of(row, "byReport"), blocked.block.reason});
            rows.push_back(std::move(row));
        }
        context.print(json::object{{"value", std::move(rows)}}, render_table({"USER", "UNTIL", "REPORTED", "WHY"}, lines));
        return {};
    });
}

/// The account that stands for the person at the desk, by their own password and code, typed here: one person cannot name two.
Result<app::Admin> proven_administrator(CommandContext& context, Desk& desk, app::VerifyPassword& verify_password, const std::string& upn) {
    const auto account = TRY(app::find_account(desk.ports, desk.tenant_id(), upn));
    auto password      = TRY(typed_secret(context, fmt::format("the password of {}", upn)));
    const auto code    = TRY(typed_secret(context, fmt::format("the code that the app or token of {} shows", upn)));
    return app::prove_administrator(desk.ports, verify_password, desk.admin, account, {.password = std::move(password), .code = std::string(code.reveal())});
}

struct RecoveryOptions {
    std::string by, because;
    std::optional<int> minutes;
    bool is_once = false;
};

CLI::App* add_recovery_act(CLI::App& group, CommandContext& context, const char* name, const char* help, const std::shared_ptr<RecoveryOptions>& options, AccountAct act) {
    auto* command = add_account_command(group, context, name, help, std::move(act));
    command->add_option("--by", options->by, "User principal name of the administrator who does it; who asks, confirms or takes back types their own password and code")->required();
    return command;
}

Result<Answer> recovered(CommandContext& context, Desk& desk, const app::Account& account, const RecoveryOptions& options) {
    app::PasswordSetter passwords(desk.ports);
    app::VerifyPassword verify_password(desk.ports);
    credentials::WantedPass wanted;
    if (options.minutes) wanted.lifetime = std::chrono::minutes{*options.minutes};
    if (options.is_once) wanted.is_one_time = true;
    const auto admin = TRY(proven_administrator(context, desk, verify_password, options.by));
    const auto done  = TRY(app::RecoverAccount(desk.ports, passwords, verify_password).confirm(admin, account.user.id, wanted));
    auto after       = TRY(account_after(desk, account.user.id));
    json::array removed;
    for (const auto kind : done.removed) removed.emplace_back(to_string(kind));
    auto text = after.text + render_fields({{"removed", fmt::format("{} methods", removed.size())}}) +
                fmt::format("access pass, shown this once: {}\n", done.pass.code.reveal()) + shown_once(done.temporary_password);
    return Answer{json::object{{"temporaryAccessPass", done.pass.code.reveal()},
                               {"password", done.temporary_password.reveal()},
                               {"removedMethods", std::move(removed)},
                               {"user", std::move(after.report)}},
                  std::move(text)};
}

/// What the one who confirms must know.
Result<Answer> pending_recovery(Desk& desk, const app::Account& account, const RecoveryOptions& options) {
    app::PasswordSetter passwords(desk.ports);
    app::VerifyPassword verify_password(desk.ports);
    // Who only looks is whom they say they are: whoever has the shell can read the store as well.
    const auto admin = TRY(app::administrator_of(desk.admin, TRY(app::find_account(desk.ports, desk.tenant_id(), options.by))));
    const auto asked = TRY(app::RecoverAccount(desk.ports, passwords, verify_password).pending(admin, account.user.id));
    if (!asked) return Error{ErrorCode::notFound, "nobody has asked for this recovery within a day"};
    const auto asker = TRY(app::any_account(desk.ports, desk.admin, asked->asked_by));
    const auto& by   = asker.user.user_principal_name;
    return Answer{json::object{{"userPrincipalName", account.user.user_principal_name},
                               {"askedBy", by},
                               {"askedAt", to_rfc3339(asked->asked_at)},
                               {"endsAt", to_rfc3339(asked->ends_at)},
                               {"reason", asked->reason}},
                  render_fields({{"asked by", by}, {"asked at", to_rfc3339(asked->asked_at)}, {"ends at", to_rfc3339(asked->ends_at)}, {"because", asked->reason}})};
}

void add_recovery(CLI::App& group, CommandContext& context) {
    auto options = std::make_shared<RecoveryOptions>();
    auto* ask    = add_recovery_act(group, context, "ask-recovery", "Ask to recover the account of somebody who lost everything; another administrator confirms", options,
                                    [&context, options](Desk& desk, const app::Account& account) -> Result<Answer> {
        app::PasswordSetter passwords(desk.ports);
        app::VerifyPassword verify_password(desk.ports);
        const auto admin = TRY(proven_administrator(context, desk, verify_password, options->by));
        const auto asked = TRY(app::RecoverAccount(desk.ports, passwords, verify_password).ask(admin, account.user.id, options->because));
        const auto until = to_rfc3339(asked.ends_at);
        return Answer{json::object{{"userPrincipalName", account.user.user_principal_name}, {"askedBy", options->by}, {"reason", asked.reason}, {"endsAt", until}},
                      fmt::format("asked: another administrator confirms by {}\n", until)};
    });
    ask->add_option("--because", options->because, "How it was made sure who it is")->required();
    auto* confirm = add_recovery_act(group, context, "confirm-recovery", "Confirm a recovery: methods and sessions go, an access pass and a temporary password are shown this once", options,
                                     [&context, options](Desk& desk, const app::Account& account) { return recovered(context, desk, account, *options); });
    confirm->add_option("--minutes", options->minutes, "How long the pass works; the tenant's default when left out");
    confirm->add_flag("--once", options->is_once, "The pass works once");
    add_recovery_act(group, context, "show-recovery", "Who asked for a recovery that waits, and how they made sure who it is", options,
                     [options](Desk& desk, const app::Account& account) { return pending_recovery(desk, account, *options); });
    add_recovery_act(group, context, "withdraw-recovery", "Take back that a recovery was asked for", options, [&context, options](Desk& desk, const app::Account& account) -> Result<Answer> {
        app::PasswordSetter passwords(desk.ports);
        app::VerifyPassword verify_password(desk.ports);
        const auto admin = TRY(proven_administrator(context, desk, verify_password, options->by));
        TRY(app::RecoverAccount(desk.ports, passwords, verify_password).withdraw(admin, account.user.id));
        return account_after(desk, account.user.id);
    });
}

void add_registration_report(CLI::App& group, CommandContext& context) {
    auto* command = group.add_subcommand("registration-report", "Who has registered for MFA, who can use it, and how long the others have");
    context.on(command, [&context]() -> Result<void> {
        auto desk         = TRY(open_desk(context));
        const auto report = TRY(app::registration_report(desk.ports, desk.admin));
        json::array rows;
        std::vector<TextRow> lines;
        for (const auto& line : report.lines) {
            json::object row{{"id", to_string(line.user)},
                             {"userPrincipalName", line.user_principal_name},
                             {"isMfaRegistered", line.is_registered},
                             {"isMfaCapable", line.is_capable},
                             {"isExcluded", line.is_excluded},
                             {"daysLeft", line.days_left ? json::value(*line.days_left) : json::value(nullptr)}};
            lines.push_back({line.user_principal_name, text_of(row, "isMfaRegistered"), text_of(row, "isMfaCapable"), text_of(row, "daysLeft")});
            rows.push_back(std::move(row));
        }
        const auto sums = fmt::format("{} users, {} registered, {} capable\n", report.users, report.registered, report.capable);
        context.print(json::object{{"users", report.users}, {"registered", report.registered}, {"capable", report.capable}, {"value", std::move(rows)}},
                      sums + render_table({"USER", "REGISTERED", "CAPABLE", "DAYS LEFT"}, lines));
        return {};
    });
}

template <class UseCase>
void add_role_act(CLI::App& group, CommandContext& context, const char* name, const char* help) {
    auto role     = std::make_shared<std::string>();
    auto* command = add_account_command(group, context, name, help, [role](Desk& desk, const app::Account& account) -> Result<Answer> {
        const auto found = identity::directory_role_named(*role);
        if (!found) return Error{ErrorCode::invalidRequest, fmt::format("`{}` is not a built-in directory role", *role)};
        TRY(UseCase(desk.ports)(desk.admin, account.user.id, *found));
        return account_after(desk, account.user.id);
    });
    command->add_option("ROLE", *role, "Name of a built-in directory role, such as \"Security Operator\"")->required();
}

/// `add-email UPN ADDRESS`, `add-phone UPN NUMBER`.
template <class Parse>
void add_contact_act(CLI::App& group, CommandContext& context, const char* name, const char* help, Parse parse) {
    auto value    = std::make_shared<std::string>();
    auto* command = add_account_command(group, context, name, help, [value, parse](Desk& desk, const app::Account& account) -> Result<Answer> {
        const auto contact = parse(*value);
        if (!contact) return Error{ErrorCode::invalidRequest, fmt::format("`{}` is not one plain address, or not a number with its country", *value)};
        TRY(app::RegisterContact(desk.ports)(desk.admin, account.user.id, *contact));
        return account_after(desk, account.user.id);
    });
    command->add_option("VALUE", *value, "name@domain, or +CC NUMBER")->required();
}

}  // namespace

void add_user_commands(CLI::App& app, CommandContext& context) {
    auto& group = *app.add_subcommand("user", "Accounts");
    group.require_subcommand(1);
    add_create(group, context);
    add_invite(group, context);
    add_list(group, context);
    add_account_command(group, context, "show", "Show one user with roles and sign-in methods", show);
    add_account_command(group, context, "block", "Nobody signs in with the account; ends every session", act<app::BlockUser>);
    add_account_command(group, context, "unblock", "Let the account sign in again", act<app::UnblockUser>);
    add_account_command(group, context, "delete", "Delete the account; its risk stays listed", act<app::DeleteUser>);
    add_account_command(group, context, "revoke-sessions", "End every session and void every refresh token", act<app::RevokeSessions>);
    add_account_command(group, context, "reset-mfa", "Remove sign-in methods and start the registration period anew", act<app::ResetMfa>);
    add_account_command(group, context, "temporary-password", "Give a temporary password; closes the user's risk and ends every session",
                        give_temporary_password);
    add_account_command(group, context, "revoke-mfa-sessions", "Void the MFA of every session: the next policy that wants it asks", act<app::RevokeMfaSessions>);
    add_mfa_act<app::BlockMfa>(group, context, "mfa-block", "Deny every MFA request of the user, for 90 days or until mfa-unblock");
    add_mfa_act<app::UnblockMfa>(group, context, "mfa-unblock", "Take the user from the MFA block list");
    add_mfa_blocks(group, context);
    add_respond_to_compromise(group, context);
    add_device_commands(group, context);
    add_recovery(group, context);
    add_registration_report(group, context);
    add_token_commands(group, context);
    add_issue_pass(group, context);
    add_account_command(group, context, "delete-pass", "Take the temporary access pass away", act<app::DeleteAccessPass>);
    add_contact_act(group, context, "add-email", "Register a recovery address; takes the place of the one before", credentials::parse_mail_address);
    add_contact_act(group, context, "add-phone", "Register a telephone for recovery; takes the place of the one before", credentials::parse_phone_number);
    add_role_act<app::AssignRole>(group, context, "assign-role", "Give a directory role");
    add_role_act<app::UnassignRole>(group, context, "remove-role", "Take a directory role away");
}

}  // namespace portcullis::program
