#include "app/own_prompts.h"

#include <algorithm>

#include "app/approvals.h"
#include "app/commit_own.h"
#include "app/decide_again.h"
#include "app/notices.h"
#include "app/own_sign_ins.h"
#include "app/reset_flow.h"
#include "app/risk_changes.h"
#include "app/sign_in_document.h"
#include "app/sign_in_steps.h"
#include "core/credentials/prompt_report.h"
#include "core/risk/raise.h"

namespace portcullis::app {
namespace {

using namespace std::chrono_literals;
using Refused = std::optional<ReportRefusal>;

risk::ReportedPrompt reported(const MfaPrompt& prompt) {
    risk::ReportedPrompt said{.method          = prompt.method,
                              .purpose         = prompt.purpose,
                              .is_passwordless = prompt.is_passwordless,
                              .sent_at         = prompt.at,
                              .ip_address      = prompt.ip_address,
                              .place           = {},
                              .user_agent      = prompt.user_agent,
                              .sign_in         = prompt.sign_in};
    if (!prompt.country.empty()) said.place = signals::Place{.city = prompt.city, .country = prompt.country};
    return said;
}

/// Nobody is left who could lift the block of the last way in.
bool is_emergency(const TenantSnapshot& tenant, UserId user) {
    const auto& accounts = tenant.tenant.settings.emergency_accounts;
    return std::ranges::find(accounts, user) != accounts.end();
}

}  // namespace

bool OwnPrompts::is_offered(const TenantSnapshot& tenant, const Account& account) {
    return credentials::may_report(tenant.tenant.settings.reports, {account.user.id, account.groups});
}

Result<std::vector<MfaPrompt>> OwnPrompts::list(const TenantSnapshot& tenant, const LiveSession& live, Instant now) {
    if (!is_offered(tenant, live.account)) return std::vector<MfaPrompt>{};
    return prompts_.list(tenant.tenant.id, live.account.user.id, now);
}

Result<std::variant<MfaPrompt, ReportRefusal>> OwnPrompts::find(const TenantSnapshot& tenant, const LiveSession& live, FlowId id, Instant now) {
    using Found = std::variant<MfaPrompt, ReportRefusal>;
    if (!is_offered(tenant, live.account)) return Found(ReportRefusal::off);
    auto prompts     = TRY(prompts_.list(tenant.tenant.id, live.account.user.id, now));
    const auto found = std::ranges::find(prompts, id, &MfaPrompt::id);
    if (found == prompts.end()) return Found(ReportRefusal::unknown);
    return Found(std::move(*found));
}

Result<Refused> OwnPrompts::report(const TenantSnapshot& tenant, const LiveSession& live, FlowId id, const RequestFacts& facts) {
    const auto found = TRY(find(tenant, live, id, facts.now));
    if (const auto* refused = std::get_if<ReportRefusal>(&found)) return Refused(*refused);
    if (!is_freshly_proven(registrant_of(live), facts.now)) return Refused(ReportRefusal::notFresh);
    const auto user  = live.account.user.id;
    const auto count = TRY(ports_.flows.count(tenant.tenant.id, FlowKind::throttle, "prompts|reports|" + to_string(user), facts.now + 24h, facts.now));
    if (count > kReportsPerDay) return Refused(ReportRefusal::tooMany);
    const auto taken = TRY(prompts_.take(tenant.tenant.id, user, id, facts.now));
    if (!taken) return Refused(ReportRefusal::unknown);
    const auto done = decide_again_on_conflict([&] { return act_on(tenant, live, *taken, facts); }, kDecisionsOfBrowserMax);
    if (!done) {  // it can be said again
        TRY(prompts_.note(tenant.tenant.id, user, *taken));
        return done.error();
    }
    TRY(end(tenant.tenant.id, user, *taken, facts.now));
    return Refused();
}

Result<void> OwnPrompts::act_on(const TenantSnapshot& tenant, const LiveSession& live, const MfaPrompt& prompt, const RequestFacts& facts) {
    const auto& user     = live.account.user;
    const auto detection = risk::reported_prompt(reported(prompt), user.id, ports_.random.new_id<DetectionId>(facts.now), facts.now);
    const bool blocks    = detection && tenant.tenant.settings.reports.blocks_mfa && !is_emergency(tenant, user.id);
    std::vector<Change> changes{PromptAnswered{user.id, prompt.id, prompt.method, "reported", blocks}};
    if (auto record = TRY(denied_sign_in(tenant, live, prompt, facts))) changes.push_back(std::move(*record));
    if (blocks) {
        changes.push_back(MfaBlocked{user.id, {.at = facts.now, .ends_at = facts.now + credentials::kMfaBlockLasts, .by_report = true, .reason = "reported a prompt"}});
    }
    if (detection) {
        auto book         = TRY(RiskChanges::read(ports_, tenant.tenant.id, user.id, std::nullopt));
        const auto before = book.assess().user;
        const risk::Happening happening{.event = risk::RiskEvent::suspiciousActivityReported, .by = risk::ActorKind::user, .target = {.user = user.id}, .at = facts.now};
        TRY(book.happen(happening, to_string(user.id), {&*detection, 1}));
        const auto after = book.assess().user;
        for (auto& change : TRY(book.changes(ports_, facts.now))) changes.push_back(std::move(change));
        TRY(tell_of_risk(changes, ports_, tenant, user, {.before = before, .after = after}, &facts, facts.now));
        TRY(tell_administrators(changes, ports_, tenant, user, {.notice = Notice::fraudReported, .at = facts.now, .from = nullptr, .words = {}, .other_addresses = {}}));
    }
    return commit_own(ports_, tenant.tenant.id, user.id, "ReportPrompt", std::move(changes), facts);
}

/// The record of the sign-in that was not theirs; nothing when it is over.
Result<std::optional<Change>> OwnPrompts::denied_sign_in(const TenantSnapshot& tenant, const LiveSession& live, const MfaPrompt& prompt, const RequestFacts& facts) {
    std::optional<Change> none;
    if (prompt.purpose != kPromptOfSignIn) return none;
    auto stored = TRY(find_flow(ports_.flows, tenant.tenant.id, prompt.flow, facts.now));
    if (!stored.flow) return none;
    auto& flow = *stored.flow;
    if (flow.user != live.account.user.id || flow.sign_in != prompt.sign_in) return none;
    flow.error_code = kStrongAuthenticationFailed;
    flow.refusal    = "the user reported the prompt";
    flow.steps.push_back(step_taken(facts.now, kPushStep, false, "MFA denied; fraud code entered"));
    return std::optional<Change>(SignInRecorded{sign_in_record(tenant, flow, &live.account, nullptr, flow.risk_line, facts_behind(ports_, prompt, facts))});
}

/// Whoever caused it begins anew, if they can.
Result<void> OwnPrompts::end(TenantId tenant, UserId user, const MfaPrompt& prompt, Instant now) {
    if (prompt.purpose == kPromptOfSignIn) {
        const auto stored = TRY(find_flow(ports_.flows, tenant, prompt.flow, now));
        return stored.flow ? end_flow(ports_.flows, tenant, *stored.flow) : Result<void>{};
    }
    TRY(ports_.flows.erase(tenant, FlowKind::passwordReset, to_string(prompt.flow)));
    // A reset goes on under another id after each proof.
    return end_resets(ports_, tenant, user, now);
}

}  // namespace portcullis::app
