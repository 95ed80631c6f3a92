#pragma once

#include <optional>
#include <vector>

#include "app/ports/sign_in_record.h"
#include "base/result.h"
#include "core/risk/transitions.h"
#include "core/signals/familiarity.h"

namespace portcullis::app {

/// Which rows of a report; what is not set does not limit. Newest first, at most `most`.
struct DetectionQuery {
    std::optional<UserId> user;
    std::optional<SignInId> sign_in;
    int most = 100;
};

/// A user's risk at one moment: every detection that is active, every one of the sign-in that was asked about whatever its state, and how
/// the user stands by them.
struct RiskOfUser {
    std::vector<risk::RiskDetection> detections;
    std::optional<risk::RiskyUser> stands;
};

/// Risk detections and what follows from them. Read-only: they change through Journal. Errors of all: unavailable.
class RiskDetections {
public:
    virtual ~RiskDetections() = default;

    virtual Result<RiskOfUser> of_user(TenantId tenant, UserId user, std::optional<SignInId> sign_in) const = 0;
    virtual Result<std::vector<risk::RiskDetection>> detections(TenantId tenant, const DetectionQuery& query) const = 0;
    virtual Result<std::optional<risk::RiskyUser>> risky_user(TenantId tenant, UserId user) const = 0;
    /// Users whose state is not `none`, most recently updated first.
    virtual Result<std::vector<risk::RiskyUser>> risky_users(TenantId tenant, int most) const = 0;
    virtual Result<std::vector<risk::RiskHistoryItem>> history(TenantId tenant, UserId user, int most) const = 0;
};

struct StoredProfile {
    signals::FamiliarityProfile profile;
    std::int64_t version = 0;  // 0: the user has none yet
};

struct StoredPopulation {
    signals::PopulationShares shares;
    std::int64_t version = 0;  // 0: nothing counted yet
};

/// What is usual for a user, and for everybody. Errors: unavailable.
class Profiles {
public:
    virtual ~Profiles() = default;
    virtual Result<StoredProfile> of_user(TenantId tenant, UserId user) const = 0;
    virtual Result<StoredPopulation> population(TenantId tenant) const = 0;
};

/// The streams of the sign-in log (conditional-access.md §16).
enum class SignInEvents { interactiveUser, nonInteractiveUser, servicePrincipal };

struct SignInQuery {
    std::optional<UserId> user;
    std::optional<CorrelationId> correlation;
    bool risky_only     = false;
    int most            = 100;
    SignInEvents events = SignInEvents::interactiveUser;
};

/// One person's own sign-ins from `since` on; `before`: the last one of the page before. Ids sort by time.
struct OwnSignInQuery {
    UserId user;
    SignInId since;
    std::optional<SignInId> before = {};
    int most                       = 25;
};

/// The sign-in log. Errors: unavailable.
class SignIns {
public:
    virtual ~SignIns() = default;
    virtual Result<std::optional<SignInRecord>> sign_in(TenantId tenant, SignInId id) const = 0;
    virtual Result<std::vector<SignInRecord>> sign_ins(TenantId tenant, const SignInQuery& query) const = 0;
    /// The interactive ones, newest first.
    virtual Result<std::vector<SignInRecord>> of_person(TenantId tenant, const OwnSignInQuery& query) const = 0;
    /// Those that ever had a detection of their own, newest first.
    virtual Result<std::vector<SignInRecord>> unusual_of_person(TenantId tenant, const OwnSignInQuery& query) const = 0;
};

}  // namespace portcullis::app
