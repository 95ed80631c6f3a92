#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/ports/change.h"
#include "app/ports/directory.h"
#include "app/ports/flow_store.h"
#include "app/ports/risk_detections.h"
#include "app/ports/tenants.h"
#include "app/second_factors.h"
#include "base/json.h"
#include "core/controls/next_step.h"
#include "core/identity/session.h"

namespace portcullis::app {

class RiskChanges;

/// Where a person stands in a sign-in: which question is put to them next.
enum class Stage {
    accountPicker,
    userName,
    password,
    accessPass,  // UX-130: instead of the password
    guestCode,   // UX-175: likewise, a code that was mailed to a guest
    unusualNotice,      // UX-21, where the organisation wants it
    riskNotice,         // UX-30, likewise
    mfa,
    approval,           // UX-163: waits for another device
    external,           // UX-176: waits for the provider of an external method
    registrationOffer,  // UX-10, UX-11
    registrationProof,  // UX-12: the secret is shown, its first code is asked for
    registrationPasskey,  // UX-12: the browser is asked to make one
    registrationToken,    // UX-178: a hardware token that waits for the person shows its code
    registrationDone,
    resetRegistration,  // UX-170: what a reset would ask for
    resetApp,           // UX-12, for that
    resetMail,          // UX-124, likewise
    resetMailCode,      // UX-125
    resetReview,        // UX-171: is what a reset asks for still right?
    nudge,              // UX-172: a passkey is better
    nudgePasskey,       // UX-12, for that
    passwordChange,     // UX-31, UX-70
    recoveryEntry,      // UX-36: the password is changed by a self-service reset
    signInAgain,        // UX-35: every session was ended
    passwordChanged,    // UX-33
    consent,            // PROTO-119: what the application wants to do in the person's name
    refused,            // UX-40, 41, 44, 46: the end, without a token
    granted,            // every demand is met: the answer may be given
};

/// Where the browser is asked to make a passkey.
constexpr bool makes_passkey(Stage stage) { return stage == Stage::registrationPasskey || stage == Stage::nudgePasskey; }

/// What the person will get when everything is met.
enum class Purpose {
    authorize,
    device,
    account,  // a page of the person's own account: `request` is its path below the tenant
};

/// Why a password change is asked for.
enum class ChangeReason { none, userRisk, temporary };

/// The first of the two sign-ins that end a risk without a password: whose it was, and when every session was ended after it.
/// `is_over`: the second came, and the risk is closed.
struct RemediationBegun {
    UserId user;
    Instant at;
    bool is_over = false;
};

/// What another provider is asked, once (app/external_mfa.h). Its answer counts for the flow that holds this state, and no other.
struct ExternalRequest {
    MethodId method;
    std::string state, nonce;
    Instant asked_at, expires_at;
};

/// A hardware token that waits for its owner, and what tells it from another.
struct WaitingToken {
    HardwareTokenId id;
    std::string name;
};

/// What one request knows of a sign-in, and no stored flow: every copy of the flow that the request makes has it.
struct ThisTurn {
    std::string held;                        // of a flow that is not stored: itself, sealed, as its page brings it along
    std::vector<Change> due;                 // proofs that were accepted, stored with what the sign-in comes to
    UserId prover;                           // whose they are
    std::shared_ptr<const Account> account;  // as read a moment ago
    std::shared_ptr<const StoredProfile> profile;
    std::shared_ptr<const signals::SignInSignals> seen;          // what `SignInFlow::signals` says
    std::shared_ptr<const RiskChanges> no_risk;                  // theirs, of a person without any
    std::shared_ptr<const std::optional<identity::Device>> browser;  // the person's device that the request comes from; not disabled
};

/// One sign-in between browser round trips. It lives in FlowStore, bound to the browser that began it (PROTO-118), and
/// carries facts only: what was proven, when, and what was seen. Decisions are made again from them at every step.
/// At its first question nothing was proven, and nothing is stored: the page brings the flow along, sealed. Its first answer, of
/// whatever kind, stores it or what is left of it, once.
/// Every member begins empty (false, 0, nothing in it): an empty one is not stored.
struct SignInFlow {
    FlowId id;
    std::int64_t version = 0;  // of the stored entry
    std::string browser_digest;
    std::string csrf;
    Purpose purpose = Purpose::authorize;
    std::string request;  // the authorization request's parameters as received, or the device's user code
    ApplicationId client;
    std::vector<ApplicationId> targets;  // what policies are asked about: resources, and the confidential client (§1.3 R2)
    policy::ClientAppType client_app = policy::ClientAppType::browser;
    CorrelationId correlation;
    Instant created_at;
    Instant expires_at;

    Stage stage = Stage::userName;
    std::string typed_name;
    UserId user;  // nil until the first factor is proven
    std::string user_principal_name;
    SignInId sign_in;
    std::optional<SessionId> session;  // the session this sign-in continues

