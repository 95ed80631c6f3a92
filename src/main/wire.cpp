#include "main/wire.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <mutex>

#include "adapters/breached/filter_file.h"
#include "adapters/clock/clocks.h"
#include "adapters/fido2/passkey_verifier.h"
#include "adapters/geo/geo_intelligence.h"
#include "adapters/icu/text.h"
#include "adapters/openssl/digests.h"
#include "adapters/openssl/jwt_verifier.h"
#include "adapters/openssl/key_files.h"
#include "adapters/openssl/signer.h"
#include "adapters/outgoing/client.h"
#include "adapters/outgoing/provider_documents.h"
#include "adapters/postgres/postgres.h"
#include "adapters/sodium/argon_password_hasher.h"
#include "adapters/sodium/system_random.h"
#include "adapters/sql/directory.h"
#include "adapters/sql/flow_store.h"
#include "adapters/sql/journal.h"
#include "adapters/sql/keyring_store.h"
#include "adapters/sql/migrations.h"
#include "adapters/sql/notice_store.h"
#include "adapters/sql/outbox.h"
#include "adapters/sql/passkey_models.h"
#include "adapters/sql/retention.h"
#include "adapters/sql/risk_detections.h"
#include "adapters/sql/sealed_values.h"
#include "adapters/sql/sessions.h"
#include "adapters/sql/standings.h"
#include "adapters/sql/tenants.h"
#include "adapters/sqlite/sqlite.h"
#include "adapters/user_agent/uap_user_agents.h"
#include "app/population.h"
#include "app/sign_in.h"
#include "base/embedded.h"
#include "jobs/data_key_rotation.h"
#include "jobs/key_rotation.h"
#include "main/config_options.h"
#include "wire/external_answer.h"

namespace portcullis::program {
namespace {

/// Data keys re-wrapped in one reading.
constexpr int kRewrapBatch = 500;

/// Tells when a tenant's configuration was seen to move, so that what is derived from it can be dropped. A request reads its
/// snapshot first, so what it uses afterwards is never older than that.
class WatchedTenants : public app::Tenants {
public:
    using Moved = std::function<void(TenantId)>;
    WatchedTenants(const app::Tenants& tenants, Moved moved) : tenants_(tenants), moved_(std::move(moved)) {}

    Result<std::shared_ptr<const app::TenantSnapshot>> snapshot(TenantId tenant) const override { return seen(tenants_.snapshot(tenant)); }
    Result<std::shared_ptr<const app::TenantSnapshot>> snapshot_named(std::string_view name) const override {
        return seen(tenants_.snapshot_named(name));
    }
    Result<std::vector<identity::Tenant>> all() const override { return tenants_.all(); }

private:
    Result<std::shared_ptr<const app::TenantSnapshot>> seen(Result<std::shared_ptr<const app::TenantSnapshot>> snapshot) const {
        if (!snapshot) return snapshot;
        const auto& tenant = (*snapshot)->tenant;
        const std::lock_guard lock(mutex_);
        auto& version = versions_[tenant.id];
        if (tenant.version > version) {
            version = tenant.version;
            moved_(tenant.id);
        }
        return snapshot;
    }

