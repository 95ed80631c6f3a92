#include <catch2/catch.hpp>

#include "core/risk/assess.h"
#include "core/risk/raise.h"
#include "core/risk/transitions.h"

namespace portcullis::risk {
namespace {
using namespace std::chrono_literals;
using enum RiskEvent;
using enum RiskState;

constexpr UserId kUser{0, 7};
constexpr SignInId kSignIn{0, 1}, kOther{0, 2};
const Instant kNoon{std::chrono::sys_days{std::chrono::year{2026} / 6 / 2} + 12h};
constexpr Needs kAllMet{Need::freshMfa,     Need::optIn,       Need::familiarSuccess,
                        Need::secondSignIn, Need::newEvidence, Need::trustedConnector};

RiskDetection detection(std::uint64_t id, RiskEventType type, RiskState state = atRisk, RiskLevel level = RiskLevel::medium,
                        std::optional<SignInId> sign_in = kSignIn) {
    RiskDetection d;
    d.id          = {0, id};
    d.user        = kUser;
    d.sign_in     = sign_in;
    d.type        = type;
    d.state       = state;
    d.level       = level;
    d.activity_at = d.detected_at = d.last_updated_at = kNoon - 1h;
    return d;
}

Happening happening(RiskEvent event, ActorKind by, std::optional<SignInId> sign_in = kSignIn) {
    return {event, by, {.user = kUser, .sign_in = sign_in, .detection = DetectionId{0, 1}}, kNoon, kAllMet};
}

/// An actor the row allows.
ActorKind allowed(const Transition& row) {
    for (int i = 0; i < 6; ++i) {
        if (row.by.contains(static_cast<ActorKind>(i))) return static_cast<ActorKind>(i);
    }
    return ActorKind::system;
}

std::vector<RiskDetection> after(std::span<const RiskDetection> detections, const Happening& h) {
    return apply(detections, transition(detections, h).value(), h.at);
}
}  // namespace

TEST_CASE("each event moves the states of §1.7 and no others, with its detail and method (IDP-102)") {
    struct Row {
        std::string_view id;
        RiskEvent event;
        ActorKind by;
        std::string from;  // of: none, atRisk, confirmedCompromised, remediated, dismissed, confirmedSafe
        RiskState to;
        RiskDetail detail;
        std::optional<RemediationMethod> method;
    };
    using D = RiskDetail;
    using V = RemediationMethod;
    using enum ActorKind;
    const std::string risky = "atRisk ", active = "atRisk confirmedCompromised ";
    // clang-format off
    const auto row = GENERATE_COPY(values<Row>({
        {"E04",  policyMfaPassed,            user,      risky,  remediated,           D::userPassedMFADrivenByRiskBasedPolicy, V::mfa},
        {"E05",  otherMfaPassed,             user,      risky,  dismissed,            D::aiConfirmedSigninSafe,                V::system},
        {"E06",  policyMfaClaimed,           user,      risky,  remediated,           D::userPassedMFADrivenByRiskBasedPolicy, V::mfa},
        {"E07",  policyPasswordChanged,      user,      active, remediated,           D::userPerformedSecuredPasswordReset,    V::policySecureChange},
        {"E08",  userPasswordChanged,        user,      active, remediated,           D::userPerformedSecuredPasswordChange,   V::userSecureChange},
        {"E09",  passwordReset,              user,      active, remediated,           D::userPerformedSecuredPasswordReset,    V::sspr},
        {"E10b", riskRemediated,             user,      active, remediated,           D::microsoftRevokedSessions,             V::sessionRevoke},
        {"E11",  temporaryPasswordIssued,    admin,     active, remediated,           D::adminGeneratedTemporaryPassword,      V::adminTempPassword},
        {"E12",  onPremisesPasswordChanged,  directory, active, remediated,           D::userChangedPasswordOnPremises,        V::onPremChange},
        {"E13",  userRiskDismissed,          admin,     active, dismissed,            D::adminDismissedAllRiskForUser,         V::admin},
        {"E14",  signInRiskDismissed,        admin,     risky,  dismissed,            D::adminDismissedRiskForSignIn,          V::admin},
        {"E15",  signInConfirmedSafe,        admin,     active, confirmedSafe,        D::adminConfirmedSigninSafe,             V::admin},
        {"E16",  signInConfirmedCompromised, admin,     "none atRisk remediated dismissed confirmedSafe ", confirmedCompromised, D::adminConfirmedSigninCompromised, std::nullopt},
        {"E17",  userConfirmedCompromised,   admin,     risky,  confirmedCompromised, D::adminConfirmedUserCompromised,        std::nullopt},
        {"E18",  userConfirmedSafe,          admin,     active, confirmedSafe,        D::adminConfirmedAccountSafe,            V::admin},
        {"E19",  reassessedSafe,             system,    risky,  dismissed,            D::aiConfirmedSigninSafe,                V::system},
        {"E20",  familiarSignInAfterBlock,   system,    risky,  dismissed,            D::aiConfirmedSigninSafe,                V::system},
        {"E24",  connectorDismissed,         connector, risky,  dismissed,            D::m365DAdminDismissedDetection,         V::admin},
        {"E10",  ordinaryPasswordChanged,    user,      "",     RiskState::none,      D::none,                                 std::nullopt},
        {"E27",  userDisabled,               admin,     "",     RiskState::none,      D::none,                                 std::nullopt},
        {"E28",  mitigated,                  admin,     "",     RiskState::none,      D::none,                                 std::nullopt},
        {"E30",  mfaFailed,                  user,      "",     RiskState::none,      D::none,                                 std::nullopt},
        {"E32",  blockedByPolicy,            system,    "",     RiskState::none,      D::none,                                 std::nullopt},
    }));
    // clang-format on
    CAPTURE(row.id);
    CHECK(row_of(row.event).id == row.id);
    std::string from;
    for (const auto state : {RiskState::none, atRisk, confirmedCompromised, remediated, dismissed, confirmedSafe}) {
        const std::array one{detection(1, RiskEventType::unfamiliarFeatures, state)};
        const auto moves = transition(one, happening(row.event, row.by)).value();
        if (moves.empty()) continue;
        from += std::string(to_string(state)) + " ";
        CHECK(moves[0] == Moved{one[0].id, state, row.to, row.detail, row.method});
        CHECK(is_legal(state, row.to, row.detail));
    }
    CHECK(from == row.from);
}

TEST_CASE("MFA closes its sign-in's detections, never the types of §2.4 nor what followed the sign-in (IDP-082, IDP-208)") {
    std::vector<RiskDetection> all;
    for (const auto& entry : risk_event_types()) {
        all.push_back(detection(static_cast<std::uint64_t>(entry.type) + 1, entry.type));
    }
    const auto event = GENERATE(policyMfaPassed, otherMfaPassed, policyMfaClaimed, familiarSignInAfterBlock);
    const auto by    = event == familiarSignInAfterBlock ? ActorKind::system : ActorKind::user;
    CAPTURE(to_string(event));

    std::string closed;
    for (const auto& d : after(all, happening(event, by))) {
        if (d.state != atRisk) closed += std::string(to_string(d.type)) + " ";
    }
    CHECK(closed ==
          "anonymizedIPAddress unfamiliarFeatures unlikelyTravel mcasImpossibleTravel newCountry riskyIPAddress "
          "maliciousIPAddress passwordSpray suspiciousBrowser ");
}

TEST_CASE("a password change closes what MFA leaves open (IDP-084)") {
    const std::array detections{detection(1, RiskEventType::nationStateIP, atRisk, RiskLevel::high),
                                detection(2, RiskEventType::leakedCredentials, atRisk, RiskLevel::high, std::nullopt)};
    const auto mfa = after(detections, happening(policyMfaPassed, ActorKind::user));
    CHECK(assess(mfa, kSignIn).user == RiskLevel::high);
    const auto changed = after(mfa, happening(policyPasswordChanged, ActorKind::user));
    CHECK(assess(changed, kSignIn).user == RiskLevel::none);
}

TEST_CASE("an event touches one detection, one sign-in or the whole user, and never another user") {
    auto stranger = detection(4, RiskEventType::unfamiliarFeatures);
    stranger.user = UserId{0, 8};
    const std::array detections{detection(1, RiskEventType::unfamiliarFeatures),
                                detection(2, RiskEventType::unfamiliarFeatures, atRisk, RiskLevel::low, kOther),
                                detection(3, RiskEventType::leakedCredentials, atRisk, RiskLevel::high, std::nullopt), stranger};
    CHECK(transition(detections, happening(reassessedSafe, ActorKind::system)).value().size() == 1);
    CHECK(transition(detections, happening(policyMfaPassed, ActorKind::user)).value().size() == 1);
    CHECK(transition(detections, happening(policyMfaPassed, ActorKind::user, kOther)).value()[0].detection == DetectionId{0, 2});
    CHECK(transition(detections, happening(userRiskDismissed, ActorKind::admin)).value().size() == 3);
}

TEST_CASE("actors, needs and targets that a row does not allow are refused (IDP-102)") {
    const std::array detections{detection(1, RiskEventType::unfamiliarFeatures)};
    for (const auto& row : transitions()) {
        CAPTURE(row.id);
        for (int i = 0; i < 6; ++i) {
            const auto by     = static_cast<ActorKind>(i);
            const auto result = transition(detections, happening(row.event, by));
            CHECK(result.has_value() == row.by.contains(by));
            if (!result) CHECK(result.error().code == ErrorCode::forbidden);
        }
        auto bare = happening(row.event, allowed(row));
        bare.met  = {};
        CHECK(transition(detections, bare).has_value() == row.needs.empty());
        auto nowhere              = happening(row.event, allowed(row), std::nullopt);
        nowhere.target.detection  = std::nullopt;
        const bool names_target   = row.effect != Effect::nothing && row.reach != Reach::user;
        CHECK(transition(detections, nowhere).has_value() != names_target);
    }
}

TEST_CASE("the risk of a deleted user is frozen (IDP-102)") {
    const std::array detections{detection(1, RiskEventType::unfamiliarFeatures)};
    auto h        = happening(userRiskDismissed, ActorKind::admin);
    h.target.life = UserLife::deleted;
    CHECK(transition(detections, h).error().code == ErrorCode::conflict);
}

TEST_CASE("what happened after an act is not closed by it") {
    auto later        = detection(1, RiskEventType::unfamiliarFeatures);
    later.activity_at = kNoon + 1ms;
    auto same         = detection(2, RiskEventType::unfamiliarFeatures);
    same.activity_at  = kNoon;
    const std::array detections{later, same};

    const auto moves = transition(detections, happening(policyPasswordChanged, ActorKind::user)).value();
    REQUIRE(moves.size() == 1);
    CHECK(moves[0].detection == same.id);
}

TEST_CASE("dismissing a user closes user, sign-ins and detections, and cannot be undone (IDP-071)") {
    const std::array detections{detection(1, RiskEventType::unfamiliarFeatures),
                                detection(2, RiskEventType::leakedCredentials, atRisk, RiskLevel::high, std::nullopt)};
    const auto dismissed_all = after(detections, happening(userRiskDismissed, ActorKind::admin));
    const auto& row          = row_of(userRiskDismissed);
    const auto user = project_user(dismissed_all, RiskyUser{kUser, RiskLevel::high, atRisk}, Reason{row.to, row.reason}, kUser, kNoon);

    for (const auto& d : dismissed_all) CHECK(d.detail == RiskDetail::adminDismissedAllRiskForUser);
    CHECK(user == RiskyUser{kUser, RiskLevel::none, dismissed, RiskDetail::adminDismissedAllRiskForUser, kNoon});
    const auto sign_in = project_sign_in(dismissed_all, kSignIn, {});
    CHECK(sign_in == SignInRisk{RiskLevel::none, dismissed, RiskDetail::adminDismissedAllRiskForUser});
    CHECK(transition(dismissed_all, happening(userRiskDismissed, ActorKind::admin)).value().empty());
    CHECK_FALSE(is_legal(dismissed, atRisk, RiskDetail::none));
}

TEST_CASE("confirming a sign-in or a user compromised makes the user high until remediated (IDP-072, IDP-217)") {
    const std::array detections{detection(1, RiskEventType::unfamiliarFeatures, remediated, RiskLevel::low),
                                detection(2, RiskEventType::anonymizedIPAddress, atRisk, RiskLevel::low, kOther)};
    SECTION("a sign-in: whatever state it was in") {
        const auto now = after(detections, happening(signInConfirmedCompromised, ActorKind::admin));
        const auto user = project_user(now, std::nullopt, std::nullopt, kUser, kNoon);
        CHECK(user.level == RiskLevel::high);
        CHECK(user.state == confirmedCompromised);
        CHECK(user.detail == RiskDetail::adminConfirmedSigninCompromised);
        CHECK(project_sign_in(now, kSignIn, {}).aggregated == RiskLevel::high);
    }
    SECTION("a user: active detections, and one more that is not linked to a sign-in") {
        auto now             = after(detections, happening(userConfirmedCompromised, ActorKind::admin));
        const auto confirmed = confirmed_user_compromised(now, kUser, {0, 9}, kNoon);
        REQUIRE(confirmed);
        CHECK_FALSE(confirmed->sign_in);
        CHECK(confirmed->level == RiskLevel::high);
        now.push_back(*confirmed);
        CHECK(now[0].state == remediated);
        CHECK(now[1].state == confirmedCompromised);
        CHECK_FALSE(confirmed_user_compromised(now, kUser, {0, 10}, kNoon));

        const auto user = project_user(now, std::nullopt, std::nullopt, kUser, kNoon);
        CHECK(user == RiskyUser{kUser, RiskLevel::high, confirmedCompromised, RiskDetail::adminConfirmedUserCompromised, kNoon});

        const auto still = after(now, happening(signInConfirmedSafe, ActorKind::admin, kOther));
        CHECK(still[1].state == confirmedCompromised);
        CHECK(after(now, happening(policyMfaPassed, ActorKind::user, kOther)) == now);
        CHECK(assess(after(now, happening(policyPasswordChanged, ActorKind::user)), std::nullopt).user == RiskLevel::none);
    }
}

TEST_CASE("confirming a compromised sign-in safe works while the user is not confirmed too (IDP-102)") {
    const std::array detections{detection(1, RiskEventType::unfamiliarFeatures)};
    const auto compromised = after(detections, happening(signInConfirmedCompromised, ActorKind::admin));
    CHECK(after(compromised, happening(signInConfirmedSafe, ActorKind::admin))[0].state == confirmedSafe);
}

TEST_CASE("active detections determine the user's level; closing the highest leaves the next (IDP-050)") {
    std::vector<RiskDetection> detections{detection(1, RiskEventType::unfamiliarFeatures, atRisk, RiskLevel::high),
                                          detection(2, RiskEventType::anonymizedIPAddress, atRisk, RiskLevel::medium, kOther),
                                          detection(3, RiskEventType::unlikelyTravel, atRisk, RiskLevel::low, SignInId{0, 3})};
    CHECK(assess(detections, kSignIn).user == RiskLevel::high);
    CHECK(assess(detections, kSignIn).user_apart == RiskLevel::medium);
    detections = after(detections, happening(policyMfaPassed, ActorKind::user));
    CHECK(assess(detections, kSignIn).user == RiskLevel::medium);
    detections = after(detections, happening(signInRiskDismissed, ActorKind::admin, kOther));
    CHECK(assess(detections, kSignIn).user == RiskLevel::low);
    CHECK(project_user(detections, std::nullopt, Reason{dismissed, RiskDetail::adminDismissedRiskForSignIn}, kUser, kNoon) ==
          RiskyUser{kUser, RiskLevel::low, atRisk, RiskDetail::none, kNoon});
}

TEST_CASE("the real-time level is pinned, the aggregate level follows (IDP-103)") {
    auto late   = detection(2, RiskEventType::unlikelyTravel, atRisk, RiskLevel::high);
    late.timing = DetectionTiming::offline;
    std::vector<RiskDetection> detections{detection(1, RiskEventType::unfamiliarFeatures, atRisk, RiskLevel::low), late};
    const auto levels = [&] { return assess(detections, kSignIn); };
    CHECK(levels().during_sign_in == RiskLevel::low);
    CHECK(levels().sign_in_now == RiskLevel::low);
    CHECK(levels().sign_in_aggregated == RiskLevel::high);

    detections = after(detections, happening(signInConfirmedSafe, ActorKind::admin));
    CHECK(levels().during_sign_in == RiskLevel::low);
    CHECK(levels().sign_in_now == RiskLevel::none);
    CHECK(levels().sign_in_aggregated == RiskLevel::none);

    detections = after(detections, happening(signInConfirmedCompromised, ActorKind::admin));
    CHECK(levels().during_sign_in == RiskLevel::low);
    CHECK(levels().sign_in_aggregated == RiskLevel::high);
}

TEST_CASE("without a detection there is no risk, however many passwords were wrong (IDP-107)") {
    CHECK(assess({}, kSignIn).user == RiskLevel::none);
    CHECK(assess({}, kSignIn).user_state == RiskState::none);
    CHECK(project_sign_in({}, kSignIn, {}) == SignInRisk{});
    CHECK_FALSE(raised({RiskEventType::unfamiliarFeatures, Timing::realtime, detection::NotEvaluated{"no"}}, {}, {}, kNoon));
}

TEST_CASE("only low risk ages, and only after six months (IDP-105)") {
    auto low = detection(1, RiskEventType::anonymizedIPAddress, atRisk, RiskLevel::low);
    auto high = detection(2, RiskEventType::anonymizedIPAddress, atRisk, RiskLevel::high);
    const std::array detections{low, high};
    auto h = happening(agedOut, ActorKind::system);
    h.at   = low.last_updated_at + 24h * 180 - 1ms;
    CHECK(transition(detections, h).value().empty());
    h.at       = low.last_updated_at + 24h * 180;
    const auto moves = transition(detections, h).value();
    REQUIRE(moves.size() == 1);
    CHECK(moves[0].detection == low.id);
    CHECK(moves[0].to == RiskState::none);
}

TEST_CASE("a user who never was at risk stays so; one who was keeps why it was closed") {
    CHECK(project_user({}, std::nullopt, std::nullopt, kUser, kNoon).state == RiskState::none);
    const RiskyUser closed{kUser, RiskLevel::none, remediated, RiskDetail::userPerformedSecuredPasswordReset, kNoon - 1h};
    CHECK(project_user({}, closed, std::nullopt, kUser, kNoon) == closed);
    const std::array again{detection(1, RiskEventType::unfamiliarFeatures, atRisk, RiskLevel::low)};
    CHECK(project_user(again, closed, std::nullopt, kUser, kNoon) ==
          RiskyUser{kUser, RiskLevel::low, atRisk, RiskDetail::none, kNoon});
}

TEST_CASE("history tells who, why and over which detections") {
    const std::array touched{detection(1, RiskEventType::unfamiliarFeatures), detection(2, RiskEventType::unfamiliarFeatures),
                             detection(3, RiskEventType::anonymizedIPAddress)};
    const RiskyUser user{kUser, RiskLevel::none, dismissed, RiskDetail::adminDismissedAllRiskForUser, kNoon};
    const auto item = history_item(user, touched, happening(userRiskDismissed, ActorKind::admin), "admin-id");
    CHECK(item.event_types == std::vector{RiskEventType::unfamiliarFeatures, RiskEventType::anonymizedIPAddress});
    CHECK(item.remediation == RemediationMethod::admin);
    CHECK(item.initiated_by == "admin-id");
    CHECK(history_item(user, {}, happening(ordinaryPasswordChanged, ActorKind::user), "").note ==
          "password changed, risk unaffected");
}

TEST_CASE("random events never reach an illegal pair, never change the real-time level, and replay alike (IDP-102)") {
    std::uint32_t seed = 0x9e3779b9;
    const auto next    = [&](std::uint32_t below) {
        seed = seed * 1664525 + 1013904223;
        return (seed >> 8) % below;
    };
    const auto random_happening = [&](Instant at) {
        const auto& row = transitions()[next(kRiskEventCount)];
        Happening h     = happening(row.event, next(5) == 0 ? static_cast<ActorKind>(next(6)) : allowed(row),
                                    next(2) == 0 ? kSignIn : kOther);
        h.target.detection = DetectionId{0, next(8) + 1};
        h.target.life      = next(40) == 0 ? UserLife::deleted : UserLife::present;
        h.met              = next(6) == 0 ? Needs{} : kAllMet;
        h.at               = at;
        return h;
    };
    for (int run = 0; run < 200; ++run) {
        std::vector<RiskDetection> start;
        for (std::uint64_t i = 1; i <= 8; ++i) {
            auto d    = detection(i, static_cast<RiskEventType>(next(kRiskEventTypeCount)), atRisk, static_cast<RiskLevel>(1 + next(3)),
                                  next(3) == 0 ? std::nullopt : std::optional(next(2) == 0 ? kSignIn : kOther));
            d.timing  = next(2) == 0 ? DetectionTiming::realtime : DetectionTiming::offline;
            start.push_back(d);
        }
        const auto pinned = assess(start, kSignIn).during_sign_in;
        std::vector<Happening> log;
        auto detections = start;
        for (int step = 0; step < 40; ++step) {
            log.push_back(random_happening(kNoon + step * 1min));
            const auto moves = transition(detections, log.back());
            if (!moves) continue;
            for (const auto& move : *moves) REQUIRE(is_legal(move.from, move.to, move.because));
            detections = apply(detections, *moves, log.back().at);
            REQUIRE(assess(detections, kSignIn).during_sign_in == pinned);
            REQUIRE(transition(detections, log.back()).value().empty());
        }
        auto replayed = start;
        for (const auto& h : log) {
            const auto moves = transition(replayed, h);
            if (moves) replayed = apply(replayed, *moves, h.at);
        }
        REQUIRE(replayed == detections);
        REQUIRE(assess(replayed, kSignIn).user == assess(detections, kSignIn).user);
    }
}

TEST_CASE("every pair that no row has is illegal (IDP-102)") {
    int legal = 0;
    for (std::size_t from = 0; from < kRiskStateCount; ++from) {
        for (std::size_t to = 0; to < kRiskStateCount; ++to) {
            for (std::size_t detail = 0; detail < kRiskDetailCount; ++detail) {
                const bool is = is_legal(static_cast<RiskState>(from), static_cast<RiskState>(to), static_cast<RiskDetail>(detail));
                legal += is ? 1 : 0;
                if (is) CHECK(from != to);
            }
        }
    }
    CHECK(legal == 27);
    CHECK_FALSE(is_legal(confirmedCompromised, remediated, RiskDetail::userPassedMFADrivenByRiskBasedPolicy));
    CHECK_FALSE(is_legal(confirmedCompromised, dismissed, RiskDetail::adminDismissedRiskForSignIn));
    CHECK_FALSE(is_legal(remediated, atRisk, RiskDetail::none));
}

}  // namespace portcullis::risk
