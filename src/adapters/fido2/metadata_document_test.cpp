#include "adapters/fido2/metadata_document.h"

#include <malloc.h>

#include <catch2/catch.hpp>
#include <algorithm>
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
    [[nodiscard]] Result<std::string> read(const std::string& document, Instant now = kNow) const {
        return MetadataDocumentVerifier(path(), service.nothing_revoked()).payload_of(document, now);
    }
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

// --- Revocation (MDS §3.2, RFC 5280 §5) ---

const TestCertificate::Wish kLeaf{.name = "mds", .dns_name = "mds.fidoalliance.org", .crl_url = "http://crl.example.com/between.crl"};
const TestCertificate::Wish kBetween{.name = "Between", .is_ca = true, .crl_url = "http://crl.example.com/root.crl"};

/// A service with an authority between, and what is known of its certificates.
struct Watch {
    Watch() { std::ofstream(path()) << service.root.pem(); }
    [[nodiscard]] std::string path() const { return folder.path() + "/root.pem"; }
    [[nodiscard]] const TestCertificate& between() const { return *service.between; }
    [[nodiscard]] Result<std::string> read(std::vector<std::string> lists, UnknownRevocation unknown = UnknownRevocation::refuse) const {
        return MetadataDocumentVerifier(path(), {.lists = MetadataService::giving(std::move(lists)), .unknown = unknown}).payload_of(service.document("x"), kNow);
    }
    /// `taken`, or why not.
    [[nodiscard]] std::string outcome(std::vector<std::string> lists, UnknownRevocation unknown = UnknownRevocation::refuse) const {
        const auto payload = read(std::move(lists), unknown);
        if (payload) return "taken";
        return (payload.error().code == ErrorCode::unavailable ? "not known: " : "refused: ") + payload.error().message;
    }

    tests::TemporaryFolder folder;
    MetadataService service{kLeaf, kBetween};
    TestCertificate stranger{{.name = "Stranger", .is_ca = true}};
    TestCertificate impostor{{.name = "Between", .is_ca = true}};
};

using Lists = std::vector<std::string>;

