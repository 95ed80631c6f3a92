#include "core/oidc/authentication.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <catch2/catch.hpp>

namespace portcullis::oidc {
namespace {

using namespace std::chrono_literals;
constexpr Instant kNow{Duration{1'800'000'000'000}};

TEST_CASE("acr and amr tell what happened (PROTO-200, PROTO-526)") {
    struct Row {
        std::vector<AuthMethod> methods;
        std::string_view acr, amr;
    };
    using enum AuthMethod;
    const auto row = GENERATE(values<Row>({
        {{}, "0", ""},
        {{password}, "1fa", "pwd"},
        {{email}, "1fa", "otp email"},
        {{password, email}, "1fa", "pwd otp email"},
        {{email, softwareOath}, "mfa", "otp email mfa"},  // of a guest
        {{email, passkeySynced}, "phr", "otp email swk user fido mfa"},
        {{email, kerberos}, "1fa", "otp email wia"},
        {{password, kerberos}, "1fa", "pwd wia"},
        {{softwareOath, sms}, "1fa", "otp sms"},
        {{password, softwareOath}, "mfa", "pwd otp mfa"},
        {{password, hardwareOath}, "mfa", "pwd otp hwk mfa"},
        {{password, sms}, "mfa", "pwd sms mfa"},
        {{password, voice}, "mfa", "pwd tel mfa"},
        {{password, push}, "mfa", "pwd pop mca mfa"},
        {{password, recoveryCode}, "mfa", "pwd otp mfa"},
        {{passkeySynced}, "phr", "swk user fido mfa"},
        {{passkeyDeviceBound}, "phr", "hwk user fido mfa"},
        {{passkeyHardware}, "phrh", "hwk user fido mfa"},
        {{password, passkeySynced}, "phr", "pwd swk user fido mfa"},
        {{x509Certificate}, "phr", "sc hwk mfa"},
        {{temporaryAccessPass}, "mfa", "otp tap mfa"},
        {{federated}, "1fa", "fed"},
        {{federatedMultiFactor}, "mfa", "fed mfa"},
    }));
    std::vector<identity::Factor> factors;
    for (const auto method : row.methods) factors.push_back({method, kNow + factors.size() * 1s});
    CHECK(to_string(acr_of(factors)) == row.acr);
    CHECK(fmt::format("{}", fmt::join(amr_of(factors), " ")) == row.amr);
}

TEST_CASE("amr has risk and location when they took part, in order and once (PROTO-201)") {
    const std::vector<identity::Factor> factors{
        {AuthMethod::softwareOath, kNow}, {AuthMethod::password, kNow - 1s}, {AuthMethod::password, kNow}};
    CHECK(amr_of(factors, RiskEngine::decided, LocationUse::used) ==
          std::vector<std::string>{"pwd", "otp", "mfa", "rba", "geo"});
}

TEST_CASE("PROTO-142 CRED-022 whom a mailed code let in carries `idp`, nobody else here does") {
    const std::vector<identity::Factor> guest{{AuthMethod::email, kNow - 1h}, {AuthMethod::softwareOath, kNow}}, member{{AuthMethod::password, kNow}};
    CHECK(idp_of(guest) == "mail");
    CHECK(idp_of(member).empty());
    CHECK(idp_of({}).empty());
}

TEST_CASE("a factor older than the sign-in frequency is dropped, and acr falls (PROTO-200)") {
    const std::vector<identity::Factor> factors{{AuthMethod::password, kNow - 1h},
                                                {AuthMethod::softwareOath, kNow - 10h}};
    CHECK(acr_of(fresh_factors(factors, std::nullopt, kNow)) == Acr::mfa);
    CHECK(acr_of(fresh_factors(factors, 10h, kNow)) == Acr::mfa);
    CHECK(acr_of(fresh_factors(factors, 10h - 1ms, kNow)) == Acr::oneFactor);
    CHECK(fresh_factors(factors, 0s, kNow).empty());
    CHECK(fresh_factors(std::vector<identity::Factor>{{AuthMethod::password, kNow + 1ms}}, std::nullopt, kNow).empty());
}

}  // namespace
}  // namespace portcullis::oidc
