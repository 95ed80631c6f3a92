#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>

#include "adapters/fido2/metadata_document.h"
#include "adapters/sql/passkey_models.h"
#include "app/admin/change_tenant_settings.h"
#include "app/import_passkey_metadata.h"
#include "app/register_passkey.h"
#include "app/verify_passkey.h"
#include "tests/support/admin_world.h"
#include "tests/support/metadata_service.h"
#include "tests/support/soft_authenticator.h"
#include "tests/support/temporary_folder.h"

/// Attestation against the FIDO metadata, below the pages: a service, a maker and keys of our own, the store that ships.
namespace portcullis::app {
namespace {

using namespace std::chrono_literals;
using credentials::PasskeyRefusal;
using tests::MetadataService;
using tests::SoftAuthenticator;
using tests::TestCertificate;
using tests::value_of;

constexpr std::string_view kModel = "8446ccb9-ab1d-b374-750b-2367ff6f3a1f";
const std::string kModelBytes     = *parse_hex("8446ccb9ab1db374750b2367ff6f3a1f");

class MetadataWorld : public tests::AdminWorld {
public:
    MetadataWorld() : store(db()), verifier_(folder_ / "root.pem", service.nothing_revoked()) {
        std::ofstream(folder_ / "root.pem") << service.root.pem();
        ports.passkey_models = &store;
        enforce();
    }

    void enforce(identity::AttestationPolicy policy = identity::AttestationPolicy::enforce) {
        settings.branding.display_name            = "Contoso";
        settings.passkeys.profiles[0].attestation = policy;
        commit({TenantChanged{settings}});
    }
    Result<ImportedMetadata> import(std::int64_t number, json::array entries, std::string_view next_update = "2030-12-01") {
        return ImportPasskeyMetadata(verifier_, store)(service.document(tests::metadata_payload(number, std::move(entries), next_update)), now);
    }
    void hold(json::object entry) { value_of(import(++last_, {std::move(entry)})); }
    [[nodiscard]] json::object entry(std::string_view status = "FIDO_CERTIFIED_L1") const { return tests::metadata_entry(kModel, maker, status); }

    [[nodiscard]] RequestFacts facts() const {
        return {.now = now, .request = {7, 7}, .correlation = {8, 8}, .address = *parse_ip("192.0.2.7"), .user_agent = "Mozilla/5.0"};
    }
    PasskeyRegistrationOutcome add(UserId who, SoftAuthenticator& key, SoftAuthenticator::Ceremony c, std::string_view name = "") {
        LiveSession live{.session = {.id = {3, 1}, .user = who, .auth_time = now}, .account = account(who)};
        live.session.factors  = {{AuthMethod::password, now}};
        live.session.mfa_time = now;
        const auto registrant = registrant_of(live);
        const auto begun      = value_of(RegisterPasskey(ports).begin(*snapshot(), registrant, facts()));
        const auto& options   = std::get<credentials::CreationOptions>(begun);
        c.challenge           = options.challenge;
        key.user_handle       = options.user_handle;
        const auto answer     = key.create(c);
        return value_of(RegisterPasskey(ports).finish(*snapshot(), registrant, {.answer = answer, .display_name = name}, facts()));
    }
    /// A key of the model, attested by its maker.
    PasskeyRegistrationOutcome add_key(std::string_view name = "") {
        SoftAuthenticator key;
        key.aaguid = kModelBytes;
        return add(user("user-" + std::to_string(++people_)), key, {.attested_by = &attestation}, name);
    }