TEST_CASE("PROTO-502 a metadata document counts while lists say that none of its certificates is revoked", "[metadata]") {
    const Watch watch;
    const auto of_root = watch.service.root.crl(), of_between = watch.between().crl();
    CHECK(watch.outcome({of_root, of_between}) == "taken");
    CHECK(watch.outcome({of_between, of_root, watch.stranger.crl()}) == "taken");
    CHECK(watch.outcome({watch.service.root.crl_pem() + watch.between().crl_pem()}) == "taken");
    // A list with others on it.
    CHECK(watch.outcome({watch.service.root.crl({.revoked = {&watch.stranger}}), of_between}) == "taken");
    // A part of a list counts for the certificates that name its place; the root names none, and is the operator's word.
    CHECK(watch.outcome({watch.service.root.crl({.part_at = "http://crl.example.com/root.crl"}), of_between}) == "taken");
    CHECK(says(watch.outcome({watch.service.root.crl({.part_at = "http://crl.example.com/other.crl"}), of_between}), "`CN=Between` is revoked"));
    // The newer of two lists counts, whichever comes first, and one that is not over before one that is.
    const auto older = watch.between().crl({.revoked = {&watch.service.leaf}, .from = 1'600'000'000});
    const auto over  = watch.between().crl({.revoked = {&watch.service.leaf}, .from = 1'710'000'000, .until = 1'750'000'000});
    for (const auto& other : {older, over}) {
        CHECK(watch.outcome({of_root, other, of_between}) == "taken");
        CHECK(watch.outcome({of_root, of_between, other}) == "taken");
    }
}

TEST_CASE("PROTO-502 attack: a document whose signer or intermediate authority was revoked is refused, whatever is accepted", "[metadata]") {
    const Watch watch;
    const auto of_root = watch.service.root.crl(), of_between = watch.between().crl();
    const auto signer_gone  = watch.between().crl({.revoked = {&watch.service.leaf}});
    const auto between_gone = watch.service.root.crl({.revoked = {&watch.between()}});
    for (const auto unknown : {UnknownRevocation::refuse, UnknownRevocation::accept}) {
        CHECK(watch.outcome({of_root, signer_gone}, unknown) == "refused: the certificate `CN=mds`: certificate revoked");
        CHECK(watch.outcome({between_gone, of_between}, unknown) == "refused: the certificate `CN=Between`: certificate revoked");
        CHECK(watch.outcome({of_root, of_between, watch.between().crl({.revoked = {&watch.service.leaf}, .from = 1'750'000'000})}, unknown) ==
              "refused: the certificate `CN=mds`: certificate revoked");
    }
    // Of two lists of the same moment the one that revokes counts.
    CHECK(says(watch.outcome({of_root, of_between, signer_gone}), "certificate revoked"));
    CHECK(says(watch.outcome({of_root, signer_gone, of_between}), "certificate revoked"));
    // What is not known of one does not hide what is known of the other; a list that is over still names whom it names.
    CHECK(says(watch.outcome({between_gone}), "CN=Between`: certificate revoked"));
    CHECK(says(watch.outcome({signer_gone}, UnknownRevocation::accept), "CN=mds`: certificate revoked"));
    CHECK(says(watch.outcome({of_root, watch.between().crl({.revoked = {&watch.service.leaf}, .until = 1'750'000'000})}, UnknownRevocation::accept), "certificate revoked"));
}

TEST_CASE("PROTO-502 what no current list tells is not taken for safe, unless an administrator accepts it", "[metadata]") {
    const Watch watch;
    const auto of_root = watch.service.root.crl(), of_between = watch.between().crl();
    struct Row {
        const char* sentence;
        Lists lists;
        const char* because;
    };
    const Row rows[] = {
        {"no list", {}, "`CN=mds` is revoked: its revocation list is missing; it is published at http://crl.example.com/between.crl"},
        {"none of the signer's authority", {of_root}, "`CN=mds` is revoked: its revocation list is missing"},
        {"none of the root", {of_between}, "`CN=Between` is revoked: its revocation list is missing; it is published at http://crl.example.com/root.crl"},
        {"one of another authority", {of_root, watch.stranger.crl()}, "`CN=mds` is revoked: its revocation list is missing"},
        {"one that is over", {of_root, watch.between().crl({.until = 1'750'000'000})}, "`CN=mds` is revoked: its revocation list is over"},
    };
    for (const auto& row : rows) {
        INFO(row.sentence);
        const auto outcome = watch.outcome(row.lists);
        INFO(outcome);
        CHECK(outcome.starts_with("not known: nobody says whether the certificate "));
        CHECK(says(outcome, row.because));
        CHECK(watch.outcome(row.lists, UnknownRevocation::accept) == "taken");
    }
    const World without;
    CHECK(MetadataDocumentVerifier(without.path()).payload_of(without.service.document("x"), kNow).error().code == ErrorCode::unavailable);
}

TEST_CASE("PROTO-502 attack: a list that somebody else signed, is no list, or has no end is refused, whatever is accepted", "[metadata]") {
    const Watch watch;
    const auto of_root = watch.service.root.crl(), of_between = watch.between().crl();
    auto changed = of_between;
    changed.back() = static_cast<char>(changed.back() ^ 1);
    struct Row {
        const char* sentence;
        std::string list;
        const char* because;
    };
    const Row rows[] = {
        {"another key under the authority's name", watch.impostor.crl(), "CRL signature failure"},
        {"changed on its way", changed, "CRL signature failure"},
        {"of tomorrow", watch.between().crl({.from = 1'900'000'000}), "CRL is not yet valid"},
        {"without an end", watch.between().crl({.until = 0}), "does not say when it is over"},
        {"over SHA-1", watch.between().crl({.digest = EVP_sha1()}), "too weak a digest"},
        {"a delta", watch.between().crl({.is_delta = true}), "only part of one"},
        {"for some reasons alone", watch.between().crl({.scope = "onlysomereasons:keyCompromise"}), "only part of one"},
        {"of several issuers", watch.between().crl({.scope = "indirectCRL:TRUE"}), "only part of one"},
        {"empty", "", "neither DER nor PEM"},
        {"another thing", "no list", "neither DER nor PEM"},
        {"a certificate", watch.between().der(), "neither DER nor PEM"},
        {"cut short", of_between.substr(0, of_between.size() - 1), "neither DER nor PEM"},
        {"with something behind it", of_between + "x", "neither DER nor PEM"},
        {"too large", std::string(kRevocationListBytesMax + 1, '0'), "larger than 8 MiB"},
    };
    for (const auto& row : rows) {
        INFO(row.sentence);
        for (const auto unknown : {UnknownRevocation::refuse, UnknownRevocation::accept}) {
            const auto outcome = watch.outcome({of_root, row.list}, unknown);
            INFO(outcome);
            CHECK(outcome.starts_with("refused: "));
            CHECK(says(outcome, row.because));
        }
    }
    CHECK(says(watch.outcome(Lists(kRevocationListsMax + 1, of_root)), "more than 16 revocation lists"));
    std::string many;
    for (std::size_t i = 0; i <= kRevocationListsMax; ++i) many += watch.service.root.crl_pem();
    CHECK(says(watch.outcome({many}), "more than 16 revocation lists"));
}

TEST_CASE("PROTO-502 attack: only a document of the service makes us look for lists, and only where its certificates say", "[metadata]") {
    const Watch watch;
    std::vector<Watched> asked;
    int times = 0;
    const MetadataDocumentVerifier verifier(watch.path(), {.lists = [&](const std::vector<Watched>& chain, const TakeRevocationList&) -> Result<void> {
        ++times;
        asked = chain;
        return Error{ErrorCode::unavailable, "out of reach"};
    }});
    const MetadataService forger(kLeaf, kBetween);
    CHECK_FALSE(verifier.payload_of(forger.document("x"), kNow));
    CHECK_FALSE(verifier.payload_of(forger.document("x", watch.service.header()), kNow));  // its certificates, another key
    CHECK(times == 0);
    CHECK(verifier.payload_of(watch.service.document("x"), kNow).error().message == "out of reach");
    REQUIRE(asked.size() == 2);  // not of the root: it is the operator's word
    CHECK(asked[0].name == "CN=mds");
    CHECK(asked[0].places == Lists{"http://crl.example.com/between.crl"});
    CHECK(asked[1].places == Lists{"http://crl.example.com/root.crl"});
}

TEST_CASE("PROTO-502 attack: after a list with a wrong signature nobody looks for another", "[metadata]") {
    const Watch watch;
    int got = 0;
    const auto get = [&](const std::vector<Watched>&, const TakeRevocationList& take) -> Result<void> {
        for (const auto& list : {watch.service.root.crl(), watch.impostor.crl(), watch.between().crl()}) {
            ++got;
            TRY(take(list));
        }
        return {};
    };
    CHECK_FALSE(MetadataDocumentVerifier(watch.path(), {.lists = get}).payload_of(watch.service.document("x"), kNow));
    CHECK(got == 2);
}

TEST_CASE("PROTO-502 attack: however many large lists there are, none takes up memory once it is judged", "[metadata]") {
    const Watch watch;
    const std::vector<const TestCertificate*> many(60'000, &watch.stranger);
    const auto large = watch.between().crl({.revoked = many});
    REQUIRE(large.size() > (std::size_t{1} << 20));
    const auto in_use = [] { const auto heap = mallinfo2(); return heap.uordblks + heap.hblkhd; };
    const auto before = in_use();
    std::size_t kept = 0;
    const auto get = [&](const std::vector<Watched>&, const TakeRevocationList& take) -> Result<void> {
        TRY(take(watch.service.root.crl()));
        for (int i = 0; i < 4; ++i) {
            TRY(take(large));
            kept = std::max(kept, in_use() - std::min(in_use(), before));
        }
        return {};
    };
    CHECK(MetadataDocumentVerifier(watch.path(), {.lists = get}).payload_of(watch.service.document("x"), kNow));
    CHECK(kept < (std::size_t{1} << 20));
}

}  // namespace
}  // namespace portcullis::fido2
