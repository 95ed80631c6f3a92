#pragma once

#include "app/ports/text.h"

namespace portcullis::unicode {

/// Text through ICU.
class IcuText : public app::Text {
public:
    std::optional<std::string> upn_key(std::string_view upn) const override;
    std::optional<std::string> password(std::string_view typed) const override;
    std::string folded(std::string_view text) const override;
    std::string country_name(std::string_view code, std::string_view language) const override;
};

}  // namespace portcullis::unicode
