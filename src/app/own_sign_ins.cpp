#include "app/own_sign_ins.h"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "app/commit_own.h"
#include "app/decide_again.h"
#include "app/notices.h"
#include "app/risk_changes.h"
#include "base/id_at.h"
#include "core/risk/raise.h"

namespace portcullis::app {
namespace {

using namespace std::chrono_literals;
using Refused = std::optional<AnswerRefusal>;

constexpr json::Limits kRecordLimits{.bytes_max = 1024 * 1024, .depth_max = 32};

SignInResult result_of(int error_code) {
    switch (error_code) {
        case 0:     return SignInResult::signedIn;
        case 50034:
        case 50053:
        case 50126: return SignInResult::wrongPassword;
        case 50057:
        case 53000:
        case 53001:
        case 53003:
        case 53004:
        case 53010:
        case 53011: return SignInResult::stopped;
        default:    return SignInResult::notFinished;
    }
}

/// What the record does not say because nothing was proven in it: from its address and its program.
void fill_in(const Ports& ports, OwnSignIn& line, std::string_view user_agent) {
    if (line.browser.empty() && line.os.empty()) {
        const auto client = ports.user_agents.parse({.user_agent = user_agent, .sec_ch_ua = {}, .sec_ch_ua_mobile = {}, .sec_ch_ua_platform = {}});
        line.browser      = client.browser;
        line.os           = client.os;
    }
    const auto address = parse_ip(line.ip_address);
    if (!line.country.empty() || !address) return;
    const auto network = ports.networks.look_up(*address, line.at);
    line.country       = network.place ? network.place->country : network.country.value_or("");
    if (!network.place) return;
    line.city = network.place->city;
    if (network.place->accuracy_km > 0) line.point = signals::Point{network.place->latitude, network.place->longitude};
}

Result<OwnSignIn> line_of(const Ports& ports, const SignInRecord& record, const LiveSession& live) {
    const auto document = TRY(json::parse_object(record.document, kRecordLimits));
    OwnSignIn line{.id          = record.id,
                   .at          = record.created_at,
                   .application = json::string_at(document, "appDisplayName").value_or(""),
                   .ip_address  = record.ip_address,
                   .result      = result_of(record.error_code),
                   .says        = record.owner_says,
                   .is_unusual  = record.risk_state != RiskState::none && record.risk_state != RiskState::confirmedSafe,
                   .is_this_one = record.id == live.session.sign_in};
    if (const auto* device = json::object_at(document, "deviceDetail")) {
        line.browser = json::string_at(*device, "browser").value_or("");
        line.os      = json::string_at(*device, "operatingSystem").value_or("");
    }
    if (const auto* location = json::object_at(document, "location")) {
        line.city    = json::string_at(*location, "city").value_or("");
        line.country = json::string_at(*location, "countryOrRegion").value_or("");
        if (const auto* at = json::object_at(*location, "geoCoordinates")) {
            line.point = signals::Point{json::number_at(*at, "latitude").value_or(0), json::number_at(*at, "longitude").value_or(0)};
        }
    }
    const auto* seen = json::object_at(document, "signals");
    line.is_proven   = record.error_code == 0 || (seen && !seen->empty());
    fill_in(ports, line, json::string_at(document, "userAgent").value_or(""));
    return line;
}

OwnSignInQuery query_of(const LiveSession& live, Instant now, std::optional<SignInId> before, int most) {
    return {.user = live.account.user.id, .since = first_id_at<SignInId>(now - kOwnSignInsKept), .before = before, .most = most};
}

bool is_asked_about(const SignInRecord& record) {
    return record.owner_says == OwnerAnswer::none && record.risk_state != RiskState::confirmedSafe;
}

/// Unusual ones nobody has answered. Only so many are looked through: who answers some sees the next.
Result<std::vector<SignInRecord>> to_ask_about(const Ports& ports, TenantId tenant, const LiveSession& live, Instant now) {
    constexpr int kAtOnce = 10;
    constexpr int kLooks  = 5;
    std::vector<SignInRecord> asked;
    std::optional<SignInId> before;
    for (int look = 0; look < kLooks; ++look) {
        auto records = TRY(ports.sign_ins.unusual_of_person(tenant, query_of(live, now, before, kAtOnce)));
        for (auto& record : records) {
            before = record.id;
            if (is_asked_about(record)) asked.push_back(std::move(record));
            if (asked.size() == static_cast<std::size_t>(kUnusualShown)) return asked;
        }
        if (records.size() < static_cast<std::size_t>(kAtOnce)) break;
    }
    return asked;
}

}  // namespace

Result<OwnSignIns> OwnSignInsOf::list(const TenantSnapshot& tenant, const LiveSession& live, std::optional<SignInId> before, Instant now) {
    OwnSignIns shown;
    const auto id = tenant.tenant.id;
    // One more than is shown tells whether there is another page.
    auto records = TRY(ports_.sign_ins.of_person(id, query_of(live, now, before, kOwnSignInsPerPage + 1)));
    if (records.size() > static_cast<std::size_t>(kOwnSignInsPerPage)) {
        records.pop_back();
        shown.next = records.back().id;
    }
    for (const auto& record : records) shown.page.push_back(TRY(line_of(ports_, record, live)));
    if (before) return shown;
    for (const auto& record : TRY(to_ask_about(ports_, id, live, now))) shown.unusual.push_back(TRY(line_of(ports_, record, live)));
    return shown;
}

Result<int> OwnSignInsOf::unanswered(const TenantSnapshot& tenant, const LiveSession& live, Instant now) {
    return static_cast<int>(TRY(to_ask_about(ports_, tenant.tenant.id, live, now)).size());
}

Result<std::variant<OwnSignIn, AnswerRefusal>> OwnSignInsOf::find(const TenantSnapshot& tenant, const LiveSession& live, SignInId id, Instant now) {
    using Found       = std::variant<OwnSignIn, AnswerRefusal>;
    const auto record = TRY(ports_.sign_ins.sign_in(tenant.tenant.id, id));
    const bool is_own = record && record->user == live.account.user.id && record->id >= first_id_at<SignInId>(now - kOwnSignInsKept);
    if (!is_own) return Found(AnswerRefusal::unknown);
    auto line = TRY(line_of(ports_, *record, live));
    if (!line.is_proven) return Found(AnswerRefusal::unknown);
    if (line.says == OwnerAnswer::notMine) return Found(AnswerRefusal::answered);
    return Found(std::move(line));
}

Result<Refused> OwnSignInsOf::was_me(const TenantSnapshot& tenant, const LiveSession& live, SignInId id, const RequestFacts& facts) {
    const auto found = TRY(find(tenant, live, id, facts.now));
    if (const auto* refused = std::get_if<AnswerRefusal>(&found)) return Refused(*refused);
    if (std::get<OwnSignIn>(found).says != OwnerAnswer::none) return Refused(AnswerRefusal::answered);
    const SignInAnswered answered{id, live.account.user.id, OwnerAnswer::mine};
    const auto done = commit_own(ports_, tenant.tenant.id, live.account.user.id, "ConfirmOwnSignIn", {answered}, facts);
    if (done) return Refused();
    if (done.error().code == ErrorCode::conflict) return Refused(AnswerRefusal::answered);
    return done.error();
}

Result<Refused> OwnSignInsOf::was_not_me(const TenantSnapshot& tenant, const LiveSession& live, SignInId id, const RequestFacts& facts) {
    const auto found = TRY(find(tenant, live, id, facts.now));
    if (const auto* refused = std::get_if<AnswerRefusal>(&found)) return Refused(*refused);
    if (!is_freshly_proven(registrant_of(live), facts.now)) return Refused(AnswerRefusal::notFresh);
    const auto key   = "signins|reports|" + to_string(live.account.user.id);
    const auto count = TRY(ports_.flows.count(tenant.tenant.id, FlowKind::throttle, key, facts.now + 24h, facts.now));
    if (count > kReportsPerDay) return Refused(AnswerRefusal::tooMany);

    const auto attempt = [&]() -> Result<Refused> {
        const auto record = TRY(ports_.sign_ins.sign_in(tenant.tenant.id, id));
        if (!record || record->owner_says == OwnerAnswer::notMine) return Refused(AnswerRefusal::answered);
        TRY(report(tenant, live, *record, facts));
        return Refused();
    };
    return decide_again_on_conflict(attempt, kDecisionsOfBrowserMax);
}

Result<void> OwnSignInsOf::report(const TenantSnapshot& tenant, const LiveSession& live, const SignInRecord& record, const RequestFacts& facts) {
    const auto& user = live.account.user;
    const auto line  = TRY(line_of(ports_, record, live));
    risk::ReportedSignIn reported{.sign_in = record.id, .correlation = record.correlation, .at = record.created_at, .ip_address = record.ip_address};
    if (!line.country.empty()) {
        reported.place = signals::Place{.city = line.city, .country = line.country};
    }
    reported.user_agent  = json::string_at(TRY(json::parse_object(record.document, kRecordLimits)), "userAgent").value_or("");
    const auto detection = risk::reported_by_owner(reported, user.id, ports_.random.new_id<DetectionId>(facts.now), facts.now);

    auto book         = TRY(RiskChanges::read(ports_, tenant.tenant.id, user.id, std::nullopt));
    const auto before = book.assess().user;
    const risk::Happening happening{.event = risk::RiskEvent::userDetection, .by = risk::ActorKind::user, .target = {.user = user.id}, .at = facts.now};
    TRY(book.happen(happening, to_string(user.id), {&detection, 1}));
    const auto after = book.assess().user;

    std::vector<Change> changes{SignInAnswered{record.id, user.id, OwnerAnswer::notMine}};
    for (auto& change : TRY(book.changes(ports_, facts.now))) changes.push_back(std::move(change));
    TRY(tell_of_risk(changes, ports_, tenant, user, {.before = before, .after = after}, &facts, facts.now));
    return commit_own(ports_, tenant.tenant.id, live.account.user.id, "ReportOwnSignIn", std::move(changes), facts);
}

}  // namespace portcullis::app
