#include "core/credentials/webauthn.h"

#include <catch2/catch.hpp>

#include "base/encoding.h"

namespace portcullis::credentials {
namespace {

using Refused = std::optional<PasskeyRefusal>;

const std::string kChallenge(32, 'c');
const std::string kRpHash(32, 'r');

Expected expected(Ceremony ceremony) {
    return {.ceremony = ceremony, .challenge = kChallenge, .origins = {"https://login.example"}, .embedding = {}, .rp_id_hash = kRpHash};
}

ClientData client(std::string type) { return {.type = std::move(type), .challenge = kChallenge, .origin = "https://login.example"}; }

struct ClientRow {
    const char* sentence;
    void (*change)(ClientData&, Expected&);
    Refused refused;
};

TEST_CASE("PROTO-500 client data: type, challenge, exact origin, embedding", "[webauthn]") {
    const auto row = GENERATE(values<ClientRow>({
        {"as it must be", [](ClientData&, Expected&) {}, {}},
        {"a sign-in's type", [](ClientData& c, Expected&) { c.type = "webauthn.get"; }, PasskeyRefusal::typeWrong},
        {"no type", [](ClientData& c, Expected&) { c.type.clear(); }, PasskeyRefusal::typeWrong},
        {"another challenge", [](ClientData& c, Expected&) { c.challenge[31] = 'd'; }, PasskeyRefusal::challengeWrong},
        {"a shorter challenge", [](ClientData& c, Expected&) { c.challenge.pop_back(); }, PasskeyRefusal::challengeWrong},
        {"no challenge on either side",
         [](ClientData& c, Expected& e) {
             c.challenge.clear();
             e.challenge.clear();
         },
         PasskeyRefusal::challengeWrong},
        {"another scheme", [](ClientData& c, Expected&) { c.origin = "http://login.example"; }, PasskeyRefusal::originWrong},
        {"another port", [](ClientData& c, Expected&) { c.origin = "https://login.example:8443"; }, PasskeyRefusal::originWrong},
        {"a subdomain", [](ClientData& c, Expected&) { c.origin = "https://evil.login.example"; }, PasskeyRefusal::originWrong},
        {"a name that begins alike", [](ClientData& c, Expected&) { c.origin = "https://login.example.evil.test"; }, PasskeyRefusal::originWrong},
        {"a trailing slash", [](ClientData& c, Expected&) { c.origin = "https://login.example/"; }, PasskeyRefusal::originWrong},
        {"in another site's frame", [](ClientData& c, Expected&) { c.cross_origin = true; }, PasskeyRefusal::crossOrigin},
        {"with a top origin alone", [](ClientData& c, Expected&) { c.top_origin = "https://login.example"; }, PasskeyRefusal::crossOrigin},
        {"in a frame that is allowed",
         [](ClientData& c, Expected& e) {
             c.cross_origin = true;
             c.top_origin   = "https://portal.example";
             e.embedding    = {true, {"https://portal.example"}};
         },
         {}},
        {"in a frame of a site that is not allowed",
         [](ClientData& c, Expected& e) {
             c.cross_origin = true;
             c.top_origin   = "https://evil.test";
             e.embedding    = {true, {"https://portal.example"}};
         },
         PasskeyRefusal::crossOrigin},
    }));
    INFO(row.sentence);
    auto c = client("webauthn.create");
    auto e = expected(Ceremony::registration);
    row.change(c, e);
    CHECK(check_client_data(c, e) == row.refused);
}

TEST_CASE("PROTO-500 a registration's client data is not a sign-in's", "[webauthn]") {
    CHECK(check_client_data(client("webauthn.create"), expected(Ceremony::authentication)) == PasskeyRefusal::typeWrong);
    CHECK_FALSE(check_client_data(client("webauthn.get"), expected(Ceremony::authentication)));
}

struct DataRow {
    const char* sentence;
    void (*change)(AuthenticatorData&, Expected&);
    Refused refused;
};

TEST_CASE("PROTO-500 CRED-023 authenticator data: RP ID, presence, verification, backup flags", "[webauthn]") {
    const auto row = GENERATE(values<DataRow>({
        {"as it must be", [](AuthenticatorData&, Expected&) {}, {}},
        {"another RP ID", [](AuthenticatorData& d, Expected&) { d.rp_id_hash[0] = 'x'; }, PasskeyRefusal::rpIdWrong},
        {"no RP ID on either side",
         [](AuthenticatorData& d, Expected& e) {
             d.rp_id_hash.clear();
             e.rp_id_hash.clear();
         },
         PasskeyRefusal::rpIdWrong},
        {"nobody was there", [](AuthenticatorData& d, Expected&) { d.flags.user_present = false; }, PasskeyRefusal::userNotPresent},
        {"nobody was verified", [](AuthenticatorData& d, Expected&) { d.flags.user_verified = false; }, PasskeyRefusal::userNotVerified},
        {"nobody was verified where that is only preferred",
         [](AuthenticatorData& d, Expected& e) {
             d.flags.user_verified = false;
             e.user_verification   = UserVerification::preferred;
         },
         {}},
        {"backed up without being eligible", [](AuthenticatorData& d, Expected&) { d.flags.backed_up = true; }, PasskeyRefusal::backedUpNotEligible},
        {"backed up and eligible", [](AuthenticatorData& d, Expected&) { d.flags.backed_up = d.flags.backup_eligible = true; }, {}},
        {"eligible, not backed up yet", [](AuthenticatorData& d, Expected&) { d.flags.backup_eligible = true; }, {}},
        {"a new credential in a sign-in", [](AuthenticatorData& d, Expected&) { d.attested.emplace(); }, PasskeyRefusal::credentialUnexpected},
        {"a registration without one", [](AuthenticatorData&, Expected& e) { e.ceremony = Ceremony::registration; }, PasskeyRefusal::credentialMissing},
    }));
    INFO(row.sentence);
    AuthenticatorData data{.rp_id_hash = kRpHash, .flags = {.user_present = true, .user_verified = true}, .sign_count = 0, .attested = {}};
    auto e = expected(Ceremony::authentication);
    row.change(data, e);
    CHECK(check_authenticator_data(data, e) == row.refused);
}

TEST_CASE("PROTO-500 a sign-in's credential is its owner's and still what it was", "[webauthn]") {
    const UserId alice{1, 1}, bob{1, 2};
    identity::AuthenticationMethod stored{.id = {}, .user = alice, .kind = AuthMethod::passkeySynced};
    stored.passkey = identity::Passkey{.credential_id = "id", .public_key = {}, .user_handle = "handle"};
    AuthenticatorData data;
    const auto check = [&](Assertion assertion, Sought sought) {
        assertion.data = &data;
        return check_owner(assertion, stored, sought);
    };
    CHECK_FALSE(check({.credential_id = "id", .user_handle = "handle"}, {}));
    CHECK_FALSE(check({.credential_id = "id", .user_handle = {}}, {alice}));
    CHECK(check({.credential_id = "id", .user_handle = {}}, {}) == PasskeyRefusal::userHandleWrong);
    CHECK(check({.credential_id = "id", .user_handle = "other"}, {}) == PasskeyRefusal::userHandleWrong);
    CHECK(check({.credential_id = "id", .user_handle = "other"}, {alice}) == PasskeyRefusal::userHandleWrong);
    CHECK(check({.credential_id = "id", .user_handle = "handle"}, {bob}) == PasskeyRefusal::credentialNotOffered);
    CHECK(check({.credential_id = "di", .user_handle = "handle"}, {}) == PasskeyRefusal::credentialUnknown);
    data.flags.backup_eligible = true;
    CHECK(check({.credential_id = "id", .user_handle = "handle"}, {}) == PasskeyRefusal::eligibilityChanged);
    stored.passkey->is_backup_eligible = true;
    CHECK_FALSE(check({.credential_id = "id", .user_handle = "handle"}, {}));
    stored.passkey.reset();
    CHECK(check({.credential_id = "id", .user_handle = "handle"}, {}) == PasskeyRefusal::credentialUnknown);
}

TEST_CASE("PROTO-504 the signature counter: both zero say nothing, one that does not rise is a signal", "[webauthn]") {
    CHECK(judge_counter(0, 0) == CounterVerdict::unused);
    CHECK(judge_counter(0, 1) == CounterVerdict::advanced);
    CHECK(judge_counter(7, 8) == CounterVerdict::advanced);
    CHECK(judge_counter(7, 7) == CounterVerdict::fell);
    CHECK(judge_counter(7, 6) == CounterVerdict::fell);
    CHECK(judge_counter(7, 0) == CounterVerdict::fell);
    CHECK(counter_after(7, 6) == 7);
    CHECK(counter_after(7, 9) == 9);
}

TEST_CASE("PROTO-506 a key that may be synced is never hardware", "[webauthn]") {
    CHECK(method_of(true, KeyProtection::attestedHardware) == AuthMethod::passkeySynced);
    CHECK(method_of(true, KeyProtection::unknown) == AuthMethod::passkeySynced);
    CHECK(method_of(false, KeyProtection::attestedHardware) == AuthMethod::passkeyHardware);
    CHECK(method_of(false, KeyProtection::unknown) == AuthMethod::passkeyDeviceBound);
}

TEST_CASE("PROTO-503 a decoy is stable and looks like one credential or two", "[webauthn]") {
    const auto ids = [](char first) {
        std::string seed(64, 's');
        seed[0] = first;
        std::vector<std::string> list;
        for (const auto& decoy : decoy_credentials(seed)) list.push_back(decoy.id);
        return list;
    };
    CHECK(ids('\1').size() == 1);
    CHECK(ids('\4').size() == 2);
    CHECK(ids('\4')[0] != ids('\4')[1]);
    CHECK(ids('\1') == ids('\1'));
    CHECK(ids('\1') != ids('\2'));
    CHECK(ids('\1')[0].size() >= 16);
}

TEST_CASE("transports a browser may report are kept, others are dropped", "[webauthn]") {
    const std::vector<std::string> reported{"internal", "telepathy", "usb", "internal"};
    CHECK(known_transports(reported) == std::vector<std::string>{"usb", "internal"});
}

std::string ec_key(std::string_view coordinates) { return *parse_hex("a5010203262001215820" + std::string(coordinates.substr(0, 64)) + "225820" + std::string(coordinates.substr(64))); }

TEST_CASE("PROTO-500 COSE keys: algorithm, type, curve and lengths fit each other", "[webauthn]") {
    const std::string xy(128, 'a');
    CHECK(parse_cose_public_key(ec_key(xy)));
    auto wrong_curve = ec_key(xy);
    wrong_curve[6]   = '\x02';
    CHECK_FALSE(parse_cose_public_key(wrong_curve));
    CHECK_FALSE(parse_cose_public_key(ec_key(xy) + "x"));
    // ES256 in an OKP key; a curve's private part; a compressed point; RSA of 1024 bits; ES256K.
    CHECK_FALSE(parse_cose_public_key(*parse_hex("a401010326200121582000000000000000000000000000000000000000000000000000000000000000")));
    CHECK_FALSE(parse_cose_public_key(*parse_hex("a6010203262001215820" + xy.substr(0, 64) + "225820" + xy.substr(64) + "2341aa")));
    CHECK_FALSE(parse_cose_public_key(*parse_hex("a5010203262001215820" + xy.substr(0, 64) + "22f5")));
    CHECK_FALSE(parse_cose_public_key(*parse_hex("a401030339010020588080" + std::string(254, '0') + "2143010001")));
    CHECK_FALSE(parse_cose_public_key(*parse_hex("a5010203382e2008215820" + xy.substr(0, 64) + "225820" + xy.substr(64))));
}

TEST_CASE("PROTO-500 authenticator data is read to its last byte", "[webauthn]") {
    const auto head = std::string(32, 'r');
    CHECK_FALSE(parse_authenticator_data(head));
    const auto plain = head + std::string("\x05\x00\x00\x01\x02", 5);
    REQUIRE(parse_authenticator_data(plain));
    CHECK(parse_authenticator_data(plain)->sign_count == 258);
    CHECK_FALSE(parse_authenticator_data(plain + "x"));
    // Extensions announced: they must be there, a map, and the end.
    auto extended = head + std::string("\x85\x00\x00\x01\x02", 5);
    CHECK_FALSE(parse_authenticator_data(extended));
    CHECK(parse_authenticator_data(extended + "\xa0"));
    CHECK_FALSE(parse_authenticator_data(extended + "\x80"));
    CHECK_FALSE(parse_authenticator_data(extended + "\xa0\xa0"));
    // A credential announced: its id is 16 to 1023 bytes, its key a map.
    const auto attested = [&](std::size_t length, std::string_view key) {
        const std::string size{static_cast<char>(length >> 8), static_cast<char>(length & 0xFF)};
        return head + std::string("\x45\x00\x00\x01\x02", 5) + std::string(16, 'a') + size + std::string(length, 'i') + std::string(key);
    };
    CHECK(parse_authenticator_data(attested(16, "\xa0")));
    CHECK(parse_authenticator_data(attested(1023, "\xa0")));
    CHECK_FALSE(parse_authenticator_data(attested(15, "\xa0")));
    CHECK_FALSE(parse_authenticator_data(attested(1024, "\xa0")));
    CHECK_FALSE(parse_authenticator_data(attested(16, "")));
    CHECK_FALSE(parse_authenticator_data(attested(16, "\x01")));
}

TEST_CASE("every refusal has its name", "[webauthn]") {
    CHECK(to_string(PasskeyRefusal::malformed) == "malformed");
    CHECK(to_string(PasskeyRefusal::signatureWrong) == "signatureWrong");
    CHECK(to_string(PasskeyRefusal::tooMany) == "tooMany");
    CHECK(to_string(PasskeyRefusal::accountDisabled) == "accountDisabled");
}

}  // namespace
}  // namespace portcullis::credentials
