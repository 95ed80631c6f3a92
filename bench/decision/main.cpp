// In-process cost of a decision: policy evaluation alone, and the whole of it (signals to next step, four detectors, the
// user's profile, policies). One JSON object a line; see bench/CMakeLists.txt.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

#include "adapters/openssl/digests.h"
#include "core/controls/next_step.h"
#include "core/credentials/breach_filter.h"
#include "core/credentials/password_protection.h"
#include "core/detection/detector.h"
#include "core/risk/assess.h"
#include "core/risk/raise.h"
#include "wire/profile_codec.h"

namespace {

using namespace portcullis;
using Clock = std::chrono::steady_clock;

constexpr UserId kUser{1, 1};
constexpr ApplicationId kApplication{2, 2};
const Instant kNow = from_unix_seconds(1'800'000'000);

/// The shapes an organisation has: by group, by application, by risk, by client; about one in twenty applies.
policy::Policy policy_number(std::uint64_t i) {
    policy::Policy p{.id = {9, i + 1}, .display_name = fmt::format("policy {}", i), .state = policy::PolicyState::enabled};
    p.conditions.users.include           = i % 4 == 0 ? policy::Scope::all : policy::Scope::listed;
    p.conditions.users.include_groups    = {GroupId{3, i % 50}};
    p.conditions.applications.include    = i % 5 == 0 ? policy::Scope::all : policy::Scope::listed;
    p.conditions.applications.include_applications = {ApplicationId{2, i % 40}};
    if (i % 3 == 0) p.conditions.sign_in_risk_levels = {RiskLevel::medium, RiskLevel::high};
    if (i % 7 == 0) p.conditions.user_risk_levels = {RiskLevel::high};
    if (i % 11 == 0) p.conditions.client_app_types = {policy::ClientAppType::other};
    p.grant_controls = policy::GrantControls{.op = policy::GrantOperator::OR, .controls = {policy::GrantControl::mfa}};
    return p;
}

policy::CompiledPolicies policies(std::size_t count) {
    std::vector<policy::Policy> all;
    for (std::size_t i = 0; i < count; ++i) all.push_back(policy_number(i));
    return policy::CompiledPolicies(std::move(all), {});
}

policy::SignInContext context(RiskLevel sign_in_risk) {
    policy::SignInContext c{.user = kUser};
    c.groups                    = {GroupId{3, 7}, GroupId{3, 21}};
    c.resources                 = {kApplication};
    c.client_app                = policy::ClientAppType::browser;
    c.location.is_address_known = true;
    c.sign_in_risk              = sign_in_risk;
    c.user_risk                 = RiskLevel::none;
    return c;
}

signals::SignInSignals sign_in(int day, bool unusual) {
    signals::SignInSignals s{.sign_in = {7, 7}, .user = kUser, .when = kNow - std::chrono::days{60 - day}};
    s.network.address    = parse_ip(unusual ? "203.0.113.9" : "192.0.2.17");
    s.network.asn        = unusual ? 64500 : 64496;
    s.network.country    = unusual ? "BR" : "NO";
    s.network.place      = unusual ? signals::Place{"", "", "BR", -10, -55, 900} : signals::Place{"Oslo", "", "NO", 59.9, 10.7, 50};
    s.network.anonymizer = unusual ? signals::Anonymizer::tor : signals::Anonymizer::none;
    s.client             = {.user_agent = unusual ? "curl/8" : "Mozilla/5.0 Firefox/140", .browser = unusual ? "curl" : "Firefox",
                            .browser_major = "140", .os = "Linux", .os_major = "", .device = signals::DeviceType::desktop};
    return s;
}

struct Stored {
    std::string profile;
    signals::PopulationShares shares;
};

Stored history(const signals::HashKey& key) {
    Stored stored;
    signals::FamiliarityProfile profile;
    for (int day = 0; day < 60; ++day) {
        const auto s = sign_in(day, false);
        const auto f = signals::features_of(s, key);
        profile      = signals::train(profile, s, f);
        stored.shares.observe(f, profile.total);
    }
    stored.profile = wire::encode_profile(profile);
    return stored;
}

struct Figures {
    double p50_us, p99_us, rate;
};

template <class Work>
Figures measure(int runs, Work work) {
    std::vector<double> micros;
    micros.reserve(static_cast<std::size_t>(runs));
    for (int i = 0; i < runs / 10; ++i) work(i);
    const auto began = Clock::now();
    for (int i = 0; i < runs; ++i) {
        const auto start = Clock::now();
        work(i);
        micros.push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count());
    }
    const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
    std::ranges::sort(micros);
    return {micros[micros.size() / 2], micros[micros.size() * 99 / 100], runs / seconds};
}

void print(std::string_view bench, std::size_t count, const Figures& f) {
    fmt::print("{{\"bench\": \"{}\", \"policies\": {}, \"p50_us\": {:.3f}, \"p99_us\": {:.3f}, \"rate\": {:.0f}}}\n", bench, count, f.p50_us, f.p99_us, f.rate);
}

std::size_t sink = 0;

void bench_policies(std::size_t count) {
    const auto compiled = policies(count);
    const auto facts    = context(RiskLevel::medium);
    print("policies", count, measure(count > 1000 ? 20'000 : 100'000, [&](int) {
              const auto decision = policy::evaluate(compiled, facts);
              sink += decision.applies().size();
          }));
}

/// From signals and the stored bytes of the profile to the next step, every third sign-in an unusual one.
void bench_decision(std::size_t count) {
    const signals::HashKey key{1, 2};
    const auto compiled = policies(count);
    const auto stored   = history(key);
    print("decision", count, measure(60'000, [&](int i) {
              const auto seen     = sign_in(60, i % 3 == 0);
              const auto profile  = wire::decode_profile(stored.profile);
              const auto features = signals::features_of(seen, key);
              const detection::Past past{*profile, stored.shares, features};
              auto findings = detection::detect(seen, past, {}, Timing::realtime);
              for (auto& finding : detection::detect(seen, past, {}, Timing::offline)) findings.push_back(std::move(finding));
              std::vector<risk::RiskDetection> detections;
              for (const auto& finding : findings) {
                  if (auto d = risk::raised(finding, seen, {8, detections.size()}, kNow)) detections.push_back(std::move(*d));
              }
              const auto risk     = risk::assess(detections, seen.sign_in);
              auto facts          = context(risk.during_sign_in);
              facts.user_risk     = risk.user_apart;
              const auto decision = policy::evaluate(compiled, facts);
              const auto step     = controls::next_step(decision, {.now = kNow, .transaction_began = kNow, .first_factor_at = kNow},
                                                        {.can_mfa = true, .can_register = true, .can_change_password = true});
              sink += step.index();
          }));
}

