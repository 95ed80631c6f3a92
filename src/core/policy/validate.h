#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/policy/evaluate.h"
#include "core/policy/named_locations.h"

/// What is wrong with a policy before it is saved. Source: conditional-access.md §2; the rules that look at the JSON
/// document are applied by wire/policy_json.h, which also calls `validate`.
namespace portcullis::policy {

/// `reject`: cannot be saved. `warn`: only with an explicit acknowledgement. `note`: saved, and shown.
enum class Severity : std::uint8_t { reject, warn, note };

struct Finding {
    std::string rule;     // `CAV-05`, or one of the two below
    std::string path;     // `conditions.users.includeUsers[2]`
    std::string message;  // one sentence for the administrator
    Severity severity = Severity::reject;

    bool operator==(const Finding&) const = default;
};

inline constexpr const char* kSchemaRule      = "schema";       // not the shape or the values of the type
inline constexpr const char* kUnsupportedRule = "unsupported";  // of the type, but not evaluated here, so refused

inline constexpr std::size_t kDisplayNameMax  = 256;  // bytes
inline constexpr int kFrequencyHoursMax = 23, kFrequencyDaysMax = 365;

bool is_rejected(std::span<const Finding> findings);
bool needs_acknowledgement(std::span<const Finding> findings);

/// The rules that need the policy alone: CAV-01–09, 11–13, 16, 25, 27, 28 and the values of its members. All at once.
std::vector<Finding> validate(const Policy& policy);

/// The rules that look into the strength a policy names: CAV-05 and CAV-11 (it must be MFA), CAV-21 (there is none), CAV-29
/// (nobody here can meet it). `strength`: what it names, or null.
std::vector<Finding> strength_findings(const Policy& policy, const AuthenticationStrength* strength);

/// Why a strength cannot be deleted: a policy names it.
std::vector<Finding> deletion_findings(const AuthenticationStrength& strength, std::span<const Policy> policies);

/// Everything a policy names.
struct References {
    std::vector<UserId> users;
    std::vector<GroupId> groups;
    std::vector<RoleId> roles;
    std::vector<ApplicationId> applications;
    std::vector<LocationId> locations;
};
References references(const Policy& policy);

/// CAV-21, for each reference that is not in `existing` (what the caller found of `references(policy)`); CAV-22, for
/// each role that is not a built-in one. At run time a dangling include never matches and a dangling exclude never
/// excludes.
std::vector<Finding> dangling(const Policy& policy, const References& existing);

/// Somebody whose coverage by a policy matters.
struct Person {
    UserId user;
    identity::UserType user_type = identity::UserType::member;
    std::vector<GroupId> groups;
    std::vector<RoleId> roles;
};

/// Whether the policy's users condition matches them.
bool covers(const Policy& policy, const Person& person);

/// CAV-23: an enabled policy that blocks all users from all resources excludes no administrator.
/// CAV-24: an enabled policy covers every emergency account (it will not bind them; it should say so itself).
std::vector<Finding> lockout_warnings(const Policy& policy, std::span<const Person> administrators,
                                      std::span<const Person> emergency);

/// Why a named location cannot be deleted: it is trusted, or a policy names it (§8).
std::vector<Finding> deletion_findings(const NamedLocation& location, std::span<const Policy> policies);

}  // namespace portcullis::policy
