#include "main/demo/seed.h"

#include <catch2/catch.hpp>

#include "adapters/geo/geo_intelligence.h"
#include "app/collect_signals.h"
#include "base/embedded.h"
#include "core/detection/detector.h"
#include "main/config.h"
#include "main/demo/cast.h"
#include "main/demo/history.h"
#include "main/demo/private_files.h"
#include "main/demo/ready_file.h"
#include "main/demo/why.h"
#include "tests/support/temporary_folder.h"

namespace portcullis::demo {
namespace {

constexpr std::string_view kChrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

/// A demo in a folder of its own, seeded once.
struct Seeded {
    tests::TemporaryFolder folder;
    std::unique_ptr<program::Installation> installation;
    Keepsakes keepsakes;
    SeedOptions options{.base_url                  = "http://localhost:8080",
                        .redirect_uris             = {"http://localhost:7/more"},
                        .post_logout_redirect_uris = {"http://localhost:7/bye"},
                        .backchannel_logout_uri    = "http://localhost:7/backchannel"};

    Seeded() {
        auto config               = program::config_of_directory(folder / "data");
        config.hashing.memory_kib = 8;
        config.hashing.passes     = 1;
        config.data_sets.location_db.clear();
        config.data_sets.countries_v4.clear();
        config.data_sets.countries_v6.clear();
        REQUIRE(program::prepare_directory(config));
        for (const auto& [name, content] : embedded::demo_data()) {
            const auto path = folder / std::string(name);
            REQUIRE(write_file(path, content, 0600));
            (name.ends_with(".csv") ? config.data_sets.overlays : config.data_sets.lists).push_back(path);
        }
        auto opened = program::Installation::open(config, program::Opening::for_server);
        if (!opened) FAIL(opened.error().message);
        installation = std::move(opened).value();
        installation->networks().refresh();
        auto kept = load_keepsakes(folder.path(), ports().random, installation->now());
        REQUIRE(kept);
        keepsakes = std::move(kept).value();
        again();
        keepsakes.opened_at = installation->now();
    }
    void again() {
        const auto seeded = seed(*installation, keepsakes, options);
        INFO((seeded ? "" : seeded.error().message));
        REQUIRE(seeded);
    }

    app::Ports& ports() { return installation->ports(); }
    TenantId tenant() { return *parse_id<TenantId>(keepsakes.tenant_id); }
    app::Account account(std::string_view key) {
        auto found = ports().directory.account_named(tenant(), *ports().text.upn_key(upn_of(*person(key))));
        REQUIRE(found);
        REQUIRE(found->has_value());
        return **found;
    }
    RiskLevel risk_of(UserId user) {
        const auto risky = ports().detections.risky_user(tenant(), user);
        REQUIRE(risky);
        return *risky ? (*risky)->level : RiskLevel::none;
    }

