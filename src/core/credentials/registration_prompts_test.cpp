#include "core/credentials/registration_prompts.h"

#include <catch2/catch.hpp>

namespace portcullis::credentials {
namespace {

using namespace std::chrono_literals;
using enum AuthMethod;
using identity::CampaignState;
using identity::ResetScope;
using identity::ResetSettings;
using Methods = std::vector<AuthMethod>;

const Instant kNow = from_unix_seconds(1'800'000'000);
constexpr GroupId kPilot{1, 1};
constexpr UserId kAlice{7, 7};

ResetSettings required(int gates = 2) {
    return {.scope = ResetScope::all, .gates = gates, .methods = {softwareOath, recoveryCode, email}, .requires_registration = true};
}
std::vector<identity::AuthenticationMethod> registered(const Methods& kinds, Instant at = kNow) {
    std::vector<identity::AuthenticationMethod> methods;
    for (const auto kind : kinds) methods.push_back({.id = {1, methods.size() + 1}, .user = kAlice, .kind = kind, .created_at = at});
    return methods;
}

struct Person {
    Methods methods{};
    bool is_administrator    = false;
    bool has_password        = true;
    identity::UserType type  = identity::UserType::member;
    CompiledMethods policy{};
};

Methods missing(const ResetSettings& settings, const Person& person) {
    const identity::User user{.id = kAlice, .type = person.type};
    const auto methods = registered(person.methods);
    return missing_for_reset(settings, {.user = user, .methods = methods, .groups = {}, .policy = person.policy,
                                        .is_administrator = person.is_administrator, .has_password = person.has_password});
}

CompiledMethods without_mail() {
    identity::MethodsPolicy policy;
    policy.email.is_enabled = false;
    return CompiledMethods(policy);
}

struct Row {
    const char* sentence;
    ResetSettings settings;
    Person person;
    Methods asked;
};

TEST_CASE("a reset never asks a guest for anything: it is not theirs to register", "[prompts]") {
    for (const auto type : {identity::UserType::member, identity::UserType::guest}) {
        const identity::User user{.id = kAlice, .type = type};
        const CompiledMethods policy;
        for (const auto method : {softwareOath, recoveryCode, email}) {
            CHECK(is_asked_for(required(), {.user = user, .methods = {}, .groups = {}, .policy = policy}, method) == (type == identity::UserType::member));
        }
    }
}

TEST_CASE("CRED-004 CRED-007 people are asked for what a reset lacks, most secure first, and for nothing that would not be enough", "[prompts]") {
    const auto only_mail = [] {
        auto settings    = required();
        settings.methods = {email};
        return settings;
    }();
    const ResetSettings off{.scope = ResetScope::none, .requires_registration = true};
    const ResetSettings group{.scope = ResetScope::group, .group = kPilot, .requires_registration = true};
    const auto row = GENERATE_COPY(values<Row>({
        {"nothing registered: both, the app first", required(), {}, {softwareOath, email}},
        {"an app: only the missing part", required(), {.methods = {softwareOath}}, {email}},
        {"an address: the same", required(), {.methods = {email}}, {softwareOath}},
        {"enough", required(), {.methods = {softwareOath, email}}, {}},
        {"recovery codes count", required(), {.methods = {recoveryCode, email}}, {}},
        {"one gate, nothing registered: either", required(1), {}, {softwareOath, email}},
        {"one gate and an address", required(1), {.methods = {email}}, {}},
        {"a passkey and an address: the app is owed", required(1), {.methods = {passkeySynced, email}}, {softwareOath}},
        {"an administrator needs two whatever the settings say", required(1), {.methods = {email}, .is_administrator = true}, {softwareOath}},
        {"two gates and nothing but mail can never be enough", only_mail, {}, {}},
        {"mail is not for them, so it could not be enough", required(), {.policy = without_mail()}, {}},
        {"resets are off", off, {}, {}},
        {"not in the group", group, {}, {}},
        {"no password", required(), {.has_password = false}, {}},
        {"a guest resets at home", required(), {.type = identity::UserType::guest}, {}},
    }));
    CAPTURE(row.sentence);
    CHECK(missing(row.settings, row.person) == row.asked);
}

TEST_CASE("CRED-007 a device that approves makes nobody ready: they are asked for what works without a session", "[prompts]") {
    auto settings    = required();
    settings.methods = {softwareOath, email, push};
    identity::MethodsPolicy policy;
    policy.push.is_enabled = true;
    const Person person{.methods = {softwareOath, push}, .policy = CompiledMethods(policy)};
    CHECK(missing(settings, person) == Methods{email});
    const auto all = registered({softwareOath, push});
    REQUIRE(reset_methods_of(all).size() == 1);
    CHECK(reset_methods_of(all).front().kind == softwareOath);
}

TEST_CASE("CRED-008 what a reset asks for is looked at again when the interval is over, and never at 0", "[prompts]") {
    struct When {
        const char* sentence;
        int days;
        Duration since_added;
        std::optional<Duration> since_confirmed;
        bool is_due;
    };
    const auto row = GENERATE(values<When>({
        {"just under the interval", 180, std::chrono::days{180} - 1ms, {}, false},
        {"exactly at it", 180, std::chrono::days{180}, {}, true},
        {"confirmed since", 180, std::chrono::days{400}, std::chrono::days{180} - 1ms, false},
        {"confirmed too long ago", 180, std::chrono::days{400}, std::chrono::days{180}, true},
        {"a method added after the last look counts as one", 180, std::chrono::days{1}, std::chrono::days{400}, false},
        {"the longest interval", 730, std::chrono::days{729}, {}, false},
        {"the longest interval is over", 730, std::chrono::days{730}, {}, true},
        {"never", 0, std::chrono::days{5000}, {}, false},
    }));
    CAPTURE(row.sentence);
    auto settings           = required();
    settings.reconfirm_days = row.days;
    const identity::User user{.id = kAlice};
    const CompiledMethods policy;
    const auto confirmed = row.since_confirmed ? std::optional(kNow - *row.since_confirmed) : std::nullopt;
    const auto due       = [&](const Methods& kinds) {
        const auto methods = registered(kinds, kNow - row.since_added);
        return is_review_due(settings, {.user = user, .methods = methods, .groups = {}, .policy = policy}, confirmed, kNow);
    };
    CHECK(due({softwareOath, email}) == row.is_due);
    CHECK_FALSE(due({email}));  // who has too few is asked for more, not to confirm
    settings.requires_registration = false;
    CHECK_FALSE(due({softwareOath, email}));
}

TEST_CASE("CRED-016 the campaign asks who may follow it, again after the snooze, and from the fourth time on without an end", "[prompts]") {
    struct Ask {
        const char* sentence;
        identity::RegistrationCampaign campaign;
        NudgeFacts facts;
        Nudge asked;
    };
    static const std::vector<GroupId> groups{kPilot};  // rows outlive one run
    const NudgeFacts ready{.who = {kAlice, groups}, .may_register = true, .on_large_device = true};
    const auto with = [&](auto change) {
        auto facts = ready;
        change(facts);
        return facts;
    };
    const identity::RegistrationCampaign on{.state = CampaignState::enabled};
    const auto but = [&](auto change) {
        auto campaign = on;
        change(campaign);
        return campaign;
    };
    const auto skipped = [&](int times, Duration due_in) {
        return with([&](auto& f) { f.answered = {.campaign_skips = times, .campaign_due_at = kNow + due_in}; });
    };
    const auto row = GENERATE_COPY(values<Ask>({
        {"the first time", on, ready, Nudge::skippable},
        {"switched off", but([](auto& c) { c.state = CampaignState::disabled; }), ready, Nudge::none},
        {"by default not who used an app", but([](auto& c) { c.state = CampaignState::byDefault; }), ready, Nudge::none},
        {"by default who used a telephone", but([](auto& c) { c.state = CampaignState::byDefault; }), with([](auto& f) { f.by_telephone = true; }), Nudge::skippable},
        {"has a passkey", on, with([](auto& f) { f.has_target = true; }), Nudge::none},
        {"may not register one", on, with([](auto& f) { f.may_register = false; }), Nudge::none},
        {"on a telephone", on, with([](auto& f) { f.on_large_device = false; }), Nudge::none},
        {"not among those meant", but([](auto& c) { c.include = {}; }), ready, Nudge::none},
        {"a member of the group meant", but([](auto& c) { c.include = {.all_users = false, .users = {}, .groups = {kPilot}}; }), ready, Nudge::skippable},
        {"exclusion beats inclusion", but([](auto& c) { c.exclude.groups = {kPilot}; }), ready, Nudge::none},
        {"excluded by name", but([](auto& c) { c.exclude.users = {kAlice}; }), ready, Nudge::none},
        {"within the snooze", on, skipped(1, 1ms), Nudge::none},
        {"the snooze is over", on, skipped(1, 0ms), Nudge::skippable},
        {"the third time", on, skipped(2, 0ms), Nudge::skippable},
        {"the fourth time", on, skipped(3, 0ms), Nudge::mandatory},
        {"the fourth time, within the snooze", on, skipped(3, 1ms), Nudge::none},
        {"the fourth time where nothing is enforced", but([](auto& c) { c.enforces = false; }), skipped(3, 0ms), Nudge::skippable},
    }));
    CAPTURE(row.sentence);
    CHECK(decide_nudge(row.campaign, row.facts, kNow) == row.asked);
}

TEST_CASE("CRED-016 the snooze has 0 to 14 days", "[prompts]") {
    CHECK(campaign_problems({}).empty());
    CHECK(campaign_problems({.snooze_days = 0}).empty());
    CHECK(campaign_problems({.snooze_days = 14}).empty());
    CHECK(campaign_problems({.snooze_days = 15}).size() == 1);
    CHECK(campaign_problems({.snooze_days = -1}).size() == 1);
    CHECK(campaign_problems({.exclude = {.all_users = true, .users = {}, .groups = {}}}).size() == 1);
}

TEST_CASE("CRED-088 reminders of the registration period are due after 1, 7 and 12 days of 14, in proportion of other periods", "[prompts]") {
    struct Elapsed {
        Duration grace, elapsed;
        int due;
    };
    using std::chrono::days;
    const auto row = GENERATE(values<Elapsed>({
        {days{14}, 0ms, 0},
        {days{14}, days{1} - 1ms, 0},
        {days{14}, days{1}, 1},
        {days{14}, days{7} - 1ms, 1},
        {days{14}, days{7}, 2},
        {days{14}, days{12} - 1ms, 2},
        {days{14}, days{12}, 3},
        {days{14}, days{14} - 1ms, 3},
        {days{14}, days{14}, 0},
        {days{14}, days{300}, 0},
        {days{28}, days{2}, 1},
        {days{28}, days{14}, 2},
        {days{0}, 0ms, 0},
    }));
    CAPTURE(row.grace.count(), row.elapsed.count());
    CHECK(reminders_due(row.grace, kNow + row.grace - row.elapsed, kNow) == row.due);
}

}  // namespace
}  // namespace portcullis::credentials
