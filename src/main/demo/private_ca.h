#pragma once

#include <string>

#include "base/result.h"
#include "base/time.h"

namespace portcullis::demo {

struct TlsPaths {
    std::string ca, certificate, private_key;
};

/// The certificate of this machine's own loopback names, from an authority that exists for it alone: its private key is
/// thrown away once it has signed. Made once, in `directory` (`ca.pem`, `server.pem`, `secrets/server.key`), and again when it
/// ends within 30 days. `now` is the machine's time, which browsers judge by. Errors: unavailable.
Result<TlsPaths> ensure_private_ca(const std::string& directory, Instant now);

}  // namespace portcullis::demo
