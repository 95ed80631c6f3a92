#include "core/terms/error_codes.h"

#include <algorithm>
#include <array>

#include "base/assert.h"

namespace portcullis {
namespace {

constexpr auto kEntries = std::to_array<StsErrorEntry>({
#define STS_ERROR(number, name, at_authorize, at_token, suberror, kind, description)                 \
    {StsError::name, #name,      OAuthError::at_authorize, OAuthError::at_token, Suberror::suberror, \
     StsClass::kind, description},
#include "core/terms/error_codes.def"
#undef STS_ERROR
});

constexpr bool is_printable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c <= 0x7E && c != '"' && c != '\\'; });
}

// INVARIANT: rows rise by number, no number stands twice, and every sentence is fit for `error_description`.
static_assert(std::ranges::is_sorted(kEntries, {}, &StsErrorEntry::code));
static_assert(std::ranges::adjacent_find(kEntries, {}, &StsErrorEntry::code) == kEntries.end());
static_assert(std::ranges::all_of(kEntries, is_printable, &StsErrorEntry::description));

const StsErrorEntry* find(StsError code) {
    const auto row = std::ranges::lower_bound(kEntries, code, {}, &StsErrorEntry::code);
    return row != kEntries.end() && row->code == code ? &*row : nullptr;
}

}  // namespace

std::string_view to_string(StsClass kind) {
    switch (kind) {
        case StsClass::interrupt: return "I";
        case StsClass::failure: return "F";
        case StsClass::noise: return "N";
    }
    return {};
}

std::span<const StsErrorEntry> sts_errors() { return kEntries; }

const StsErrorEntry& entry_of(StsError code) {
    const auto* row = find(code);
    PORTCULLIS_ASSERT(row != nullptr);
    return *row;
}

std::optional<StsErrorEntry> find_sts_error(std::uint32_t number) {
    const auto* row = find(StsError{number});
    if (row == nullptr) return std::nullopt;
    return *row;
}

std::string_view to_string(StsError code) { return entry_of(code).name; }

}  // namespace portcullis
