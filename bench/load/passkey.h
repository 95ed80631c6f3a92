#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <openssl/evp.h>

namespace load {

/// A passkey in software: one ES256 key that answers whatever challenge it is shown (WebAuthn Level 3 §6.3.3).
class Passkey {
public:
    /// `line`: credential id, user handle and PKCS#8 key with a blank between; the first two base64url, the key base64.
    Passkey(std::string_view line, std::string origin);

    /// AuthenticationResponseJSON for this challenge (base64url), as a form's value.
    [[nodiscard]] std::string answer(std::string_view challenge) const;

private:
    std::string id_, user_, origin_, data_;
    std::shared_ptr<EVP_PKEY> key_;
    std::shared_ptr<EVP_MD_CTX> ready_;  ///< to sign with the key; copied for each answer
};

}  // namespace load
