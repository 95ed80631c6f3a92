#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/enum_set.h"
#include "base/id.h"
#include "base/time.h"
#include "core/terms/policy_terms.h"
#include "core/terms/risk.h"

/// A Conditional Access policy as a value. Source: conditional-access.md §1; the JSON form is in wire/policy_json.h.
namespace portcullis::policy {

/// What an include list covers when it does not name identifiers.
enum class Scope : std::uint8_t { listed, all, none };

/// Who (§1.2). An exclusion beats an inclusion, whatever route put the user in.
struct UsersCondition {
    Scope include       = Scope::listed;
    bool include_guests = false;  // `GuestsOrExternalUsers`
    std::vector<UserId> include_users;
    std::vector<GroupId> include_groups;  // nested membership counts
    std::vector<RoleId> include_roles;    // directory-wide assignments only
    bool exclude_guests = false;
    std::vector<UserId> exclude_users;
    std::vector<GroupId> exclude_groups;
    std::vector<RoleId> exclude_roles;

    bool operator==(const UsersCondition&) const = default;
};

/// To what (§1.3): resources, or user actions, never both.
struct ApplicationsCondition {
    Scope include = Scope::listed;
    std::vector<ApplicationId> include_applications;
    std::vector<ApplicationId> exclude_applications;
    EnumSet<UserAction> user_actions;

    bool operator==(const ApplicationsCondition&) const = default;
};

/// From where (§8).
struct LocationsCondition {
    bool include_all         = false;  // every address, configured or not
    bool include_all_trusted = false;
    std::vector<LocationId> include_locations;
    bool exclude_all_trusted = false;
    std::vector<LocationId> exclude_locations;

    bool operator==(const LocationsCondition&) const = default;
};

/// All must match; inside one, what is listed are alternatives; one that is not configured always matches (§1.4).
struct Conditions {
    UsersCondition users;
    ApplicationsCondition applications;
    EnumSet<RiskLevel> sign_in_risk_levels;  // empty: not configured. A set, not a threshold
    EnumSet<RiskLevel> user_risk_levels;     // empty: not configured
    std::optional<LocationsCondition> locations;
    EnumSet<ClientAppType> client_app_types;  // empty: `all`
    EnumSet<TransferMethod> transfer_methods;  // empty: not configured

    bool operator==(const Conditions&) const = default;
};

/// What must be done, or `block` (§1.5).
struct GrantControls {
    GrantOperator op = GrantOperator::AND;
    EnumSet<GrantControl> controls;  // `authenticationStrength` exactly where there is a strength
    std::optional<StrengthId> strength = {};

    bool operator==(const GrantControls&) const = default;
};

/// How long an authentication lasts (§1.6). `everyTime` has no value.
struct SignInFrequency {
    FrequencyInterval interval             = FrequencyInterval::everyTime;
    int value                              = 0;
    FrequencyUnit unit                     = FrequencyUnit::hours;
    FrequencyAuthentication authentication = FrequencyAuthentication::primaryAndSecondaryAuthentication;

    bool operator==(const SignInFrequency&) const = default;
};

struct SessionControls {
    std::optional<SignInFrequency> sign_in_frequency;
    std::optional<PersistentBrowserMode> persistent_browser;

    [[nodiscard]] bool empty() const { return !sign_in_frequency && !persistent_browser; }
    bool operator==(const SessionControls&) const = default;
};

struct Policy {
    PolicyId id;
    std::string display_name;
    Instant created_at;
    std::optional<Instant> modified_at;  // nothing until the first change
    PolicyState state = PolicyState::disabled;
    Conditions conditions;
    std::optional<GrantControls> grant_controls;
    SessionControls session_controls;
    std::optional<std::string> description;
    std::optional<std::string> template_id;

    bool operator==(const Policy&) const = default;
};

}  // namespace portcullis::policy
