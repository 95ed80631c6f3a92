#include "app/ports/user_agents.h"

namespace portcullis::app {

std::string_view to_string(DeviceType type) {
    switch (type) {
        case DeviceType::unknown: return "unknown";
        case DeviceType::desktop: return "desktop";
        case DeviceType::mobile:  return "mobile";
        case DeviceType::tablet:  return "tablet";
        case DeviceType::bot:     return "bot";
    }
    return "unknown";
}

std::string_view to_string(ClientPlatform platform) {
    switch (platform) {
        case ClientPlatform::unknown:      return "unknown";
        case ClientPlatform::android:      return "android";
        case ClientPlatform::iOS:          return "iOS";
        case ClientPlatform::windows:      return "windows";
        case ClientPlatform::windowsPhone: return "windowsPhone";
        case ClientPlatform::macOS:        return "macOS";
        case ClientPlatform::linux:        return "linux";
    }
    return "unknown";
}

}  // namespace portcullis::app
