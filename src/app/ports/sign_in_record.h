#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "core/terms/risk.h"

namespace portcullis::app {

/// What its owner says of a sign-in (UX-80): feedback alone, or a report.
enum class OwnerAnswer { none, mine, notMine };
std::string_view to_string(OwnerAnswer answer);
std::optional<OwnerAnswer> parse_owner_answer(std::string_view text);

/// One line of the sign-in log (conditional-access.md §16): one per request that reached the credential or policy stage.
/// The members here are those that are searched; `document` is the whole record as JSON with Graph's member names:
/// facts, every finding, every policy's answer condition by condition.
struct SignInRecord {
    SignInId id;  // riskDetections of this sign-in name it
    UserId user;  // nil: the name typed is nobody's
    std::string user_principal_name;
    ApplicationId application;
    CorrelationId correlation;
    RequestId request;
    Instant created_at;
    bool is_interactive = true;
    int error_code      = 0;  // 0: signed in
    std::string ip_address;
    RiskLevel risk_level_during_sign_in = RiskLevel::none;  // written once, never altered (E02)
    RiskLevel risk_level_aggregated     = RiskLevel::none;
    RiskState risk_state                = RiskState::none;
    RiskDetail risk_detail              = RiskDetail::none;
    OwnerAnswer owner_says              = OwnerAnswer::none;  // moves by SignInAnswered alone
    std::string conditional_access_status;  // success, failure, notApplied
    std::string document;
};

}  // namespace portcullis::app
