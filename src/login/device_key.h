#pragma once

#include <string>

#include "base/result.h"
#include "base/secret.h"

namespace portcullis::login {

/// The key that the identity provider recognises this machine by: 256 bits as base64url, made at the first use and kept in `file`, which
/// nobody but its owner may read. `file` empty: `/var/lib/portcullis-login/device-key` for root, else below `XDG_STATE_HOME` or
/// `~/.local/state`. It signs nobody in; whoever copies it comes as this machine.
/// Errors: invalidRequest when the file is somebody else's, open to others, or holds something else; unavailable when it cannot be written.
Result<Secret> device_key(const std::string& file);

/// What this machine calls itself.
std::string host_name();

}  // namespace portcullis::login
