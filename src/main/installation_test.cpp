#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <barrier>
#include <fstream>
#include <future>
#include <iostream>
#include <map>
#include <sstream>

#include "adapters/openssl/key_files.h"
#include "adapters/sodium/system_random.h"
#include "adapters/sql/db.h"
#include "base/encoding.h"
#include "jobs/key_rotation.h"
#include "jobs/delivery.h"
#include "jobs/upkeep.h"
#include "main/commands.h"
#include "main/served_at.h"
#include "main/wire.h"
#include "tests/support/postgres_server.h"
#include "tests/support/temporary_folder.h"

using namespace portcullis;
using namespace portcullis::program;
using namespace std::chrono_literals;
using std::chrono::days;

namespace {

template <class T>
T must(Result<T> result) {
    if (!result) std::fprintf(stderr, "%s\n", result.error().message.c_str());
    return std::move(result).value();
}
void must(Result<void> result) {
    if (!result) std::fprintf(stderr, "%s\n", result.error().message.c_str());
    REQUIRE(result);
}

/// A directory with an installation, and the processes that open it.
struct Directory {
    tests::TemporaryFolder folder;
    Config config = [&] {
        auto all                = config_of_directory(folder / "data");
        all.hashing             = {.memory_kib = 8, .passes = 1, .threads = 1, .queue = 4};
        all.data_sets           = {.location_db = {}, .countries_v4 = {}, .countries_v6 = {}, .user_agents = {}};
        return all;
    }();

    Directory() { must(prepare_directory(config)); }
    std::unique_ptr<Installation> open(Opening opening = Opening::for_server) const { return must(Installation::open(config, opening)); }
};

TenantId new_tenant(Installation& installation, const std::string& domain) {
    auto& ports    = installation.ports();
    const auto now = installation.now();
    identity::Tenant tenant{.id = ports.random.new_id<TenantId>(now), .domain = domain};
    must(ports.journal.commit({.tenant = tenant.id, .id = ports.random.new_id<ActId>(now), .name = "CreateTenant", .at = now, .changes = {app::TenantCreated{tenant}}}));
    must(installation.ensure_tenant_keys(tenant.id));
    return tenant.id;
}

void commit(Installation& installation, TenantId tenant, std::vector<app::Change> changes) {
    auto& ports    = installation.ports();
    const auto now = installation.now();
    must(ports.journal.commit({.tenant = tenant, .id = ports.random.new_id<ActId>(now), .name = "Test", .at = now, .changes = std::move(changes)}));
}

std::string kid_of_signature(Installation& installation, TenantId tenant, std::string_view alg) {
    must(installation.ports().tenants.snapshot(tenant));  // as every request does first
    const auto token  = must(installation.ports().signer.sign({.tenant = tenant, .alg = alg, .typ = "JWT", .claims = "{}", .now = installation.now()}));
    const auto header = must(json::parse_object(*parse_base64url(token.substr(0, token.find('.')))));
    return *json::string_at(header, "kid");
}

/// Runs `portcullis ARGUMENTS` in this process.
struct Ran {
    int exit_code;
    std::string out, err;
};
Ran run(std::vector<std::string> arguments) {
    std::istringstream in;
    std::ostringstream out, err;
    CLI::App app("test", "portcullis");
    CommandContext context(in, out, err);
    add_global_options(app, context);
    add_database_commands(app, context);
    add_keys_commands(app, context);
    add_tenant_commands(app, context);
    std::ranges::reverse(arguments);
    app.parse(std::move(arguments));
    return {context.exit_code(), out.str(), err.str()};
}

}  // namespace

TEST_CASE("a tenant gets one key of each algorithm, active at once, and no more the second time (PROTO-010, PROTO-012)") {
    const Directory directory;
    const auto server = directory.open();
    const auto tenant = new_tenant(*server, "contoso.example");
    must(server->ensure_tenant_keys(tenant));

    const auto snapshot = must(server->ports().tenants.snapshot(tenant));
    REQUIRE(snapshot->keys.size() == 2);
    for (const auto& key : snapshot->keys) CHECK(key.sealed_private.starts_with("v1."));
    CHECK(!kid_of_signature(*server, tenant, "RS256").empty());
    CHECK(!kid_of_signature(*server, tenant, "ES256").empty());
}

