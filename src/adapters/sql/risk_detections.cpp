#include "adapters/sql/risk_detections.h"

#include "wire/detection_json.h"
#include "wire/profile_codec.h"

namespace portcullis::sql {
namespace {

using risk::RiskDetection;

#define PORTCULLIS_ACTIVE \
    "SELECT document FROM risk_detections WHERE tenant_id = $1 AND user_id = $2 AND state IN ('atRisk', 'confirmedCompromised')"
constexpr std::string_view kActive = PORTCULLIS_ACTIVE;
// What is active of the user, and everything of the sign-in at hand.
constexpr std::string_view kOfUser = PORTCULLIS_ACTIVE
    " UNION SELECT document FROM risk_detections WHERE tenant_id = $1 AND user_id = $2 AND sign_in_id = $3";
#undef PORTCULLIS_ACTIVE
constexpr std::string_view kDetections =
    "SELECT document FROM risk_detections WHERE tenant_id = $1 AND (CAST($2 AS TEXT) IS NULL OR user_id = $2) "
    "AND (CAST($3 AS TEXT) IS NULL OR sign_in_id = $3) ORDER BY id DESC LIMIT $4";
constexpr std::string_view kRiskyUser =
    "SELECT user_id, level, state, detail, is_deleted, is_processing, updated_at FROM risky_users WHERE tenant_id = $1 AND user_id = $2";
constexpr std::string_view kRiskyUsers =
    "SELECT user_id, level, state, detail, is_deleted, is_processing, updated_at FROM risky_users "
    "WHERE tenant_id = $1 AND state <> 'none' ORDER BY updated_at DESC, user_id LIMIT $2";
constexpr std::string_view kHistory =
    "SELECT document FROM risk_history WHERE tenant_id = $1 AND user_id = $2 ORDER BY at DESC, id DESC LIMIT $3";
constexpr std::string_view kProfile = "SELECT profile, version FROM familiarity_profiles WHERE tenant_id = $1 AND user_id = $2";
constexpr std::string_view kPopulation = "SELECT shares, version FROM population_shares WHERE tenant_id = $1";

#define PORTCULLIS_SIGN_IN                                                                                                   \
    "SELECT id, user_id, user_principal_name, application_id, correlation_id, request_id, created_at, is_interactive, "     \
    "error_code, ip_address, risk_level_during_sign_in, risk_level_aggregated, risk_state, risk_detail, "                   \
    "conditional_access_status, owner_says, document FROM sign_ins WHERE tenant_id = $1 "
constexpr std::string_view kSignIn = PORTCULLIS_SIGN_IN "AND id = $2";
#define PORTCULLIS_SIGN_INS(STREAM)                                                                                          \
    PORTCULLIS_SIGN_IN                                                                                                      \
    "AND (CAST($2 AS TEXT) IS NULL OR user_id = $2) AND (CAST($3 AS TEXT) IS NULL OR correlation_id = $3) "                 \
    "AND ($4 = 0 OR risk_level_during_sign_in <> 'none' OR risk_level_aggregated <> 'none' OR risk_state <> 'none') "       \
    "AND " STREAM " ORDER BY id DESC LIMIT $5"
// A stream is a literal, so that the index of the interactive ones serves it.
constexpr std::string_view kInteractive    = PORTCULLIS_SIGN_INS("is_interactive = 1");
constexpr std::string_view kNonInteractive = PORTCULLIS_SIGN_INS("is_interactive = 0 AND user_id <> '00000000-0000-0000-0000-000000000000'");
constexpr std::string_view kOfApplications = PORTCULLIS_SIGN_INS("is_interactive = 0 AND user_id = '00000000-0000-0000-0000-000000000000'");
#undef PORTCULLIS_SIGN_INS
// Literals again: each is an index of its own, walked from the page's end backwards.
#define PORTCULLIS_OF_PERSON(WHICH) PORTCULLIS_SIGN_IN "AND user_id = $2 AND id >= $3 AND id < $4 AND " WHICH " ORDER BY id DESC LIMIT $5"
constexpr std::string_view kOfPerson        = PORTCULLIS_OF_PERSON("is_interactive = 1");
constexpr std::string_view kUnusualOfPerson = PORTCULLIS_OF_PERSON("risk_state <> 'none'");
#undef PORTCULLIS_OF_PERSON
#undef PORTCULLIS_SIGN_IN
constexpr std::string_view kAlerts =
    "SELECT id, user_id, kind, at, document FROM alerts WHERE tenant_id = $1 AND user_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4";
/// Behind every id.
constexpr std::string_view kLastId = "ffffffff-ffff-ffff-ffff-ffffffffffff";

template <class IdType>
std::string end_of_page(const std::optional<IdType>& before) {
    return before ? to_string(*before) : std::string(kLastId);
}

std::string_view sign_ins_of(app::SignInEvents events) {
    switch (events) {
        case app::SignInEvents::interactiveUser:    return kInteractive;
        case app::SignInEvents::nonInteractiveUser: return kNonInteractive;
        case app::SignInEvents::servicePrincipal:   return kOfApplications;
    }
    return kInteractive;
}

/// A word we wrote ourselves and cannot read: the store is damaged, and risk is never guessed from damage.
template <class T>
Result<T> known(std::optional<T> value, std::string_view column) {
    if (!value) return Error{ErrorCode::unavailable, "a value of `" + std::string(column) + "` is damaged"};
    return *value;
}

Result<risk::RiskyUser> risky_user_in(const Row& row) {
    risk::RiskyUser user;
    user.user            = row.id<UserId>(0).value_or(UserId{});
    user.level           = TRY(known(parse_risk_level(row.text(1)), "risky_users.level"));
    user.state           = TRY(known(parse_risk_state(row.text(2)), "risky_users.state"));
    user.detail          = TRY(known(parse_risk_detail(row.text(3)), "risky_users.detail"));
    user.last_updated_at = row.instant(6);
    user.is_deleted      = row.flag(4);
    user.is_processing   = row.flag(5);
    return user;
}

Result<std::optional<risk::RiskyUser>> standing_in(const Rows& rows) {
    if (rows.empty()) return std::optional<risk::RiskyUser>{};
    return std::optional(TRY(risky_user_in(rows.front())));
}

Result<app::SignInRecord> record_in(const Row& row) {
    app::SignInRecord record;
    record.id                        = row.id<SignInId>(0).value_or(SignInId{});
    record.user                      = row.id<UserId>(1).value_or(UserId{});
    record.user_principal_name       = row.text(2);
    record.application               = row.id<ApplicationId>(3).value_or(ApplicationId{});
    record.correlation               = row.id<CorrelationId>(4).value_or(CorrelationId{});
    record.request                   = row.id<RequestId>(5).value_or(RequestId{});
    record.created_at                = row.instant(6);
    record.is_interactive            = row.flag(7);
    record.error_code                = static_cast<int>(row.integer(8));
    record.ip_address                = row.text(9);
    record.risk_level_during_sign_in = TRY(known(parse_risk_level(row.text(10)), "sign_ins.risk_level_during_sign_in"));
    record.risk_level_aggregated     = TRY(known(parse_risk_level(row.text(11)), "sign_ins.risk_level_aggregated"));
    record.risk_state                = TRY(known(parse_risk_state(row.text(12)), "sign_ins.risk_state"));
    record.risk_detail               = TRY(known(parse_risk_detail(row.text(13)), "sign_ins.risk_detail"));
    record.conditional_access_status = row.text(14);
    record.owner_says                = TRY(known(app::parse_owner_answer(row.text(15)), "sign_ins.owner_says"));
    record.document                  = row.text(16);
    return record;
}

Result<std::vector<app::SignInRecord>> records_in(const Rows& rows) {
    std::vector<app::SignInRecord> records;
    for (const auto& row : rows) records.push_back(TRY(record_in(row)));
    return records;
}

}  // namespace

std::string_view active_detections_of_user() { return kActive; }

Result<std::vector<RiskDetection>> detections_in(const Rows& rows) {
    std::vector<RiskDetection> detections;
    for (const auto& row : rows) detections.push_back(TRY(wire::decode_detection(row.text(0))));
    return detections;
}

Result<app::RiskOfUser> SqlRiskDetections::of_user(TenantId tenant, UserId user, std::optional<SignInId> sign_in) const {
    const std::array<Value, 3> of_detections{tenant, user, sign_in.value_or(SignInId{})};
    const std::array<Value, 2> of_standing{tenant, user};
    const std::array<Query, 2> queries{{{kOfUser, of_detections}, {kRiskyUser, of_standing}}};
    const auto answers = TRY(db_.read(queries));
    auto detections    = TRY(detections_in(answers[0]));
    auto stands        = TRY(standing_in(answers[1]));
    return app::RiskOfUser{.detections = std::move(detections), .stands = std::move(stands)};
}

Result<std::vector<RiskDetection>> SqlRiskDetections::detections(TenantId tenant, const app::DetectionQuery& query) const {
    return detections_in(TRY(db_.query(kDetections, {tenant, query.user, query.sign_in, query.most})));
}

Result<std::optional<risk::RiskyUser>> SqlRiskDetections::risky_user(TenantId tenant, UserId user) const {
    return standing_in(TRY(db_.query(kRiskyUser, {tenant, user})));
}

Result<std::vector<risk::RiskyUser>> SqlRiskDetections::risky_users(TenantId tenant, int most) const {
    std::vector<risk::RiskyUser> users;
    for (const auto& row : TRY(db_.query(kRiskyUsers, {tenant, most}))) users.push_back(TRY(risky_user_in(row)));
    return users;
}

Result<std::vector<risk::RiskHistoryItem>> SqlRiskDetections::history(TenantId tenant, UserId user, int most) const {
    std::vector<risk::RiskHistoryItem> items;
    for (const auto& row : TRY(db_.query(kHistory, {tenant, user, most}))) {
        items.push_back(TRY(wire::decode_history_item(row.text(0))));
    }
    return items;
}

Result<app::StoredProfile> SqlProfiles::of_user(TenantId tenant, UserId user) const {
    const auto rows = TRY(db_.query(kProfile, {tenant, user}));
    if (rows.empty()) return app::StoredProfile{};
    return app::StoredProfile{TRY(wire::decode_profile(rows.front().blob(0))), rows.front().integer(1)};
}

Result<app::StoredPopulation> SqlProfiles::population(TenantId tenant) const {
    const auto rows = TRY(db_.query(kPopulation, {tenant}));
    if (rows.empty()) return app::StoredPopulation{};
    return app::StoredPopulation{TRY(wire::decode_shares(rows.front().blob(0))), rows.front().integer(1)};
}

Result<std::optional<app::SignInRecord>> SqlSignIns::sign_in(TenantId tenant, SignInId id) const {
    const auto rows = TRY(db_.query(kSignIn, {tenant, id}));
    if (rows.empty()) return std::optional<app::SignInRecord>{};
    return std::optional(TRY(record_in(rows.front())));
}

Result<std::vector<app::SignInRecord>> SqlSignIns::sign_ins(TenantId tenant, const app::SignInQuery& query) const {
    return records_in(TRY(db_.query(sign_ins_of(query.events), {tenant, query.user, query.correlation, query.risky_only, query.most})));
}

Result<std::vector<app::SignInRecord>> SqlSignIns::of_person(TenantId tenant, const app::OwnSignInQuery& query) const {
    return records_in(TRY(db_.query(kOfPerson, {tenant, query.user, query.since, end_of_page(query.before), query.most})));
}

Result<std::vector<app::SignInRecord>> SqlSignIns::unusual_of_person(TenantId tenant, const app::OwnSignInQuery& query) const {
    return records_in(TRY(db_.query(kUnusualOfPerson, {tenant, query.user, query.since, end_of_page(query.before), query.most})));
}

Result<std::vector<app::Alert>> SqlAlerts::of_user(TenantId tenant, const app::AlertQuery& query) const {
    std::vector<app::Alert> alerts;
    for (const auto& row : TRY(db_.query(kAlerts, {tenant, query.user, end_of_page(query.before), query.most}))) {
        alerts.push_back({.id       = row.id<AlertId>(0).value_or(AlertId{}),
                          .user     = row.id<UserId>(1).value_or(UserId{}),
                          .kind     = row.text(2),
                          .at       = row.instant(3),
                          .document = row.text(4)});
    }
    return alerts;
}

}  // namespace portcullis::sql
