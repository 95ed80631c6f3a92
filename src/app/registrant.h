#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/live_session.h"
#include "app/request_facts.h"
#include "app/sign_in_flow.h"
#include "core/risk/assess.h"

namespace portcullis::app {

/// A proven person who is about to change how they sign in, in a session or within a sign-in.
struct Registrant {
    std::string ceremony;  // what a registration under way is bound to: one of a kind waits at a time
    Account account;
    SignInId sign_in;
    std::optional<SessionId> session;
    std::vector<identity::Factor> factors;
    Instant first_factor_at;
    std::optional<Instant> mfa_at;
    bool has_external_method;  // as in LiveSession
    std::vector<std::string> models = {};  // of a passkey only these, vouched for by its maker; empty: any
};

Registrant registrant_of(const LiveSession& live);
/// Errors: forbidden when nothing is proven yet.
Result<Registrant> registrant_of(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account);

/// The sign-in that this person stands for, as policies look at it.
SignInFlow flow_for_policies(const Registrant& who, const risk::Risk& risk);

/// Why nobody changes security info now, whoever asks.
enum class RegistrationBar {
    atRisk,         // 53004: "a user at risk cannot add or change security info, not even from the manage page"; nor who is blocked for MFA
    policyRefuses,  // 53010
};
/// Sources: conditional-access.md §3.5, credentials.md §3.1, id-protection.md §3.6. Errors: unavailable.
Result<std::optional<RegistrationBar>> registration_bar(Ports& ports, const TenantSnapshot& tenant, const Registrant& who,
                                                        const RequestFacts& facts);

/// When MFA was last proven by something of the person's own; `mfa_at` is when it was proven at all. An approval rests on a session
/// elsewhere, and renews no proof of how one signs in.
std::optional<Instant> own_mfa_at(std::span<const identity::Factor> factors, std::optional<Instant> mfa_at);

/// How new a proof must be for a change of how one signs in (credentials.md §3.1, CRED-027).
inline constexpr Duration kFreshProof = std::chrono::minutes{5};
/// Whether the person's proof is that new: MFA when they have any method, the first factor when they have none yet. A one-time pass
/// stays new for as long as it lets register.
bool is_freshly_proven(const Registrant& who, Instant now);
/// Whether a registration may be finished: a one-time pass lets one finish for ten minutes (credentials.md §6.6, CRED-029).
bool is_in_time(const Registrant& who, Instant now);

}  // namespace portcullis::app