    identity::TenantSettings settings;
    MetadataService service;
    TestCertificate maker{{.name = "Example maker", .is_ca = true}};
    TestCertificate attestation = tests::attestation_certificate(kModelBytes, maker);
    sql::SqlPasskeyModels store;

private:
    tests::TemporaryFolder folder_;
    fido2::MetadataDocumentVerifier verifier_;
    std::int64_t last_ = 100;
    int people_        = 0;
};

std::optional<PasskeyRefusal> refusal(const PasskeyRegistrationOutcome& outcome) {
    const auto* refused = std::get_if<PasskeyRefusal>(&outcome);
    return refused ? std::optional(*refused) : std::nullopt;
}

TEST_CASE("PROTO-502 CRED-023 a key whose maker the metadata names is taken where attestation is enforced, and called by its model", "[metadata]") {
    MetadataWorld world;
    CHECK(refusal(world.add_key()) == PasskeyRefusal::attestationUntrusted);  // nothing is held: nobody vouches
    world.hold(world.entry());
    const auto outcome = world.add_key();
    REQUIRE(std::holds_alternative<identity::AuthenticationMethod>(outcome));
    const auto& method = std::get<identity::AuthenticationMethod>(outcome);
    CHECK(method.display_name == "Example key 5");
    CHECK(method.kind == AuthMethod::passkeyHardware);
    CHECK(method.passkey->is_attested);
    CHECK(method.passkey->attestation == "packed");
    CHECK(std::get<identity::AuthenticationMethod>(world.add_key("Mine")).display_name == "Mine");
}

struct Row {
    const char* sentence;
    void (*change)(json::object&);
    PasskeyRefusal refused;
};

json::object& statement(json::object& entry) { return entry["metadataStatement"].as_object(); }
void report(json::object& entry, const char* status) { entry["statusReports"].as_array().push_back(json::object{{"status", status}}); }

TEST_CASE("PROTO-502 CRED-025 a model that the metadata does not speak well of is refused by name, and the audit log has model and reason", "[metadata]") {
    using enum PasskeyRefusal;
    const auto row = GENERATE(values<Row>({
        {"revoked", [](json::object& e) { report(e, "REVOKED"); }, modelCompromised},
        {"verification can be got round", [](json::object& e) { report(e, "USER_VERIFICATION_BYPASS"); }, modelCompromised},
        {"the maker's keys are out", [](json::object& e) { report(e, "ATTESTATION_KEY_COMPROMISE"); }, modelCompromised},
        {"keys can be taken from afar", [](json::object& e) { report(e, "USER_KEY_REMOTE_COMPROMISE"); }, modelCompromised},
        {"keys can be taken by hand", [](json::object& e) { report(e, "USER_KEY_PHYSICAL_COMPROMISE"); }, modelCompromised},
        {"not certified", [](json::object& e) { e["statusReports"] = json::array{}; }, modelUncertified},
        {"verifies nobody",
         [](json::object& e) {
             statement(e).erase("userVerificationDetails");
             statement(e)["authenticatorGetInfo"] = json::object{{"options", json::object{{"rk", true}}}};
         },
         modelUnsuited},
        {"keeps no passkeys", [](json::object& e) { statement(e).erase("authenticatorGetInfo"); }, modelUnsuited},
        {"is no FIDO2", [](json::object& e) { statement(e)["protocolFamily"] = "u2f"; }, modelUnsuited},
        {"another model's entry", [](json::object& e) { e["aaguid"] = "11111111-2222-3333-4444-555555555555"; }, modelUnlisted},
        {"another maker's roots",
         [](json::object& e) {
             const TestCertificate other({.name = "Example maker", .is_ca = true});
             statement(e)["attestationRootCertificates"] = json::array{base64(other.der())};
         },
         attestationUntrusted},
        {"no roots", [](json::object& e) { statement(e).erase("attestationRootCertificates"); }, attestationUntrusted},
    }));
    INFO(row.sentence);
    MetadataWorld world;
    auto entry = world.entry();
    row.change(entry);
    world.hold(entry);
    CHECK(refusal(world.add_key()) == row.refused);
    const auto acts  = world.audit();
    const auto found = std::ranges::find(acts, "RefusePasskey", &AuditRecord::name);
    REQUIRE(found != acts.end());
    CHECK(found->changes.find(kModel) != std::string::npos);
    CHECK(found->changes.find(credentials::to_string(row.refused)) != std::string::npos);
    // Where attestation is only looked at, the same key is taken, and is no hardware that anybody vouches for.
    world.enforce(identity::AttestationPolicy::audit);
    const auto audited = world.add_key();
    REQUIRE(std::holds_alternative<identity::AuthenticationMethod>(audited));
    CHECK_FALSE(std::get<identity::AuthenticationMethod>(audited).passkey->is_attested);
    CHECK(std::get<identity::AuthenticationMethod>(audited).kind == AuthMethod::passkeyDeviceBound);
    CHECK(std::get<identity::AuthenticationMethod>(audited).display_name == "Passkey");
}

TEST_CASE("PROTO-502 attack: a certified model that keeps its keys in software is no hardware key", "[metadata]") {
    MetadataWorld world;
    auto entry                        = world.entry();
    statement(entry)["keyProtection"] = json::array{"software"};
    world.hold(entry);
    const auto outcome = world.add_key();
    REQUIRE(std::holds_alternative<identity::AuthenticationMethod>(outcome));
    CHECK(std::get<identity::AuthenticationMethod>(outcome).kind == AuthMethod::passkeyDeviceBound);
    CHECK(std::get<identity::AuthenticationMethod>(outcome).passkey->is_attested);
}

TEST_CASE("PROTO-502 the certification that a tenant demands", "[metadata]") {
    MetadataWorld world;
    world.hold(world.entry("FIDO_CERTIFIED_L2"));
    world.settings.passkeys.certification_least = identity::Certification::l2plus;
    world.enforce();
    CHECK(refusal(world.add_key()) == PasskeyRefusal::modelUncertified);
    world.settings.passkeys.certification_least = identity::Certification::l2;
    world.enforce();
    CHECK_FALSE(refusal(world.add_key()));
}

TEST_CASE("PROTO-502 attack: a key that says it is another model, or that only vouches for itself, is refused", "[metadata]") {
    MetadataWorld world;
    world.hold(world.entry());
    const auto alice = world.user("alice");
    SoftAuthenticator key;
    key.aaguid = kModelBytes;
    CHECK(refusal(world.add(alice, key, {})) == PasskeyRefusal::attestationMissing);
    CHECK(refusal(world.add(alice, key, {.self_attested = true})) == PasskeyRefusal::attestationMissing);
    // A certificate for one model with another's AAGUID.
    key.aaguid = std::string(16, '\x11');
    CHECK(refusal(world.add(alice, key, {.attested_by = &world.attestation})) == PasskeyRefusal::attestationInvalid);
    // Another maker's certificate with this model's AAGUID.
    const TestCertificate forger({.name = "Example maker", .is_ca = true});
    const auto forged = tests::attestation_certificate(kModelBytes, forger);
    key.aaguid        = kModelBytes;
    CHECK(refusal(world.add(alice, key, {.attested_by = &forged})) == PasskeyRefusal::attestationUntrusted);
    CHECK(world.account(alice).methods.empty());
}

TEST_CASE("PROTO-502 a tenant's own roots vouch beside the metadata, but not for a model that it calls compromised", "[metadata]") {
    MetadataWorld world;
    world.hold(tests::metadata_entry("11111111-2222-3333-4444-555555555555", world.maker));
    CHECK(refusal(world.add_key()) == PasskeyRefusal::modelUnlisted);
    world.settings.passkeys.attestation_roots = {base64(world.maker.der())};
    world.enforce();
    CHECK_FALSE(refusal(world.add_key()));
    world.hold(world.entry("REVOKED"));
    CHECK(refusal(world.add_key()) == PasskeyRefusal::modelCompromised);
    // Own roots alone, when that is what the tenant wants.
    world.settings.passkeys.trusts_fido_metadata = false;
    world.enforce();
    CHECK_FALSE(refusal(world.add_key()));
    world.settings.passkeys.attestation_roots.clear();
    world.enforce();
    world.hold(world.entry());
    CHECK(refusal(world.add_key()) == PasskeyRefusal::attestationUntrusted);
}

TEST_CASE("CRED-024 a key that is there still signs in when its model is compromised, and the report names it", "[metadata]") {
    MetadataWorld world;
    world.enforce(identity::AttestationPolicy::off);
    const auto alice = world.user("alice");
    SoftAuthenticator key;
    key.aaguid = kModelBytes;
    REQUIRE_FALSE(refusal(world.add(alice, key, {}, "Old key")));
    world.enforce();
    world.hold(world.entry());
    CHECK(value_of(world.store.compromised_passkeys(world.tenant, 10)).empty());
    world.hold(world.entry("USER_KEY_PHYSICAL_COMPROMISE"));

    const auto asked = value_of(VerifyPasskey(world.ports).begin(*world.snapshot(), {.state = "f", .name = {}, .user = {}}, world.facts()));
    const auto shown = value_of(VerifyPasskey(world.ports).finish(*world.snapshot(), {.state = "f", .name = {}, .user = {}}, key.get({.challenge = asked.challenge}), world.facts()));
    CHECK(std::holds_alternative<PasskeyAccepted>(shown));
    const auto listed = value_of(world.store.compromised_passkeys(world.tenant, 10));
    REQUIRE(listed.size() == 1);
    CHECK(listed[0].user == alice);
    CHECK(listed[0].user_principal_name == "alice@contoso.example");
    CHECK(listed[0].display_name == "Old key");
    CHECK(listed[0].status == "USER_KEY_PHYSICAL_COMPROMISE");
    CHECK(listed[0].model == "Example key 5");
    CHECK_FALSE(listed[0].is_attested);
    CHECK(value_of(world.store.compromised_passkeys(TenantId{77, 77}, 10)).empty());
}

// --- What is held ---

TEST_CASE("PROTO-502 attack: an older document does not take the place of a newer one", "[metadata]") {
    MetadataWorld world;
    const auto first = value_of(world.import(7, {world.entry("REVOKED")}));
    CHECK(first.is_new);
    CHECK(first.models == 1);
    const auto older = world.import(6, {world.entry()});
    REQUIRE_FALSE(older);
    CHECK(older.error().code == ErrorCode::conflict);
    CHECK(older.error().message.find("number 6, and number 7 is held") != std::string::npos);
    CHECK(value_of(world.store.find(kModel))->compromised == "REVOKED");
    // Also where another node was faster between reading and writing.
    const auto raced = world.store.replace({.number = 6, .next_update = world.now, .models = {{.aaguid = std::string(kModel)}}}, world.now);
    REQUIRE_FALSE(raced);
    CHECK(raced.error().code == ErrorCode::conflict);
    CHECK(value_of(world.store.find(kModel))->compromised == "REVOKED");
    world.now += 24h;
    CHECK_FALSE(value_of(world.import(7, {world.entry("REVOKED")})).is_new);
    const auto held = *value_of(world.store.held());
    CHECK(held.number == 7);
    CHECK(held.checked_at == world.now);
    CHECK(held.imported_at == world.now - 24h);
    CHECK(held.models == 1);
}

TEST_CASE("PROTO-502 whatever is wrong with a document, what was held stays", "[metadata]") {
    MetadataWorld world;
    world.hold(world.entry());
    const auto held = *value_of(world.store.held());
    CHECK_FALSE(world.import(1000, {}));
    CHECK_FALSE(world.import(1000, {world.entry(), world.entry()}));
    CHECK_FALSE(world.import(1000, {world.entry()}, "never"));
    world.service = MetadataService();  // of another root
    CHECK_FALSE(world.import(1000, {world.entry()}));
    CHECK(value_of(world.store.held())->number == held.number);
    CHECK_FALSE(refusal(world.add_key()));
}

TEST_CASE("PROTO-502 a newer document takes the place of all of the older one, and an overdue one says so", "[metadata]") {
    MetadataWorld world;
    world.hold(world.entry());
    const auto next = value_of(world.import(1000, {tests::metadata_entry("11111111-2222-3333-4444-555555555555", world.maker)}, "2026-11-01"));
    CHECK(next.is_stale);
    CHECK_FALSE(value_of(world.store.find(kModel)));
    const auto other = value_of(world.store.find("11111111-2222-3333-4444-555555555555"));
    REQUIRE(other);
    CHECK(other->roots == std::vector{base64(world.maker.der())});
    CHECK(other->certification == identity::Certification::l1);
}

TEST_CASE("PROTO-502 nobody enforces attestation while nobody is trusted", "[metadata]") {
    MetadataWorld world;
    world.enforce(identity::AttestationPolicy::off);
    auto settings                             = world.settings;
    settings.passkeys.profiles[0].attestation = identity::AttestationPolicy::enforce;
    const auto refused                        = ChangeTenantSettings(world.ports)(world.admin(), settings);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find("import-metadata") != std::string::npos);
    world.hold(world.entry());
    CHECK(ChangeTenantSettings(world.ports)(world.admin(), settings));
}

}  // namespace
}  // namespace portcullis::app
