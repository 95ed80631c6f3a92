#include "main/demo/history.h"

#include <array>

#include "app/collect_signals.h"
#include "app/sign_in_document.h"
#include "core/detection/detector.h"
#include "main/demo/cast.h"
#include "wire/detection_json.h"
#include "wire/signals_json.h"

namespace portcullis::demo {
namespace {

constexpr int kDays = 60;

constexpr auto kUserAgents = std::to_array<std::string_view>({
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
});

app::SignInFlow flow_of(const app::TenantSnapshot& tenant, UserId user, ApplicationId client, const app::RequestFacts& facts,
                        app::Random& random) {
    app::SignInFlow flow;
    flow.client            = client;
    flow.targets           = {client};
    flow.correlation       = facts.correlation;
    flow.created_at        = facts.now;
    flow.expires_at        = facts.now + tenant.tenant.settings.lifetimes.flow_absolute;
    flow.stage             = app::Stage::granted;
    flow.user              = user;
    flow.sign_in           = random.new_id<SignInId>(facts.now);
    flow.factors           = {{AuthMethod::password, facts.now}};
    flow.transaction_began = facts.now;
    flow.first_factor_at   = facts.now;
    flow.is_interactive    = true;
    flow.sign_in_risk      = RiskLevel::none;
    flow.user_risk         = RiskLevel::none;
    return flow;
}

json::object password_step(Instant when) {
    return {{"authenticationStepDateTime", to_rfc3339(when)},
            {"authenticationMethod", "Password"},
            {"succeeded", true},
            {"authenticationStepResultDetail", "Correct password"}};
}

}  // namespace

std::vector<Visit> visits_before(Instant now) {
    std::vector<Visit> visits;
    for (int day = kDays - 1; day >= 0; --day) {
        const auto minutes = std::chrono::minutes{day == 0 ? 60 : 60 + day * 37 % 90};  // not on the same minute every day
        visits.push_back({now - std::chrono::days{day} - minutes, kUserAgents[static_cast<std::size_t>(day) % kUserAgents.size()]});
    }
    return visits;
}

app::RequestFacts facts_of(const Visit& visit, app::Random& random) {
    app::RequestFacts facts;
    facts.now         = visit.when;
    facts.request     = random.new_id<RequestId>(visit.when);
    facts.correlation = random.new_id<CorrelationId>(visit.when);
    facts.address     = parse_ip(places().front().address).value_or(IpAddress{});
    facts.user_agent  = visit.user_agent;
    facts.language    = "en";
    return facts;
}

Lived live(app::Ports& ports, const app::TenantSnapshot& tenant, UserId user, ApplicationId client, std::span<const Visit> visits) {
    const auto key = app::feature_key(ports, tenant.tenant.id);
    Lived lived;
    for (const auto& visit : visits) {
        auto facts      = facts_of(visit, ports.random);
        const auto flow = flow_of(tenant, user, client, facts, ports.random);
        auto seen       = app::collect_signals(ports, tenant, flow, facts);
        lived.profile   = signals::train(lived.profile, seen, signals::features_of(seen, key));
        lived.facts.push_back(std::move(facts));
        lived.seen.push_back(std::move(seen));
    }
    return lived;
}

std::vector<app::SignInRecord> records_of(app::Ports& ports, const app::TenantSnapshot& tenant, const app::Account& account,
                                          ApplicationId client, const Lived& lived) {
    const auto key = app::feature_key(ports, tenant.tenant.id);
    const signals::PopulationShares nobody;
    signals::FamiliarityProfile profile;
    std::vector<app::SignInRecord> records;
    for (std::size_t i = 0; i < lived.seen.size(); ++i) {
        const auto& seen    = lived.seen[i];
        const auto& facts   = lived.facts[i];
        const auto features = signals::features_of(seen, key);
        auto flow           = flow_of(tenant, account.user.id, client, facts, ports.random);
        flow.sign_in        = seen.sign_in;
        flow.signals        = wire::to_json(seen);
        flow.steps          = {password_step(facts.now)};
        for (const auto& finding : detection::detect(seen, {profile, nobody, features}, {}, Timing::realtime)) {
            flow.findings.push_back(wire::to_json(finding, seen));
        }
        const auto view = app::decide(tenant, flow, account, facts.now);
        records.push_back(app::sign_in_record(tenant, flow, &account, &view, {}, facts));
        profile = signals::train(profile, seen, features);
    }
    return records;
}

}  // namespace portcullis::demo
