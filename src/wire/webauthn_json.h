#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "core/credentials/webauthn.h"

/// What browsers and we send each other about passkeys: the JSON forms of W3C Web Authentication Level 3 (§5.1.8–5.1.10:
/// `PublicKeyCredential.toJSON()`, `parseCreationOptionsFromJSON()`, `parseRequestOptionsFromJSON()`).
namespace portcullis::wire {

/// Answers and client data larger than this are refused unread (protocols.md §16.2, row 1).
inline constexpr std::size_t kPasskeyAnswerMax = 64 * 1024;

/// `RegistrationResponseJSON`, its base64url undone; nothing in it is checked yet.
struct RegistrationAnswer {
    std::string credential_id;
    std::string client_data;         // UTF-8, as it was hashed
    std::string attestation_object;  // CBOR
    std::vector<std::string> transports;
};
/// `AuthenticationResponseJSON`.
struct AuthenticationAnswer {
    std::string credential_id;
    std::string client_data;
    std::string authenticator_data;
    std::string signature;
    std::optional<std::string> user_handle;
};

/// Errors of all: invalidRequest, naming the member. Members that these do not need are skipped: browsers add some.
Result<RegistrationAnswer> parse_registration_answer(std::string_view text);
Result<AuthenticationAnswer> parse_authentication_answer(std::string_view text);
/// A byte order mark is skipped (protocols.md §16.2, row 2).
Result<credentials::ClientData> parse_client_data(std::string_view bytes);

/// `PublicKeyCredentialCreationOptionsJSON`: discoverable, user verification as asked, the algorithms of
/// `kOfferedAlgorithms` in their order.
json::object to_json(const credentials::CreationOptions& options);
/// `PublicKeyCredentialRequestOptionsJSON`.
json::object to_json(const credentials::RequestOptions& options);

}  // namespace portcullis::wire