    const app::Tenants& tenants_;
    const Moved moved_;
    mutable std::mutex mutex_;
    mutable std::map<TenantId, std::int64_t> versions_;
};

Result<Duration> clock_offset(const std::string& path) {
    std::ifstream file(path);
    if (!file) return Duration{0};
    std::string text;
    std::getline(file, text);
    std::int64_t ms   = 0;
    const auto* end   = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, ms);
    if (parsed.ec != std::errc{} || parsed.ptr != end || ms < 0) return Error{ErrorCode::invalidRequest, fmt::format("`{}` is not a clock file", path)};
    return Duration{ms};
}

Result<void> keep_clock_offset(const std::string& path, Duration offset) {
    const auto draft = path + ".new";
    {
        std::ofstream file(draft, std::ios::trunc);
        file << offset.count() << '\n';
        file.flush();
        if (!file) return Error{ErrorCode::unavailable, fmt::format("cannot write `{}`", draft)};
    }
    if (std::rename(draft.c_str(), path.c_str()) != 0) return Error{ErrorCode::unavailable, fmt::format("cannot write `{}`", path)};
    return {};
}

geo::DataPaths data_paths(const Config::DataSets& sets) {
    return {.location_db  = sets.location_db,
            .countries_v4 = sets.countries_v4,
            .countries_v6 = sets.countries_v6,
            .city_db      = sets.city_db,
            .lists        = sets.lists,
            .overlays     = sets.overlays};
}

/// How long a provider's document may take: a person waits for it, and a worker with them.
constexpr Duration kProviderTimeout = std::chrono::seconds{5};

/// Reads documents of providers by the one client there is for what is configured to be called.
outgoing::FetchDocument fetch_of(const Config::ExternalProviders& config) {
    outgoing::ClientOptions options{.allowed = {}, .ca_file = config.ca_file, .connect_timeout = std::chrono::seconds{3}, .timeout = kProviderTimeout, .answer_bytes_max = wire::kProviderDocumentMax};
    for (const auto& text : config.allowed_networks) {
        if (const auto network = parse_cidr(text)) options.allowed.push_back(*network);
    }
    const auto client = std::make_shared<const outgoing::Client>(std::move(options));
    return [client](const std::string& url) -> Result<std::string> {
        const auto target = outgoing::parse_target(url);
        if (!target) return Error{ErrorCode::invalidRequest, "its URL is not an https URL"};
        auto answer = TRY(client->get(*target, {"Accept: application/json"}));
        if (answer.status != 200) return Error{ErrorCode::unavailable, fmt::format("it answers with status {}", answer.status)};
        return std::move(answer.body);
    };
}

struct OpenDb {
    std::unique_ptr<sql::Db> db;
    sqlite::Sqlite* sqlite = nullptr;
};

Result<OpenDb> open_db(const Config& config, Opening opening) {
    OpenDb open;
    const auto readers = static_cast<std::size_t>(config.database.readers);
    if (!config.is_sqlite()) {
        open.db = TRY(postgres::open({.connection = config.database.url, .readers_max = readers}));
        return open;
    }
    const auto path = config.sqlite_path();
    if (opening == Opening::for_command && path != ":memory:" && access(path.c_str(), F_OK) != 0) {
        return Error{ErrorCode::notFound, fmt::format("there is no database `{}`", path)};
    }
    auto file   = TRY(sqlite::open({.path = path, .readers_max = readers}));
    open.sqlite = file.get();
    open.db     = std::move(file);
    return open;
}

Result<void> bring_up_to_date(sql::Db& db, const Config& config, Opening opening, Instant now) {
    const auto known   = TRY(sql::migrations_for(db.engine(), embedded::migrations()));
    const bool migrates = opening == Opening::for_server && config.database.migrate == Migrate::automatic;
    if (migrates) {
        TRY(sql::migrate(db, known, now));
        return {};
    }
    const auto current = sql::require_current(db, known);
    if (current) return {};
    return Error{current.error().code, current.error().message + "; `portcullis migrate` brings an older database up to date"};
}

}  // namespace

struct Installation::Parts {
    explicit Parts(Config from) : config(std::move(from)) {}

    const Config config;
    sodium::SystemRandom random;
    clock::SystemClock system_clock;
    std::unique_ptr<clock::AdjustableClock> turned_clock;  // null: the machine's time
    openssl::Digests digests;
    app::SecretKeys keys;
    unicode::IcuText text;
    OpenDb open;
    std::unique_ptr<sql::SqlDataKeys> data_keys;
    std::unique_ptr<openssl::FollowingSealer> sealer;
    std::unique_ptr<sql::SqlTenants> stored_tenants;
    std::unique_ptr<openssl::Signer> signer;
    std::unique_ptr<WatchedTenants> tenants;
    openssl::JwtVerifier verifier;
    std::unique_ptr<outgoing::ProviderDocuments> external_providers;
    fido2::PasskeyVerifier passkeys;
    credentials::RelyingParty relying_party;
    std::unique_ptr<sodium::ArgonPasswordHasher> hasher;
    std::unique_ptr<sql::SqlJournal> journal;
    std::unique_ptr<sql::SqlFlowStore> flows;
    std::unique_ptr<sql::SqlDirectory> directory;
    std::unique_ptr<sql::SqlSessions> sessions;
    std::unique_ptr<sql::SqlStandings> standings;
    std::unique_ptr<sql::SqlRiskDetections> detections;
    std::unique_ptr<sql::SqlProfiles> profiles;
    std::unique_ptr<sql::SqlSignIns> sign_ins;
    std::unique_ptr<sql::SqlAlerts> alerts;
    std::unique_ptr<sql::SqlOutbox> outbox;
    std::unique_ptr<sql::SqlAuditLog> audit;
    std::unique_ptr<sql::SqlRetention> retention;
    std::unique_ptr<sql::SqlSealedValues> sealed_values;
    std::unique_ptr<sql::SqlNoticeStore> notices;
    std::unique_ptr<sql::SqlPasskeyModels> passkey_models;
    std::unique_ptr<geo::GeoIntelligence> networks;
    std::unique_ptr<user_agent::UapUserAgents> user_agents;
    std::unique_ptr<breached::FilterFile> breached_passwords;
    std::unique_ptr<app::Ports> ports;
    std::unique_ptr<app::Population> population;
    std::unique_ptr<app::SignIn> sign_in;