    /// What the real-time detectors, or those at a sign-in's end, say of `who` at `where`.
    std::map<RiskEventType, RiskLevel> noticed(std::string_view who, std::string_view where, std::string_view user_agent, Timing timing) {
        const auto now      = installation->now();
        const auto snapshot = *ports().tenants.snapshot(tenant());
        auto facts          = facts_of({now, user_agent}, ports().random);
        facts.address       = *parse_ip(place(where)->address);
        app::SignInFlow flow;
        flow.user           = account(who).user.id;
        flow.is_interactive = true;
        const auto seen     = app::collect_signals(ports(), *snapshot, flow, facts);
        const auto stored   = ports().profiles.of_user(tenant(), flow.user);
        const auto shares   = installation->population().shares(tenant());
        REQUIRE(stored);
        REQUIRE(shares);
        std::map<RiskEventType, RiskLevel> levels;
        const auto features = signals::features_of(seen, app::feature_key(ports(), tenant()));
        for (const auto& finding : detection::detect(seen, {stored->profile, **shares, features}, {}, timing)) {
            if (const auto* detected = std::get_if<detection::Detected>(&finding.verdict)) levels[finding.type] = detected->level;
            UNSCOPED_INFO(to_string(finding.type) << " " << (std::holds_alternative<detection::NotEvaluated>(finding.verdict) ? std::get<detection::NotEvaluated>(finding.verdict).because : ""));
        }
        return levels;
    }
};

}  // namespace

TEST_CASE("the demo's people stand as the contract's table says") {
    Seeded demo;

    for (const auto& person : people()) {
        if (person.presence == Presence::deleted) continue;
        INFO(person.key);
        const auto account = demo.account(person.key);
        CHECK(account.user.account_enabled);
        REQUIRE(account.password);
        CHECK_FALSE(account.password->must_change);
        const auto verified = demo.ports().hasher.verify(Secret(demo.keepsakes.people.at(std::string(person.key)).password), account.password->phc);
        REQUIRE(verified);
        CHECK(verified->matches);
        CHECK(account.methods.size() == (person.has_totp ? 1 : 0) + (person.has_recovery_mail ? 1 : 0));
        CHECK(account.roles.size() == (person.role ? 1 : 0));
        CHECK(demo.risk_of(account.user.id) == (person.trouble == Trouble::none ? RiskLevel::none : RiskLevel::high));
        CHECK(account.user.mfa_registration_deadline.has_value() == (person.registration == Registration::over));
    }
    CHECK(*demo.account("frank").user.mfa_registration_deadline < demo.installation->now());

    const auto risky = demo.ports().detections.risky_users(demo.tenant(), 10);
    REQUIRE(risky);
    CHECK(std::ranges::count(*risky, true, &risk::RiskyUser::is_deleted) == 1);  // gina

    const auto log = demo.ports().sign_ins.sign_ins(demo.tenant(), {.user = demo.account("alice").user.id, .correlation = std::nullopt});
    REQUIRE(log);
    CHECK(log->size() == 60);
    for (const auto& record : *log) {
        CHECK(record.error_code == 0);
        CHECK(record.ip_address == "192.0.2.10");
        CHECK(record.risk_level_during_sign_in == RiskLevel::none);
        CHECK(record.document.find("\"detected\"") == std::string::npos);
    }
}

TEST_CASE("the demo's applications and policies are those of the contract") {
    Seeded demo;
    const auto snapshot = *demo.ports().tenants.snapshot(demo.tenant());
    CHECK(snapshot->policies.size() == 3);
    CHECK(snapshot->tenant.settings.emergency_accounts.size() == 2);
    for (const auto& policy : snapshot->policies) {
        CHECK(policy.state == policy::PolicyState::enabled);
        CHECK(policy.conditions.users.exclude_users == snapshot->tenant.settings.emergency_accounts);
    }
    CHECK(snapshot->resource("api://demo"));
    for (const auto& [id, application] : snapshot->applications) {
        const bool is_for_people = !application.redirect_uris.empty();
        CHECK(application.scope_grants.size() == (is_for_people ? 2U : 0U));
    }
    CHECK(snapshot->resource("http://localhost:8080/graph"));

    const auto ready = ready_document(demo.ports(), demo.keepsakes, {.base_url = "http://localhost:8080", .ca = std::nullopt});
    REQUIRE(ready);
    const auto& contoso = ready->at("tenants").at("contoso").as_object();
    for (const auto* key : {"web", "web2", "webPost", "spa", "native", "service", "graph"}) CHECK(contoso.at("clients").as_object().contains(key));
    CHECK(contoso.at("clients").as_object().size() == 7);
    CHECK(contoso.at("users").as_object().size() == people().size());
    for (const auto& [key, user] : contoso.at("users").as_object()) CHECK(user.as_object().contains("id"));
    CHECK(contoso.at("clients").at("web").at("redirect_uris").as_array().back() == "http://localhost:7/more");
    CHECK(contoso.at("clients").at("native").at("redirect_uris").as_array().front() == "http://localhost");
}

TEST_CASE("a second start changes nothing but the URLs it was given") {
    Seeded demo;
    const auto before  = (*demo.ports().tenants.snapshot(demo.tenant()))->tenant.version;
    const auto subject = demo.account("alice").user.id;
    demo.again();
    CHECK((*demo.ports().tenants.snapshot(demo.tenant()))->tenant.version == before);
    CHECK(demo.account("alice").user.id == subject);

    demo.options.redirect_uris = {"http://localhost:7/other"};
    demo.again();
    const auto id   = *parse_id<ApplicationId>(demo.keepsakes.clients.at("spa").client_id);
    const auto& spa = *(*demo.ports().tenants.snapshot(demo.tenant()))->application(id);
    CHECK(spa.redirect_uris.back() == "http://localhost:7/other");
}

TEST_CASE("a redirect URI that may not be registered stops the demo") {
    Seeded demo;
    demo.options.redirect_uris = {"http://app.example/callback"};
    CHECK_FALSE(seed(*demo.installation, demo.keepsakes, demo.options));
}

TEST_CASE("home is no risk for anybody, whatever the browser (contracts §2)") {
    Seeded demo;
    const auto* browser = GENERATE(
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0", "curl/7.88.1");
    for (const auto* who : {"alice", "bob", "carol", "dave", "erin", "frank", "henry", "admin", "breakglass1"}) {
        INFO(who << " with " << browser);
        CHECK(demo.noticed(who, "home", browser, Timing::realtime).empty());
        CHECK(demo.noticed(who, "home", browser, Timing::offline).empty());
    }
}

TEST_CASE("the places mean what the demo page says of them") {
    Seeded demo;
    const auto tor = demo.noticed("alice", "tor", kChrome, Timing::realtime);
    CHECK(tor.at(RiskEventType::anonymizedIPAddress) == RiskLevel::medium);
    if (tor.contains(RiskEventType::unfamiliarFeatures)) CHECK(tor.at(RiskEventType::unfamiliarFeatures) <= RiskLevel::medium);
    CHECK_FALSE(tor.contains(RiskEventType::nationStateIP));

    CHECK(demo.noticed("alice", "threatActor", kChrome, Timing::realtime).at(RiskEventType::nationStateIP) == RiskLevel::high);
    CHECK(demo.noticed("alice", "abroad", kChrome, Timing::offline).at(RiskEventType::unlikelyTravel) >= RiskLevel::medium);
    CHECK(demo.noticed("alice", "abroad", "Mozilla/5.0 (Windows NT 6.1; rv:60.0) Gecko/20100101 Firefox/60.0", Timing::realtime)
              .at(RiskEventType::unfamiliarFeatures) >= RiskLevel::medium);
}

TEST_CASE("Tor is never more than medium with the browsers of this year") {
    Seeded demo;
    const auto* browser = GENERATE(
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0");
    INFO(browser);
    for (const auto& [type, level] : demo.noticed("alice", "tor", browser, Timing::realtime)) {
        INFO(to_string(type));
        CHECK(level <= RiskLevel::medium);
    }
}

TEST_CASE("why tells a sign-in's facts, findings and policies from its record") {
    Seeded demo;
    const auto log = demo.ports().sign_ins.sign_ins(demo.tenant(), {.user = demo.account("alice").user.id, .correlation = std::nullopt, .most = 1});
    REQUIRE(log);
    const auto why = why_of({log->front(), {}, RiskLevel::none});
    CHECK(why.outcome == "alice@contoso.example was let in.");
    CHECK(why.detections.size() >= 3);
    CHECK(why.policies.size() == 3);
    for (const auto& policy : why.policies) CHECK(!policy.conditions.empty());
    CHECK(std::ranges::any_of(why.facts, [](const auto& fact) { return fact.name == "location" && fact.value == "Amsterdam, NL"; }));
    CHECK(why.steps.size() == 1);
}

}  // namespace portcullis::demo
