#include "core/oidc/session_choice.h"

#include <catch2/catch.hpp>

#include "base/overloaded.h"

namespace portcullis::oidc {
namespace {

using namespace std::chrono_literals;
constexpr Instant kNow{Duration{1'800'000'000'000}};

std::string shown(const SessionDecision& decision) {
    return std::visit(
        overloaded{
            [](const UseSession& use) { return "use " + std::to_string(use.session.low); },
            [](const ShowSignIn&) { return std::string("sign in"); },
            [](const Reauthenticate& again) { return "again " + std::to_string(again.user.low); },
            [](const ChooseAccount&) { return std::string("choose"); },
            [](const ShowSignUp&) { return std::string("sign up"); },
            [](const StepUp& up) {
                return std::string(up.strength == Strength::demand ? "must " : "may ") + std::string(to_string(up.acr));
            },
            [](const Refusal& refusal) {
                return std::string(to_string(refusal.error)) + " " + std::to_string(number_of(refusal.code));
            },
        },
        decision);
}

/// Session n of user n, signed in so long ago.
LiveSession session(std::uint64_t number, Duration ago, Acr acr = Acr::oneFactor, Acr reachable = Acr::mfa) {
    return {.id = {0, number}, .user = {0, number}, .auth_time = kNow - ago, .acr = acr, .reachable = reachable};
}

struct Asked {
    std::set<Prompt> prompts              = {};
    std::optional<std::int64_t> max_age_s = {};
    AuthenticationDemand demand           = {};
    std::string login_hint                = {};
};

AuthorizeRequest request(const Asked& asked) {
    AuthorizeRequest out;
    out.prompts    = asked.prompts;
    out.max_age_s  = asked.max_age_s;
    out.demand     = asked.demand;
    out.login_hint = asked.login_hint;
    return out;
}

struct Row {
    std::string_view what;
    Asked asked;
    std::vector<LiveSession> sessions;
    std::optional<UserId> hinted;
    std::optional<SessionId> chosen;
    std::string_view outcome;
};

std::string decide(const Row& row, std::optional<UserId> login_hint_user = std::nullopt) {
    return shown(decide_session(request(row.asked), {.sessions        = row.sessions,
                                                     .hinted_user     = row.hinted,
                                                     .login_hint_user = login_hint_user,
                                                     .chosen          = row.chosen,
                                                     .started_at      = kNow - 10s,
                                                     .now             = kNow}));
}

const std::set<Prompt> kNone{Prompt::none}, kLogin{Prompt::login}, kSelect{Prompt::select_account};
AuthenticationDemand demand(Acr acr) { return {.demands = {acr}}; }
AuthenticationDemand newer_than(Duration ago) { return {.newer_than = kNow - ago}; }

TEST_CASE("prompt=none answers or refuses, and never asks (PROTO-108, PROTO-110, PROTO-111, PROTO-113)") {
    const auto row = GENERATE(values<Row>({
        {"nobody signed in", {kNone}, {}, {}, {}, "login_required 50058"},
        {"one session", {kNone}, {session(1, 1h)}, {}, {}, "use 1"},
        {"two sessions", {kNone}, {session(1, 1h), session(2, 1h)}, {}, {}, "account_selection_required 16001"},
        {"two sessions and a hint", {kNone}, {session(1, 1h), session(2, 1h)}, UserId{0, 2}, {}, "use 2"},
        {"another user's hint (PROTO-113)", {kNone}, {session(1, 1h)}, UserId{0, 2}, {}, "login_required 50058"},
        {"young enough (PROTO-110)", {kNone, 3600}, {session(1, 1h)}, {}, {}, "use 1"},
        {"too old (PROTO-110)", {kNone, 3599}, {session(1, 1h)}, {}, {}, "login_required 50058"},
        {"max_age=0", {kNone, 0}, {session(1, 1h)}, {}, {}, "login_required 50058"},
        {"newer than asked (PROTO-204)", {kNone, {}, newer_than(2h)}, {session(1, 1h)}, {}, {}, "use 1"},
        {"older than asked (PROTO-204)", {kNone, {}, newer_than(1h)}, {session(1, 1h)}, {}, {}, "login_required 50058"},
        {"a demand that was met (PROTO-111)",
         {kNone, {}, demand(Acr::mfa)},
         {session(1, 1h, Acr::phr)},
         {},
         {},
         "use 1"},
        {"a demand that needs the person (PROTO-111)",
         {kNone, {}, demand(Acr::mfa)},
         {session(1, 1h)},
         {},
         {},
         "interaction_required 50076"},
        {"a demand beyond the person (PROTO-111)",
         {kNone, {}, demand(Acr::phr)},
         {session(1, 1h)},
         {},
         {},
         "unmet_authentication_requirements 50076"},
        {"a demand nobody knows (PROTO-111)",
         {kNone, {}, {.is_unmeetable = true}},
         {session(1, 1h)},
         {},
         {},
         "unmet_authentication_requirements 50076"},
        {"a wish is not asked for", {kNone, {}, {.wishes = {Acr::mfa}}}, {session(1, 1h)}, {}, {}, "use 1"},
    }));
    CAPTURE(row.what);
    CHECK(decide(row) == row.outcome);
}

TEST_CASE("an interactive request asks for what is missing, once (PROTO-109, PROTO-110, PROTO-111, PROTO-113)") {
    const auto row = GENERATE(values<Row>({
        {"nobody signed in", {}, {}, {}, {}, "sign in"},
        {"one session", {}, {session(1, 1h)}, {}, {}, "use 1"},
        {"two sessions", {}, {session(1, 1h), session(2, 1h)}, {}, {}, "choose"},
        {"two sessions, one chosen", {}, {session(1, 1h), session(2, 1h)}, {}, SessionId{0, 2}, "use 2"},
        {"a chosen session that ended", {}, {session(1, 1h)}, {}, SessionId{0, 2}, "use 1"},
        {"prompt=login (PROTO-109)", {kLogin}, {session(1, 1h)}, {}, {}, "again 1"},
        {"prompt=login, done in this interaction (PROTO-109)", {kLogin}, {session(1, 5s)}, {}, {}, "use 1"},
        {"prompt=login, done before it (PROTO-109)", {kLogin}, {session(1, 11s)}, {}, {}, "again 1"},
        {"select_account (PROTO-109)", {kSelect}, {session(1, 1h)}, {}, {}, "choose"},
        {"select_account, chosen (PROTO-109)", {kSelect}, {session(1, 1h)}, {}, SessionId{0, 1}, "use 1"},
        {"select_account, nobody known", {kSelect}, {}, {}, {}, "sign in"},
        {"create (PROTO-109)", {{Prompt::create}}, {session(1, 1h)}, {}, {}, "sign up"},
        {"create, signed up (PROTO-109)", {{Prompt::create}}, {session(1, 5s)}, {}, SessionId{0, 1}, "use 1"},
        {"max_age (PROTO-110)", {{}, 3599}, {session(1, 1h)}, {}, {}, "again 1"},
        {"max_age=0 is prompt=login (PROTO-110)", {{}, 0}, {session(1, 11s)}, {}, {}, "again 1"},
        {"max_age=0, done in this interaction (PROTO-110)", {{}, 0}, {session(1, 5s)}, {}, {}, "use 1"},
        {"nbf newer than the session (PROTO-204)", {{}, {}, newer_than(1h)}, {session(1, 1h)}, {}, {}, "again 1"},
        {"hint of the session's user (PROTO-113)", {}, {session(1, 1h)}, UserId{0, 1}, {}, "use 1"},
        {"hint of another user (PROTO-113)", {}, {session(1, 1h)}, UserId{0, 2}, {}, "choose"},
        {"hint of another user than the chosen (PROTO-113)",
         {},
         {session(1, 1h)},
         UserId{0, 2},
         SessionId{0, 1},
         "choose"},
        {"a login_hint of somebody else", {.login_hint = "bob"}, {session(1, 1h)}, {}, {}, "choose"},
        {"a demand (PROTO-111)", {{}, {}, demand(Acr::mfa)}, {session(1, 1h)}, {}, {}, "must mfa"},
        {"a demand beyond the person (PROTO-111)",
         {{}, {}, demand(Acr::phrh)},
         {session(1, 1h)},
         {},
         {},
         "unmet_authentication_requirements 50076"},
        {"a demand nobody knows (PROTO-111)",
         {{}, {}, {.is_unmeetable = true}},
         {},
         {},
         {},
         "unmet_authentication_requirements 50076"},
        {"either of two demands (PROTO-111)",
         {{}, {}, {.demands = {Acr::phrh, Acr::mfa}}},
         {session(1, 1h)},
         {},
         {},
         "must mfa"},
        {"a wish (PROTO-111)", {{}, {}, {.wishes = {Acr::mfa}}}, {session(1, 1h)}, {}, {}, "may mfa"},
        {"the second wish when the first is beyond (PROTO-111)",
         {{}, {}, {.wishes = {Acr::phrh, Acr::oneFactor}}},
         {session(1, 1h)},
         {},
         {},
         "use 1"},
        {"a wish beyond the person (PROTO-111)",
         {{}, {}, {.wishes = {Acr::mfa}}},
         {session(1, 1h, Acr::oneFactor, Acr::oneFactor)},
         {},
         {},
         "use 1"},
        {"first factor before second", {kLogin, {}, demand(Acr::mfa)}, {session(1, 1h)}, {}, {}, "again 1"},
    }));
    CAPTURE(row.what);
    CHECK(decide(row) == row.outcome);
}

TEST_CASE("a login_hint decides between sessions, nothing more (PROTO-112)") {
    Row row{"", {.login_hint = "two"}, {session(1, 1h), session(2, 1h)}, {}, {}, ""};
    CHECK(decide(row, UserId{0, 2}) == "use 2");
    CHECK(decide(row, UserId{0, 3}) == "choose");
    row.asked.prompts = kNone;
    CHECK(decide(row, UserId{0, 2}) == "use 2");
    CHECK(decide(row, UserId{0, 3}) == "account_selection_required 16001");
}

}  // namespace
}  // namespace portcullis::oidc
