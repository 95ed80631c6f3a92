#include "app/ports/sign_in_record.h"

namespace portcullis::app {

std::string_view to_string(OwnerAnswer answer) {
    switch (answer) {
        case OwnerAnswer::none:    return "none";
        case OwnerAnswer::mine:    return "mine";
        case OwnerAnswer::notMine: return "notMine";
    }
    return "none";
}

std::optional<OwnerAnswer> parse_owner_answer(std::string_view text) {
    for (const auto answer : {OwnerAnswer::none, OwnerAnswer::mine, OwnerAnswer::notMine}) {
        if (text == to_string(answer)) return answer;
    }
    return std::nullopt;
}

}  // namespace portcullis::app