    std::vector<identity::Factor> factors;
    Instant transaction_began;
    std::optional<Instant> first_factor_at;
    std::optional<Instant> mfa_at;
    std::optional<Instant> password_changed_at;
    std::int64_t password_generation = 0;
    bool is_interactive              = false;  // a factor was given in this flow

    json::object signals;   // wire/signals_json
    json::array findings;   // wire/detection_json: every detector's verdict
    std::optional<RiskLevel> sign_in_risk;  // pinned at begin (conditional-access.md §3.2 E4)
    std::optional<RiskLevel> user_risk;
    std::vector<DetectionId> closed_detections;

    std::optional<Instant> skip_until;   // of the registration offer; absent: it cannot be skipped
    bool registration_skipped = false;
    bool offers_app = false, offers_passkey = false;  // what can be registered
    std::vector<WaitingToken> tokens;      // likewise: looked for where one could make another step of what is asked
    std::optional<HardwareTokenId> token;  // at `registrationToken`: which of them
    bool enrolled = false;               // the method was registered in this very flow: it vouches for nothing yet
    std::string pending_secret;          // sealed seed that is being registered
    ChangeReason change_reason = ChangeReason::none;
    controls::RiskDriver driven_by = controls::RiskDriver::none;  // of the control that is asked for now
    Instant factor_since;                // a session's first factor must be as new as this (PROTO-109, PROTO-110)
    bool demands_mfa = false;            // for a page of the account, beside what policies ask
    std::vector<Acr> levels;             // of `acr`: the first that the person can reach is asked for, beside what policies ask
    Instant mfa_since;                   // MFA that is demanded must be as new as this
    std::vector<std::string> rights;     // that the person is asked about (core/oidc/consent.h); empty: nothing is asked
    bool insists_on_consent = false;     // `prompt=consent`: asked whatever was given before
    std::vector<SecondFactor> second_factors;  // at `mfa`: what can be asked for, first in front
    FlowId approval;                           // at `approval`: what waits (app/approvals.h)
    std::string approval_number;               // and what is shown
    int unapproved = 0;                        // the person's requests that nobody approved, where one of this sign-in was one too many
    std::vector<MethodId> external_methods;    // at `mfa`: the external methods among what can be asked for
    std::optional<ExternalRequest> external;   // at `external`: what waits
    std::vector<MethodId> asked_methods;       // at `mfa`: the only ones that a strength or level takes; empty: any
    std::vector<AuthMethod> registrable;       // at `registrationOffer`: the only kinds that a strength takes; empty: any
    std::vector<std::string> models;           // and of passkeys the only models; empty: any
    controls::RemediationBranch branch = controls::RemediationBranch::secureChange;  // pinned with the risk
    std::vector<MethodId> flagged;             // methods that somebody else added: they prove nothing; pinned with the risk
    std::optional<RemediationBegun> remediation_begun;
    bool saw_unusual_notice = false, saw_risk_notice = false;
    std::vector<AuthMethod> reset_choices;     // at `resetRegistration`: what can be added
    std::optional<AuthMethod> reset_choice;    // what the person chose of them, until it is begun: MFA may come first
    bool reset_skipped = false, reviews_reset = false;  // `reviews_reset`: instead of what a review showed
    std::optional<AuthMethod> registered;      // at `registrationDone`: what it was, where no proof tells
    int nudge_skips    = 0;                    // at `nudge`: how often before
    bool nudge_ends    = false;                // and it cannot be put off any more
    bool nudge_skipped = false;
    risk::SignInRisk risk_line;          // the sign-in's line in the log, as far as its risk moved
    int error_code = 0;                  // of the step: AADSTS-style
    std::string refusal;                 // why it ended, in words for the log
    json::array steps;                   // what happened, for the sign-in record: {stepDateTime, method, succeeded, detail}
    ThisTurn turn;
};

/// The flow as FlowStore keeps it.
std::string to_text(const SignInFlow& flow);
Result<SignInFlow> sign_in_flow_from(std::string_view text);

/// What was seen of the sign-in when it was assessed. Errors: invalidRequest before that.
Result<std::shared_ptr<const signals::SignInSignals>> seen_in(const SignInFlow& flow);
/// How a page and a link name the flow: its id, or all of it while it is not stored. Safe in a URL.
std::string reference_to(const SignInFlow& flow);
/// What stands in FlowStore for a flow that is over, as long as a page could still bring its beginning along.
FlowWrite over(const SignInFlow& flow);
/// The stored flow. `is_over`, when it was there and is over.
struct StoredFlow {
    std::optional<SignInFlow> flow;
    bool is_over = false;
};
/// Errors: unavailable.
Result<StoredFlow> find_flow(const FlowStore& flows, TenantId tenant, FlowId id, Instant now);
/// Nobody goes on with the flow, whatever it has come to meanwhile. Errors: unavailable.
Result<void> end_flow(FlowStore& flows, TenantId tenant, const SignInFlow& flow);

}  // namespace portcullis::app
