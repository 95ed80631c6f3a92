#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "core/policy/evaluate.h"
#include "core/terms/error_codes.h"

/// A decision becomes what happens next. Source: conditional-access.md §3, phase 2.
namespace portcullis::controls {

using policy::GrantControl;

/// An authentication finished at most this long ago satisfies "every time" (§3.6: at most one prompt in five minutes).
inline constexpr Duration kEveryTimeTolerance = std::chrono::minutes{5};

/// Which risk the policies look at that demand a control. Decides what completing it remediates (§6.2).
enum class RiskDriver : std::uint8_t { none, signInRisk, userRisk, both };

constexpr bool looks_at_sign_in_risk(RiskDriver driver) {
    return driver == RiskDriver::signInRisk || driver == RiskDriver::both;
}
constexpr bool looks_at_user_risk(RiskDriver driver) {
    return driver == RiskDriver::userRisk || driver == RiskDriver::both;
}

/// Whether sign-in frequency is enforced on this request. Deferred for confidential clients that renew tokens without
/// their user, to the next interactive sign-in (§3.6).
enum class FrequencyCheck : std::uint8_t { enforced, deferred };

/// How `riskRemediation` ends a risk (§6.4): with a new password where somebody else may know it, else with a second sign-in
/// after every session was ended.
enum class RemediationBranch : std::uint8_t { secureChange, signInAgain };

/// `again`: every session was ended for this risk by a complete sign-in of the same person in this flow, and since then they have
/// begun anew with nothing proven.
enum class SignedIn : std::uint8_t { once, again };

/// What this session has proven, and when. What happened at or after `transaction_began` belongs to this transaction,
/// whose length the flow's lifetime bounds.
struct SessionFacts {
    Instant now;
    Instant transaction_began;
    std::optional<Instant> first_factor_at;
    std::optional<Instant> mfa_at;               // second factor, or one that is multi-factor by itself
    std::optional<Instant> password_changed_at;  // by the secure password change of this transaction
    FrequencyCheck frequency_check = FrequencyCheck::enforced;
    std::vector<policy::Proven> factors = {};  // each proof, for authentication strengths
    RemediationBranch remediation       = RemediationBranch::secureChange;
    SignedIn again                      = SignedIn::once;
};

/// The registration policy's word on this user at this moment (id-protection.md §3.8); not a Conditional Access policy.
enum class RegistrationDue : std::uint8_t { notDue, skippable, forced };

/// A second factor that the person has, or the kind of one they could register here; `aaguid` as in policy::Proven.
struct Offered {
    AuthMethod kind = AuthMethod::softwareOath;
    MethodId method = {};  // nil of what is not registered yet
    std::string aaguid = {};
};

/// What this user and client can do now.
struct Capabilities {
    bool can_mfa             = false;  // has a usable method
    bool only_by_pass        = false;  // and that is an access pass, which registers nobody (CRED-013)
    bool can_register        = false;  // may register one here
    bool can_change_password = false;
    /// `notDue` also once it was skipped in this sign-in, and where nobody can be asked yet (silent requests) unless
    /// forced.
    RegistrationDue registration = RegistrationDue::notDue;
    /// For authentication strengths: each usable second factor, and what may be registered. A passkey that is yet to be made
    /// counts as one of a listed model: its registration asks for one.
    std::vector<Offered> methods = {}, registrable = {};
};

/// A control that was demanded and is met, and what drove it. Read by remediation: an MFA claim that was already
/// there closes sign-in risk as well (E06).
struct Satisfied {
    GrantControl control = GrantControl::mfa;
    RiskDriver driven_by = RiskDriver::none;
};

/// What applies to the session that is issued; merged from all enforced policies (§3.6).
struct SessionLimits {
    std::optional<Duration> first_factor_max_age;  // kEveryTimeTolerance for "every time"
    std::optional<Duration> mfa_max_age;
    bool is_every_time = false;
    std::optional<policy::PersistentBrowserMode> persistent_browser;  // `never` wins

    bool operator==(const SessionLimits&) const = default;
};

/// Everything demanded is met: issue.
struct Grant {
    std::vector<Satisfied> satisfied;
    SessionLimits limits;
};

/// Ask for this control; on success take the facts again and decide again.
struct Interrupt {
    GrantControl control = GrantControl::mfa;
    RiskDriver driven_by = RiskDriver::none;
    std::vector<PolicyId> policies;
    bool has_expired = false;  // MFA was done, too long ago (50078)
    std::vector<MethodId> methods = {};  // of a strength: the only ones to ask for
    RemediationBranch remediation = RemediationBranch::secureChange;  // of `riskRemediation`
};

/// The first factor is too old for a sign-in frequency, or there is none.
struct Reauthenticate {
    std::vector<PolicyId> policies;
};

/// Register a method now. `skippable` only when nothing but the registration policy asks.
struct Register {
    RegistrationDue due = RegistrationDue::forced;
    std::vector<PolicyId> policies;
    std::vector<AuthMethod> methods   = {};  // of a strength: the only kinds to offer
    std::vector<std::string> aaguids = {};  // and of passkeys the only models; empty: any
};

enum class Refusal : std::uint8_t {
    blockedByPolicy,
    registrationBlockedByPolicy,      // a registerSecurityInfo policy refuses
    registrationRefusedDueToRisk,     // no method, and risk is involved: an administrator must act
    registrationImpossible,           // no method, and none can be registered
    passwordChangeImpossible,         // no password here that could be changed
    clientCannotAnswer,               // legacy client: any interactive control equals a block
};

struct Refuse {
    Refusal because = Refusal::blockedByPolicy;
    std::vector<PolicyId> policies;
};

using Step = std::variant<Grant, Interrupt, Reauthenticate, Register, Refuse>;

/// What happens next in this sign-in: the only place a decision becomes an action. Total. Registration is refused at
/// medium risk and above, and at unknown risk (PROTO-207; what is unknown is not safe). In this order:
/// a block before anything is asked (E2); refusals that no prompt could avert; a first factor that is too old;
/// authentication strengths and MFA, or their registration; password change or risk remediation, only after MFA in this
/// transaction; the registration policy; issue. Until risk is remediated, policies that do not ask for it wait: they could
/// ask for what nobody at risk can give (§6.4, CA-042).
Step next_step(const policy::Decision& decision, const SessionFacts& session, const Capabilities& user);

/// The policies that demand risk remediation, once all that they demand is done in this transaction; none before.
std::vector<PolicyId> remediated_by(const policy::Decision& decision, const SessionFacts& session);

/// Whether the caller can show pages.
enum class Interaction : std::uint8_t { interactive, silent };

/// The code of a step, as logged (§17); Success for Grant. Screen UX-11, forced registration, shows 50079.
StsError error_code(const Step& step, Interaction interaction);
/// Why, for the operator and the sign-in record: lower case, no full stop.
std::string_view to_string(Refusal because);

/// What the enforced policies that apply make of the session.
SessionLimits session_limits(const policy::Decision& decision);

}  // namespace portcullis::controls
