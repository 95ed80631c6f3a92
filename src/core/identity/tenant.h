#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "core/terms/auth_terms.h"
#include "core/terms/risk.h"

namespace portcullis::identity {

/// What a tenant's people see instead of ours.
struct Branding {
    std::string display_name;
    std::string color;      // #rrggbb; empty: the product's own
    std::string logo;       // path of a static file; empty: the product's mark
    std::string help_desk;  // how people reach help, in words; empty: "your help desk"
    std::string help_desk_mail;  // who gets "contact your administrator"; empty: administrators by role
};

/// `sub` of tokens (OIDC Core §8). Pairwise by default, as Entra does (protocols.md §1.2).
enum class SubjectType { pairwise, public_ };

/// How long things live (protocols.md §24, conditional-access.md §15.1; the stricter holds).
struct Lifetimes {
    Duration code             = std::chrono::seconds{60};
    Duration access_token     = std::chrono::minutes{60};
    Duration access_token_fan = std::chrono::minutes{15};  // PROTO-151: plus a random part so that refreshes spread
    Duration id_token         = std::chrono::minutes{60};
    Duration refresh_idle     = std::chrono::days{30};
    Duration refresh_absolute = std::chrono::days{90};
    Duration refresh_spa      = std::chrono::hours{24};
    Duration refresh_grace    = std::chrono::seconds{10};
    Duration session_idle     = std::chrono::hours{8};
    Duration session_absolute = std::chrono::hours{24};
    Duration flow_idle        = std::chrono::minutes{15};
    Duration flow_absolute    = std::chrono::minutes{60};
    Duration device_code      = std::chrono::minutes{15};
    Duration signing_key      = std::chrono::days{90};
    Duration key_prepublish   = std::chrono::hours{24};
};

/// MFA registration policy (id-protection.md §3.8).
struct RegistrationPolicy {
    bool is_enabled = true;
    Duration grace  = std::chrono::days{14};
    std::vector<UserId> excluded_users;
};

/// Smart lockout (conditional-access.md §18).
struct LockoutSettings {
    int threshold       = 10;
    Duration first_lock = std::chrono::seconds{60};
    Duration lock_max   = std::chrono::hours{5};
};

/// Rules for passwords (credentials.md §11–12).
struct PasswordSettings {
    enum class Profile { modern, compatible } profile = Profile::modern;
    // What names, lists and breaches say: refuses, or is only written down, to see first whom it would stop (credentials.md §11).
    enum class Mode { enforce, audit } mode           = Mode::enforce;
    int length_min_alone                              = 15;  // where a password alone can sign in
    int length_min                                    = 8;   // where MFA stands beside it
    int history                                       = 5;
    std::vector<std::string> custom_banned;  // at most 1000 terms of 4–16 characters
    Duration temporary_life = std::chrono::hours{24};
};

/// How many codes may be sent by text message and call, and where to (credentials.md §6.3). Each one costs money, and somebody
/// else may be earning it.
struct PhoneSettings {
    std::vector<std::string> countries;  // calling codes, as `49`; none: nobody is sent anything
    int sends_per_user_hour    = 5;
    int sends_per_number_day   = 10;
    int sends_per_country_hour = 50;   // a jump in one country is how toll fraud looks
    int sends_per_day          = 500;  // all in all
    Duration resend_after      = std::chrono::seconds{30};
};

/// Whether a passkey's maker must vouch for it (PROTO-502).
enum class AttestationPolicy { off, audit, enforce };
/// What a list of authenticator models (AAGUIDs) means.
enum class ModelRule { any, onlyListed, notListed };

/// How far the FIDO Alliance certified a model of authenticator (FIDO Metadata Service §3.1.4), from low to high.
enum class Certification { none, l1, l1plus, l2, l2plus, l3, l3plus };

/// One set of demands on passkeys, for some groups (credentials.md §6.5). A passkey must meet one profile whole.
struct PasskeyProfile {
    std::string name              = "Default";
    AttestationPolicy attestation = AttestationPolicy::off;
    bool allows_synced            = true;
    bool allows_device_bound      = true;
    ModelRule models              = ModelRule::any;
    std::vector<std::string> aaguids;  // lower case, with hyphens
    std::vector<GroupId> groups;       // empty: everybody
};

struct PasskeySettings {
    bool is_enabled      = true;
    bool is_self_service = true;  // off: nobody registers one alone
    std::vector<GroupId> excluded_groups;  // beat every profile
    std::vector<PasskeyProfile> profiles{PasskeyProfile{}};
    std::vector<std::string> attestation_roots;  // X.509 certificates, DER in base64
    bool trusts_fido_metadata         = true;               // what the operator imported vouches for makers, too
    Certification certification_least = Certification::l1;  // of a model that only the metadata vouches for
    int per_user_max = 10;
};

/// Who may replace a forgotten password by themselves.
enum class ResetScope { none, group, all };

/// Self-service password reset (credentials.md §9.1). Off until an administrator says for whom.
struct ResetSettings {
    ResetScope scope = ResetScope::none;
    std::optional<GroupId> group;  // members, nested ones too
    int gates = 2;                 // things to prove; administrators always two
    std::vector<AuthMethod> methods{AuthMethod::softwareOath, AuthMethod::recoveryCode, AuthMethod::email};
    bool allows_unlock           = false;  // "I know my password, but cannot sign in"
    bool allows_administrators   = true;
    bool notifies_users          = true;
    bool notifies_administrators = true;  // all of them, when one has reset their own
    bool requires_registration   = false;  // who could reset with more methods is asked for them at sign-in
    int reconfirm_days           = 180;    // with that: when what is registered is to be looked at again; 0: never
};

/// Whom a rule means. A group means the members of the groups nested in it, too.
struct MethodTargets {
    bool all_users = false;
    std::vector<UserId> users;
    std::vector<GroupId> groups;
};

/// The policy's word on one method (credentials.md §1.2). Who is not meant neither registers nor uses it; what they registered
/// before stays, and works again when they are meant again.
struct MethodRule {
    bool is_enabled = true;
    MethodTargets include{.all_users = true, .users = {}, .groups = {}};
    MethodTargets exclude;  // beats `include`
};

/// Whom the registration campaign asks: `byDefault`: who proved themselves by text message or call.
enum class CampaignState { disabled, byDefault, enabled };

/// People who have just passed MFA are asked to add a passkey, the stronger method (credentials.md §5).
struct RegistrationCampaign {
    CampaignState state = CampaignState::byDefault;
    int snooze_days     = 1;     // until it asks again; 0: at every MFA
    bool enforces       = true;  // after three times "not now" it cannot be put off any more
    MethodTargets include{.all_users = true, .users = {}, .groups = {}};
    MethodTargets exclude;  // beats `include`
};

/// How far the clock of an app or a token may be from ours: a step either way, or, for a literal reading of ASVS 6.5.5, not at all
/// (PROTO-527).
enum class CodeWindow { standard, strict };

/// One-time codes of apps and hardware tokens (credentials.md §6.2).
struct CodeSettings {
    CodeWindow window = CodeWindow::standard;
};

/// Temporary access passes (credentials.md §6.6). Lifetimes are whole minutes.
struct AccessPassSettings {
    Duration lifetime_min     = std::chrono::hours{1};
    Duration lifetime_max     = std::chrono::hours{8};
    Duration lifetime_default = std::chrono::hours{1};
    bool is_one_time          = false;  // every pass works once, and others stop working
    int length                = 8;      // characters
};

/// `default_`: as the product has it, which each feature says.
enum class FeatureState { default_, enabled, disabled };

/// One methods policy (CRED-001). What is not here, the password above all, is not a matter of it.
struct MethodsPolicy {
    MethodRule passkey, software_oath, hardware_oath, email, sms, voice, access_pass, recovery_code;
    /// Off until an administrator wants it: whoever is shown the number can pass it on, so it is weaker than a passkey.
    MethodRule push{.is_enabled = false};
    AccessPassSettings access_passes;
    /// Whether guests without a password sign in with a code by mail (credentials.md §6.4); by default they do.
    FeatureState guest_codes = FeatureState::default_;
};

/// The older presentation of risk, for organisations whose people know it (id-protection.md §3.1, §4). What is decided is the
/// same with and without it.
struct RiskPages {
    bool shows_notices            = false;  // UX-21 before MFA that risk asks for, UX-30 before a password change
    bool changes_through_recovery = false;  // UX-36: the password is changed by a self-service reset, where the person can
};

/// Mails to administrators (id-protection.md §5.5, credentials.md §17).
struct NoticeSettings {
    bool tells_users_at_risk  = true;
    RiskLevel risk_threshold  = RiskLevel::high;  // the level from which on
    bool sends_weekly_digest  = true;
    bool tells_of_operation   = true;  // keys, certificates, lists, ways out for messages
    std::vector<std::string> addresses;  // told of risk beside those with a role
    std::vector<UserId> excluded_users;  // have a role, and are not told of risk
    std::string time_zone = "UTC";       // of the digest's Monday, as `Europe/Berlin`
};

/// People report prompts that they did not ask for: their risk becomes high (credentials.md §8, CRED-036). By default they cannot.
struct ReportSettings {
    FeatureState state = FeatureState::default_;
    MethodTargets include{.all_users = true, .users = {}, .groups = {}};
    bool blocks_mfa = false;  // a report also blocks its person for MFA, until an administrator has looked
};

struct TenantSettings {
    Branding branding;
    std::string language = "en";
    SubjectType subjects = SubjectType::pairwise;
    Lifetimes lifetimes;
    RegistrationPolicy registration;
    LockoutSettings lockout;
    PasswordSettings passwords;
    PhoneSettings phone;
    PasskeySettings passkeys;
    ResetSettings reset;
    MethodsPolicy methods;
    CodeSettings codes;
    ReportSettings reports;
    RegistrationCampaign campaign;
    RiskPages risk_pages;
    NoticeSettings notices;
    std::vector<UserId> emergency_accounts;  // never bound by a policy (conditional-access.md §12)
};

/// One organisation. Nothing ever crosses from one tenant to another.
struct Tenant {
    TenantId id;
    std::string domain;  // verified, lower case
    TenantSettings settings;
    std::int64_t version = 0;  // moves with every change of configuration: settings, policies, applications, keys
};

}  // namespace portcullis::identity
