#include "http/pages/render/brand.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/encoding.h"

namespace portcullis::pages {
namespace {

/// WCAG 2.2, success criterion 1.4.3.
constexpr double kContrastMin = 4.5;

// The grounds and inks of web/static/portcullis.css that a brand colour meets.
constexpr auto kLightMeets = std::to_array<Rgb>({{0xff, 0xff, 0xff}, {0xee, 0xf1, 0xf6}});
constexpr auto kDarkMeets  = std::to_array<Rgb>({{0x1a, 0x20, 0x2b}, {0x10, 0x14, 0x1b}, {0x0d, 0x14, 0x20}});

double linear(std::uint8_t channel) {
    const double c = channel / 255.0;
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

double luminance(Rgb c) { return 0.2126 * linear(c.red) + 0.7152 * linear(c.green) + 0.0722 * linear(c.blue); }

std::uint8_t mix(std::uint8_t from, std::uint8_t to, double part) {
    return static_cast<std::uint8_t>(std::lround(from + (to - from) * part));
}

Rgb mix(Rgb from, Rgb to, double part) {
    return {mix(from.red, to.red, part), mix(from.green, to.green, part), mix(from.blue, to.blue, part)};
}

/// The first of 101 steps from `wanted` to `end` that has enough contrast with all of `meets`; `end` always has.
template <std::size_t N>
Rgb moved(Rgb wanted, Rgb end, const std::array<Rgb, N>& meets) {
    for (int step = 0; step < 100; ++step) {
        const auto colour = mix(wanted, end, step / 100.0);
        const auto enough = [&](Rgb other) { return contrast(colour, other) >= kContrastMin; };
        if (std::all_of(meets.begin(), meets.end(), enough)) return colour;
    }
    return end;
}

}  // namespace

std::optional<Rgb> parse_rgb(std::string_view text) {
    if (text.starts_with('#')) text.remove_prefix(1);
    if (text.size() != 6) return std::nullopt;
    const auto bytes = parse_hex(text);
    if (!bytes) return std::nullopt;
    const auto channel = [&](std::size_t i) { return static_cast<std::uint8_t>((*bytes)[i]); };
    return Rgb{channel(0), channel(1), channel(2)};
}

std::string to_hex(Rgb c) { return fmt::format("{:02x}{:02x}{:02x}", c.red, c.green, c.blue); }

double contrast(Rgb a, Rgb b) {
    const auto [low, high] = std::minmax({luminance(a), luminance(b)});  // of values: the other form keeps references
    return (high + 0.05) / (low + 0.05);
}

BrandColours readable(Rgb wanted) {
    return {moved(wanted, {0, 0, 0}, kLightMeets), moved(wanted, {255, 255, 255}, kDarkMeets)};
}

std::string brand_css(Rgb wanted) {
    const auto colours = readable(wanted);
    return fmt::format(":root {{ --brand: #{}; }}\n@media (prefers-color-scheme: dark) {{ :root {{ --brand: #{}; }} }}\n",
                       to_hex(colours.light), to_hex(colours.dark));
}

}  // namespace portcullis::pages
