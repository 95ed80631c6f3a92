#include "jobs/data_key_rotation.h"

#include <algorithm>

#include "app/oauth_issue.h"
#include "app/verify_totp.h"
#include "jobs/key_rotation.h"

namespace portcullis::jobs {
namespace {

using app::SealedColumn;
using app::SealedValue;

/// Values in one transaction: others wait for it.
constexpr int kBatch = 500;

app::SealContext where_sealed(TenantId tenant, SealedColumn column, const SealedValue& value) {
    switch (column) {
        case SealedColumn::authenticatorSeed: return app::seed_context(tenant, value.row);
        case SealedColumn::hardwareTokenSecret: return app::token_context(tenant, value.row);
        case SealedColumn::signingKey: return signing_key_context(tenant, value.row);
        case SealedColumn::successorToken: return app::successor_context(tenant, value.row);
    }
    return {};
}

app::Act act_of(app::Ports& ports, TenantId tenant, const app::Actor& by, Instant now, std::vector<app::Change> changes) {
    return {.tenant      = tenant,
            .id          = ports.random.new_id<ActId>(now),
            .name        = "RotateDataKey",
            .by          = by,
            .at          = now,
            .correlation = ports.random.new_id<CorrelationId>(now),
            .changes     = std::move(changes)};
}

/// The values of a batch that are under an older key, sealed anew. One that does not open is counted; that the key ring cannot be
/// had ends the pass.
Result<app::SecretsResealed> resealed(app::Ports& ports, TenantId tenant, SealedColumn column, const std::vector<SealedValue>& batch,
                                      Resealing& pass) {
    const auto newest = TRY(ports.sealer.key_version(tenant));
    app::SecretsResealed change{.column = column, .version = newest, .values = {}};
    for (const auto& value : batch) {
        if (value.sealed.empty() || app::sealed_key_version(value.sealed) >= newest) continue;
        const auto where = where_sealed(tenant, column, value);
        const auto plain = ports.sealer.open(value.sealed, where);
        if (!plain) {
            ++pass.unreadable;
            continue;
        }
        auto anew = TRY(ports.sealer.seal(*plain, where));
        change.values.push_back({value, std::move(anew)});
    }
    return change;
}

Result<void> reseal_column(app::Ports& ports, const app::SealedValues& values, TenantId tenant, SealedColumn column, const app::Actor& by,
                           Instant now, int most, Resealing& pass) {
    SealedValue after;
    for (;;) {
        const auto batch = TRY(values.next(tenant, column, after, kBatch));
        if (batch.empty()) return {};
        if (pass.resealed >= most) {
            pass.is_whole = false;
            return {};
        }
        auto change      = TRY(resealed(ports, tenant, column, batch, pass));
        const auto count = static_cast<int>(change.values.size());
        if (count > 0) TRY(ports.journal.commit(act_of(ports, tenant, by, now, {std::move(change)})));
        pass.resealed += count;
        after = batch.back();
    }
}

}  // namespace

Result<Resealing> reseal_values(app::Ports& ports, const app::SealedValues& values, TenantId tenant, const app::Actor& by, Instant now, int most) {
    // As every request does: this process turns to the newest key.
    TRY(ports.tenants.snapshot(tenant));
    Resealing pass;
    for (const auto column : app::kSealedColumns) TRY(reseal_column(ports, values, tenant, column, by, now, most, pass));
    return pass;
}

std::vector<std::uint32_t> keys_past_use(const std::vector<app::WrappedDataKey>& keys, Instant now) {
    const auto newest = std::ranges::max_element(keys, {}, &app::WrappedDataKey::version);
    std::vector<std::uint32_t> versions;
    if (newest == keys.end() || now < newest->created_at + kOldDataKeyKept) return versions;
    for (const auto& key : keys) {
        if (key.version != newest->version) versions.push_back(key.version);
    }
    std::ranges::sort(versions);
    return versions;
}

Result<int> retire_data_keys(app::Ports& ports, const std::vector<app::WrappedDataKey>& keys, TenantId tenant, const app::Actor& by, Instant now) {
    std::vector<app::Change> changes;
    for (const auto version : keys_past_use(keys, now)) changes.emplace_back(app::DataKeyRetired{version});
    const auto count = static_cast<int>(changes.size());
    if (count > 0) TRY(ports.journal.commit(act_of(ports, tenant, by, now, std::move(changes))));
    return count;
}

}  // namespace portcullis::jobs
