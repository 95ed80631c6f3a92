#pragma once

#include <string>
#include <string_view>

namespace portcullis::app {

/// What a browser says about itself: the `User-Agent` header and the low-entropy client hints, as received. Empty is absent.
struct ClientHeaders {
    std::string_view user_agent;
    std::string_view sec_ch_ua, sec_ch_ua_mobile, sec_ch_ua_platform;
};

enum class DeviceType { unknown, desktop, mobile, tablet, bot };
std::string_view to_string(DeviceType type);

/// The `devicePlatform` of Conditional Access (conditional-access.md §9.1). A hint that can be forged.
enum class ClientPlatform { unknown, android, iOS, windows, windowsPhone, macOS, linux };
std::string_view to_string(ClientPlatform platform);

/// What the headers say, in families and major versions only, so that an update does not look like another device.
/// Empty strings are unknown.
struct ClientFacts {
    std::string browser, browser_major;
    std::string os, os_major;
    DeviceType device       = DeviceType::unknown;
    ClientPlatform platform = ClientPlatform::unknown;
    /// The header and the hint name different platforms: a risk signal, and the platform is unknown.
    bool hint_disagrees = false;
    /// A program rather than a browser (curl, python-requests, headless browsers, crawlers).
    bool is_automated = false;

    bool operator==(const ClientFacts&) const = default;
};

/// Reads client headers. Bounded: 1 KiB of each header counts, the rest is ignored.
class UserAgents {
public:
    virtual ~UserAgents() = default;

    /// Safe to call from many threads; microseconds once warm.
    virtual ClientFacts parse(const ClientHeaders& headers) const = 0;
};

}  // namespace portcullis::app
