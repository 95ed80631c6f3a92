#include "adapters/fido2/passkey_verifier.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "adapters/openssl/digests.h"
#include "base/encoding.h"
#include "base/json.h"
#include "tests/support/soft_authenticator.h"
#include "wire/webauthn_json.h"

namespace portcullis::fido2 {
namespace {

using credentials::Attested;
using tests::sha256_of;

const Instant kNow = *parse_rfc3339("2026-11-20T12:00:00Z");

/// One of the W3C's vectors: a registration and the sign-in that followed.
struct Vector {
    std::string id;
    std::string registration_challenge, registration_client, attestation_object, aaguid, credential_id;
    std::string challenge, client, data, signature;
};
struct Vectors {
    std::string rp_id, origin, top_origin;
    std::string root;  // DER
    std::vector<Vector> rows;
};

std::string bytes_at(const json::object& o, std::string_view member) { return parse_hex(*json::string_at(o, member)).value(); }

Vectors load() {
    std::ifstream file(PORTCULLIS_SOURCE_DIR "/tests/data/webauthn_l3_vectors.json");
    std::stringstream text;
    text << file.rdbuf();
    const auto document = json::parse_object(text.str());
    REQUIRE(document);
    Vectors all{*json::string_at(*document, "rp_id"), *json::string_at(*document, "origin"), *json::string_at(*document, "top_origin"),
                bytes_at(*document, "attestation_ca_cert"), {}};
    for (const auto& entry : *json::array_at(*document, "vectors")) {
        const auto& v = entry.as_object();
        const auto& r = *json::object_at(v, "registration");
        const auto& a = *json::object_at(v, "authentication");
        all.rows.push_back({*json::string_at(v, "id"), bytes_at(r, "challenge"), bytes_at(r, "clientDataJSON"), bytes_at(r, "attestationObject"),
                            bytes_at(r, "aaguid"), bytes_at(r, "credential_id"), bytes_at(a, "challenge"), bytes_at(a, "clientDataJSON"),
                            bytes_at(a, "authenticatorData"), bytes_at(a, "signature")});
    }
    return all;
}

credentials::Expected expected(const Vectors& all, credentials::Ceremony ceremony, const std::string& challenge) {
    return {.ceremony          = ceremony,
            .challenge         = challenge,
            .origins           = {all.origin},
            .embedding         = {true, {all.top_origin}},
            .rp_id_hash        = sha256_of(all.rp_id),
            .user_verification = credentials::UserVerification::preferred};
}

/// Everything a relying party asks of a registration but policy; what the statement shows, or nothing when it is refused.
std::optional<Attested> registered(const Vectors& all, const Vector& v, const credentials::Expected& expected) {
    const auto client = wire::parse_client_data(v.registration_client);
    const auto object = credentials::parse_attestation_object(v.attestation_object);
    if (!client || !object || check_client_data(*client, expected)) return std::nullopt;
    const auto data = credentials::parse_authenticator_data(object->authenticator_data);
    if (!data || check_authenticator_data(*data, expected) || check_new_credential(*data, credentials::kOfferedAlgorithms)) return std::nullopt;
    const PasskeyVerifier verifier;
    if (!verifier.is_sound(data->attested->public_key)) return std::nullopt;
    const auto hash = sha256_of(v.registration_client);
    const std::vector roots{base64(all.root)};
    return verifier.attestation({.object = *object, .data = *data, .client_data_hash = hash}, roots, kNow);
}

bool signed_in(const Vector& v, const credentials::Expected& expected) {
    const auto client = wire::parse_client_data(v.client);
    const auto data   = credentials::parse_authenticator_data(v.data);
    const auto object = credentials::parse_attestation_object(v.attestation_object);
    const auto made   = object ? credentials::parse_authenticator_data(object->authenticator_data) : std::nullopt;
    if (!client || !data || !made || check_client_data(*client, expected) || check_authenticator_data(*data, expected)) return false;
    return PasskeyVerifier().is_signed(made->attested->public_key,
                                       {.authenticator_data = v.data, .client_data_hash = sha256_of(v.client), .signature = v.signature});
}

Attested shown_by(const std::string& id) {
    if (id == "packed-self-es256") return Attested::self;
    if (id.starts_with("none-")) return Attested::none;
    return Attested::trusted;
}

TEST_CASE("PROTO-500 the W3C Level 3 test vectors verify", "[webauthn]") {
    const auto all = load();
    REQUIRE(all.rows.size() == 15);
    int verified = 0;
    for (const auto& v : all.rows) {
        if (v.id == "packed-ed448") continue;  // Ed448 is not offered (protocols.md §16.1)
        INFO(v.id);
        const auto shown = registered(all, v, expected(all, credentials::Ceremony::registration, v.registration_challenge));
        REQUIRE(shown);
        CHECK(*shown == shown_by(v.id));
        const auto object = credentials::parse_attestation_object(v.attestation_object);
        const auto data   = credentials::parse_authenticator_data(object->authenticator_data);
        CHECK(data->attested->aaguid == v.aaguid);
        CHECK(data->attested->credential_id == v.credential_id);
        CHECK(signed_in(v, expected(all, credentials::Ceremony::authentication, v.challenge)));
        ++verified;
    }
    CHECK(verified == 14);
}

TEST_CASE("PROTO-500 an algorithm that was not offered is refused by name", "[webauthn]") {
    const auto all = load();
    const auto& v  = *std::ranges::find(all.rows, "packed-ed448", &Vector::id);
    CHECK_FALSE(registered(all, v, expected(all, credentials::Ceremony::registration, v.registration_challenge)));
    CHECK_FALSE(signed_in(v, expected(all, credentials::Ceremony::authentication, v.challenge)));
}

TEST_CASE("PROTO-500 no vector survives a flipped bit of what is signed", "[webauthn]") {
    const auto all = load();
    for (const auto& v : all.rows) {
        if (v.id == "packed-ed448") continue;
        INFO(v.id);
        const auto e = expected(all, credentials::Ceremony::authentication, v.challenge);
        for (std::size_t bit = 0; bit < v.data.size() * 8; ++bit) {
            auto changed = v;
            changed.data[bit / 8] = static_cast<char>(changed.data[bit / 8] ^ (1 << bit % 8));
            CHECK_FALSE(signed_in(changed, e));
        }
        for (std::size_t at = 0; at < v.client.size(); at += 7) {
            auto changed = v;
            changed.client[at] = static_cast<char>(changed.client[at] ^ 1);
            CHECK_FALSE(signed_in(changed, e));
        }
        for (std::size_t at = 0; at < v.signature.size(); at += 5) {
            auto changed = v;
            changed.signature[at] = static_cast<char>(changed.signature[at] ^ 4);
            CHECK_FALSE(signed_in(changed, e));
        }
    }
}

TEST_CASE("PROTO-500 no statement survives a flipped bit of the authenticator data it signs", "[webauthn]") {
    const auto all = load();
    for (const auto& v : all.rows) {
        const bool is_signed = v.id.starts_with("packed-") || v.id == "tpm-es256" || v.id == "android-key-es256" || v.id == "apple-es256" ||
                               v.id == "fido-u2f-es256";
        if (!is_signed || v.id == "packed-ed448") continue;
        INFO(v.id);
        const auto object = credentials::parse_attestation_object(v.attestation_object);
        const auto at     = v.attestation_object.find(object->authenticator_data);
        REQUIRE(at != std::string::npos);
        // fido-u2f signs neither flags, counter nor AAGUID (§8.6): from the credential's id on.
        const std::size_t from = v.id == "fido-u2f-es256" ? 37 + 18 : 0;
        for (std::size_t i = from; i < object->authenticator_data.size(); ++i) {
            auto changed = v;
            changed.attestation_object[at + i] = static_cast<char>(changed.attestation_object[at + i] ^ 1);
            const auto shown = registered(all, changed, expected(all, credentials::Ceremony::registration, v.registration_challenge));
            CHECK((!shown || *shown == Attested::invalid));
        }
    }
}

TEST_CASE("PROTO-500 no vector passes for another challenge, origin or RP ID", "[webauthn]") {
    const auto all = load();
    for (const auto& v : all.rows) {
        INFO(v.id);
        for (const int part : {0, 1, 2}) {
            auto e = expected(all, credentials::Ceremony::authentication, v.challenge);
            auto r = expected(all, credentials::Ceremony::registration, v.registration_challenge);
            if (part == 0) e.challenge[0] = static_cast<char>(e.challenge[0] ^ 1), r.challenge[0] = static_cast<char>(r.challenge[0] ^ 1);
            if (part == 1) e.origins = r.origins = {"https://example.com"};
            if (part == 2) e.rp_id_hash = r.rp_id_hash = sha256_of("example.com");
            CHECK_FALSE(signed_in(v, e));
            CHECK_FALSE(registered(all, v, r));
        }
    }
}

TEST_CASE("PROTO-502 a chain that ends at nobody this tenant trusts is not trusted", "[webauthn]") {
    auto all = load();
    const auto self_signed = all.root;
    for (const auto& v : all.rows) {
        if (shown_by(v.id) != Attested::trusted || v.id == "packed-ed448") continue;
        INFO(v.id);
        all.root = "not a certificate";
        CHECK(registered(all, v, expected(all, credentials::Ceremony::registration, v.registration_challenge)) == Attested::unanchored);
        all.root = self_signed;
    }
}

TEST_CASE("PROTO-500 keys off their curve and signatures of other keys verify nothing", "[webauthn]") {
    const tests::SoftAuthenticator one, two;
    const PasskeyVerifier verifier;
    auto off_curve = one.cose_key();
    off_curve.back() = static_cast<char>(off_curve.back() ^ 1);
    CHECK(verifier.is_sound(one.cose_key()));
    CHECK_FALSE(verifier.is_sound(off_curve));
    CHECK_FALSE(verifier.is_sound("junk"));
    const std::string data(37, 'd'), hash(32, 'h');
    const auto signature = one.sign(data + hash);
    CHECK(verifier.is_signed(one.cose_key(), {data, hash, signature}));
    CHECK_FALSE(verifier.is_signed(two.cose_key(), {data, hash, signature}));
    CHECK_FALSE(verifier.is_signed(one.cose_key(), {data, hash, ""}));
    CHECK_FALSE(verifier.is_signed(off_curve, {data, hash, signature}));
}

}  // namespace
}  // namespace portcullis::fido2
