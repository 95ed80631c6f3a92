#include "adapters/user_agent/uap_user_agents.h"

#include "adapters/user_agent/client_rules.h"

namespace portcullis::user_agent {
namespace {

constexpr std::size_t kHeaderBytesMax = 1024;             // longer than any browser's; what follows is ignored
constexpr std::size_t kCacheBytesMax  = 4 * 1024 * 1024;  // some 8 000 clients of usual length

app::ClientHeaders bounded(const app::ClientHeaders& headers) {
    return {.user_agent         = headers.user_agent.substr(0, kHeaderBytesMax),
            .sec_ch_ua          = headers.sec_ch_ua.substr(0, kHeaderBytesMax),
            .sec_ch_ua_mobile   = headers.sec_ch_ua_mobile.substr(0, kHeaderBytesMax),
            .sec_ch_ua_platform = headers.sec_ch_ua_platform.substr(0, kHeaderBytesMax)};
}

/// INVARIANT: header values hold no U+0000 (the server refuses them), and lengths keep even those apart.
std::string key_of(const app::ClientHeaders& headers) {
    std::string key;
    key.reserve(headers.user_agent.size() + headers.sec_ch_ua.size() + headers.sec_ch_ua_mobile.size() + headers.sec_ch_ua_platform.size() + 16);
    for (const auto part : {headers.user_agent, headers.sec_ch_ua, headers.sec_ch_ua_mobile, headers.sec_ch_ua_platform}) {
        key += std::to_string(part.size());
        key += ':';
        key += part;
    }
    return key;
}

/// uap-core calls what it does not know "Other".
Match known(Match match) {
    if (match.family == "Other") return {};
    return match;
}

}  // namespace

UapUserAgents::UapUserAgents(std::string regexes_path) : regexes_path_(std::move(regexes_path)), cache_(kCacheBytesMax) {}

app::ClientFacts UapUserAgents::parse(const app::ClientHeaders& headers) const {
    const auto counted = bounded(headers);
    auto key           = key_of(counted);
    if (auto remembered = cache_.find(key)) return *remembered;
    auto facts = read(counted);
    cache_.insert(std::move(key), facts);
    return facts;
}

app::ClientFacts UapUserAgents::read(const app::ClientHeaders& headers) const {
    const auto named  = platform_of_user_agent(headers.user_agent);
    const auto hinted = platform_of_hint(headers.sec_ch_ua_platform);

    app::ClientFacts facts;
    facts.hint_disagrees = named != NamedPlatform::none && hinted != NamedPlatform::none && named != hinted;
    if (!facts.hint_disagrees) facts.platform = to_client_platform(named);
    facts.is_automated = is_automated(headers.user_agent);
    facts.device       = device_type(headers.user_agent, headers.sec_ch_ua_mobile);

    const auto* known_clients = headers.user_agent.empty() ? nullptr : regexes();
    if (!known_clients) return facts;
    auto browser = known(known_clients->browser(headers.user_agent));
    auto os      = known(known_clients->os(headers.user_agent));
    // Chromium's relatives call themselves Chrome in the header; the hint names them.
    const auto brand = browser.family.starts_with("Chrome") ? brand_of(headers.sec_ch_ua) : Match{};
    if (!brand.family.empty()) browser = brand;
    facts.browser       = std::move(browser.family);
    facts.browser_major = std::move(browser.major);
    facts.os            = std::move(os.family);
    facts.os_major      = std::move(os.major);
    return facts;
}

const UapRegexes* UapUserAgents::regexes() const {
    std::call_once(once_, [this] {
        auto loaded = UapRegexes::load(regexes_path_);
        if (loaded) regexes_.emplace(std::move(loaded).value());
        else problem_ = loaded.error().message;
    });
    return regexes_ ? &*regexes_ : nullptr;
}

std::string UapUserAgents::problem() const {
    regexes();
    return problem_;
}

}  // namespace portcullis::user_agent
