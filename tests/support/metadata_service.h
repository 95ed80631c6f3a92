#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/fido2/revocation.h"
#include "adapters/openssl/jwk.h"
#include "base/encoding.h"
#include "base/json.h"
#include "tests/support/test_certificate.h"

/// A FIDO Metadata Service of a test's own, and the maker of one model of security key.
namespace portcullis::tests {

/// The certificate of a model's attestation key, as packed statements need it (WebAuthn §8.2.1).
inline TestCertificate attestation_certificate(const std::string& aaguid, const TestCertificate& maker) {
    return TestCertificate({.name = "Example key", .more_subject = {{"C", "SE"}, {"O", "Example"}, {"OU", "Authenticator Attestation"}}, .aaguid = aaguid}, &maker);
}

/// One entry; change what must be wrong.
inline json::object metadata_entry(std::string_view aaguid, const TestCertificate& maker, std::string_view status = "FIDO_CERTIFIED_L1") {
    return json::object{
        {"aaguid", aaguid},
        {"metadataStatement",
         json::object{{"description", "Example key 5"},
                      {"protocolFamily", "fido2"},
                      {"keyProtection", json::array{"hardware", "secure_element"}},
                      {"userVerificationDetails", json::array{json::array{json::object{{"userVerificationMethod", "passcode_external"}}}}},
                      {"attestationRootCertificates", json::array{base64(maker.der())}},
                      {"authenticatorGetInfo", json::object{{"options", json::object{{"rk", true}, {"clientPin", true}}}}}}},
        {"statusReports", json::array{json::object{{"status", status}, {"effectiveDate", "2024-01-01"}}}},
        {"timeOfLastStatusChange", "2024-01-01"}};
}

inline std::string metadata_payload(std::int64_t number, json::array entries, std::string_view next_update = "2030-12-01") {
    return json::to_text(json::object{{"legalHeader", "for tests"}, {"no", number}, {"nextUpdate", next_update}, {"entries", std::move(entries)}});
}

class MetadataService {
public:
    static constexpr std::string_view kHost = "mds.fidoalliance.org";

    MetadataService() : MetadataService(TestCertificate::Wish{.name = "mds", .dns_name = std::string(kHost)}) {}
    explicit MetadataService(const TestCertificate::Wish& wish) : root({.name = "Metadata root", .is_ca = true}), leaf(wish, &root) {}
    /// With an authority between it and its root.
    MetadataService(const TestCertificate::Wish& wish, const TestCertificate::Wish& of_between)
        : root({.name = "Metadata root", .is_ca = true}), between(TestCertificate(of_between, &root)), leaf(wish, &*between) {}

    [[nodiscard]] json::object header() const {
        json::array chain{base64(leaf.der())};
        if (between) chain.emplace_back(base64(between->der()));
        return json::object{{"alg", "ES256"}, {"typ", "JWT"}, {"x5c", std::move(chain)}};
    }
    /// These lists, one by one, whoever asks.
    [[nodiscard]] static fido2::GetRevocationLists giving(std::vector<std::string> lists) {
        return [lists = std::move(lists)](const auto&, const fido2::TakeRevocationList& take) -> Result<void> {
            for (const auto& list : lists) TRY(take(list));
            return {};
        };
    }
    /// The lists of every authority there is: nothing is revoked.
    [[nodiscard]] fido2::Revocation nothing_revoked() const {
        std::vector<std::string> lists{root.crl()};
        if (between) lists.push_back(between->crl());
        return {.lists = giving(std::move(lists))};
    }
    [[nodiscard]] std::string document(std::string_view payload) const { return document(payload, header()); }
    [[nodiscard]] std::string document(std::string_view payload, const json::object& header) const {
        const auto text = base64url(json::to_text(header)) + "." + base64url(payload);
        return text + "." + base64url(openssl::raw_of_der(leaf.sign(text)));
    }

    TestCertificate root;
    std::optional<TestCertificate> between;
    TestCertificate leaf;
};

}  // namespace portcullis::tests