/// A good password of a person, against a thousand terms of the organisation, the global list and ten million breached ones.
void bench_passwords() {
    constexpr std::size_t kBreached = 10'000'000;
    const openssl::Digests digests;
    std::vector<credentials::BreachKey> keys;
    std::uint64_t state = 1;
    for (std::size_t i = 0; i < kBreached; ++i) keys.push_back((state = state * 6364136223846793005ULL + 1442695040888963407ULL) * 0x9e3779b97f4a7c15ULL);
    std::ranges::sort(keys);
    keys.erase(std::ranges::unique(keys).begin(), keys.end());
    const int bits = credentials::breach_shard_bits(keys.size());
    std::vector<credentials::BreachShardShape> shapes;
    std::string body;
    for (std::size_t i = 0, at = 0; i < std::size_t{1} << bits; ++i) {
        const auto first = at;
        while (at < keys.size() && credentials::breach_shard_of(keys[at], bits) == i) ++at;
        const auto shard = credentials::build_breach_shard(std::span(keys).subspan(first, at - first));
        shapes.push_back(shard->shape);
        body.append(shard->fingerprints.begin(), shard->fingerprints.end());
    }
    const auto file     = credentials::breach_file_head(shapes, std::string(32, '0')) + body;
    const auto breached = credentials::BreachFilter::over(file);

    std::vector<std::string> terms;
    for (int i = 0; i < 1000; ++i) terms.push_back(fmt::format("term{:x}{:c}{:c}", i * 7919, 'a' + i % 26, 'a' + i % 17));
    const auto global = credentials::compile_global_terms();
    const credentials::BannedTerms organisation(credentials::TermSource::organisation, terms);
    const credentials::PasswordOwner owner{.given_name = "alice", .family_name = "andersen", .organisation = "contoso ltd", .account = "alice@contoso.example", .display_name = "alice andersen"};
    print("passwords", keys.size(), measure(100'000, [&](int i) {
              const auto chosen = fmt::format("orchid tramway {} velvet", i);
              sink += credentials::check_password({.chosen = chosen, .folded = chosen}, owner, {}, {.global = global, .organisation = organisation}).findings.size();
              sink += breached->may_contain(*credentials::breach_key(digests.sha1(chosen))) ? 1 : 0;
          }));
}

}  // namespace

int main() {
    bench_passwords();
    for (const std::size_t count : {10UL, 200UL, 10'000UL}) bench_policies(count);
    for (const std::size_t count : {10UL, 200UL, 10'000UL}) bench_decision(count);
    return sink == 0 ? 1 : 0;
}
