#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/ports/all.h"
#include "app/request_facts.h"
#include "base/time.h"
#include "core/signals/familiarity.h"
#include "core/signals/signals.h"

/// Sign-ins that people of the demo made before it began: one a day from home, for sixty days.
namespace portcullis::demo {

struct Visit {
    Instant when;
    std::string_view user_agent;
};

/// Oldest first; the last was an hour before `now`. The clients are the common ones in turn, so that whoever tries the demo
/// has one that its people are known to use.
std::vector<Visit> visits_before(Instant now);

/// A visit as the edge would have seen it, from home.
app::RequestFacts facts_of(const Visit& visit, app::Random& random);

/// The visits as the product's own signals, and what they teach.
struct Lived {
    std::vector<app::RequestFacts> facts;
    std::vector<signals::SignInSignals> seen;
    signals::FamiliarityProfile profile;
};
/// `client`: the application that was signed in to. Errors: none; data that is missing is missing in the signals too.
Lived live(app::Ports& ports, const app::TenantSnapshot& tenant, UserId user, ApplicationId client, std::span<const Visit> visits);

/// The visits as lines of the sign-in log, in the product's own form.
std::vector<app::SignInRecord> records_of(app::Ports& ports, const app::TenantSnapshot& tenant, const app::Account& account,
                                          ApplicationId client, const Lived& lived);

}  // namespace portcullis::demo
