#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "app/registrant.h"
#include "core/signals/places.h"

namespace portcullis::app {

/// How far back a person's list goes (UX-80).
inline constexpr Duration kOwnSignInsKept = std::chrono::days{30};
inline constexpr int kOwnSignInsPerPage   = 25;
inline constexpr int kUnusualShown        = 5;
/// Reports of one person in a day: who holds a session is not thereby given a tap of detections.
inline constexpr int kReportsPerDay = 10;

/// How a sign-in came out, as its owner is told.
enum class SignInResult {
    signedIn,
    wrongPassword,  // or name, or too many of them
    notFinished,    // left, or what was asked for besides was not given
    stopped,        // by a rule
};

/// One of a person's own sign-ins. Which detector fired is not theirs to know (§4).
struct OwnSignIn {
    SignInId id;
    Instant at;
    std::string application;  // empty: the pages of the account
    std::string browser, os;  // empty: not known
    std::string city, country;  // country: ISO 3166-1 alpha-2; empty: not known
    std::optional<signals::Point> point;
    std::string ip_address;
    SignInResult result = SignInResult::notFinished;
    OwnerAnswer says    = OwnerAnswer::none;
    bool is_unusual     = false;
    bool is_proven      = false;  // the first factor was right: who was it?
    bool is_this_one    = false;  // the session at hand began with it
};

struct OwnSignIns {
    std::vector<OwnSignIn> unusual;  // not answered yet, newest first; on the first page alone
    std::vector<OwnSignIn> page;
    std::optional<SignInId> next;  // there is more after this one
};

/// Why nothing was stored.
enum class AnswerRefusal {
    unknown,   // not theirs, older than 30 days, or nobody got past the password in it
    answered,  // said already
    notFresh,  // a report asks for a proof of the last five minutes
    tooMany,
};

/// A person looks at their own sign-ins and says whose they were (UX-80, UX-80a, UX-80b, IDP-144).
class OwnSignInsOf {
public:
    explicit OwnSignInsOf(Ports& ports) : ports_(ports) {}

    /// Errors of all: unavailable.
    Result<OwnSignIns> list(const TenantSnapshot& tenant, const LiveSession& live, std::optional<SignInId> before, Instant now);
    /// How many unusual ones of the last 30 days they have not answered, counted to kUnusualShown.
    Result<int> unanswered(const TenantSnapshot& tenant, const LiveSession& live, Instant now);
    /// One they may be asked about, or why not: `unknown` or `answered`.
    Result<std::variant<OwnSignIn, AnswerRefusal>> find(const TenantSnapshot& tenant, const LiveSession& live, SignInId id, Instant now);
    /// "This was me": feedback alone, no risk moves.
    Result<std::optional<AnswerRefusal>> was_me(const TenantSnapshot& tenant, const LiveSession& live, SignInId id, const RequestFacts& facts);
    /// "This was not me": once a sign-in, a medium detection about the user (E03), for somebody to review.
    Result<std::optional<AnswerRefusal>> was_not_me(const TenantSnapshot& tenant, const LiveSession& live, SignInId id, const RequestFacts& facts);

private:
    Result<void> report(const TenantSnapshot& tenant, const LiveSession& live, const SignInRecord& record, const RequestFacts& facts);
    Ports& ports_;
};

}  // namespace portcullis::app
