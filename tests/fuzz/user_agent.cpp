#include <array>
#include <cstdlib>
#include <string_view>

#include "adapters/user_agent/uap_user_agents.h"
#include "base/encoding.h"

/// Client headers, separated by line ends: whatever they hold, facts are bounded UTF-8, and the same again from memory.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace portcullis;
    static const user_agent::UapUserAgents agents;
    std::string_view text(reinterpret_cast<const char*>(data), size);
    std::array<std::string_view, 4> lines;
    for (auto& line : lines) {
        line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
    }
    const app::ClientHeaders headers{
        .user_agent = lines[0], .sec_ch_ua = lines[1], .sec_ch_ua_mobile = lines[2], .sec_ch_ua_platform = lines[3]};
    const auto facts = agents.parse(headers);
    if (agents.parse(headers) != facts) std::abort();
    for (const auto* name : {&facts.browser, &facts.browser_major, &facts.os, &facts.os_major}) {
        if (name->size() > 64 || !is_utf8(*name)) std::abort();
    }
    if (facts.hint_disagrees && facts.platform != app::ClientPlatform::unknown) std::abort();
    return 0;
}
