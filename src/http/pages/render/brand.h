#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace portcullis::pages {

/// A colour, 8 bits a channel, sRGB.
struct Rgb {
    std::uint8_t red = 0, green = 0, blue = 0;
    bool operator==(const Rgb&) const = default;
};

/// `#24509e` or `24509e`, either case; nothing else.
std::optional<Rgb> parse_rgb(std::string_view text);
/// Six lower-case hexadecimal digits, without `#`.
std::string to_hex(Rgb colour);

/// Contrast ratio, 1 to 21. Source: WCAG 2.2, "contrast ratio" and "relative luminance".
double contrast(Rgb a, Rgb b);

/// A brand colour as it may be used: as text and as the ground of a button.
struct BrandColours {
    Rgb light;  ///< darkened until it has 4.5:1 on the light grounds and under white
    Rgb dark;   ///< lightened until it has 4.5:1 on the dark grounds and under dark ink
};
/// What a tenant asked for, moved as little as needed towards black (light theme) and white (dark theme).
BrandColours readable(Rgb wanted);

/// The whole style sheet of a tenant's colour: `--brand` in both themes, nothing else.
std::string brand_css(Rgb wanted);

}  // namespace portcullis::pages
