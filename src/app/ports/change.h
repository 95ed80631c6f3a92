#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/ports/alerts.h"
#include "app/ports/flow_store.h"
#include "app/ports/notice_store.h"
#include "app/ports/retention.h"
#include "app/ports/sealed_values.h"
#include "app/ports/sealer.h"
#include "app/ports/sign_in_record.h"
#include "base/id.h"
#include "base/time.h"
#include "core/identity/application.h"
#include "core/identity/external_method.h"
#include "core/identity/device.h"
#include "core/identity/hardware_token.h"
#include "core/identity/session.h"
#include "core/identity/tenant.h"
#include "core/identity/user.h"
#include "core/policy/named_locations.h"
#include "core/policy/policy.h"
#include "core/policy/strength.h"
#include "core/risk/transitions.h"
#include "core/signals/familiarity.h"

namespace portcullis::app {

// --- Configuration: each of these moves Tenant::version, so that every node sees it at its next request ---

struct TenantCreated { identity::Tenant tenant; };
struct TenantChanged { identity::TenantSettings settings; std::vector<std::string> changed = {}; };  // which parts, for the audit log
struct ApplicationSaved { identity::Application application; };  // version 0: new; else the version it was read at
struct ApplicationDeleted { ApplicationId application; };
/// version 0: new. `acknowledged`: rules whose warnings the administrator said are meant (CA-027).
struct PolicySaved { policy::Policy policy; std::int64_t version = 0; std::vector<std::string> acknowledged = {}; };
struct PolicyDeleted { PolicyId policy; };
struct NamedLocationSaved { policy::NamedLocation location; };
struct NamedLocationDeleted { LocationId location; };
struct StrengthSaved { policy::AuthenticationStrength strength; };
struct StrengthDeleted { StrengthId strength; };
struct ExternalMethodSaved { identity::ExternalMethod method; };
struct ExternalMethodDeleted { MethodId method; std::string display_name; };
/// A signing key as it is stored: the private half sealed.
struct StoredSigningKey {
    std::string kid;
    std::string alg;
    std::string public_jwk;      // JSON
    std::string sealed_private;  // see app/ports/sealer.h
    Instant activates_at;
    Instant retires_at;
    Instant published_until;
};
struct SigningKeySaved { StoredSigningKey key; };
struct SigningKeyDeleted { std::string kid; };

// --- Keys and upkeep; of these only what moves a tenant to another data key moves the configuration version ---
/// A data key of the envelope is new, or the same one is wrapped by another master key (PROTO-831).
struct DataKeySaved { WrappedDataKey key; std::string from_master; };  // empty: new; else the master key it was under
/// Values sealed anew under data key `version` (PROTO-831). One that is not what it was any more stays as it is.
struct SecretsResealed { SealedColumn column{}; std::uint32_t version = 0; std::vector<ResealedValue> values; };
/// Nothing is sealed with this data key any more, and it leaves.
struct DataKeyRetired { std::uint32_t version = 0; };
/// What has been over for long is forgotten: sessions and grants made before these ids (ids sort by time), at most `most` of each.
struct ExpiredForgotten { SessionId sessions_before; GrantId grants_before; std::int64_t most = 0; };

/// Records past their time are forgotten, at most `most` of each kind.
struct RecordsForgotten { RecordLimits limits; std::int64_t most = 0; };

// --- People ---

struct UserCreated { identity::User user; std::string upn_key; };  // as Text::upn_key folds it
struct UserChanged { identity::User user; };  // version as it was read
struct UserDeleted { UserId user; };
/// The password is set or replaced; `record.version` 0: the first one.
struct PasswordSet {
    identity::PasswordRecord record;
    std::vector<std::string> would_be_refused = {};  // why, where the tenant's password protection only audits (credentials.md §11)
};
/// Same password, better parameters.
struct PasswordRehashed { UserId user; std::string phc; std::int64_t version = 0; };
struct MethodRegistered { identity::AuthenticationMethod method; };
struct MethodRemoved { UserId user; MethodId method; };
struct MethodRenamed { UserId user; MethodId method; std::string display_name; };
/// This method is asked for first; the one that was is not any more.
struct DefaultMethodSet { UserId user; MethodId method; };
/// A TOTP step is spent; a conflict means somebody was faster (PROTO-520).
struct TotpStepUsed { UserId user; MethodId method; std::int64_t step = 0; int drift = 0; };  // drift: of a hardware token
/// A token comes into the inventory; it may be somebody's at once. A conflict when there is one of this serial number.
struct HardwareTokenAdded { identity::HardwareToken token; };
/// A conflict when it is somebody's.
struct HardwareTokenAssigned { HardwareTokenId token; UserId user; Instant at; };
/// Its owner, or an administrator, proved it; the method is registered before, in the same act. A conflict when it is not this user's
/// any more, is activated, or has shown this step's code before.
struct HardwareTokenActivated { HardwareTokenId token; UserId user; MethodId method; std::int64_t step = 0; int drift = 0; Instant at; };
/// It stays its owner's and must be proven anew; the method is removed after, in the same act. (A removal alone returns it to the inventory.)
struct HardwareTokenDeactivated { UserId user; MethodId method; };
/// Back to the inventory before it was activated; a conflict when it is not this user's or is activated.
struct HardwareTokenUnassigned { HardwareTokenId token; UserId user; };
/// It leaves the inventory; a conflict when it is somebody's.
struct HardwareTokenDeleted { HardwareTokenId token; };
/// A passkey was used: its counter, decided on `sign_count_before` (a conflict means another use was faster), and its backup
/// state (PROTO-504).
struct PasskeyUsed {
    UserId user;
    MethodId method;
    std::uint32_t sign_count_before = 0, sign_count = 0;
    bool is_backed_up = false, is_clone_suspected = false;
    Instant at;
};
/// A temporary access pass; it takes the place of the one before.
struct AccessPassIssued { identity::AccessPass pass; };
/// A pass let its owner in; a conflict means that it works once and somebody was faster, or that it was replaced.
struct AccessPassUsed { UserId user; MethodId pass; Instant at; };
struct AccessPassDeleted { UserId user; MethodId pass; };
/// The codes of a set, in place of those before; the set itself is a method. As Argon2id hashes, by number.
struct RecoveryCodesMade { UserId user; MethodId method; std::vector<std::string> phcs; };
/// A code is spent; a conflict means somebody was faster.
struct RecoveryCodeUsed { UserId user; MethodId method; int number = 0; };
/// MFA of sessions and grants from before this moment is void.
struct MfaSessionsRevoked { UserId user; Instant valid_from; };
/// Nobody proves MFA as this user until the block ends or is lifted; it takes the place of the one before.
struct MfaBlocked { UserId user; identity::MfaBlock block; };
/// A conflict means that there is none.
struct MfaUnblocked { UserId user; std::string reason; };
/// What a person said to a prompt (`approved`, `denied`, `wrongNumber`, `reported`), for the audit log alone.
struct PromptAnswered { UserId user; FlowId prompt; AuthMethod method = AuthMethod::push; std::string answer; bool blocks_mfa = false; };
struct RegistrationWindowOpened { UserId user; Instant deadline; };  // written once, never moved by skipping
/// What a reset asks for was looked at and is right, or, `is_first`, has just become enough.
struct ResetInfoConfirmed { UserId user; Instant at; bool is_first = false; };
/// "Not now" to the registration campaign, for the `skips_before`+1st time; a conflict means another answer was faster.
struct CampaignSkipped { UserId user; int skips_before = 0; Instant due_at; };
/// A reminder of the registration period that ends at `deadline` was sent, the `number`th; a conflict means it had been already.
struct RegistrationReminded { UserId user; Instant deadline; int number = 0; };
/// A new password or the proof for one was refused, for the audit log alone: the code of credentials.md §10.4 and its name.
struct PasswordRejected { UserId user; int error_code = 0; std::string reason; };
/// A passkey that a person made was not registered because of its model, for the audit log alone: the model as it was claimed,
/// and the PasskeyRefusal by name.
struct PasskeyNotRegistered { UserId user; std::string aaguid; std::string reason; };
/// One step of a self-service reset, for the audit log alone; nobody's name is kept where there is no account.
struct ResetProgressed { UserId user; std::string step; std::string detail; };
struct GroupCreated { identity::Group group; };
struct GroupMemberAdded { GroupId group; UserId user; };
struct GroupMemberRemoved { GroupId group; UserId user; };
struct GroupNested { GroupId parent; GroupId child; };
struct RoleAssigned { UserId user; RoleId role; };
struct RoleUnassigned { UserId user; RoleId role; };

// --- Sessions, grants, tokens ---

struct SessionOpened { identity::Session session; };
struct SessionChanged { identity::Session session; };  // version as it was read
struct SessionEnded { SessionId session; UserId user; std::string because; };
/// The session is over, and so is all that was issued from it, offline access too.
struct SessionCutOff { SessionId session; UserId user; std::string because; };
/// Everything issued to the user before `valid_from` is void (conditional-access.md §15.2).
struct SessionsRevoked { UserId user; Instant valid_from; std::string because; };
struct GrantOpened { identity::Grant grant; std::optional<identity::RefreshToken> refresh_token; };
/// `used` is spent and `next` takes its place; a conflict means another request was faster.
struct RefreshRotated { std::string used_digest; identity::RefreshToken next; Instant at; std::string sealed_successor; };
struct GrantRevoked { GrantId grant; std::string because; };
/// A sign-in has completed on a device that the person had not used. A conflict: somebody was faster. The longest unseen of the person's
/// enabled devices leave when they are more than `kDevicesKept`, unless something is still on them.
struct DeviceRegistered { identity::Device device; };
inline constexpr int kDevicesKept = 200;
/// A sign-in has completed on one that is known and enabled, with name and place as they are now; a conflict when it is not.
struct DeviceSeen { identity::Device device; };
/// What is on it was used: it was seen, and that is noted when the last note is older than `kDeviceNoted`.
struct DeviceUsed { DeviceId device; };
inline constexpr Duration kDeviceNoted = std::chrono::hours{1};
/// Nothing is issued on the device any more; every session on it is over, and so is all that was issued from them or for it, for ever
/// (CRED-070). A conflict when it is disabled already.
struct DeviceDisabled { DeviceId device; UserId user; Instant at; std::string by, because; };
/// It may be signed in on again; what was issued before stays void. A conflict when it is not disabled.
struct DeviceEnabled { DeviceId device; UserId user; std::string because; };
/// Forgotten, with the end of everything on it. A conflict when it is disabled: that is remembered.
struct DeviceRemoved { DeviceId device; UserId user; std::string because; };
/// What the person lets the application do from now on, in place of what was there.
struct ConsentGiven { identity::Consent consent; };
/// Forgotten, with every grant the application holds of this person.
struct ConsentWithdrawn { UserId user; ApplicationId client; };
/// An application got a token for itself; there is no grant to keep, but the act is audited.
struct AppTokenIssued { ApplicationId client; std::string resource; std::string jti; };

// --- Risk ---

struct DetectionRaised { risk::RiskDetection detection; };
/// The detection as it is now; a conflict when it is no longer in `from`.
struct RiskMoved { risk::RiskDetection after; RiskState from = RiskState::none; };
/// The projection of a user's risk, written in the same commit as what it follows from (conventions §8).
struct RiskyUserChanged { risk::RiskyUser user; risk::RiskHistoryItem history; ActId history_id; };
/// What a sign-in's log line says of risk moved with its detections (aggregate level, state, detail).
struct SignInRiskChanged { SignInId sign_in; risk::SignInRisk risk; };
/// What is usual for everybody, counted anew; moves no configuration version.
struct PopulationObserved { signals::PopulationShares shares; std::int64_t version = 0; };  // version 0: new
struct ProfileTrained { UserId user; signals::FamiliarityProfile profile; std::int64_t version = 0; };  // version 0: new
struct SignInRecorded { SignInRecord record; };
/// Its owner says whose a sign-in was; once, but for a report after "mine". A conflict: they have said it already.
struct SignInAnswered { SignInId sign_in; UserId user; OwnerAnswer says = OwnerAnswer::mine; };

// --- What must reach the outside ---

struct Message {
    MailId id;
    std::string channel = "email";  // or `sms`, `voice`
    std::string to;                 // an address, or a number as E.164
    std::string subject;            // mail only
    std::string text;
    std::string html;                   // mail only; empty: the text alone
    std::optional<Instant> expires_at;  // never sent from then on: a code that is over
    bool is_sealed = false;             // `text` and `html` hold a code and are sealed (outbox_context)
};
struct MessageQueued { Message message; };
/// What the owner of an account was told, for their own page: beside its mails, in the same act.
struct OwnerTold { Alert alert; };
/// Administrators are told of a kind of thing, last at `before` (nothing: never); a conflict means that another node was faster.
struct NoticeMarked { std::string kind; std::optional<Instant> before; Instant at; };
/// Administrators are told of these users, as far as their alerts went when they were read; a conflict means as above.
struct RiskAlertsTold { std::vector<RiskAlert> alerts; };
/// What waits for another try is due now: the way out works again.
struct OutboxHurried {};

struct AnyChange;

/// One thing that happens to durable state: any of the structs above that `change_kinds.def` lists. What it is, only the store
/// asks (`change_kinds.h`); everybody else makes changes and passes them on, and is not compiled with all of them.
class Change {
public:
    /// Defined for what is listed; anything else does not link.
    template <class Kind>
    Change(Kind kind);

    [[nodiscard]] const AnyChange& any() const { return *any_; }

private:
    std::shared_ptr<const AnyChange> any_;
};

/// Who acts. `id` is a user, an administrator or an application, as `kind` says; nil for the system and the command line.
struct Actor {
    risk::ActorKind kind = risk::ActorKind::system;
    UserId id;
    std::string name;  // what the audit log shows where there is no account: `cli:root`, `client:<id>`
};

/// Who did what, when and why: the unit that is stored and audited.
struct Act {
    TenantId tenant;
    ActId id;
    std::string name;  // the use case: `SignIn`, `DismissUserRisk`
    Actor by;
    Instant at;
    CorrelationId correlation;
    std::vector<Change> changes;
    std::vector<FlowWrite> flows;  // what it does to flow state, in the same transaction; not audited
};

}  // namespace portcullis::app
