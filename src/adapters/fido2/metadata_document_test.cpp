#include "adapters/fido2/metadata_document.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/support/metadata_service.h"
#include "tests/support/temporary_folder.h"

namespace portcullis::fido2 {
namespace {

using tests::MetadataService;
using tests::TestCertificate;

const Instant kNow = *parse_rfc3339("2026-11-20T12:00:00Z");

/// The service and a file with its root.
struct World {
    explicit World(const TestCertificate::Wish& leaf = {.name = "mds", .dns_name = std::string(MetadataService::kHost)}) : service(leaf) { trust(service.root.pem()); }

    void trust(const std::string& file) const { std::ofstream(path(), std::ios::binary | std::ios::trunc) << file; }
    [[nodiscard]] std::string path() const { return folder.path() + "/root.pem"; }
    [[nodiscard]] Result<std::string> read(const std::string& document, Instant now = kNow) const { return MetadataDocumentVerifier(path()).payload_of(document, now); }
    /// Why it is refused; empty when it is not.
    [[nodiscard]] std::string refusal(const std::string& document, Instant now = kNow) const {
        const auto payload = read(document, now);
        return payload ? "" : payload.error().message;
    }

    tests::TemporaryFolder folder;
    MetadataService service;
};

bool says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST_CASE("PROTO-502 a document that the metadata service signed gives its payload", "[metadata]") {
    const World world;
    const auto payload = world.read(world.service.document(R"({"no":1})"));
    REQUIRE(payload);
    CHECK(*payload == R"({"no":1})");
    CHECK(world.read(world.service.document("x") + "\r\n"));  // as editors and mirrors leave it
    world.trust(world.service.root.der());
    CHECK(world.read(world.service.document("x")));
    const TestCertificate other({.name = "Another root", .is_ca = true});
    world.trust(other.pem() + world.service.root.pem());
    CHECK(world.read(world.service.document("x")));
}

TEST_CASE("PROTO-502 attack: a metadata document that somebody changed or signed themselves is refused", "[metadata]") {
    const World world;
    const auto good = world.service.document(R"({"no":1})");
    const auto dot  = good.find('.'), last = good.rfind('.');
    auto changed = good;
    changed[dot + 3] = changed[dot + 3] == 'A' ? 'B' : 'A';
    CHECK(says(world.refusal(changed), "signature"));
    CHECK(says(world.refusal(good.substr(0, last + 1)), "signature"));
    CHECK(says(world.refusal(good.substr(0, last)), "three parts"));
    // The same certificates, signed by another key.
    const MetadataService forger;
    CHECK(says(world.refusal(forger.document("x", world.service.header())), "signature"));
    // A whole chain of its own.
    CHECK(says(world.refusal(forger.document("x")), "do not lead to the root"));
}

TEST_CASE("PROTO-502 attack: a document without a signature, or with keys of its own choice, is refused", "[metadata]") {
    const World world;
    struct Row {
        const char* sentence;
        void (*change)(json::object&);
        const char* because;
    };
    const auto row = GENERATE(values<Row>({
        {"alg none", [](json::object& h) { h["alg"] = "none"; }, "neither RS256 nor ES256"},
        {"alg HS256", [](json::object& h) { h["alg"] = "HS256"; }, "neither RS256 nor ES256"},
        {"no alg", [](json::object& h) { h.erase("alg"); }, "neither RS256 nor ES256"},
        {"the algorithm of another kind of key", [](json::object& h) { h["alg"] = "RS256"; }, "signature"},
        {"x5u", [](json::object& h) { h["x5u"] = "https://evil.test/"; }, "`x5u`"},
        {"jwk", [](json::object& h) { h["jwk"] = json::object{}; }, "`jwk`"},
        {"crit", [](json::object& h) { h["crit"] = json::array{"b64"}; }, "`crit`"},
        {"no x5c", [](json::object& h) { h.erase("x5c"); }, "x5c"},
        {"an empty x5c", [](json::object& h) { h["x5c"] = json::array{}; }, "x5c"},
        {"an x5c of other things", [](json::object& h) { h["x5c"] = json::array{1}; }, "x5c"},
        {"an x5c of no certificates", [](json::object& h) { h["x5c"] = json::array{"MIIB"}; }, "x5c"},
        {"a chain that is too long", [](json::object& h) { h["x5c"] = json::array{"A", "A", "A", "A", "A", "A", "A", "A", "A"}; }, "x5c"},
    }));
    INFO(row.sentence);
    auto header = world.service.header();
    row.change(header);
    CHECK(says(world.refusal(world.service.document("x", header)), row.because));
    const auto unsigned_one = base64url(json::to_text(header)) + "." + base64url("x") + ".";
    CHECK_FALSE(world.refusal(unsigned_one).empty());
}

TEST_CASE("PROTO-502 attack: a certificate of the same root for another name signs no metadata", "[metadata]") {
    const auto refused = [](const TestCertificate::Wish& leaf) {
        const World world(leaf);
        return says(world.refusal(world.service.document("x")), "not the one of `mds.fidoalliance.org`");
    };
    CHECK(refused({.name = "x", .dns_name = "evil.test"}));
    CHECK(refused({.name = "x", .dns_name = "mds.fidoalliance.org.evil.test"}));
    CHECK(refused({.name = "x", .dns_name = "*.fidoalliance.org"}));
    CHECK(refused({.name = "mds.fidoalliance.org", .dns_name = "evil.test"}));  // a subject is nothing beside alternative names
    CHECK(refused({.name = "evil.test"}));
    CHECK_FALSE(refused({.name = "mds.fidoalliance.org"}));
    CHECK(refused({.name = "mds", .is_ca = true, .dns_name = "mds.fidoalliance.org"}));
}

TEST_CASE("PROTO-502 a metadata certificate that is over, or not yet, signs nothing", "[metadata]") {
    const World world({.name = "mds", .dns_name = "mds.fidoalliance.org", .from = 1'750'000'000, .until = 1'760'000'000});
    const auto document = world.service.document("x");
    CHECK(says(world.refusal(document), "expired"));
    CHECK(says(world.refusal(document, from_unix_seconds(1'740'000'000)), "not yet valid"));
    CHECK(world.refusal(document, from_unix_seconds(1'755'000'000)).empty());
}

TEST_CASE("PROTO-502 what is no document is refused, and so is one that is too large", "[metadata]") {
    const World world;
    CHECK(says(world.refusal(""), "three parts"));
    CHECK(says(world.refusal("a.b"), "three parts"));
    CHECK(says(world.refusal("a.b.c.d"), "three parts"));
    CHECK(says(world.refusal("!.b.c"), "base64url"));
    CHECK(says(world.refusal(base64url("[]") + ".b.c"), "header"));
    CHECK(says(world.refusal(std::string((std::size_t{16} << 20) + 1, 'a')), "larger than 16 MiB"));
    CHECK(says(world.refusal(std::string(100'000, 'a') + ".b.c"), "header"));
}

TEST_CASE("PROTO-502 without its root the service is not believed", "[metadata]") {
    const World world;
    const auto document = world.service.document("x");
    for (const auto* file : {"", "no certificate", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"}) {
        world.trust(file);
        const auto read = world.read(document);
        REQUIRE_FALSE(read);
        CHECK(read.error().code == ErrorCode::unavailable);
    }
    const auto nowhere = MetadataDocumentVerifier(world.folder.path() + "/nothing.pem").payload_of(document, kNow);
    REQUIRE_FALSE(nowhere);
    CHECK(says(nowhere.error().message, "cannot be read"));
    // An intermediate's place is in the document, not in the operator's file.
    const TestCertificate other({.name = "Another root", .is_ca = true});
    world.trust(other.pem());
    CHECK(says(world.refusal(document), "do not lead to the root"));
}

}  // namespace
}  // namespace portcullis::fido2
