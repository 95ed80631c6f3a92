#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/credentials/self_service_reset.h"
#include "core/identity/tenant.h"
#include "core/identity/user.h"

/// What people are asked about their methods at sign-in once everything else is met (credentials.md §3.2, §3.3, §5), and when they
/// are reminded of what is due (§17).
namespace portcullis::credentials {

/// The methods that this person could add by themselves, most secure first, where more of them are needed for a reset. Empty: they
/// have enough, may not reset at all, or could not get enough by themselves (CRED-004, CRED-007).
std::vector<AuthMethod> missing_for_reset(const identity::ResetSettings& settings, const ResetFacts& facts);

/// Whether who can reset should look again at what they would prove (CRED-008). What was confirmed or added counts as looked at.
bool is_review_due(const identity::ResetSettings& settings, const ResetFacts& facts, std::optional<Instant> confirmed_at, Instant now);
/// What such a review shows: the registered methods that a reset asks for, but devices that approve: those have a page of
/// their own.
std::vector<identity::AuthenticationMethod> reset_methods_of(std::span<const identity::AuthenticationMethod> methods);

/// "Not now" this often; then the campaign is mandatory where it enforces (CRED-016).
inline constexpr int kCampaignSkipsMax = 3;

enum class Nudge { none, skippable, mandatory };

/// What decides whether somebody is asked to add a stronger method.
struct NudgeFacts {
    MethodUser who;
    bool may_register   = false;  // passkeys, by themselves, now: in scope, not at risk, no policy against it
    bool has_target     = false;  // has a passkey
    bool by_telephone   = false;  // the MFA they have just passed was a text message or a call
    bool on_large_device = false; // a browser that is not on a telephone
    identity::RegistrationPrompts answered;
};
/// Only asked after MFA of this very sign-in.
Nudge decide_nudge(const identity::RegistrationCampaign& campaign, const NudgeFacts& facts, Instant now);
/// Everything that is wrong with the campaign's settings, in words.
std::vector<std::string> campaign_problems(const identity::RegistrationCampaign& campaign);

/// How many reminders somebody should have got by now of a registration period of `grace` that ends at `deadline`: after 1, 7 and 12
/// days of 14, and in proportion of other periods. None once it is over.
int reminders_due(Duration grace, Instant deadline, Instant now);

}  // namespace portcullis::credentials
