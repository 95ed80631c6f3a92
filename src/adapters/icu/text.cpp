#include "adapters/icu/text.h"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "base/encoding.h"
#include "base/secret.h"

namespace portcullis::unicode {
namespace {

constexpr std::size_t kUpnCharactersMax = 113;

bool is_plain_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string normalised(const icu::Normalizer2* form, std::string_view text) {
    UErrorCode status = U_ZERO_ERROR;
    auto wide         = icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
    auto result       = form->normalize(wide, status);
    std::string bytes;
    if (U_SUCCESS(status)) result.toUTF8String(bytes);
    // Passwords pass here: leave no copy behind (PROTO-834).
    for (auto* copy : {&wide, &result}) {
        if (auto* buffer = copy->getBuffer(copy->length())) wipe(buffer, static_cast<std::size_t>(copy->getCapacity()) * sizeof(char16_t));
        copy->releaseBuffer(0);
    }
    return bytes;
}

std::string lower_ascii(std::string_view text) {
    std::string lower(text);
    for (auto& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return lower;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

const icu::Normalizer2* nfc() {
    UErrorCode status = U_ZERO_ERROR;
    return icu::Normalizer2::getNFCInstance(status);
}

const icu::Normalizer2* nfkc_casefold() {
    UErrorCode status = U_ZERO_ERROR;
    return icu::Normalizer2::getNFKCCasefoldInstance(status);
}

std::size_t characters(std::string_view utf8) {
    return static_cast<std::size_t>(std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

std::optional<std::string> IcuText::upn_key(std::string_view upn) const {
    const auto name = trimmed(upn);
    if (name.empty() || name.size() > 4 * kUpnCharactersMax || !is_utf8(name)) return std::nullopt;
    // Folding may leave a space where a sign had stood that is one with a mark above it.
    const auto whole = folded(name);
    std::string key(trimmed(whole));
    if (key.empty() || characters(key) > kUpnCharactersMax || key.find('\0') != std::string::npos) return std::nullopt;
    return key;
}

std::optional<std::string> IcuText::password(std::string_view typed) const {
    if (is_plain_ascii(typed)) return std::string(typed);
    if (!is_utf8(typed)) return std::nullopt;
    return normalised(nfc(), typed);
}

std::string IcuText::folded(std::string_view text) const {
    if (is_plain_ascii(text)) return lower_ascii(text);
    return normalised(nfkc_casefold(), text);
}

std::string IcuText::country_name(std::string_view code, std::string_view language) const {
    const icu::Locale country("", std::string(code).c_str());
    icu::UnicodeString wide;
    country.getDisplayCountry(icu::Locale(std::string(language).c_str()), wide);
    std::string name;
    wide.toUTF8String(name);
    return name.empty() ? std::string(code) : name;
}

}  // namespace portcullis::unicode
