#include "jobs/upkeep.h"

#include <algorithm>

#include "base/id_at.h"

namespace portcullis::jobs {
namespace {

constexpr std::int64_t kSweep     = 1000;
constexpr int kSweepsMax          = 20;
constexpr std::int64_t kForget    = 5000;
constexpr int kForgetsMax         = 20;
/// Sign-ins carry whole documents: a thousand of them are a transaction that others can wait for.
constexpr std::int64_t kRecords   = 1000;
constexpr int kRecordActsMax      = 200;
/// What ended is kept a little for those who ask what happened.
constexpr Duration kKeptAfterEnd = std::chrono::days{30};
/// As long as a browser keeps the cookie that a device is recognised by (protocols.md §9).
constexpr Duration kDeviceLife = std::chrono::days{180};

app::Act act_of(app::Ports& ports, TenantId tenant, std::string name, Instant now, app::Change change) {
    return {.tenant      = tenant,
            .id          = ports.random.new_id<ActId>(now),
            .name        = std::move(name),
            .by          = {.id = {}, .name = "retention"},
            .at          = now,
            .correlation = ports.random.new_id<CorrelationId>(now),
            .changes     = {std::move(change)}};
}

Result<int> forget_records_of(app::Ports& ports, const app::Retention& retention, const app::RecordLimits& limits, TenantId tenant, Instant now) {
    int acts = 0;
    while (acts < kRecordActsMax && TRY(retention.has_older(tenant, limits))) {
        TRY(ports.journal.commit(act_of(ports, tenant, "ForgetRecords", now, app::RecordsForgotten{limits, kRecords})));
        ++acts;
    }
    return acts;
}

Result<int> forget_of(app::Ports& ports, const app::Retention& retention, const identity::Tenant& tenant, Instant now) {
    const auto& life         = tenant.settings.lifetimes;
    const auto before        = now - std::max(life.session_absolute, life.refresh_absolute) - kKeptAfterEnd;
    const auto sessions_end  = first_id_at<SessionId>(before);
    const auto grants_end    = first_id_at<GrantId>(before);
    int acts                 = 0;
    while (acts < kForgetsMax && TRY(retention.has_older(tenant.id, sessions_end, grants_end))) {
        TRY(ports.journal.commit(act_of(ports, tenant.id, "ForgetExpired", now, app::ExpiredForgotten{sessions_end, grants_end, kForget})));
        ++acts;
    }
    return acts;
}

}  // namespace

Result<std::int64_t> sweep_flows(app::FlowStore& flows, Instant now) {
    std::int64_t dropped = 0;
    for (int round = 0; round < kSweepsMax; ++round) {
        const auto some = TRY(flows.sweep(now, kSweep));
        dropped += some;
        if (some < kSweep) break;
    }
    return dropped;
}

Result<int> forget_expired(app::Ports& ports, const app::Retention& retention, Instant now) {
    int acts = 0;
    for (const auto& tenant : TRY(ports.tenants.all())) acts += TRY(forget_of(ports, retention, tenant, now));
    return acts;
}

Result<int> forget_records(app::Ports& ports, const app::Retention& retention, const RecordLives& lives, Instant now) {
    const app::RecordLimits limits{.sign_ins_before          = first_id_at<SignInId>(now - lives.sign_ins),
                                   .risky_sign_ins_before    = first_id_at<SignInId>(now - std::max(lives.sign_ins, lives.risky_sign_ins)),
                                   .audit_before             = first_id_at<ActId>(now - lives.audit),
                                   .detections_closed_before = now - lives.closed_detections,
                                   .risk_history_before      = first_id_at<ActId>(now - lives.risk_history),
                                   // A person reads of what was risky as long as its sign-in can be read of.
                                   .alerts_before            = first_id_at<AlertId>(now - std::max(lives.sign_ins, lives.risky_sign_ins)),
                                   .devices_seen_before      = now - kDeviceLife};
    int acts = 0;
    for (const auto& tenant : TRY(ports.tenants.all())) acts += TRY(forget_records_of(ports, retention, limits, tenant.id, now));
    return acts;
}

}  // namespace portcullis::jobs
