#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/credentials/methods_policy.h"
#include "core/identity/tenant.h"
#include "core/identity/user.h"

/// Who may replace a forgotten password by themselves, and what they must prove (credentials.md §9).
namespace portcullis::credentials {

/// The methods a reset knows, most secure first; no other is ever asked for (credentials.md §1.1, "Password reset").
std::span<const AuthMethod> reset_methods();
bool is_reset_method(AuthMethod method);

/// Two methods that prove the same thing are one gate: a text message and a call reach the same telephone, and a code is a code
/// whether an app or a token shows it (CRED-020).
bool is_same_gate(AuthMethod a, AuthMethod b);

/// Where the password is kept and whether it can be written there.
enum class PasswordHome { here, directoryReadOnly, directoryMisconfigured, directoryUnreachable, directory };

/// Whether a password of this account would ever be reset here by its owner, whatever the settings: guests have theirs elsewhere
/// (docs/self-service.md).
constexpr bool resets_here(const identity::User& user) { return user.type != identity::UserType::guest; }

/// All that decides about one person.
struct ResetFacts {
    const identity::User& user;
    std::span<const identity::AuthenticationMethod> methods;
    std::span<const GroupId> groups;  // transitive
    const CompiledMethods& policy;    // a method it does not allow them is not asked for
    bool is_administrator = false;    // holds a directory role
    bool has_password     = true;
    bool is_mfa_blocked   = false;
    bool has_external_method = false;  // MFA outside is theirs; nothing proves it here
    PasswordHome home     = PasswordHome::here;
};

/// Why a person cannot; the order is the order in which it is asked (CRED-040).
enum class ResetRefusal {
    off,                     // SSPR_0009: the organisation has it off
    noGroup,                 // SSPR_0011: for a group, and none is named
    outOfScope,              // SSPR_0013: not a member; also an account that cannot sign in at all, or whose proofs count for nothing
    administratorsOff,       // SSPR_0013: off for administrators (CRED-045)
    tooFewMethods,           // SSPR_0014
    passwordElsewhere,       // SSPR_0010: kept in a directory that is not written
    writebackMisconfigured,  // SSPR_0029
    writebackUnreachable,    // SSPR_0030
    homeElsewhere,           // a guest resets at home
};
std::string_view to_string(ResetRefusal refusal);
/// The code administrators know it by; empty for `homeElsewhere`, which has none.
std::string_view code_of(ResetRefusal refusal);

/// What a person has to prove.
struct ResetOffer {
    int gates = 2;
    bool needs_second_factor = false;  // they have one, so one gate is theirs: a reset is never weaker than a sign-in (CRED-049)
    std::vector<AuthMethod> methods;   // theirs, in the order of reset_methods()
};
using ResetVerdict = std::variant<ResetOffer, ResetRefusal>;

/// What is wrong with the methods of these settings, in words; nothing: they can stand. An approval on another device is never the only
/// way: beside it stand as many others as are proven (credentials.md §9.1).
std::optional<std::string> reset_methods_problem(const identity::ResetSettings& settings);

/// Administrators prove two things whatever the settings say, and may always use the app and mail (credentials.md §9.5).
ResetVerdict decide_reset(const identity::ResetSettings& settings, const ResetFacts& facts);

/// Whether a reset would ever ask this person for the method, were it registered.
bool is_asked_for(const identity::ResetSettings& settings, const ResetFacts& facts, AuthMethod method);

/// The methods that may be proven next. Empty: enough is proven. An approval is asked for only after another proof: a name alone makes
/// nobody's device ask, nor uses up what their sign-ins may ask.
std::vector<AuthMethod> open_methods(const ResetOffer& offer, std::span<const AuthMethod> proven);

/// What a page may offer somebody of whom nothing is known: every method the tenant uses, but approvals (CRED-041).
std::vector<AuthMethod> methods_for_anybody(const identity::TenantSettings& settings, const CompiledMethods& policy);

}  // namespace portcullis::credentials
