#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>

#include "adapters/openssl/key_files.h"
#include "adapters/sodium/system_random.h"
#include "adapters/sql/db.h"
#include "base/encoding.h"
#include "jobs/key_rotation.h"
#include "jobs/upkeep.h"
#include "main/commands.h"
#include "main/wire.h"
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
    const auto acts = must(later->audit().latest(tenant, 10));
    const auto act  = std::ranges::find(acts, "RotateMasterKey", &app::AuditRecord::name);
    REQUIRE(act != acts.end());
    CHECK(act->changes.find(old_id) != std::string::npos);
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
    Result<void> send(const app::Message& message, Instant) override {
        if (trouble) return Error{*trouble, "no"};
        sent.push_back(message.subject);
        return {};
    }
};

app::Change message(Installation& installation, const std::string& subject) {
    return app::MessageQueued{{.id = installation.ports().random.new_id<MailId>(installation.now()), .to = "a@example.com", .subject = subject, .text = "x"}};
}

}  // namespace

TEST_CASE("a message is sent once, and tried again when the way out is closed") {
    const Directory directory;
    const auto server = directory.open();
    const auto tenant = new_tenant(*server, "contoso.example");
    commit(*server, tenant, {message(*server, "one"), message(*server, "two")});
    Postman postman;
    const auto now = server->now();

    postman.trouble = ErrorCode::unavailable;
    CHECK(must(jobs::deliver_messages(server->outbox(), postman, now)).put_off == 2);
    postman.trouble.reset();
    CHECK(must(jobs::deliver_messages(server->outbox(), postman, now)).sent == 0);  // not before a minute
    CHECK(must(jobs::deliver_messages(server->outbox(), postman, now + 61s)).sent == 2);
    CHECK(must(jobs::deliver_messages(server->outbox(), postman, now + days{1})).sent == 0);
    std::ranges::sort(postman.sent);  // both were queued in one act, at one moment
    CHECK(postman.sent == std::vector<std::string>{"one", "two"});
}

TEST_CASE("a message that will never go out is dropped") {
    const Directory directory;
    const auto server = directory.open();
    const auto tenant = new_tenant(*server, "contoso.example");
    commit(*server, tenant, {message(*server, "bad")});
    Postman postman;
    postman.trouble = ErrorCode::invalidRequest;
    CHECK(must(jobs::deliver_messages(server->outbox(), postman, server->now())).dropped == 1);
    postman.trouble.reset();
    CHECK(must(jobs::deliver_messages(server->outbox(), postman, server->now() + days{1})).sent == 0);
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
