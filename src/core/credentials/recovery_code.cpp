#include "core/credentials/recovery_code.h"

namespace portcullis::credentials {
namespace {

constexpr std::size_t kSecret = 16;
constexpr std::size_t kTyped  = 128;

/// The letter of base32 (RFC 4648) that was meant, or 0.
char letter_of(char typed) {
    if (typed >= 'a' && typed <= 'z') return static_cast<char>(typed - 'a' + 'A');
    if (typed == '0') return 'O';
    if (typed == '1') return 'I';
    const bool is_in = (typed >= 'A' && typed <= 'Z') || (typed >= '2' && typed <= '7');
    return is_in ? typed : '\0';
}

}  // namespace

std::string to_text(const RecoveryCode& code) {
    std::string text = std::to_string(code.number);
    for (std::size_t i = 0; i < code.secret.size(); ++i) {
        if (i % 4 == 0) text += '-';
        const char c = code.secret[i];
        text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return text;
}

std::optional<RecoveryCode> parse_recovery_code(std::string_view typed) {
    std::string text;
    for (const char c : typed.substr(0, kTyped)) {
        if (c != ' ' && c != '-') text += c;
    }
    if (text.size() != kSecret + 1 || text.front() < '0' || text.front() > '9') return std::nullopt;
    RecoveryCode code{.number = text.front() - '0', .secret = {}};
    for (const char c : std::string_view(text).substr(1)) {
        const char letter = letter_of(c);
        if (letter == '\0') return std::nullopt;
        code.secret += letter;
    }
    return code;
}

}  // namespace portcullis::credentials
