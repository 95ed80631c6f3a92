#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "app/ports/all.h"
#include "app/request_facts.h"
#include "app/sign_in_flow.h"
#include "core/credentials/external_answer.h"

/// MFA by the provider of an external method: our request, its answer, and what the answer proves. Source: Microsoft Entra, "external
/// method provider reference".
namespace portcullis::app {

/// Where every provider posts its answers to, below the tenant's GUID.
inline constexpr std::string_view kExternalAnswerPath = "federation/externalauthprovider";

/// What the browser posts to the provider.
struct ExternalForm {
    std::string provider;  // its name, for people
    std::string action;    // its authorization endpoint
    std::vector<std::pair<std::string, std::string>> fields;
};

/// What a provider posted, as it came.
struct ExternalPost {
    std::string state, id_token, error;
};

struct ExternalWaiting {};
struct ExternalProof {
    MethodId method;
    std::string provider;
    std::vector<std::string> amr;
};
struct ExternalRefused {
    credentials::ExternalFault fault = credentials::ExternalFault::malformed;
    std::string provider, detail;  // detail: for the log, of what was read
};
using ExternalOutcome = std::variant<ExternalWaiting, ExternalProof, ExternalRefused>;

/// Why a provider was not asked.
enum class NotAsked { unavailable, paused };

/// Where a browser goes that brought an answer: its sign-in, and a ticket that only this browser is given.
struct TakenIn {
    FlowId flow;
    std::string ticket;
};
/// Takes a provider's post in. It comes from another site, so without our cookies: it is put down under its `state`, once, and proves
/// nothing until a browser comes for it that has both the flow's cookie, so made the state, and the ticket, so brought the answer.
/// Nothing when nobody waits for this state, or it was answered before. Errors: unavailable.
Result<std::optional<TakenIn>> take_in_external(Ports& ports, const TenantSnapshot& tenant, const ExternalPost& post, Instant now);

/// One sign-in's side of it.
class ExternalMfa {
public:
    explicit ExternalMfa(Ports& ports) : ports_(ports) {}

    /// A new request of this flow, under a fresh state and nonce. Five that prove nothing make the method rest, so that nobody's device is
    /// made to ask and ask. Errors: unavailable when the store is.
    Result<std::variant<ExternalRequest, NotAsked>> ask(const TenantSnapshot& tenant, const SignInFlow& flow, const identity::ExternalMethod& method,
                                                        Instant now);
    /// The form that carries the flow's request to the provider; nothing when it is over, or the provider cannot be reached. Errors:
    /// unavailable when no key signs.
    Result<std::optional<ExternalForm>> form(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account, const RequestFacts& facts);
    /// The answer to the flow's request, if it is there and `ticket` is the one it was taken in with, judged by the tenant and the person as
    /// they are now; once. Errors: unavailable.
    Result<ExternalOutcome> take(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account, std::string_view ticket, Instant now);

private:
    Result<std::string> hint(const TenantSnapshot& tenant, const identity::ExternalMethod& method, const Account& account, Instant now);
    ExternalOutcome judge(const TenantSnapshot& tenant, const SignInFlow& flow, const identity::ExternalMethod& method, const ExternalPost& answer, Instant now);
    Result<json::object> verified(const identity::ExternalMethod& method, const std::string& token, std::string& issuer, Instant now,
                                  credentials::ExternalFault& fault);

    Ports& ports_;
};

}  // namespace portcullis::app
