#include "app/ports/all.h"

#include "base/encoding.h"

namespace portcullis::app {

std::string reference_digest(const Ports& ports, std::string_view reference) {
    return base64url(ports.digests.hmac_sha256(ports.keys.pepper.reveal(), reference));
}

}  // namespace portcullis::app
