#include "jobs/key_rotation.h"

#include <algorithm>

#include "app/ports/change_kinds.h"
#include "app/decide_again.h"
#include "base/json.h"

namespace portcullis::jobs {
namespace {

using app::StoredSigningKey;

/// The job may come this much late without a key signing longer than it should.
constexpr Duration kSlack = std::chrono::hours{1};
/// PROTO-012: "+ 24 h after retirement".
constexpr Duration kAfterLastToken = std::chrono::hours{24};

StoredSigningKey with_times(StoredSigningKey key, Instant activates_at, Instant retires_at, const identity::Lifetimes& lifetimes) {
    key.activates_at    = activates_at;
    key.retires_at      = retires_at;
    key.published_until = retires_at + std::max(lifetimes.access_token + lifetimes.access_token_fan, lifetimes.id_token) + kAfterLastToken;
    return key;
}

/// When the next key is to sign first; nothing: no key is to be made.
std::optional<Instant> next_activation(const StoredSigningKey* latest, const identity::Lifetimes& lifetimes, Rotation rotation, Instant now) {
    if (!latest) return now;
    if (latest->activates_at > now) return std::nullopt;  // the next one is published already
    const auto earliest = now + lifetimes.key_prepublish;
    if (rotation == Rotation::scheduled) return earliest;
    if (now < latest->retires_at - lifetimes.key_prepublish - kSlack) return std::nullopt;
    return std::max(latest->retires_at, earliest);
}

}  // namespace

app::SealContext signing_key_context(TenantId tenant, std::string_view kid) {
    return {.tenant = tenant, .table = "signing_keys", .row = kid, .column = "sealed_private"};
}

RotationPlan plan_rotation(const std::vector<StoredSigningKey>& keys_of_alg, const identity::Lifetimes& lifetimes, Rotation rotation,
                           Instant now) {
    RotationPlan plan;
    const StoredSigningKey* latest = nullptr;
    for (const auto& key : keys_of_alg) {
        const bool leaves = rotation == Rotation::emergency || now >= key.published_until;
        if (leaves) plan.withdrawn.push_back(key.kid);
        if (leaves || now >= key.retires_at) continue;
        if (!latest || key.activates_at > latest->activates_at) latest = &key;
    }
    const auto activates_at = next_activation(latest, lifetimes, rotation, now);
    if (!activates_at) return plan;

    plan.made = with_times({}, *activates_at, *activates_at + lifetimes.signing_key, lifetimes);
    if (latest && latest->retires_at != *activates_at) {
        plan.moved.push_back(with_times(*latest, latest->activates_at, *activates_at, lifetimes));
    }
    return plan;
}

namespace {

Result<StoredSigningKey> make_key(app::Ports& ports, TenantId tenant, std::string_view alg, StoredSigningKey times) {
    const auto key       = TRY(ports.signer.generate(alg));
    times.kid            = key.key.kid;
    times.alg            = key.key.alg;
    times.public_jwk     = json::to_text(key.key.jwk);
    times.sealed_private = TRY(ports.sealer.seal(key.private_der, signing_key_context(tenant, key.key.kid)));
    return times;
}

Result<std::vector<app::Change>> changes_of(app::Ports& ports, const app::TenantSnapshot& tenant, std::string_view alg, Rotation rotation,
                                            Instant now) {
    std::vector<StoredSigningKey> keys;
    std::ranges::copy_if(tenant.keys, std::back_inserter(keys), [&](const auto& key) { return key.alg == alg; });
    auto plan = plan_rotation(keys, tenant.tenant.settings.lifetimes, rotation, now);

    // What leaves goes first: a key is made only where no other of its algorithm signs.
    std::vector<app::Change> changes;
    for (auto& kid : plan.withdrawn) changes.emplace_back(app::SigningKeyDeleted{std::move(kid)});
    for (auto& key : plan.moved) changes.emplace_back(app::SigningKeySaved{std::move(key)});
    if (plan.made) changes.emplace_back(app::SigningKeySaved{TRY(make_key(ports, tenant.tenant.id, alg, std::move(*plan.made)))});
    return changes;
}

bool is_new_key(const app::Change& change, const app::TenantSnapshot& tenant) {
    const auto* saved = std::get_if<app::SigningKeySaved>(&change.any().kind);
    return saved && std::ranges::find(tenant.keys, saved->key.kid, &StoredSigningKey::kid) == tenant.keys.end();
}

Result<int> rotate_once(app::Ports& ports, TenantId tenant, Rotation rotation, const app::Actor& by, Instant now) {
    const auto snapshot = TRY(ports.tenants.snapshot(tenant));
    std::vector<app::Change> changes;
    for (const auto alg : kSigningAlgs) {
        auto some = TRY(changes_of(ports, *snapshot, alg, rotation, now));
        std::ranges::move(some, std::back_inserter(changes));
    }
    if (changes.empty()) return 0;
    const auto made = static_cast<int>(std::ranges::count_if(changes, [&](const auto& change) { return is_new_key(change, *snapshot); }));
    TRY(ports.journal.commit({.tenant      = tenant,
                              .id          = ports.random.new_id<ActId>(now),
                              .name        = "RotateSigningKeys",
                              .by          = by,
                              .at          = now,
                              .correlation = ports.random.new_id<CorrelationId>(now),
                              .changes     = std::move(changes)}));
    return made;
}

}  // namespace

Result<int> rotate_signing_keys(app::Ports& ports, TenantId tenant, Rotation rotation, const app::Actor& by, Instant now) {
    // Another node may have made the key meanwhile: what it left is read and decided on again.
    return app::decide_again_on_conflict([&] { return rotate_once(ports, tenant, rotation, by, now); });
}

Result<int> rotate_due_keys(app::Ports& ports, Instant now) {
    int made = 0;
    for (const auto& tenant : TRY(ports.tenants.all())) {
        made += TRY(rotate_signing_keys(ports, tenant.id, Rotation::whenDue, {.id = {}, .name = "key rotation"}, now));
    }
    return made;
}

Result<app::SigningKey> open_signing_key(app::Sealer& sealer, TenantId tenant, const app::StoredSigningKey& stored) {
    auto jwk         = TRY(json::parse_object(stored.public_jwk));
    auto private_der = TRY(sealer.open(stored.sealed_private, signing_key_context(tenant, stored.kid)));
    return app::SigningKey{.key             = {.kid = stored.kid, .alg = stored.alg, .jwk = std::move(jwk)},
                           .private_der     = std::move(private_der),
                           .activates_at    = stored.activates_at,
                           .retires_at      = stored.retires_at,
                           .published_until = stored.published_until};
}

}  // namespace portcullis::jobs
