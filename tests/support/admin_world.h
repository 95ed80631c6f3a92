#pragma once

#include <memory>
#include <string>

#include "adapters/fido2/passkey_verifier.h"
#include "adapters/icu/text.h"
#include "adapters/openssl/digests.h"
#include "adapters/openssl/jwt_verifier.h"
#include "adapters/openssl/sealer.h"
#include "adapters/openssl/signer.h"
#include "adapters/sodium/argon_password_hasher.h"
#include "adapters/sodium/system_random.h"
#include "adapters/sql/directory.h"
#include "adapters/sql/flow_store.h"
#include "adapters/sql/journal.h"
#include "adapters/sql/migrations.h"
#include "adapters/sql/notice_store.h"
#include "adapters/sql/outbox.h"
#include "adapters/sql/risk_detections.h"
#include "adapters/sql/sessions.h"
#include "adapters/sql/standings.h"
#include "adapters/sql/tenants.h"
#include "adapters/sqlite/sqlite.h"
#include "app/admin/create_user.h"
#include "app/risk_changes.h"
#include "base/embedded.h"
#include "core/risk/raise.h"
#include "wire/signals_json.h"

/// The product's own adapters on SQLite in memory, with one tenant, for testing what administrators do.
namespace portcullis::tests {

/// The value, or the test program stops and says why there is none.
template <class T>
T value_of(Result<T> result) {
    if (!result) std::fprintf(stderr, "%s\n", result.error().message.c_str());
    return std::move(result).value();
}

inline void value_of(const Result<void>& result) {
    if (!result) std::fprintf(stderr, "%s\n", result.error().message.c_str());
    if (!result) std::abort();
}

/// Knows nothing of any address or client.
class NothingKnown : public app::NetworkIntelligence, public app::UserAgents {
public:
    app::NetworkFacts look_up(const IpAddress&, Instant) const override { return {}; }
    app::ClientFacts parse(const app::ClientHeaders&) const override { return {}; }
};

class AdminWorld {
public:
    static constexpr std::string_view kPassword = "orchid tramway velvet 91";

    AdminWorld() {
        const auto known = value_of(sql::migrations_for(sql::Engine::sqlite, embedded::migrations()));
        value_of(sql::migrate(*db_, known, now));
        identity::Tenant made{.id = tenant, .domain = "contoso.example", .settings = {}, .version = 0};
        made.settings.branding.display_name = "Contoso";
        commit({app::TenantCreated{made}});
    }

    [[nodiscard]] app::Admin admin() const {
        return {.tenant      = tenant,
                .actor       = {.kind = risk::ActorKind::admin, .id = {}, .name = "cli:root"},
                .authority   = app::CommandLine{},
                .correlation = CorrelationId{9, 9},
                .now         = now};
    }
    [[nodiscard]] app::Admin admin_as(UserId user, app::AdminRoles roles) const {
        auto somebody      = admin();
        somebody.actor     = {.kind = risk::ActorKind::admin, .id = user, .name = {}};
        somebody.authority = std::move(roles);
        return somebody;
    }

    void commit(std::vector<app::Change> changes) {
        const auto done = journal_.commit({.tenant      = tenant,
                                           .id          = random_.new_id<ActId>(now),
                                           .name        = "Given",
                                           .by          = {},
                                           .at          = now,
                                           .correlation = CorrelationId{1, 1},
                                           .changes     = std::move(changes)});
        if (!done) std::fprintf(stderr, "%s\n", done.error().message.c_str());
        if (!done) std::abort();
    }

    UserId user(std::string name) {
        app::PasswordSetter passwords(ports);
        app::NewUser wanted{.user_principal_name = name + "@contoso.example"};
        wanted.password = Secret(std::string(kPassword));
        return value_of(app::CreateUser(ports, passwords)(admin(), wanted)).user.id;
    }

    /// A sign-in of the user, from an address that its detection, if any, complains of.
    SignInId sign_in(UserId who, std::optional<RiskLevel> level) {
        const auto id = random_.new_id<SignInId>(now);
        signals::SignInSignals seen;
        seen.sign_in           = id;
        seen.user              = who;
        seen.when              = now;
        seen.correlation       = CorrelationId{2, id.low};
        seen.network.address   = parse_ip("192.0.2.7");
        seen.client.user_agent = "Mozilla/5.0";
        seen.client.device_id  = "device-1";
        const auto during      = level.value_or(RiskLevel::none);
        app::SignInRecord record{.id                        = id,
                                 .user                      = who,
                                 .user_principal_name       = "somebody",
                                 .correlation               = seen.correlation,
                                 .created_at                = now,
                                 .ip_address                = "192.0.2.7",
                                 .risk_level_during_sign_in = during,
                                 .risk_level_aggregated     = during,
                                 .risk_state                = level ? RiskState::atRisk : RiskState::none,
                                 .conditional_access_status = "notApplied"};
        record.document = json::to_text(json::object{{"id", to_string(id)},
                                                     {"status", json::object{{"errorCode", 0}}},
                                                     {"riskLevelDuringSignIn", to_string(during)},
                                                     {"signals", wire::to_json(seen)}});
        std::vector<app::Change> changes{app::SignInRecorded{record}};
        if (level) {
            const detection::Finding finding{.type    = RiskEventType::anonymizedIPAddress,
                                             .timing  = Timing::realtime,
                                             .verdict = detection::Detected{*level, 3, {{"anonymizer", "tor"}}}};
            auto book = value_of(app::RiskChanges::read(ports, tenant, who, id));
            book.raise(std::vector{*risk::raised(finding, seen, random_.new_id<DetectionId>(now), now)}, now);
            for (auto& change : value_of(book.changes(ports, now))) changes.push_back(std::move(change));
        }
        commit(std::move(changes));
        return id;
    }

