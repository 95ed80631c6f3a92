// Whatever a browser says about languages, the answer is one that we speak.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "base/embedded.h"
#include "http/pages/render/pages.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace portcullis;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static const pages::Pages pages(embedded::web());
    static const auto languages = pages.languages();
    const auto is_ours          = [&](const std::string& language) { return std::ranges::find(languages, language) != languages.end(); };

    PORTCULLIS_ASSERT(is_ours(pages.choose_language({.person = text, .cookie = {}, .ui_locales = {}, .accept_language = {}})));
    PORTCULLIS_ASSERT(is_ours(pages.choose_language({.person = {}, .cookie = text, .ui_locales = {}, .accept_language = {}})));
    PORTCULLIS_ASSERT(is_ours(pages.choose_language({.person = {}, .cookie = {}, .ui_locales = text, .accept_language = {}})));
    PORTCULLIS_ASSERT(is_ours(pages.choose_language({.person = {}, .cookie = {}, .ui_locales = {}, .accept_language = text})));
    return 0;
}