    [[nodiscard]] const app::Clock& clock() const {
        if (turned_clock) return *turned_clock;
        return system_clock;
    }

    Result<void> open_keys();
    void make_stores();
    void make_use_cases();
    Result<std::vector<app::SigningKey>> signing_keys(TenantId tenant);
    Result<void> commit(TenantId tenant, std::string name, std::vector<app::Change> changes);
};

Result<void> Installation::Parts::open_keys() {
    const auto& secrets = config.secrets;
    if (access((secrets.directory + "/pepper.key").c_str(), F_OK) != 0) {
        return Error{ErrorCode::notFound, fmt::format("there are no keys in `{}`; `portcullis keys init` makes those of a new installation", secrets.directory)};
    }
    keys                = TRY(openssl::load_secret_keys(secrets.directory));
    const bool from_env = !secrets.master_key_env.empty();
    sealer              = TRY(openssl::FollowingSealer::open(
        random,
        {.file = from_env ? std::string() : secrets.master_key_file(), .previous = secrets.previous_master_key_file(), .environment = secrets.master_key_env},
        [this](TenantId tenant) { return data_keys->of_tenant(tenant); }));
    return {};
}

void Installation::Parts::make_stores() {
    auto& db       = *open.db;
    data_keys      = std::make_unique<sql::SqlDataKeys>(db);
    journal        = std::make_unique<sql::SqlJournal>(db);
    flows          = std::make_unique<sql::SqlFlowStore>(db);
    stored_tenants = std::make_unique<sql::SqlTenants>(db);
    directory      = std::make_unique<sql::SqlDirectory>(db);
    sessions       = std::make_unique<sql::SqlSessions>(db);
    standings      = std::make_unique<sql::SqlStandings>(db);
    detections     = std::make_unique<sql::SqlRiskDetections>(db);
    profiles       = std::make_unique<sql::SqlProfiles>(db);
    sign_ins       = std::make_unique<sql::SqlSignIns>(db);
    alerts         = std::make_unique<sql::SqlAlerts>(db);
    outbox         = std::make_unique<sql::SqlOutbox>(db);
    audit          = std::make_unique<sql::SqlAuditLog>(db);
    retention      = std::make_unique<sql::SqlRetention>(db);
    sealed_values  = std::make_unique<sql::SqlSealedValues>(db);
    notices        = std::make_unique<sql::SqlNoticeStore>(db);
    passkey_models = std::make_unique<sql::SqlPasskeyModels>(db);
}

