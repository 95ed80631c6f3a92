#include "adapters/user_agent/client_rules.h"

#include <algorithm>
#include <array>
#include <string>

namespace portcullis::user_agent {
namespace {

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

template <std::size_t N>
bool has_any(std::string_view text, const std::array<std::string_view, N>& parts) {
    return std::ranges::any_of(parts, [&](auto part) { return has(text, part); });
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

/// `…bot` at the end of a word, as crawlers call themselves; not the telephones of the brand Cubot.
bool is_bot_name(std::string_view lowered) {
    for (auto at = lowered.find("bot"); at != std::string_view::npos; at = lowered.find("bot", at + 1)) {
        const bool ends_word = at + 3 == lowered.size() || !is_letter(lowered[at + 3]);
        const bool is_cubot  = at >= 2 && lowered.substr(at - 2, 2) == "cu";
        if (ends_word && !is_cubot) return true;
    }
    return false;
}

bool is_crawler(std::string_view lowered) {
    static constexpr auto kCrawlers = std::to_array<std::string_view>(
        {"crawler", "spider", "slurp", "facebookexternalhit", "mediapartners-google", "bingpreview", "+http"});
    return is_bot_name(lowered) || has_any(lowered, kCrawlers);
}

/// The text of a quoted string (RFC 8941 §3.3.3) without its quotes; escapes are left as they are.
std::string_view unquoted(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    if (text.size() < 2 || text.front() != '"' || text.back() != '"') return {};
    return text.substr(1, text.size() - 2);
}

}  // namespace

NamedPlatform platform_of_user_agent(std::string_view ua) {
    if (has(ua, "iPhone") || has(ua, "iPod") || has(ua, "iPad")) return NamedPlatform::iOS;
    if (has(ua, "Android")) return NamedPlatform::android;
    if (has(ua, "Windows Phone")) return NamedPlatform::windowsPhone;
    if (has(ua, "Windows NT")) return NamedPlatform::windows;
    if (has(ua, "Macintosh")) return NamedPlatform::macOS;
    if (has(ua, "CrOS")) return NamedPlatform::chromeOS;
    if (has(ua, "Linux") || has(ua, "X11")) return NamedPlatform::linux;
    return NamedPlatform::none;
}

NamedPlatform platform_of_hint(std::string_view hint) {
    const auto name = unquoted(hint);
    if (name.empty()) return NamedPlatform::none;
    if (name == "iOS") return NamedPlatform::iOS;
    if (name == "Android") return NamedPlatform::android;
    if (name == "Windows") return NamedPlatform::windows;
    if (name == "macOS") return NamedPlatform::macOS;
    if (name == "Linux") return NamedPlatform::linux;
    if (name == "Chrome OS" || name == "Chromium OS") return NamedPlatform::chromeOS;
    if (name == "Unknown") return NamedPlatform::none;
    return NamedPlatform::other;
}

app::ClientPlatform to_client_platform(NamedPlatform platform) {
    switch (platform) {
        case NamedPlatform::none:
        case NamedPlatform::other:
        case NamedPlatform::chromeOS:     return app::ClientPlatform::unknown;
        case NamedPlatform::android:      return app::ClientPlatform::android;
        case NamedPlatform::iOS:          return app::ClientPlatform::iOS;
        case NamedPlatform::windows:      return app::ClientPlatform::windows;
        case NamedPlatform::windowsPhone: return app::ClientPlatform::windowsPhone;
        case NamedPlatform::macOS:        return app::ClientPlatform::macOS;
        case NamedPlatform::linux:        return app::ClientPlatform::linux;
    }
    return app::ClientPlatform::unknown;
}

bool is_automated(std::string_view ua) {
    static constexpr auto kPrograms = std::to_array<std::string_view>(
        {"curl/", "wget/", "python-requests", "python-urllib", "python-httpx", "aiohttp", "go-http-client", "java/", "okhttp",
         "apache-httpclient", "libwww-perl", "postmanruntime", "node-fetch", "axios/", "undici", "httpie", "headlesschrome", "phantomjs",
         "powershell", "winhttp", "guzzlehttp", "ruby", "scrapy", "puppeteer", "playwright", "electron-fetch"});
    const auto lowered = lower(ua);
    return has_any(lowered, kPrograms) || is_crawler(lowered);
}

app::DeviceType device_type(std::string_view ua, std::string_view mobile_hint) {
    using app::DeviceType;
    static constexpr auto kTablets = std::to_array<std::string_view>({"iPad", "Tablet", "PlayBook", "Kindle", "Silk/", "Nexus 7", "Nexus 10"});
    static constexpr auto kMobiles =
        std::to_array<std::string_view>({"Windows Phone", "IEMobile", "iPhone", "iPod", "KAIOS", "Mobile", "BlackBerry", "Opera Mini"});
    static constexpr auto kDesktops = std::to_array<std::string_view>({"Windows NT", "Macintosh", "CrOS", "X11", "Linux"});

    if (is_crawler(lower(ua))) return DeviceType::bot;
    if (has_any(ua, kTablets)) return has(ua, "Tablet PC") ? DeviceType::desktop : DeviceType::tablet;
    if (has_any(ua, kMobiles) || mobile_hint == "?1") return DeviceType::mobile;
    if (has(ua, "Android")) return has(ua, "TV") ? DeviceType::unknown : DeviceType::tablet;  // Android without "Mobile"
    if (has_any(ua, kDesktops)) return DeviceType::desktop;
    return DeviceType::unknown;
}

Match brand_of(std::string_view hint) {
    // `"Brand";v="120", "Other";v="8"`; a made-up entry holds "Not" and "Brand" with odd punctuation between (User-Agent Client Hints, §7.2).
    while (!hint.empty()) {
        const auto comma = hint.find("\",", hint.find("v=\""));
        const auto entry = hint.substr(0, comma == std::string_view::npos ? comma : comma + 1);
        hint.remove_prefix(comma == std::string_view::npos ? hint.size() : comma + 2);

        const auto semicolon = entry.rfind(";v=");
        if (semicolon == std::string_view::npos) continue;
        const auto brand    = unquoted(entry.substr(0, semicolon));
        const auto version  = unquoted(entry.substr(semicolon + 3));
        const auto major    = version.substr(0, version.find('.'));
        const bool is_major = major.size() <= 8 && std::ranges::all_of(major, [](char c) { return c >= '0' && c <= '9'; });
        const bool is_made_up = has(brand, "Not") && has(brand, "Brand");
        const bool is_plain   = std::ranges::all_of(brand, [](char c) { return is_letter(c) || c == ' ' || (c >= '0' && c <= '9'); });
        if (brand.empty() || brand.size() > 64 || is_made_up || !is_plain || brand == "Chromium" || brand == "Google Chrome") continue;
        return {std::string(brand), is_major ? std::string(major) : std::string()};
    }
    return {};
}

}  // namespace portcullis::user_agent
