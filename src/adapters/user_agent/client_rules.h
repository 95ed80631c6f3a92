#pragma once

#include <string_view>

#include "adapters/user_agent/uap_regexes.h"
#include "app/ports/user_agents.h"

/// What is read from client headers by rules of our own: platform, device type, programs, brands.
namespace portcullis::user_agent {

/// Platforms as headers name them; the two values beside the Conditional Access ones tell "none named" from "ChromeOS".
enum class NamedPlatform { none, other, chromeOS, android, iOS, windows, windowsPhone, macOS, linux };

/// The table of conditional-access.md §9.1, first match wins.
NamedPlatform platform_of_user_agent(std::string_view user_agent);
/// `Sec-CH-UA-Platform`, a quoted string.
NamedPlatform platform_of_hint(std::string_view sec_ch_ua_platform);
app::ClientPlatform to_client_platform(NamedPlatform platform);

/// Programs that say so themselves: libraries, command line tools, headless browsers, crawlers.
bool is_automated(std::string_view user_agent);

/// Tablet markers before mobile ones; `Sec-CH-UA-Mobile` (`?0`, `?1`) decides what the header leaves open.
app::DeviceType device_type(std::string_view user_agent, std::string_view sec_ch_ua_mobile);

/// The brand in `Sec-CH-UA` that is neither Chromium, Google Chrome nor a made-up one, with its major version; empty when there is none.
Match brand_of(std::string_view sec_ch_ua);

}  // namespace portcullis::user_agent