void Installation::Parts::make_use_cases() {
    const auto& hashing = config.hashing;
    hasher = std::make_unique<sodium::ArgonPasswordHasher>(
        keys.pepper,
        sodium::PasswordCost{.memory_kib = static_cast<std::uint32_t>(hashing.memory_kib), .passes = static_cast<std::uint32_t>(hashing.passes)},
        sodium::ArgonPool::Size{.threads = static_cast<unsigned>(hashing.threads), .queue_max = static_cast<std::size_t>(hashing.queue)});
    signer      = std::make_unique<openssl::Signer>([this](TenantId tenant) { return signing_keys(tenant); });
    tenants     = std::make_unique<WatchedTenants>(*stored_tenants, [this](TenantId tenant) {
        signer->forget(tenant);
        sealer->keyring()->forget(tenant);
    });
    relying_party = {.id = config.server.passkey_domain.empty() ? host_of(config.server.base_url) : config.server.passkey_domain,
                     .name = "Portcullis",
                     .origins = {config.server.base_url}};
    networks    = std::make_unique<geo::GeoIntelligence>(data_paths(config.data_sets));
    user_agents = std::make_unique<user_agent::UapUserAgents>(config.data_sets.user_agents);
    external_providers = std::make_unique<outgoing::ProviderDocuments>(fetch_of(config.external_providers), verifier);
    ports       = std::make_unique<app::Ports>(app::Ports{.clock       = clock(),
                                                          .random      = random,
                                                          .digests     = digests,
                                                          .keys        = keys,
                                                          .text        = text,
                                                          .hasher      = *hasher,
                                                          .sealer      = *sealer,
                                                          .signer      = *signer,
                                                          .verifier    = verifier,
                                                          .journal     = *journal,
                                                          .flows       = *flows,
                                                          .tenants     = *tenants,
                                                          .directory   = *directory,
                                                          .sessions    = *sessions,
                                                          .standings   = *standings,
                                                          .detections  = *detections,
                                                          .profiles    = *profiles,
                                                          .sign_ins    = *sign_ins,
                                                          .alerts      = *alerts,
                                                          .networks    = *networks,
                                                          .user_agents = *user_agents,
                                                          .passkeys    = passkeys,
                                                          .relying_party = relying_party,
                                                          .base_url    = config.server.base_url,
                                                          .breached_passwords = breached_passwords.get(),
                                                          .external_providers = external_providers.get(),
                                                          .passkey_models     = passkey_models.get()});
    population  = std::make_unique<app::Population>(*profiles, *journal, random);
    sign_in     = std::make_unique<app::SignIn>(*ports, *population);
}

Result<std::vector<app::SigningKey>> Installation::Parts::signing_keys(TenantId tenant) {
    const auto snapshot = TRY(stored_tenants->snapshot(tenant));
    std::vector<app::SigningKey> open_keys;
    for (const auto& stored : snapshot->keys) open_keys.push_back(TRY(jobs::open_signing_key(*sealer, tenant, stored)));
    return open_keys;
}

Result<void> Installation::Parts::commit(TenantId tenant, std::string name, std::vector<app::Change> changes) {
    const auto now = clock().now();
    return journal->commit({.tenant      = tenant,
                            .id          = random.new_id<ActId>(now),
                            .name        = std::move(name),
                            .by          = {.id = {}, .name = "keys"},
                            .at          = now,
                            .correlation = random.new_id<CorrelationId>(now),
                            .changes     = std::move(changes)});
}