TEST_CASE("a rotation by another process shows at the next request, and signs a day later (PROTO-012)") {
    const Directory directory;
    const auto server = directory.open();
    const auto tenant = new_tenant(*server, "contoso.example");
    const auto before = kid_of_signature(*server, tenant, "ES256");

    const auto ran = run({"keys", "rotate", "--data", directory.folder / "data", "--json"});
    REQUIRE(ran.exit_code == 0);

    CHECK(must(server->ports().tenants.snapshot(tenant))->keys.size() == 4);
    CHECK(kid_of_signature(*server, tenant, "ES256") == before);
    must(server->advance_clock(25h));
    CHECK(kid_of_signature(*server, tenant, "ES256") != before);
    // The old key is still published, for tokens it signed.
    CHECK(must(server->ports().signer.published(tenant, server->now())).size() == 4);
    must(server->advance_clock(26h));
    CHECK(must(jobs::rotate_due_keys(server->ports(), server->now())) == 0);
    CHECK(must(server->ports().tenants.snapshot(tenant))->keys.size() == 2);
}

TEST_CASE("two nodes that rotate at the same moment publish one next key between them (signer race, PROTO-010, PROTO-012)") {
    const Directory directory;
    const auto one    = directory.open();
    const auto other  = directory.open();
    const auto tenant = new_tenant(*one, "contoso.example");
    const auto due    = one->now() + days{89} + 1h;
    std::barrier together(2);
    const auto rotate = [&](Installation& node) {
        together.arrive_and_wait();
        return jobs::rotate_due_keys(node.ports(), due);
    };
    auto theirs     = std::async(std::launch::async, [&] { return rotate(*other); });
    const auto ours = rotate(*one);
    CHECK(must(ours) + must(theirs.get()) == 2);  // one of each algorithm
    for (auto* node : {one.get(), other.get()}) CHECK(must(node->ports().tenants.snapshot(tenant))->keys.size() == 4);
}

TEST_CASE("an emergency rotation withdraws the old keys at once (PROTO-012)") {
    const Directory directory;
    const auto server = directory.open();
    const auto tenant = new_tenant(*server, "contoso.example");
    const auto before = kid_of_signature(*server, tenant, "RS256");

    REQUIRE(run({"keys", "rotate", "--emergency", "--data", directory.folder / "data"}).exit_code == 0);
    CHECK(kid_of_signature(*server, tenant, "RS256") != before);
    CHECK(must(server->ports().signer.published(tenant, server->now())).size() == 2);
}

TEST_CASE("keys rotate by themselves over a year, and there is always one that signs (PROTO-012)") {
    const Directory directory;
    const auto server = directory.open();
    const auto tenant = new_tenant(*server, "contoso.example");
    for (int step = 0; step < 61; ++step) {
        must(server->advance_clock(days{6}));
        must(jobs::rotate_due_keys(server->ports(), server->now()));
        CHECK(!kid_of_signature(*server, tenant, "ES256").empty());
        CHECK(must(server->ports().tenants.snapshot(tenant))->keys.size() <= 6);
    }
}

TEST_CASE("a new master key opens what the old one sealed, in a server that goes on running too (PROTO-831)") {
    const Directory directory;
    const auto server = directory.open();
    const auto tenant = new_tenant(*server, "contoso.example");
    const auto other  = new_tenant(*server, "fabrikam.example");
    const app::SealContext where{.tenant = tenant, .table = "t", .row = "r", .column = "c"};
    const auto sealed = must(server->ports().sealer.seal(Secret("seed"), where));
    const auto running = directory.open();  // has opened no data key yet
    const auto old_id  = server->master_key_id();

    REQUIRE(run({"keys", "rotate-master", "--data", directory.folder / "data"}).exit_code == 0);
    CHECK(must(running->ports().sealer.open(sealed, where)).reveal() == "seed");
    CHECK(must(server->ports().sealer.open(sealed, where)).reveal() == "seed");
    CHECK(running->master_key_id() != old_id);

    // Without the old key everything still opens: nothing is left under it.
    REQUIRE(unlink((directory.folder / "data/secrets/master.previous.key").c_str()) == 0);
    const auto later = directory.open();
    CHECK(must(later->ports().sealer.open(sealed, where)).reveal() == "seed");
    CHECK(must(later->ports().sealer.key_version(other)) == 1);
    CHECK(must(later->rewrap_data_keys()) == 0);

    // Audited, and nothing secret in it.
    const auto acts = must(later->audit().latest(tenant, {.most = 10}));
    const auto act  = std::ranges::find(acts, "RotateMasterKey", &app::AuditRecord::name);
    REQUIRE(act != acts.end());
    CHECK(act->changes.find(old_id) != std::string::npos);
}

