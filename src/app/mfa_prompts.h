#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/ports/all.h"
#include "app/request_facts.h"

namespace portcullis::app {

/// What a prompt was for.
inline constexpr std::string_view kPromptOfSignIn = "signIn";
inline constexpr std::string_view kPromptOfReset  = "passwordReset";

/// Somebody was asked to prove that they are this person: by a code that was sent, or on another device.
struct MfaPrompt {
    FlowId id;
    AuthMethod method = AuthMethod::email;
    std::string purpose;           // kPromptOfSignIn, kPromptOfReset
    bool is_passwordless = false;  // it took the place of the password
    Instant at;
    std::string application;  // of a sign-in; empty: the pages of the account, or a reset
    std::string ip_address, user_agent, browser, os;  // whoever caused it
    std::string city, country;  // country: ISO 3166-1 alpha-2; empty: not known
    std::optional<SignInId> sign_in;
    FlowId flow;  // the sign-in or reset that goes on with it; ends when the person says that it is not theirs
};

/// The prompt with what is known of whoever caused it.
MfaPrompt prompt_by(const Ports& ports, const RequestFacts& facts);

/// The device behind it: `Firefox, Linux`, the one of both that is known, or nothing.
std::string device_name(const MfaPrompt& prompt);

/// One prompt as FlowStore keeps it. Errors of the second: invalidRequest.
json::object to_json(const MfaPrompt& prompt);
Result<MfaPrompt> mfa_prompt_from(const json::object& document);

/// The prompts that a person can still say something about: the last ten of the last 24 hours, newest first. They are kept where flows
/// are: what is lost with them can be told on the page of sign-ins.
class MfaPrompts {
public:
    explicit MfaPrompts(Ports& ports) : ports_(ports) {}

    /// How long one is kept that nobody will ask for: anybody can make up names. No shorter than what a reset that began with it lives.
    static constexpr Duration kUnsentKept = std::chrono::minutes{15};

    enum class Sent { yes, no };
    /// Keeps one. `no`: nothing went out, and the same work is done for nobody. Errors of all: unavailable.
    Result<void> note(TenantId tenant, UserId user, const MfaPrompt& prompt, Sent sent = Sent::yes);
    Result<std::vector<MfaPrompt>> list(TenantId tenant, UserId user, Instant now);
    /// Takes one away and returns it; of any number of callers one gets it.
    Result<std::optional<MfaPrompt>> take(TenantId tenant, UserId user, FlowId id, Instant now);

private:
    struct Kept {
        std::string key;
        Duration lasts;
    };
    Result<void> keep(TenantId tenant, const Kept& kept, const MfaPrompt& prompt);
    Ports& ports_;
};

}  // namespace portcullis::app
