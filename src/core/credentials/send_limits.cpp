#include "core/credentials/send_limits.h"

#include <algorithm>

namespace portcullis::credentials {

using namespace std::chrono_literals;

std::string_view to_string(SendRefusal refusal) {
    switch (refusal) {
        case SendRefusal::countryNotAllowed: return "countryNotAllowed";
        case SendRefusal::tooSoon: return "tooSoon";
        case SendRefusal::userLimit: return "userLimit";
        case SendRefusal::numberLimit: return "numberLimit";
        case SendRefusal::countryLimit: return "countryLimit";
        case SendRefusal::dayLimit: return "dayLimit";
    }
    return "";
}

bool is_country_allowed(const identity::PhoneSettings& settings, const PhoneNumber& number) {
    return std::ranges::find(settings.countries, number.calling_code()) != settings.countries.end();
}

std::array<SendBudget, 4> send_budgets(const identity::PhoneSettings& settings) {
    return {{{SendRefusal::userLimit, 1h, settings.sends_per_user_hour},
             {SendRefusal::numberLimit, 24h, settings.sends_per_number_day},
             {SendRefusal::countryLimit, 1h, settings.sends_per_country_hour},
             {SendRefusal::dayLimit, 24h, settings.sends_per_day}}};
}

}  // namespace portcullis::credentials