    /// Risk of the user alone, from an activity of `when`, in an act that began at `began` and commits now.
    void raise(UserId who, RiskLevel level, Instant when, std::optional<Instant> began = {}) {
        const auto at = began.value_or(now);
        risk::RiskDetection detection{.id = random_.new_id<DetectionId>(at), .user = who, .type = RiskEventType::unlikelyTravel, .level = level, .timing = DetectionTiming::offline,
                                      .activity_at = when, .detected_at = at, .last_updated_at = at};
        auto book = value_of(app::RiskChanges::read(ports, tenant, who, {}));
        book.raise(std::vector{detection}, at);
        value_of(journal_.commit({.tenant = tenant, .id = random_.new_id<ActId>(at), .name = "Raise", .by = {}, .at = at, .correlation = {}, .changes = value_of(book.changes(ports, at))}));
    }
    [[nodiscard]] const app::NoticeStore& notice_store() const { return notices_; }
    [[nodiscard]] app::Outbox& outbox() { return outbox_; }
    /// The same ports with another way to the store.
    [[nodiscard]] app::Ports ports_with(app::Journal& journal) { return ports_with(journal, directory_); }
    [[nodiscard]] app::Ports ports_with(const app::Directory& directory) { return ports_with(journal_, directory); }

    [[nodiscard]] app::Account account(UserId who) { return *value_of(directory_.account(tenant, who)); }
    [[nodiscard]] app::SignInRecord record(SignInId id) { return *value_of(sign_ins_.sign_in(tenant, id)); }
    [[nodiscard]] std::vector<risk::RiskDetection> detections(UserId who) {
        return value_of(detections_.detections(tenant, {.user = who, .sign_in = {}, .most = 100}));
    }
    [[nodiscard]] risk::RiskyUser risky(UserId who) { return value_of(detections_.risky_user(tenant, who)).value_or(risk::RiskyUser{}); }
    [[nodiscard]] std::vector<app::AuditRecord> audit() { return value_of(audit_.latest(tenant, {.most = 1000})); }
    [[nodiscard]] std::shared_ptr<const app::TenantSnapshot> snapshot() { return value_of(tenants_.snapshot(tenant)); }
    [[nodiscard]] sql::Db& db() { return *db_; }

    TenantId tenant{1, 1};
    Instant now = *parse_rfc3339("2026-11-20T12:00:00Z");

private:
    app::Ports ports_with(app::Journal& journal, const app::Directory& directory) {
        return {clock_,   random_,  digests_,  keys_,     text_,      hasher_,     sealer_,   signer_,   verifier_, journal,
                flows_,   tenants_, directory, sessions_, standings_, detections_, profiles_, sign_ins_, alerts_,
                nothing_, nothing_, passkeys_, relying_party_};
    }

    std::unique_ptr<sqlite::Sqlite> db_ = value_of(sqlite::open({.path = ":memory:"}));
    sodium::SystemRandom random_;
    openssl::Digests digests_;
    app::SecretKeys keys_{Secret("pepper"), Secret("pairwise"), Secret("features")};
    unicode::IcuText text_;
    sodium::ArgonPasswordHasher hasher_{keys_.pepper, sodium::PasswordCost::cheapest()};
    std::vector<app::WrappedDataKey> wrapped_;
    openssl::Keyring keyring_ = [this] {
        std::vector<openssl::MasterKey> masters;
        masters.push_back(value_of(openssl::MasterKey::from_text(openssl::new_master_key_text(random_))));
        return openssl::Keyring(random_, std::move(masters), [this](TenantId) -> Result<std::vector<app::WrappedDataKey>> {
            if (wrapped_.empty()) wrapped_.push_back(value_of(keyring_.new_data_key(tenant, 1)));
            return wrapped_;
        });
    }();
    openssl::Sealer sealer_{keyring_, random_};
    openssl::Signer signer_{[](TenantId) -> Result<std::vector<app::SigningKey>> { return std::vector<app::SigningKey>{}; }};
    openssl::JwtVerifier verifier_;
    fido2::PasskeyVerifier passkeys_;
    credentials::RelyingParty relying_party_{"login.example", "Portcullis", {"https://login.example"}};
    sql::SqlJournal journal_{*db_};
    sql::SqlFlowStore flows_{*db_};
    sql::SqlTenants tenants_{*db_};
    sql::SqlDirectory directory_{*db_};
    sql::SqlSessions sessions_{*db_};
    sql::SqlStandings standings_{*db_};
    sql::SqlRiskDetections detections_{*db_};
    sql::SqlProfiles profiles_{*db_};
    sql::SqlSignIns sign_ins_{*db_};
    sql::SqlAlerts alerts_{*db_};
    sql::SqlAuditLog audit_{*db_};
    sql::SqlOutbox outbox_{*db_};
    sql::SqlNoticeStore notices_{*db_};
    NothingKnown nothing_;
    struct FixedClock : app::Clock {
        explicit FixedClock(const Instant& at) : at_(at) {}
        Instant now() const override { return at_; }
        const Instant& at_;
    } clock_{now};

public:
    app::Ports ports = ports_with(journal_, directory_);
};

}  // namespace portcullis::tests
