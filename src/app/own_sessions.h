#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/registrant.h"

namespace portcullis::app {

/// A place where a person is signed in.
struct OwnSession {
    SessionId id;
    std::string browser, os;    // empty: not known
    std::string city, country;  // country: ISO 3166-1 alpha-2; empty: not known
    std::string ip_address;
    std::vector<std::string> applications;  // used in it, by name
    Instant signed_in_at, last_used_at, ends_at;
    bool is_this_one = false;
};

inline constexpr std::size_t kOwnSessionsShown = 100;

/// Why a session was not ended.
enum class SessionRefusal { unknown, notFresh };

/// A person's own sessions, and the end of one of them (UX-83, CRED-091).
class OwnSessions {
public:
    explicit OwnSessions(Ports& ports) : ports_(ports) {}

    /// Those that hold now, the one at hand first, then by last use; at most kOwnSessionsShown. Errors of all: unavailable.
    Result<std::vector<OwnSession>> list(const TenantSnapshot& tenant, const LiveSession& live, Instant now);
    /// One of them, or nothing.
    Result<std::optional<OwnSession>> find(const TenantSnapshot& tenant, const LiveSession& live, SessionId id, Instant now);
    /// Ends one with everything issued from it, refresh tokens for offline access too. Asks for a proof of the last five minutes.
    Result<std::optional<SessionRefusal>> end(const TenantSnapshot& tenant, const LiveSession& live, SessionId id, const RequestFacts& facts);

private:
    Ports& ports_;
};

}  // namespace portcullis::app
