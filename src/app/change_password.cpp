#include "app/change_password.h"

#include <algorithm>

#include "app/commit_own.h"
#include "app/decide_again.h"
#include "app/devices.h"
#include "app/notices.h"
#include "app/password_refusals.h"
#include "app/risk_changes.h"
#include "core/credentials/method_roles.h"

namespace portcullis::app {
namespace {

constexpr Duration kFreshMfa = std::chrono::minutes{10};  // id-protection.md E08

Result<void> move_risk(RiskChanges& book, const LiveSession& live, Instant now) {
    const auto& session = live.session;
    const bool is_fresh = settles_risk(live, now);
    risk::Happening happening{.event  = is_fresh ? risk::RiskEvent::userPasswordChanged : risk::RiskEvent::ordinaryPasswordChanged,
                              .by     = risk::ActorKind::user,
                              .target = {.user = session.user},
                              .at     = now};
    if (!is_fresh) {
        book.note(happening, to_string(session.user), "password changed, risk unaffected");
        return {};
    }
    happening.met = {risk::Need::freshMfa};
    return book.happen(happening, to_string(session.user));
}

}  // namespace

bool settles_risk(const LiveSession& live, Instant now) {
    const auto& proven = live.session.mfa_time;
    if (!proven || now - *proven > kFreshMfa) return false;
    const auto is_external = [&](const identity::Factor& f) { return f.method == AuthMethod::externalMethod && f.at == *proven; };
    const auto is_older    = [&](const identity::AuthenticationMethod& m) { return credentials::is_second_factor(m.kind) && m.created_at < *proven; };
    return std::ranges::any_of(live.session.factors, is_external) || std::ranges::any_of(live.account.methods, is_older);
}

Result<void> ChangePassword::note_refusal(const TenantSnapshot& tenant, PasswordRejected why, const RequestFacts& facts) {
    const auto user = why.user;
    return commit_own(ports_, tenant.tenant.id, user, "ChangePassword", {std::move(why)}, facts);
}

Result<PasswordChangeOutcome> ChangePassword::operator()(const TenantSnapshot& tenant, const LiveSession& live,
                                                         const Submission& submission, const RequestFacts& facts) {
    const auto id       = tenant.tenant.id;
    const auto& account = live.account;
    const auto current  = TRY(verify_password_.current(tenant, account, submission.current_password, facts));
    if (const auto* refused = std::get_if<PasswordRefused>(&current)) {
        const bool is_guessed = refused->because == PasswordRefusal::locked || refused->because == PasswordRefusal::stopped;
        if (is_guessed) return Error{ErrorCode::tooManyRequests, "too many wrong current passwords"};
        TRY(note_refusal(tenant, wrong_current_password(account.user.id), facts));
        return PasswordChangeOutcome{.problem = Problem::currentWrong};
    }
    if (!(submission.new_password == submission.confirm_password)) return PasswordChangeOutcome{.problem = Problem::confirmationDiffers};
    auto verdict = TRY(passwords_.judge(tenant, account, submission.new_password));
    if (!verdict.objections.empty()) {
        TRY(note_refusal(tenant, password_rejected(account.user.id, verdict.objections), facts));
        return PasswordChangeOutcome{.problem = Problem::passwordRefused, .reasons = std::move(verdict.objections)};
    }

    auto record = TRY(passwords_.record(tenant, account, submission.new_password, PasswordSetter::Kind::permanent, facts.now));
    OpenedSession opened{.session = live.session, .reference = {}, .cross_site_reference = {}};
    auto& session                       = opened.session;
    session.id                          = ports_.random.new_id<SessionId>(facts.now);
    renew_references(ports_, opened);
    session.auth_time                   = facts.now;
    session.last_seen_at                = facts.now;
    session.device_id                   = facts.device_id;  // a session alone gives nobody the cookie of its device
    session.password_generation         = record.generation;
    session.used_password               = true;

    std::vector<Change> changes{PasswordSet{std::move(record), std::move(verdict.would_be_refused)},
                                SessionsRevoked{account.user.id, facts.now, "password changed"},
                                SessionOpened{session}};
    const Told told{.notice = Notice::passwordChanged, .at = facts.now, .from = &facts, .words = {}, .other_addresses = {}};
    TRY(add_notice(changes, ports_, tenant, account.user, told));
    const auto commit = [&]() -> Result<void> {
        auto book = TRY(RiskChanges::read(ports_, id, account.user.id, std::nullopt));
        TRY(move_risk(book, live, facts.now));
        auto all     = changes;
        TRY(stay_on_device(all, ports_, id, opened.session.device, facts.now));
        auto of_risk = TRY(book.changes(ports_, facts.now));
        all.insert(all.end(), std::make_move_iterator(of_risk.begin()), std::make_move_iterator(of_risk.end()));
        return commit_own(ports_, id, account.user.id, "ChangePassword", std::move(all), facts);
    };
    TRY(decide_again_on_conflict(commit, kDecisionsOfBrowserMax));
    return PasswordChangeOutcome{.session = std::move(opened)};
}

}  // namespace portcullis::app
