#include "core/oidc/pkce.h"

#include <algorithm>

#include "base/secret.h"

namespace portcullis::oidc {
namespace {

bool is_base64url_char(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

}  // namespace

bool is_code_challenge(std::string_view text) {
    return text.size() == 43 && std::ranges::all_of(text, is_base64url_char);
}

bool is_code_verifier(std::string_view text) {
    const auto is_unreserved = [](char c) { return is_base64url_char(c) || c == '.' || c == '~'; };
    return text.size() >= 43 && text.size() <= 128 && std::ranges::all_of(text, is_unreserved);
}

bool verifier_matches(std::string_view challenge, std::string_view s256_of_verifier) {
    return is_code_challenge(challenge) && equal_constant_time(challenge, s256_of_verifier);
}

}  // namespace portcullis::oidc