namespace {

/// What an installation seals, one of each column; `open` opens them all and says under which data keys they are.
struct SealedThings {
    Installation& installation;
    TenantId tenant;
    MethodId method;
    std::string digest;

    SealedThings(Installation& in, TenantId of, int methods) : installation(in), tenant(of), method(), digest("used") {
        auto& ports    = in.ports();
        const auto now = in.now();
        identity::User user{.id = ports.random.new_id<UserId>(now), .user_principal_name = "a@contoso.example", .created_at = now, .sign_in_sessions_valid_from = now};
        commit(in, of, {app::UserCreated{user, "a@contoso.example"}});
        std::vector<app::Change> changes;
        for (int i = 0; i < methods; ++i) {
            method = ports.random.new_id<MethodId>(now);
            changes.emplace_back(app::MethodRegistered{{.id = method, .user = user.id, .display_name = "App", .sealed_secret = seed(), .created_at = now}});
        }
        identity::HardwareToken token{.id = ports.random.new_id<HardwareTokenId>(now), .serial_number = "A-1", .manufacturer = "Maker", .model = "M1", .created_at = now};
        token.sealed_secret = must(ports.sealer.seal(Secret("seed"), {tenant, "hardware_tokens", to_string(token.id), "sealed_secret"}));
        changes.emplace_back(app::HardwareTokenAdded{token});
        identity::Grant grant{.id = ports.random.new_id<GrantId>(now), .user = user.id, .expires_at = now + days{90}};
        changes.emplace_back(app::GrantOpened{grant, identity::RefreshToken{.digest = digest, .grant = grant.id, .issued_at = now, .expires_at = now + days{30}}});
        const auto successor = must(ports.sealer.seal(Secret("successor"), {of, "refresh_tokens", digest, "sealed_successor"}));
        changes.emplace_back(app::RefreshRotated{digest, {.digest = "next", .grant = grant.id, .issued_at = now, .expires_at = now + days{30}}, now, successor});
        commit(in, of, std::move(changes));
    }
    std::string seed() const {
        return must(installation.ports().sealer.seal(Secret("seed"), {tenant, "authentication_methods", to_string(method), "sealed_secret"}));
    }
    /// How many values are under which data key. Each opens, in `reader` too.
    std::map<std::uint32_t, int> by_key(Installation& reader) const {
        std::map<std::uint32_t, int> count;
        for (const auto column : app::kSealedColumns) {
            for (const auto& value : must(reader.sealed_values().next(tenant, column, {}, 100'000))) {
                if (!value.sealed.empty()) ++count[app::sealed_key_version(value.sealed)];
            }
        }
        return count;
    }
    bool open_in(Installation& reader) const {
        auto& ports = reader.ports();
        must(ports.tenants.snapshot(tenant));  // as every request does first
        const auto found = must(ports.sessions.by_refresh_token(tenant, digest));
        const auto next  = must(ports.sealer.open(found->token.sealed_successor, {tenant, "refresh_tokens", digest, "sealed_successor"}));
        const auto kid   = kid_of_signature(reader, tenant, "ES256");
        return next.reveal() == "successor" && !kid.empty();
    }
};

/// Where the installations of these tests keep their data: each engine that ships.
std::string store_of(const std::string& engine, const Directory& directory) {
    if (engine == "sqlite") return directory.config.database.url;
    const auto keywords = tests::PostgresServer::shared().fresh_schema();  // host=H port=P user=U dbname=D options='-c search_path=S'
    const auto of       = [&](const std::string& key) {
        const auto from = keywords.find(key + "=") + key.size() + 1;
        return keywords.substr(from, keywords.find_first_of(" '", from) - from);
    };
    return "postgresql:///postgres?host=" + of("host") + "&port=" + of("port") + "&user=portcullis&options=-c%20search_path%3D" + of("search_path");
}

}  // namespace

TEST_CASE("every secret moves to a new data key while servers run, is stopped in the middle and finished (PROTO-831)") {
    const auto engine = GENERATE(as<std::string>(), "sqlite", "postgres");
    CAPTURE(engine);
    Directory directory;
    directory.config.database.url = store_of(engine, directory);
    const auto server  = directory.open();
    const auto tenant  = new_tenant(*server, "contoso.example");
    const auto other   = new_tenant(*server, "fabrikam.example");
    const SealedThings things(*server, tenant, 1200);
    const auto running = directory.open();
    const auto all     = things.by_key(*server).at(1);
    REQUIRE(all == 1200 + 2 + 1 + 1);  // seeds, signing keys, a successor, a hardware token
    CHECK(things.open_in(*running));

    // Stopped after its first act: the rest is under the first key, and everything opens everywhere.
    CHECK(must(server->make_next_data_keys()) == 2);
    CHECK(must(server->continue_data_key_rotation(1)).resealed > 0);
    const auto half = things.by_key(*running);
    CHECK(half.at(1) > 0);
    CHECK(half.at(2) > 0);
    CHECK(things.open_in(*running));
    CHECK(things.open_in(*server));
    // A server that noticed nothing seals with the new key from its next request on.
    CHECK(must(running->ports().sealer.key_version(tenant)) == 2);

    // Run again: no third key, and nothing stays behind.
    const auto later = directory.open(Opening::for_command);
    CHECK(must(later->make_next_data_keys()) == 0);
    const auto finished = must(later->continue_data_key_rotation(1'000'000));
    CHECK(finished.unreadable == 0);
    CHECK(finished.retired == 0);
    CHECK(finished.kept == 2);
    CHECK(things.by_key(*running) == std::map<std::uint32_t, int>{{2, all}});
    CHECK(things.open_in(*running));

    // Until a day has passed the first key opens what was under way; then it leaves, and what is stored still opens.
    const auto in_flight = must(running->ports().sealer.seal(Secret("x"), {tenant, "flows", "f", "pending"}));
    must(later->advance_clock(24h));
    CHECK(must(later->continue_data_key_rotation(1'000'000)).retired == 2);
    CHECK(must(later->continue_data_key_rotation(1'000'000)).kept == 0);
    const auto fresh = directory.open();
    CHECK(things.open_in(*fresh));
    CHECK(things.open_in(*running));
    CHECK(must(fresh->ports().sealer.open(in_flight, {tenant, "flows", "f", "pending"})).reveal() == "x");
    CHECK(must(fresh->ports().sealer.key_version(other)) == 2);

    // Audited: the new key, the values by number, the end; nothing secret in it.
    std::string told;
    for (const auto& act : must(later->audit().latest(tenant, {.most = 20}))) {
        if (act.name == "RotateDataKey") told += act.changes;
    }
    for (const auto* word : {"DataKeySaved", "SecretsResealed", "DataKeyRetired", "\"count\":500"}) CHECK(told.find(word) != std::string::npos);
    CHECK(told.find("v1.") == std::string::npos);

    // The next rotation is a new one.
    CHECK(must(later->make_next_data_keys()) == 2);
}

TEST_CASE("a value that does not open keeps its data key and is told (PROTO-831)") {
    const Directory directory;
    const auto server = directory.open();
    const auto tenant = new_tenant(*server, "contoso.example");
    const SealedThings things(*server, tenant, 1);
    must(server->db().write_one({"UPDATE refresh_tokens SET sealed_successor = 'v1.1.AAAA' WHERE digest = $1", {things.digest}}));

    const auto ran = run({"keys", "rotate-data", "--data", directory.folder / "data", "--json"});
    CHECK(ran.exit_code == 1);
    CHECK(ran.out.find("\"unreadable\":1") != std::string::npos);
    must(server->advance_clock(48h));
    const auto again = must(server->continue_data_key_rotation(1000));
    CHECK(again.retired == 0);
    CHECK(again.kept == 1);
    CHECK(again.unreadable == 1);
    CHECK(things.by_key(*server).at(2) == 1 + 2 + 1);
}

TEST_CASE("key files are for their owner alone, and others are refused (PROTO-831)") {
    const Directory directory;
    for (const auto* name : {"master.key", "pepper.key", "pairwise.key", "features.key"}) {
        struct stat status {};
        REQUIRE(stat((directory.folder / "data/secrets/" + name).c_str(), &status) == 0);
        CHECK((status.st_mode & 0777) == 0400);
    }
    REQUIRE(chmod((directory.folder / "data/secrets/pepper.key").c_str(), 0440) == 0);
    const auto opened = Installation::open(directory.config, Opening::for_server);
    REQUIRE(!opened);
    CHECK(opened.error().code == ErrorCode::invalidRequest);
}

TEST_CASE("making keys again changes none that is there") {
    const Directory directory;
    const auto before = must(openssl::read_key_file(directory.folder / "data/secrets/master.key"));
    must(prepare_directory(directory.config));
    CHECK(must(openssl::read_key_file(directory.folder / "data/secrets/master.key")) == before);
    CHECK(openssl::write_key_file(directory.folder / "data/secrets/master.key", Secret("x")).error().code == ErrorCode::conflict);
}

TEST_CASE("a backup is whole with the master key and useless without it (PROTO-836)") {
    const Directory directory;
    const auto server = directory.open();
    const auto tenant = new_tenant(*server, "contoso.example");
    const auto kid    = kid_of_signature(*server, tenant, "ES256");
    const auto copy   = directory.folder / "copy";
    REQUIRE(run({"backup", copy, "--data", directory.folder / "data"}).exit_code == 0);
    CHECK(run({"backup", copy, "--data", directory.folder / "data"}).exit_code == 1);  // never over another file

    // Another installation has another master key: refused, and nothing is left in its place.
    const Directory stranger;
    const auto refused = run({"restore", copy, "--data", stranger.folder / "data", "--json"});
    CHECK(refused.exit_code == 1);
    CHECK(refused.out.find("\"conflict\"") != std::string::npos);
    CHECK(access((stranger.folder / "data/portcullis.db").c_str(), F_OK) != 0);
    CHECK(access((stranger.folder / "data/portcullis.db.restoring").c_str(), F_OK) != 0);

    // Over a store that is there: refused too.
    CHECK(run({"restore", copy, "--data", directory.folder / "data"}).exit_code == 1);

    // With the backup's keys it is what it was.
    for (const auto* name : {"master.key", "pepper.key", "pairwise.key", "features.key"}) {
        const auto key = must(openssl::read_key_file(directory.folder / "data/secrets/" + name));
        REQUIRE(unlink((stranger.folder / "data/secrets/" + name).c_str()) == 0);
        must(openssl::write_key_file(stranger.folder / "data/secrets/" + name, Secret(base64(key.reveal()))));
    }
    REQUIRE(run({"restore", copy, "--data", stranger.folder / "data"}).exit_code == 0);
    const auto restored = stranger.open();
    CHECK(kid_of_signature(*restored, tenant, "ES256") == kid);
}

TEST_CASE("a server leaves its base URL to the commands on its directory, and to no other's") {
    Directory directory;
    CommandContext context(std::cin, std::cout, std::cerr);
    context.data_directory = directory.folder / "data";
    CHECK(must(context.config()).server.base_url == "http://localhost:8080");

    directory.config.server.base_url = "https://login.contoso.example";
    must(leave_base_url(directory.config));
    CHECK(must(context.config()).server.base_url == "https://login.contoso.example");
    struct stat status {};
    REQUIRE(stat((directory.folder / "data/base-url").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);

    directory.config.secrets.directory += "/";
    directory.config.server.base_url = "https://sso.contoso.example";
    must(leave_base_url(directory.config));
    CHECK(must(context.config()).server.base_url == "https://sso.contoso.example");

    auto elsewhere            = directory.config;
    elsewhere.server.base_url = "https://elsewhere.example";
    elsewhere.database.url    = "sqlite:" + directory.folder.path() + "/other.db";
    must(leave_base_url(elsewhere));
    CHECK(must(context.config()).server.base_url == "https://sso.contoso.example");

    std::ofstream(directory.folder / "data/base-url") << "javascript:alert(1)";
    CHECK(context.config().error().code == ErrorCode::invalidRequest);
}

TEST_CASE("a command says what is missing") {
    const tests::TemporaryFolder folder;
    const auto ran = run({"tenant", "list", "--data", folder / "nowhere"});
    CHECK(ran.exit_code == 1);
    CHECK(ran.err.find("keys init") != std::string::npos);
    CHECK(run({"tenant", "list"}).exit_code == 1);
}

TEST_CASE("the demo's clock is kept, and used by every command on its directory") {
    const Directory directory;
    const auto server = directory.open();
    const auto before = server->now();
    must(server->advance_clock(36h));
    CHECK(directory.open(Opening::for_command)->now() >= before + 36h);
    CHECK(server->advance_clock(-1h).error().code == ErrorCode::invalidRequest);
}

// --- Jobs, on the store that ships ---

namespace {

struct Postman : app::Messenger {
    std::vector<std::string> sent;
    std::optional<ErrorCode> trouble;
    int asked = 0;
    Result<void> send(const app::Letter& letter) override {
        ++asked;
        if (trouble) return Error{*trouble, "RCPT: reply 451"};
        sent.push_back(letter.message.subject + letter.message.text);
        return {};
    }
};

struct StoppedClock : app::Clock {
    Instant at{};
    [[nodiscard]] Instant now() const override { return at; }
};

app::Message message(Installation& installation, const std::string& subject) {
    return {.id = installation.ports().random.new_id<MailId>(installation.now()), .to = "a@example.com", .subject = subject, .text = "x"};
}

/// A server with mail in its outbox and a postman for it.
struct PostOffice {
    PostOffice() { clock.at = server->now(); }
    jobs::Delivery deliver(Duration later = {}) {
        clock.at += later;
        auto delivery = must(jobs::deliver_messages(server->outbox(), server->ports().sealer, {{"email", &postman}}, clock));
        delivery.given_up += must(jobs::retire_messages(server->outbox(), clock.at));
        return delivery;
    }
    void queue(app::Message what) { commit(*server, tenant, {app::MessageQueued{std::move(what)}}); }

    const Directory directory;
    std::unique_ptr<Installation> server = directory.open();
    TenantId tenant                      = new_tenant(*server, "contoso.example");
    Postman postman;
    StoppedClock clock;
};

}  // namespace

TEST_CASE("a message is sent once, and tried again when the way out is closed") {
    PostOffice office;
    office.queue(message(*office.server, "one"));
    office.queue(message(*office.server, "two"));
    office.clock.at += 1s;

    office.postman.trouble = ErrorCode::unavailable;
    CHECK(office.deliver().put_off == 1);  // a closed way is not asked for every message
    CHECK(office.postman.asked == 1);
    office.postman.trouble.reset();
    CHECK(office.deliver().sent == 1);      // the other
    CHECK(office.deliver(50s).sent == 0);  // not before a minute
    CHECK(office.deliver(11s).sent == 1);
    CHECK(office.deliver(days{1}).sent == 0);
    std::ranges::sort(office.postman.sent);
    CHECK(office.postman.sent == std::vector<std::string>{"onex", "twox"});
}

TEST_CASE("a message that its server puts off does not hold up the others") {
    PostOffice office;
    office.queue(message(*office.server, "one"));
    office.queue(message(*office.server, "two"));
    office.clock.at += 1s;
    office.postman.trouble = ErrorCode::tooManyRequests;
    CHECK(office.deliver().put_off == 2);
}

TEST_CASE("a message that will never go out is dead, and so is one that did not for three days") {
    PostOffice office;
    office.queue(message(*office.server, "bad"));
    office.clock.at += 1s;
    office.postman.trouble = ErrorCode::invalidRequest;
    CHECK(office.deliver().given_up == 1);
    CHECK(must(office.server->outbox().counts()).dead == 1);

    office.queue(message(*office.server, "slow"));
    office.clock.at += 1s;
    office.postman.trouble = ErrorCode::unavailable;
    int tries              = 0;
    for (auto spent = 0h; spent <= 72h; spent += 1h) tries += office.deliver(1h).put_off > 0 ? 1 : 0;
    CHECK(tries > 60);  // at most an hour apart
    CHECK(must(office.server->outbox().counts()).dead == 2);
    office.postman.trouble.reset();
    CHECK(office.deliver(1h).sent == 0);
    office.deliver(days{31});
    CHECK(must(office.server->outbox().counts()).dead == 0);
}

TEST_CASE("a code lies sealed in the outbox and is opened for its messenger alone") {
    PostOffice office;
    auto code     = message(*office.server, "Your code");
    const auto id = to_string(code.id);
    code.text = must(office.server->ports().sealer.seal(Secret(std::string("123456")), app::outbox_context(office.tenant, id, "body")));
    code.is_sealed  = true;
    code.expires_at = office.clock.at + 5min;
    office.queue(code);
    const auto stored = must(office.server->db().query("SELECT body FROM outbox"));
    CHECK(stored[0].text(0).find("123456") == std::string::npos);
    office.clock.at += 1s;
    office.postman.trouble = ErrorCode::unavailable;
    CHECK(office.deliver().put_off == 1);
    office.postman.trouble.reset();
    CHECK(office.deliver(9s).sent == 0);
    CHECK(office.deliver(1s).sent == 1);  // a code is tried again soon
    CHECK(office.postman.sent == std::vector<std::string>{"Your code123456"});
}

TEST_CASE("a code that is over is not sent") {
    PostOffice office;
    auto code       = message(*office.server, "Your code");
    code.expires_at = office.clock.at + 5min;
    office.queue(code);
    const auto late = office.deliver(5min);
    CHECK(late.sent == 0);
    CHECK(late.given_up == 1);
    CHECK(office.postman.asked == 0);
}

TEST_CASE("the wait between tries doubles from a minute to an hour") {
    std::vector<Duration> waits;
    for (int attempts = 1; attempts <= 8; ++attempts) waits.push_back(jobs::retry_delay(attempts, jobs::Urgency::ordinary));
    CHECK(waits == std::vector<Duration>{1min, 2min, 4min, 8min, 16min, 32min, 60min, 60min});
    CHECK(jobs::retry_delay(1'000'000, jobs::Urgency::ordinary) == 60min);
}

TEST_CASE("flows that have ended are swept, others stay") {
    const Directory directory;
    const auto server = directory.open();
    const auto tenant = new_tenant(*server, "contoso.example");
    auto& flows       = server->ports().flows;
    const auto now    = server->now();
    must(flows.put(tenant, app::FlowKind::code, "old", "v", now + 1min));
    must(flows.put(tenant, app::FlowKind::code, "new", "v", now + 1h));
    CHECK(must(jobs::sweep_flows(flows, now + 30min)) == 1);
    CHECK(must(flows.find(tenant, app::FlowKind::code, "new", now + 30min)).has_value());
}

TEST_CASE("sessions and grants are forgotten 30 days after the longest life there is, not before") {
    const Directory directory;
    const auto server = directory.open();
    const auto tenant = new_tenant(*server, "contoso.example");
    auto& ports       = server->ports();
    const auto now    = server->now();
    identity::Session session{.id = ports.random.new_id<SessionId>(now), .user = ports.random.new_id<UserId>(now), .reference_digest = "a", .cross_site_reference_digest = "b",
                              .auth_time = now, .created_at = now, .last_seen_at = now, .expires_at = now + 24h};
    identity::Grant grant{.id = ports.random.new_id<GrantId>(now), .user = session.user, .client = ports.random.new_id<ApplicationId>(now), .session = session.id,
                          .auth_time = now, .created_at = now, .expires_at = now + days{90}};
    identity::RefreshToken token{.digest = "d", .grant = grant.id, .issued_at = now, .expires_at = now + days{30}};
    commit(*server, tenant, {app::SessionOpened{session}, app::GrantOpened{grant, token}});

    CHECK(must(jobs::forget_expired(ports, server->retention(), now + days{119})) == 0);
    CHECK(must(ports.sessions.session(tenant, session.id)).has_value());
    CHECK(must(jobs::forget_expired(ports, server->retention(), now + days{121})) == 1);
    CHECK(!must(ports.sessions.session(tenant, session.id)).has_value());
    CHECK(!must(ports.sessions.grant(tenant, grant.id)).has_value());
    CHECK(!must(ports.sessions.by_refresh_token(tenant, "d")).has_value());
    CHECK(must(jobs::forget_expired(ports, server->retention(), now + days{121})) == 0);
}

namespace {

app::SignInRecord sign_in_at(Installation& installation, Instant when, RiskState state) {
    auto& random = installation.ports().random;
    return {.id          = random.new_id<SignInId>(when),
            .user        = random.new_id<UserId>(when),
            .application = random.new_id<ApplicationId>(when),
            .correlation = random.new_id<CorrelationId>(when),
            .request     = random.new_id<RequestId>(when),
            .created_at  = when,
            .risk_state  = state,
            .document    = "{}"};
}

}  // namespace

TEST_CASE("records are forgotten when their days are over, not before, and what is active stays (id-protection 5.10)") {
    const auto engine = GENERATE(as<std::string>(), "sqlite", "postgres");
    CAPTURE(engine);
    Directory directory;
    directory.config.database.url = store_of(engine, directory);
    const auto server = directory.open();
    const auto tenant = new_tenant(*server, "contoso.example");
    auto& ports       = server->ports();
    const auto now    = server->now();
    const jobs::RecordLives lives{.sign_ins = days{30}, .risky_sign_ins = days{90}, .audit = days{45}, .closed_detections = days{60}, .risk_history = days{400}};
    const auto forget = [&](Instant when) { return must(jobs::forget_records(ports, server->retention(), lives, when)); };

    const auto plain = sign_in_at(*server, now, RiskState::none), cleared = sign_in_at(*server, now, RiskState::remediated),
               open_risk = sign_in_at(*server, now, RiskState::atRisk);
    const auto detection = [&](RiskState state) {
        return risk::RiskDetection{.id = ports.random.new_id<DetectionId>(now), .user = plain.user, .type = RiskEventType::anonymizedIPAddress, .level = RiskLevel::medium,
                                   .state = state, .activity_at = now, .detected_at = now, .last_updated_at = now};
    };
    auto closed       = detection(RiskState::atRisk);
    const auto active = detection(RiskState::atRisk);
    commit(*server, tenant, {app::SignInRecorded{plain}, app::SignInRecorded{cleared}, app::SignInRecorded{open_risk}, app::DetectionRaised{closed}, app::DetectionRaised{active},
                             app::RiskyUserChanged{.user = {.user = plain.user, .level = RiskLevel::medium, .state = RiskState::atRisk}, .history = {}, .history_id = ports.random.new_id<ActId>(now)}});
    closed.state = RiskState::dismissed;
    must(server->advance_clock(days{10}));
    commit(*server, tenant, {app::RiskMoved{closed, RiskState::atRisk}});

    const auto stored = [&](const app::SignInRecord& record) { return must(ports.sign_ins.sign_in(tenant, record.id)).has_value(); };
    const auto detections = [&] { return must(ports.detections.detections(tenant, {.user = {}, .sign_in = {}, .most = 10})).size(); };
    const auto acts = [&](std::string_view name) { return std::ranges::count(must(server->audit().latest(tenant, {.most = 100})), name, &app::AuditRecord::name); };
    const auto history = [&] { return must(server->db().query("SELECT id FROM risk_history WHERE tenant_id = $1", {tenant})).size(); };

    CHECK(forget(now + days{30}) == 0);
    CHECK(forget(now + days{30} + 1s) == 1);
    CHECK_FALSE(stored(plain));
    CHECK(stored(cleared));
    CHECK(acts("CreateTenant") == 1);
    CHECK(forget(now + days{45} + 1min) == 1);
    CHECK(acts("CreateTenant") == 0);
    CHECK(acts("ForgetRecords") == 2);  // that something was forgotten is on record itself
    CHECK(detections() == 2);
    CHECK(forget(now + days{70} + 1min) == 1);  // 60 days after it was closed, not after it was raised
    CHECK(detections() == 1);
    CHECK(stored(cleared));
    CHECK(forget(now + days{90} + 1min) == 1);
    CHECK_FALSE(stored(cleared));
    CHECK(history() == 1);
    forget(now + days{400} + 1min);
    CHECK(history() == 0);
    CHECK(stored(open_risk));
    CHECK(detections() == 1);
    CHECK(forget(now + days{400} + 1min) == 0);
}

TEST_CASE("many records are forgotten in acts of a thousand") {
    const Directory directory;
    const auto server = directory.open();
    const auto tenant = new_tenant(*server, "contoso.example");
    const auto now    = server->now();
    std::vector<app::Change> changes;
    for (int i = 0; i < 2500; ++i) changes.emplace_back(app::SignInRecorded{sign_in_at(*server, now, RiskState::none)});
    commit(*server, tenant, std::move(changes));
    const jobs::RecordLives lives{.sign_ins = days{1}, .risky_sign_ins = days{1}, .audit = days{999}, .closed_detections = days{1}, .risk_history = days{1}};
    CHECK(must(jobs::forget_records(server->ports(), server->retention(), lives, now + days{2})) == 3);
    CHECK(must(server->ports().sign_ins.sign_ins(tenant, {.user = {}, .correlation = {}, .most = 10})).empty());
}
