#include "wire/passkey_metadata_json.h"

#include <catch2/catch.hpp>

#include "base/encoding.h"
#include "base/json.h"

namespace portcullis::wire {
namespace {

using credentials::PasskeyModel;
using identity::Certification;

const Instant kNow = *parse_rfc3339("2026-11-20T12:00:00Z");
constexpr const char* kModel = "8446ccb9-ab1d-b374-750b-2367ff6f3a1f";

json::object report(std::string_view status) { return json::object{{"status", status}, {"effectiveDate", "2024-05-01"}}; }

json::object entry(std::string_view aaguid = kModel) {
    return json::object{
        {"aaguid", aaguid},
        {"metadataStatement",
         json::object{{"description", "Example key"},
                      {"protocolFamily", "fido2"},
                      {"keyProtection", json::array{"hardware", "tee"}},
                      {"userVerificationDetails", json::array{json::array{json::object{{"userVerificationMethod", "none"}}},
                                                              json::array{json::object{{"userVerificationMethod", "presence_internal"}},
                                                                          json::object{{"userVerificationMethod", "fingerprint_internal"}}}}},
                      {"attestationRootCertificates", json::array{"AAEC", "AA EC\nAw=="}},
                      {"icon", "data:image/png;base64,AAAA"},
                      {"authenticatorGetInfo", json::object{{"options", json::object{{"rk", true}, {"up", true}}}}}}},
        {"statusReports", json::array{report("FIDO_CERTIFIED_L1")}},
        {"timeOfLastStatusChange", "2024-05-01"}};
}

std::string payload(json::array entries) {
    return json::to_text(json::object{{"legalHeader", "x"}, {"no", 41}, {"nextUpdate", "2026-12-01"}, {"entries", std::move(entries)}});
}

PasskeyModel only(json::object one) {
    const auto read = parse_passkey_metadata(payload({std::move(one)}), kNow);
    REQUIRE(read);
    REQUIRE(read->models.size() == 1);
    return read->models[0];
}

json::object& statement(json::object& one) { return one["metadataStatement"].as_object(); }

TEST_CASE("PROTO-502 of an entry of the metadata is kept what a registration asks", "[metadata]") {
    const auto read = parse_passkey_metadata(payload({entry()}), kNow);
    REQUIRE(read);
    CHECK(read->number == 41);
    CHECK(read->next_update == *parse_rfc3339("2026-12-01T00:00:00Z"));
    CHECK(read->left_out == 0);
    const auto& model = read->models.at(0);
    CHECK(model.aaguid == kModel);
    CHECK(model.description == "Example key");
    CHECK(model.is_fido2);
    CHECK(model.verifies_user);
    CHECK(model.keeps_passkeys);
    CHECK(model.is_hardware);
    CHECK(model.certification == Certification::l1);
    CHECK(model.compromised.empty());
    CHECK(model.roots == std::vector<std::string>{"AAEC", "AAECAw=="});  // white space is left out
    CHECK(only(entry("8446CCB9-AB1D-B374-750B-2367FF6F3A1F")).aaguid == kModel);
}

struct Row {
    const char* sentence;
    void (*change)(json::object&);
    bool (*holds)(const PasskeyModel&);
};

TEST_CASE("PROTO-502 what an entry does not say is not so", "[metadata]") {
    const auto row = GENERATE(values<Row>({
        {"no statement", [](json::object& e) { e.erase("metadataStatement"); }, [](const PasskeyModel& m) { return !m.is_fido2 && !m.verifies_user && m.roots.empty(); }},
        {"another family", [](json::object& e) { statement(e)["protocolFamily"] = "u2f"; }, [](const PasskeyModel& m) { return !m.is_fido2; }},
        {"no details of verification", [](json::object& e) { statement(e).erase("userVerificationDetails"); }, [](const PasskeyModel& m) { return !m.verifies_user; }},
        {"a touch alone",
         [](json::object& e) { statement(e)["userVerificationDetails"] = json::array{json::array{json::object{{"userVerificationMethod", "presence_internal"}}}}; },
         [](const PasskeyModel& m) { return !m.verifies_user; }},
        {"details of another shape", [](json::object& e) { statement(e)["userVerificationDetails"] = json::array{1, json::array{2}}; },
         [](const PasskeyModel& m) { return !m.verifies_user; }},
        {"a PIN that can be set, in its own words",
         [](json::object& e) {
             statement(e).erase("userVerificationDetails");
             statement(e)["authenticatorGetInfo"] = json::object{{"options", json::object{{"clientPin", false}}}};
         },
         [](const PasskeyModel& m) { return m.verifies_user && !m.keeps_passkeys; }},
        {"no words of its own", [](json::object& e) { statement(e).erase("authenticatorGetInfo"); }, [](const PasskeyModel& m) { return !m.keeps_passkeys; }},
        {"keeps none", [](json::object& e) { statement(e)["authenticatorGetInfo"] = json::object{{"options", json::object{{"rk", false}}}}; },
         [](const PasskeyModel& m) { return !m.keeps_passkeys; }},
        {"keys in software", [](json::object& e) { statement(e)["keyProtection"] = json::array{"software"}; }, [](const PasskeyModel& m) { return !m.is_hardware; }},
        {"keys in both", [](json::object& e) { statement(e)["keyProtection"] = json::array{"hardware", "software"}; }, [](const PasskeyModel& m) { return !m.is_hardware; }},
        {"keys nobody knows where", [](json::object& e) { statement(e).erase("keyProtection"); }, [](const PasskeyModel& m) { return !m.is_hardware; }},
        {"roots that are none", [](json::object& e) { statement(e)["attestationRootCertificates"] = json::array{1, "!", ""}; }, [](const PasskeyModel& m) { return m.roots.empty(); }},
        {"more roots than a model has",
         [](json::object& e) { statement(e)["attestationRootCertificates"] = json::array(65, json::value("AAEC")); }, [](const PasskeyModel& m) { return m.roots.empty(); }},
        {"a description that is too long", [](json::object& e) { statement(e)["description"] = std::string(150, 'a') + std::string(100, '\n') + "\u00e9"; },
         [](const PasskeyModel& m) { return m.description == std::string(150, 'a'); }},
    }));
    INFO(row.sentence);
    auto one = entry();
    row.change(one);
    CHECK(row.holds(only(one)));
}

TEST_CASE("PROTO-502 one report of a compromise is enough, whatever stands beside it", "[metadata]") {
    for (const auto* status : {"REVOKED", "USER_VERIFICATION_BYPASS", "ATTESTATION_KEY_COMPROMISE", "USER_KEY_REMOTE_COMPROMISE", "USER_KEY_PHYSICAL_COMPROMISE"}) {
        auto one             = entry();
        one["statusReports"] = json::array{report("FIDO_CERTIFIED_L2"), report(status), report("UPDATE_AVAILABLE"), report("FIDO_CERTIFIED_L3")};
        CHECK(only(one).compromised == status);
        one["statusReports"] = json::array{json::object{{"status", status}, {"effectiveDate", "2099-01-01"}}};
        CHECK(only(one).compromised == status);
    }
}

TEST_CASE("PROTO-502 the highest certification that holds today counts", "[metadata]") {
    const auto level = [](json::array reports) {
        auto one             = entry();
        one["statusReports"] = std::move(reports);
        return only(one).certification;
    };
    CHECK(level({}) == Certification::none);
    CHECK(level({report("NOT_FIDO_CERTIFIED")}) == Certification::none);
    CHECK(level({report("FIDO_CERTIFIED_L2"), report("FIDO_CERTIFIED_L1")}) == Certification::l2);
    CHECK(level({json::object{{"status", "FIDO_CERTIFIED"}}}) == Certification::l1);
    CHECK(level({json::object{{"status", "FIDO_CERTIFIED_L3"}, {"effectiveDate", "2026-11-21"}}}) == Certification::none);
    CHECK(level({json::object{{"status", "FIDO_CERTIFIED_L3"}, {"effectiveDate", "2026-11-20"}}}) == Certification::l3);
    CHECK(level({json::object{{"status", "FIDO_CERTIFIED_L3"}, {"effectiveDate", "soon"}}}) == Certification::none);
}

TEST_CASE("PROTO-502 entries of other authenticators, and ones that cannot be read, are left out", "[metadata]") {
    auto u2f = entry(), odd = entry("one"), nobody = entry("00000000-0000-0000-0000-000000000000"), silent = entry("11111111-2222-3333-4444-555555555555");
    u2f.erase("aaguid");
    u2f["attestationCertificateKeyIdentifiers"] = json::array{"7c0903708b87115b0b422def3138c3c864e44573"};
    silent.erase("statusReports");
    const auto read = parse_passkey_metadata(payload({u2f, odd, entry(), nobody, silent, 7}), kNow);
    REQUIRE(read);
    CHECK(read->models.size() == 1);
    CHECK(read->left_out == 5);
}

TEST_CASE("PROTO-502 a payload that is none is refused, in words", "[metadata]") {
    const auto because = [](const std::string& text) {
        const auto read = parse_passkey_metadata(text, kNow);
        return read ? "" : read.error().message;
    };
    const auto says = [&](const std::string& text, std::string_view part) { return because(text).find(part) != std::string::npos; };
    CHECK(says("", "JSON"));
    CHECK(says("[]", "object"));
    CHECK(says(R"({"no":"1","nextUpdate":"2026-12-01","entries":[]})", "`no`"));
    CHECK(says(R"({"no":-1,"nextUpdate":"2026-12-01","entries":[]})", "`no`"));
    CHECK(says(R"({"no":1,"nextUpdate":"tomorrow","entries":[]})", "`nextUpdate`"));
    CHECK(says(R"({"no":1,"nextUpdate":"2026-13-01","entries":[]})", "`nextUpdate`"));
    CHECK(says(R"({"no":1,"nextUpdate":"2026-12-01"})", "`entries`"));
    CHECK(says(payload({}), "names no model"));
    CHECK(says(payload({entry(), entry()}), "twice"));
    CHECK(says(payload(json::array(kMetadataEntriesMax + 1, json::value(1))), "more than"));
    CHECK(says(R"({"no":1,"no":2,"nextUpdate":"2026-12-01","entries":[]})", "duplicate"));
    CHECK(says(std::string(40, '[') + std::string(40, ']'), "JSON"));
}

}  // namespace
}  // namespace portcullis::wire
