#pragma once

#include <array>
#include <string_view>

#include "core/credentials/phone_number.h"
#include "core/identity/tenant.h"

/// Who may be sent a code by text message or call, and how often (credentials.md §6.3, CRED-021).
namespace portcullis::credentials {

/// Why nothing is sent. All but `tooSoon` look the same to the person.
enum class SendRefusal { countryNotAllowed, tooSoon, userLimit, numberLimit, countryLimit, dayLimit };
std::string_view to_string(SendRefusal refusal);

/// Whether the tenant sends to this country at all.
bool is_country_allowed(const identity::PhoneSettings& settings, const PhoneNumber& number);

/// One budget: what is counted, over how long, and how much of it there is.
struct SendBudget {
    SendRefusal refusal = SendRefusal::userLimit;
    Duration window{};
    int most = 0;
};

/// The budgets in the order they are charged: the narrowest first, so that whoever exhausts one costs the wider ones nothing.
std::array<SendBudget, 4> send_budgets(const identity::PhoneSettings& settings);

}  // namespace portcullis::credentials
