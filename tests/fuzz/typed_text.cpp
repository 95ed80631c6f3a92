// Names and passwords as typed: no crash in the Unicode library or in the rules, normal forms are normal, and what is shown is text.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/icu/text.h"
#include "base/assert.h"
#include "base/encoding.h"
#include "base/visible_text.h"
#include "core/credentials/password_protection.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace portcullis;
    using namespace portcullis::credentials;
    const std::string_view typed(reinterpret_cast<const char*>(data), size);
    static const unicode::IcuText text;

    const auto shown = visible(typed);
    PORTCULLIS_ASSERT(is_utf8(shown) && visible(shown) == shown);
    const auto spelled = spelled_out(typed);
    PORTCULLIS_ASSERT(is_utf8(spelled) && spelled_out(spelled) == spelled);
    static_cast<void>(is_blank(typed));

    if (const auto key = text.upn_key(typed)) PORTCULLIS_ASSERT(text.upn_key(*key) == key && is_utf8(*key));
    const auto password = text.password(typed);
    if (password) PORTCULLIS_ASSERT(text.password(*password) == password && is_utf8(*password));
    const auto folded = text.folded(typed);
    if (!is_utf8(typed)) return 0;
    PORTCULLIS_ASSERT(is_utf8(folded));

    static const std::array<std::string, 3> words{"contoso", "blank", "welcome"};
    static const BannedTerms global(TermSource::global, words), organisation(TermSource::organisation, {});
    const PasswordOwner owner{.given_name = "alice", .family_name = "poe", .organisation = "contoso", .account = "alice@contoso.example", .display_name = "alice poe"};
    const auto chosen  = password.value_or(std::string(typed));
    const auto verdict = check_password({.chosen = chosen, .folded = folded}, owner, {}, {global, organisation});
    // Whatever else is said of it: too short is too short.
    if (chosen.size() < 8) PORTCULLIS_ASSERT(!verdict.is_accepted());
    static_cast<void>(is_seen_too_often(chosen));
    return 0;
}
