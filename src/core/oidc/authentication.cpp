#include "core/oidc/authentication.h"

#include <algorithm>
#include <array>

#include "base/assert.h"

namespace portcullis::oidc {

using identity::Factor;

namespace {

/// What a method rests on. Knowledge, or a mailbox, with possession makes two factors; `alone` never adds one.
enum class Kind { knowledge, mailbox, possession, alone };

/// A row of table 10.2: what a method says in `amr`, what it rests on, and the level it reaches alone.
struct Row {
    AuthMethod method;
    Kind kind;
    Acr alone;
    std::array<std::string_view, 3> amr;
};

// clang-format off
constexpr auto kRows = std::to_array<Row>({
    {AuthMethod::password,             Kind::knowledge,  Acr::oneFactor, {"pwd"}},
    {AuthMethod::softwareOath,         Kind::possession, Acr::oneFactor, {"otp"}},
    {AuthMethod::hardwareOath,         Kind::possession, Acr::oneFactor, {"otp", "hwk"}},
    {AuthMethod::email,                Kind::mailbox,    Acr::oneFactor, {"otp", "email"}},
    {AuthMethod::sms,                  Kind::possession, Acr::oneFactor, {"sms"}},
    {AuthMethod::voice,                Kind::possession, Acr::oneFactor, {"tel"}},
    {AuthMethod::push,                 Kind::possession, Acr::oneFactor, {"pop", "mca"}},
    {AuthMethod::passkeySynced,        Kind::possession, Acr::phr,       {"swk", "user", "fido"}},
    {AuthMethod::passkeyDeviceBound,   Kind::possession, Acr::phr,       {"hwk", "user", "fido"}},
    {AuthMethod::passkeyHardware,      Kind::possession, Acr::phrh,      {"hwk", "user", "fido"}},
    {AuthMethod::x509Certificate,      Kind::possession, Acr::phr,       {"sc", "hwk"}},
    {AuthMethod::kerberos,             Kind::alone,      Acr::oneFactor, {"wia"}},
    {AuthMethod::temporaryAccessPass,  Kind::alone,      Acr::mfa,       {"otp", "tap"}},
    {AuthMethod::recoveryCode,         Kind::possession, Acr::oneFactor, {"otp"}},
    {AuthMethod::externalMethod,       Kind::possession, Acr::oneFactor, {"fed"}},  // asked for as possession or inherence
    {AuthMethod::federated,            Kind::alone,      Acr::oneFactor, {"fed"}},
    {AuthMethod::federatedMultiFactor, Kind::alone,      Acr::mfa,       {"fed"}},
});
// clang-format on

const Row& row_of(AuthMethod method) {
    const auto* row = std::ranges::find(kRows, method, &Row::method);
    PORTCULLIS_ASSERT(row != kRows.end());
    return *row;
}

void add_once(std::vector<std::string>& list, std::string_view value) {
    if (!value.empty() && std::ranges::find(list, value) == list.end()) list.emplace_back(value);
}

}  // namespace

std::vector<Factor> fresh_factors(std::span<const Factor> factors, std::optional<Duration> frequency, Instant now) {
    std::vector<Factor> out;
    for (const auto& factor : factors) {
        const bool is_stale = frequency && now - factor.at > *frequency;
        if (factor.at <= now && !is_stale) out.push_back(factor);
    }
    return out;
}

Acr acr_of(std::span<const Factor> factors) {
    Acr best       = Acr::session;
    bool first = false, possession = false;
    for (const auto& factor : factors) {
        const auto& row = row_of(factor.method);
        best            = std::max(best, row.alone);
        first |= row.kind == Kind::knowledge || row.kind == Kind::mailbox;
        possession |= row.kind == Kind::possession;
    }
    return first && possession ? std::max(best, Acr::mfa) : best;
}

std::string_view idp_of(std::span<const Factor> factors) {
    return std::ranges::find(factors, AuthMethod::email, &Factor::method) == factors.end() ? "" : "mail";
}

bool makes_mfa(const Factor& factor) {
    const auto with_password = std::to_array<Factor>({{AuthMethod::password, factor.at}, factor});
    return acr_of(with_password) >= Acr::mfa;
}

std::optional<Instant> mfa_of(std::span<const Factor> factors) {
    if (acr_of(factors) < Acr::mfa) return std::nullopt;
    std::optional<Instant> newest;
    for (const auto& factor : factors) {
        if (makes_mfa(factor) && (!newest || factor.at > *newest)) newest = factor.at;
    }
    return newest;
}

std::vector<std::string> amr_of(std::span<const Factor> factors, RiskEngine risk, LocationUse location) {
    std::vector<Factor> in_order(factors.begin(), factors.end());
    std::ranges::stable_sort(in_order, {}, &Factor::at);
    std::vector<std::string> amr;
    for (const auto& factor : in_order) {
        for (const auto& value : factor.amr) add_once(amr, value);
        for (const auto value : row_of(factor.method).amr) add_once(amr, value);
    }
    if (acr_of(factors) >= Acr::mfa) add_once(amr, "mfa");
    if (risk == RiskEngine::decided) add_once(amr, "rba");
    if (location == LocationUse::used) add_once(amr, "geo");
    return amr;
}

}  // namespace portcullis::oidc
