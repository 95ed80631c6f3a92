#include "app/own_sessions.h"

#include "app/commit_own.h"
#include "app/shown_place.h"

#include <algorithm>

namespace portcullis::app {
namespace {

OwnSession line_of(const Ports& ports, const TenantSnapshot& tenant, const identity::Session& session, const LiveSession& live) {
    const auto idle = session.last_seen_at + tenant.tenant.settings.lifetimes.session_idle;
    OwnSession line{.id           = session.id,
                    .country      = session.country,
                    .ip_address   = session.ip_address,
                    .signed_in_at = session.created_at,
                    .last_used_at = session.last_seen_at,
                    .ends_at      = std::min(session.expires_at, idle),
                    .is_this_one  = session.id == live.session.id};
    const auto client = ports.user_agents.parse({.user_agent = session.user_agent, .sec_ch_ua = {}, .sec_ch_ua_mobile = {}, .sec_ch_ua_platform = {}});
    line.browser      = client.browser;
    line.os           = client.os;
    const auto place = shown_place(ports, session.ip_address, session.last_seen_at);
    line.city        = place.city;
    if (line.country.empty()) line.country = place.country;
    for (const auto client_id : session.clients) {
        const auto* application = tenant.application(client_id);
        if (application) line.applications.push_back(application->display_name);
    }
    return line;
}

bool holds(const TenantSnapshot& tenant, const identity::Session& session, const LiveSession& live, Instant now) {
    return session.user == live.account.user.id && session_void(session, live.account, tenant.tenant.settings.lifetimes, now) == Void::no;
}

}  // namespace

Result<std::vector<OwnSession>> OwnSessions::list(const TenantSnapshot& tenant, const LiveSession& live, Instant now) {
    std::vector<OwnSession> lines;
    for (const auto& session : TRY(ports_.sessions.of_user(tenant.tenant.id, live.account.user.id))) {
        if (holds(tenant, session, live, now)) lines.push_back(line_of(ports_, tenant, session, live));
    }
    std::ranges::stable_sort(lines, [](const OwnSession& a, const OwnSession& b) {
        return a.is_this_one != b.is_this_one ? a.is_this_one : a.last_used_at > b.last_used_at;
    });
    if (lines.size() > kOwnSessionsShown) lines.resize(kOwnSessionsShown);
    return lines;
}

Result<std::optional<OwnSession>> OwnSessions::find(const TenantSnapshot& tenant, const LiveSession& live, SessionId id, Instant now) {
    const auto session = TRY(ports_.sessions.session(tenant.tenant.id, id));
    if (!session || !holds(tenant, *session, live, now)) return std::optional<OwnSession>{};
    return std::optional(line_of(ports_, tenant, *session, live));
}

Result<std::optional<SessionRefusal>> OwnSessions::end(const TenantSnapshot& tenant, const LiveSession& live, SessionId id, const RequestFacts& facts) {
    using Refused = std::optional<SessionRefusal>;
    const auto user = live.account.user.id;
    if (!TRY(find(tenant, live, id, facts.now))) return Refused(SessionRefusal::unknown);
    if (!is_freshly_proven(registrant_of(live), facts.now)) return Refused(SessionRefusal::notFresh);
    TRY(commit_own(ports_, tenant.tenant.id, user, "EndOwnSession", {SessionCutOff{id, user, "ended by its owner"}}, facts));
    return Refused();
}

}  // namespace portcullis::app
