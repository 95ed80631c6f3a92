#pragma once

#include <memory>

#include "base/result.h"
#include "http/server/server.h"

struct ssl_ctx_st;

namespace portcullis::http {

/// OpenSSL's SSL_CTX, shared by the connections made from it.
using TlsContext = std::shared_ptr<ssl_ctx_st>;

/// TLS 1.2 and 1.3 with AEAD suites and ephemeral keys only (PROTO-800), no renegotiation, no compression, no
/// resumption (a ticket key would outlive the forward secrecy of what it protects), ALPN `http/1.1`. Errors:
/// unavailable when a file cannot be read, invalidRequest when key and certificate do not belong together.
Result<TlsContext> make_tls_context(const TlsFiles& files);

}  // namespace portcullis::http
