#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>

#include "adapters/user_agent/client_rules.h"
#include "adapters/user_agent/uap_user_agents.h"

namespace portcullis::user_agent {
namespace {

using app::ClientFacts;
using app::ClientPlatform;
using app::DeviceType;

constexpr std::string_view kChromeWindows =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36";
constexpr std::string_view kSafariIphone =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Mobile/15E148 Safari/604.1";
constexpr std::string_view kPixel =
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36";
constexpr std::string_view kLinux = "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0";

const UapUserAgents& shared() {
    static const UapUserAgents agents;
    return agents;
}

TEST_CASE("clients are known by family and major version (risk-science.md §2.1)") {
    struct Row {
        std::string_view what, user_agent, browser, os;
        DeviceType device;
        ClientPlatform platform;
    };
    const auto row = GENERATE(values<Row>({
        {"Chrome on Windows", kChromeWindows, "Chrome 120", "Windows 10", DeviceType::desktop, ClientPlatform::windows},
        {"Safari on iPhone", kSafariIphone, "Mobile Safari 17", "iOS 17", DeviceType::mobile, ClientPlatform::iOS},
        {"Chrome on Android", kPixel, "Chrome Mobile 120", "Android 14", DeviceType::mobile, ClientPlatform::android},
        {"Firefox on Linux", kLinux, "Firefox 120", "Linux ", DeviceType::desktop, ClientPlatform::linux},
        {"Edge", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Safari/537.36 Edg/119.0.2151.58",
         "Edge 119", "Windows 10", DeviceType::desktop, ClientPlatform::windows},
        {"Safari on a Mac", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Safari/605.1.15",
         "Safari 17", "Mac OS X 10", DeviceType::desktop, ClientPlatform::macOS},
        {"iPad", "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1",
         "Mobile Safari 16", "iOS 16", DeviceType::tablet, ClientPlatform::iOS},
        {"Android tablet", "Mozilla/5.0 (Linux; Android 13; SM-X200) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/118.0.0.0 Safari/537.36",
         "Chrome 118", "Android 13", DeviceType::tablet, ClientPlatform::android},
        {"Windows Phone", "Mozilla/5.0 (compatible; MSIE 10.0; Windows Phone 8.0; Trident/6.0; IEMobile/10.0; ARM; Touch; NOKIA; Lumia 920)",
         "IE Mobile 10", "Windows Phone 8", DeviceType::mobile, ClientPlatform::windowsPhone},
        {"ChromeOS is no known platform", "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Safari/537.36",
         "Chrome 119", "Chrome OS 14541", DeviceType::desktop, ClientPlatform::unknown},
        {"a crawler", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Googlebot 2", " ", DeviceType::bot,
         ClientPlatform::unknown},
        {"a program", "python-requests/2.31.0", "Python Requests 2", " ", DeviceType::unknown, ClientPlatform::unknown},
        {"nothing", "", " ", " ", DeviceType::unknown, ClientPlatform::unknown},
        {"nonsense", "\xff\xfe<script>", " ", " ", DeviceType::unknown, ClientPlatform::unknown},
    }));
    CAPTURE(row.what);
    REQUIRE(shared().problem() == "");
    const auto facts = shared().parse({.user_agent = row.user_agent});
    CHECK(facts.browser + " " + facts.browser_major == row.browser);
    CHECK(facts.os + " " + facts.os_major == row.os);
    CHECK(facts.device == row.device);
    CHECK(to_string(facts.platform) == to_string(row.platform));
    CHECK_FALSE(facts.hint_disagrees);
}

TEST_CASE("the platform is unknown when header and hint disagree (conditional-access.md §9.1)") {
    struct Row {
        std::string_view what, user_agent, hint;
        ClientPlatform platform;
        bool disagrees;
    };
    const auto row = GENERATE(values<Row>({
        {"no hint", kChromeWindows, "", ClientPlatform::windows, false},
        {"the same", kChromeWindows, R"("Windows")", ClientPlatform::windows, false},
        {"another", kChromeWindows, R"("Linux")", ClientPlatform::unknown, true},
        {"one that does not exist", kChromeWindows, R"("Plan 9")", ClientPlatform::unknown, true},
        {"the hint does not know", kChromeWindows, R"("Unknown")", ClientPlatform::windows, false},
        {"not a quoted string", kChromeWindows, "Linux", ClientPlatform::windows, false},
        {"ChromeOS twice", "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0)", R"("Chrome OS")", ClientPlatform::unknown, false},
        {"ChromeOS that claims Windows", "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0)", R"("Windows")", ClientPlatform::unknown, true},
        {"no header", "", R"("Windows")", ClientPlatform::unknown, false},
    }));
    CAPTURE(row.what);
    const auto facts = shared().parse({.user_agent = row.user_agent, .sec_ch_ua_platform = row.hint});
    CHECK(to_string(facts.platform) == to_string(row.platform));
    CHECK(facts.hint_disagrees == row.disagrees);
}

TEST_CASE("client hints name the relatives of Chromium and tell tablets from telephones") {
    const auto chrome = R"("Not_A Brand";v="8", "Chromium";v="120", "Google Chrome";v="120")";
    CHECK(shared().parse({.user_agent = kChromeWindows, .sec_ch_ua = chrome}).browser == "Chrome");
    const auto brave = shared().parse({.user_agent = kChromeWindows, .sec_ch_ua = R"("Not)A;Brand";v="99", "Brave";v="127", "Chromium";v="127")"});
    CHECK(brave.browser == "Brave");
    CHECK(brave.browser_major == "127");
    // What is no number is no version: bytes that are no text must not reach a record.
    const auto odd = shared().parse({.user_agent = kChromeWindows, .sec_ch_ua = "\"Brave\";v=\"\xd0\x01\x0f\""});
    CHECK(odd.browser == "Brave");
    CHECK(odd.browser_major.empty());
    CHECK(shared().parse({.user_agent = kLinux, .sec_ch_ua = R"("Brave";v="127")"}).browser == "Firefox");
    for (const auto* bad : {"", ",", "\"", ";v=", "\"\";v=\"\"", "Brave;v=127", "\"<b>\";v=\"1\"", "\"Not A Brand\";v=\"1\"", "\",\",\",\",v=\""}) {
        CAPTURE(bad);
        CHECK(brand_of(bad) == Match{});
    }
    CHECK(shared().parse({.user_agent = "Mozilla/5.0 (Linux; Android 14)", .sec_ch_ua_mobile = "?1"}).device == DeviceType::mobile);
    CHECK(shared().parse({.user_agent = "Mozilla/5.0 (Linux; Android 14)", .sec_ch_ua_mobile = "?0"}).device == DeviceType::tablet);
}

TEST_CASE("programs are told from browsers") {
    for (const auto* text : {"curl/8.4.0", "python-requests/2.31.0", "Go-http-client/2.0", "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0.0.0",
                             "Googlebot", "Mozilla/5.0 (compatible; bingbot/2.0)"}) {
        CAPTURE(text);
        CHECK(is_automated(text));
    }
    CHECK_FALSE(is_automated(kChromeWindows));
    CHECK_FALSE(is_automated("Mozilla/5.0 (Linux; Android 10; CUBOT X30) Chrome/120 Mobile"));
    CHECK(device_type("Mozilla/5.0 (Linux; Android 10; CUBOT X30) Chrome/120 Mobile", "") == DeviceType::mobile);
}

TEST_CASE("long headers are read to 1 KiB") {
    const auto padded = std::string(kSafariIphone) + std::string(100'000, 'x');
    CHECK(shared().parse({.user_agent = padded}).browser == "Mobile Safari");
    const auto late = std::string(1024, 'x') + std::string(kSafariIphone);
    CHECK(shared().parse({.user_agent = late}).platform == ClientPlatform::unknown);
}

TEST_CASE("without uap-core the rules still tell platform and device") {
    const UapUserAgents agents("/nonexistent/regexes.yaml");
    const auto facts = agents.parse({.user_agent = kSafariIphone});
    CHECK(facts.browser.empty());
    CHECK(facts.os.empty());
    CHECK(facts.platform == ClientPlatform::iOS);
    CHECK(facts.device == DeviceType::mobile);
    CHECK(agents.problem() == "cannot open `/nonexistent/regexes.yaml`");
}

TEST_CASE("a file that is not uap-core's is refused") {
    const auto path = std::filesystem::temp_directory_path() / ("portcullis-uap-" + std::to_string(getpid()) + ".yaml");
    for (const auto* text : {"", "a: b", "user_agent_parsers: [", "user_agent_parsers:\n  - family: x\nos_parsers: []\n", "\x01\x02"}) {
        CAPTURE(text);
        std::ofstream(path) << text;
        CHECK_FALSE(UapRegexes::load(path));
    }
    std::filesystem::remove(path);
}

/// uap-core's own cases: what is not ours to decide (minor versions) is left out.
std::pair<int, int> agreement(const char* path, const std::function<Match(std::string_view)>& parse) {
    int same = 0, all = 0;
    for (const auto& test : YAML::LoadFile(path)["test_cases"]) {
        const auto text  = test["user_agent_string"].as<std::string>();
        auto family      = test["family"].as<std::string>();
        auto major       = test["major"].IsDefined() && !test["major"].IsNull() ? test["major"].as<std::string>() : "";
        const auto found = parse(text);
        const bool other = family == "Other" && found.family.empty();
        ++all;
        if (other || found == Match{family, major}) ++same;
    }
    return {same, all};
}

TEST_CASE("uap-core's own test cases pass") {
    const auto regexes = UapRegexes::load("/usr/share/uap-core/regexes.yaml");
    REQUIRE(regexes);
    CHECK(regexes->refused() == 0);
    CHECK(regexes->expressions() > 500);
    const auto [browsers, all_browsers] =
        agreement("/usr/share/uap-core/tests/test_ua.yaml", [&](std::string_view text) { return regexes->browser(text); });
    CHECK(browsers == all_browsers);
    const auto [systems, all_systems] =
        agreement("/usr/share/uap-core/tests/test_os.yaml", [&](std::string_view text) { return regexes->os(text); });
    CHECK(systems == all_systems);
}

TEST_CASE("user agent rates", "[.bench]") {
    using Clock        = std::chrono::steady_clock;
    using Milliseconds = std::chrono::duration<double, std::milli>;
    const UapUserAgents agents;
    auto started = Clock::now();
    agents.warm_up();
    const Milliseconds warming = Clock::now() - started;
    WARN("warm up " << warming.count() << " ms");

    std::ifstream file("/usr/share/uap-core/test_resources/firefox_user_agent_strings.txt");
    std::vector<std::string> texts;
    for (std::string line; std::getline(file, line);) texts.push_back(line);
    for (const auto* what : {"new ", "remembered "}) {
        started = Clock::now();
        for (const auto& text : texts) agents.parse({.user_agent = text});
        const Milliseconds parsing = Clock::now() - started;
        WARN(what << 1000 * parsing.count() / static_cast<double>(texts.size()) << " us each");
    }
}

}  // namespace
}  // namespace portcullis::user_agent