Installation::Installation(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Installation::~Installation() = default;

Result<std::unique_ptr<Installation>> Installation::open(const Config& config, Opening opening) {
    auto parts = std::make_unique<Parts>(config);
    if (config.clock_file) {
        const auto offset   = TRY(clock_offset(*config.clock_file));
        parts->turned_clock = std::make_unique<clock::AdjustableClock>(parts->system_clock, offset);
    }
    TRY(parts->open_keys());
    parts->open = TRY(open_db(config, opening));
    TRY(bring_up_to_date(*parts->open.db, config, opening, parts->clock().now()));
    if (const auto& list = config.data_sets.breached_passwords; !list.empty()) parts->breached_passwords = TRY(breached::FilterFile::open(list, parts->digests));
    parts->make_stores();
    parts->make_use_cases();
    if (opening == Opening::for_server) parts->networks->start();
    return std::unique_ptr<Installation>(new Installation(std::move(parts)));
}

const Config& Installation::config() const { return parts_->config; }
app::Ports& Installation::ports() { return *parts_->ports; }
const app::Clock& Installation::clock() const { return parts_->clock(); }
app::Population& Installation::population() { return *parts_->population; }
app::SignIn& Installation::sign_in() { return *parts_->sign_in; }
app::Outbox& Installation::outbox() { return *parts_->outbox; }
const app::AuditLog& Installation::audit() { return *parts_->audit; }
const app::Retention& Installation::retention() { return *parts_->retention; }
const app::SealedValues& Installation::sealed_values() { return *parts_->sealed_values; }
const app::NoticeStore& Installation::notices() { return *parts_->notices; }
app::PasskeyMetadataStore& Installation::passkey_metadata() { return *parts_->passkey_models; }
sql::Db& Installation::db() { return *parts_->open.db; }
sqlite::Sqlite* Installation::sqlite() { return parts_->open.sqlite; }
geo::GeoIntelligence& Installation::networks() { return *parts_->networks; }
user_agent::UapUserAgents& Installation::user_agents() { return *parts_->user_agents; }
sodium::ArgonPasswordHasher& Installation::hasher() { return *parts_->hasher; }
std::string Installation::master_key_id() const { return parts_->sealer->master_key_id(); }

Result<void> Installation::ensure_tenant_keys(TenantId tenant) {
    if (TRY(parts_->data_keys->of_tenant(tenant)).empty()) {
        auto key        = TRY(parts_->sealer->keyring()->new_data_key(tenant, 1));
        const auto made = parts_->commit(tenant, "MakeDataKey", {app::DataKeySaved{std::move(key), {}}});
        // Another node may have been faster; then its key is the one.
        if (!made && made.error().code != ErrorCode::conflict) return made;
        parts_->sealer->keyring()->forget(tenant);
    }
    TRY(jobs::rotate_signing_keys(ports(), tenant, jobs::Rotation::whenDue, {.id = {}, .name = "keys"}, now()));
    return {};
}

Result<int> Installation::rewrap_data_keys() {
    TRY(parts_->sealer->reload());
    int rewrapped = 0;
    for (;;) {
        const auto waiting = TRY(parts_->data_keys->not_under(master_key_id(), kRewrapBatch));
        if (waiting.empty()) return rewrapped;
        const auto before = rewrapped;
        for (const auto& key : waiting) {
            auto anew       = TRY(parts_->sealer->keyring()->rewrap(key));
            const auto done = parts_->commit(key.tenant, "RotateMasterKey", {app::DataKeySaved{std::move(anew), key.master_key_id}});
            if (!done && done.error().code != ErrorCode::conflict) return done.error();
            rewrapped += done ? 1 : 0;
        }
        if (rewrapped == before) return Error{ErrorCode::conflict, "another process rotates the master key at the same time"};
    }
}

Result<int> Installation::make_next_data_keys() {
    int made = 0;
    for (const auto& tenant : TRY(ports().tenants.all())) {
        const auto keys = TRY(parts_->data_keys->of_tenant(tenant.id));
        if (keys.size() != 1) continue;
        auto next       = TRY(parts_->sealer->keyring()->new_data_key(tenant.id, keys.front().version + 1));
        const auto done = parts_->commit(tenant.id, "RotateDataKey", {app::DataKeySaved{std::move(next), {}}});
        // Another node may have been faster; then its key is the one.
        if (!done && done.error().code != ErrorCode::conflict) return done.error();
        parts_->sealer->keyring()->forget(tenant.id);
        made += done ? 1 : 0;
    }
    return made;
}

Result<DataKeyRotation> Installation::continue_data_key_rotation(int most) {
    const app::Actor by{.id = {}, .name = "keys"};
    DataKeyRotation all;
    for (const auto& tenant : TRY(ports().tenants.all())) {
        const auto keys = TRY(parts_->data_keys->of_tenant(tenant.id));
        if (keys.size() < 2) continue;
        const auto pass = TRY(jobs::reseal_values(ports(), *parts_->sealed_values, tenant.id, by, now(), most));
        all.resealed += pass.resealed;
        all.unreadable += pass.unreadable;
        const bool nothing_found = pass.is_whole && pass.resealed == 0 && pass.unreadable == 0;
        const int retired        = nothing_found ? TRY(jobs::retire_data_keys(ports(), keys, tenant.id, by, now())) : 0;
        all.retired += retired;
        all.kept += static_cast<int>(keys.size()) - 1 - retired;
    }
    return all;
}

Result<Instant> Installation::advance_clock(Duration by) {
    auto& clock = parts_->turned_clock;
    if (!clock) return Error{ErrorCode::invalidRequest, "only a demo's clock can be turned"};
    if (by < Duration{0}) return Error{ErrorCode::invalidRequest, "a clock is never turned back"};
    TRY(keep_clock_offset(*parts_->config.clock_file, clock->offset() + by));
    return clock->advance(by);
}

Result<void> prepare_directory(const Config& config) {
    sodium::SystemRandom random;
    TRY(openssl::make_missing_keys(config.secrets.directory, config.secrets.master_key_env.empty() ? config.secrets.master_key_file() : std::string(),
                                   random));
    return {};
}

}  // namespace portcullis::program
