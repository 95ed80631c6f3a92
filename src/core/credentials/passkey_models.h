#pragma once

#include <string_view>

namespace portcullis::credentials {

/// What people call the maker of a passkey, from its AAGUID; empty when it is not known. To tell a person's passkeys apart and
/// for nothing else: without attestation the AAGUID is what the browser says.
std::string_view passkey_model(std::string_view aaguid);

}  // namespace portcullis::credentials
