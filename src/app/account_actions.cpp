#include "app/account_actions.h"

#include <ranges>

#include "app/approvals.h"
#include "app/collect_signals.h"
#include "app/external_methods.h"
#include "app/own_sign_ins.h"
#include "app/registrant.h"
#include "app/registration_policy.h"
#include "app/risk_changes.h"
#include "app/second_factors.h"
#include "app/sign_in_document.h"
#include "core/controls/next_step.h"
#include "core/credentials/method_roles.h"
#include "wire/signals_json.h"

namespace portcullis::app {
namespace {

/// Applications of one session that are asked about.
constexpr std::size_t kApplicationsAsked = 20;

/// The session as policies look at it when it comes back for a token.
SignInFlow flow_of(const LiveSession& live, const risk::Risk& risk, Instant now) {
    auto flow              = flow_for_policies(registrant_of(live), risk);
    flow.sign_in           = live.session.sign_in;
    flow.transaction_began = now;
    flow.closed_detections = live.session.closed_detections;
    return flow;
}

bool asks_for_sign_in(const controls::Step& step) {
    if (std::holds_alternative<controls::Reauthenticate>(step)) return true;
    const auto* interrupt = std::get_if<controls::Interrupt>(&step);
    return interrupt && interrupt->control != controls::GrantControl::passwordChange;
}

std::optional<PendingAction> registration_due(const TenantSnapshot& tenant, const Account& account, Instant now) {
    const auto& user    = account.user;
    const bool is_meant = tenant.tenant.settings.registration.is_enabled && !is_left_out_of_registration(tenant, user.id);
    if (!is_meant || has_mfa(tenant, account)) return std::nullopt;
    PendingAction action{.what = ActionNeeded::registerMethod, .until = user.mfa_registration_deadline};
    if (action.until && now >= *action.until) action.until.reset();
    return action;
}

}  // namespace

Result<bool> must_sign_in_again(Ports& ports, const TenantSnapshot& tenant, const LiveSession& live, const RequestFacts& facts) {
    const auto book = TRY(RiskChanges::read(ports, tenant.tenant.id, live.account.user.id, live.session.sign_in));
    auto flow       = flow_of(live, book.assess(), facts.now);
    flow.signals    = wire::to_json(collect_signals(ports, tenant, flow, facts));
    const controls::Capabilities can{.can_mfa             = !second_factors(tenant, live.account, facts.now).empty(),
                                     .can_register        = true,
                                     .can_change_password = live.account.password.has_value(),
                                     .registration        = controls::RegistrationDue::notDue,
                                     .methods             = offered_methods(tenant, live.account, facts.now)};
    for (const auto client : live.session.clients | std::views::take(kApplicationsAsked)) {
        if (!tenant.application(client)) continue;
        flow.targets    = {client};
        const auto view = decide(tenant, flow, live.account, facts.now);
        if (asks_for_sign_in(controls::next_step(view.decision, view.session, can))) return true;
    }
    return false;
}

Result<std::vector<PendingAction>> pending_actions(Ports& ports, const TenantSnapshot& tenant, const LiveSession& live, const RequestFacts& facts) {
    std::vector<PendingAction> pending;
    const auto& account = live.account;
    const auto book     = TRY(RiskChanges::read(ports, tenant.tenant.id, account.user.id, std::nullopt));
    if (const auto waits = TRY(Approvals(ports).waiting(tenant, live, facts))) {
        pending.push_back({.what = waits->prompt.purpose == kPromptOfReset ? ActionNeeded::approveReset : ActionNeeded::approveSignIn});
    }
    if (book.assess().user >= RiskLevel::medium && account.password) pending.push_back({.what = ActionNeeded::changePassword});
    const auto unusual = TRY(OwnSignInsOf(ports).unanswered(tenant, live, facts.now));
    if (unusual > 0) pending.push_back({.what = ActionNeeded::reviewSignIns, .count = unusual});
    if (const auto due = registration_due(tenant, account, facts.now)) pending.push_back(*due);
    if (TRY(must_sign_in_again(ports, tenant, live, facts))) pending.push_back({.what = ActionNeeded::signInAgain});
    return pending;
}

}  // namespace portcullis::app
