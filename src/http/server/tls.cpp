#include "http/server/tls.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <string_view>

namespace portcullis::http {
namespace {

constexpr const char* kTls12Suites =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* kTls13Suites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr const char* kGroups      = "X25519:P-256:P-384";

constexpr unsigned char kHttp11[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

/// RFC 7301: `http/1.1` when offered; a client that offers only others is told so by a fatal alert.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
    unsigned char* found = nullptr;
    if (SSL_select_next_proto(&found, size, kHttp11, sizeof kHttp11, offered, offered_size) != OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

Error failed(ErrorCode code, std::string_view what) {
    char reason[256] = "unknown reason";
    if (const auto error = ERR_get_error(); error != 0) ERR_error_string_n(error, reason, sizeof reason);
    ERR_clear_error();
    return {code, fmt::format("{}: {}", what, reason)};
}

}  // namespace

Result<TlsContext> make_tls_context(const TlsFiles& files) {
    ERR_clear_error();
    TlsContext context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    if (!context) return failed(ErrorCode::unavailable, "TLS cannot be set up");
    auto* raw = context.get();
    SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);  // an idle connection keeps no record buffers
    SSL_CTX_set_alpn_select_cb(raw, choose_protocol, nullptr);
    if (SSL_CTX_set_num_tickets(raw, 0) != 1 || SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(raw, kTls12Suites) != 1 || SSL_CTX_set_ciphersuites(raw, kTls13Suites) != 1 ||
        SSL_CTX_set1_groups_list(raw, kGroups) != 1) {
        return failed(ErrorCode::unavailable, "TLS cannot be set up");
    }
    if (SSL_CTX_use_certificate_chain_file(raw, files.certificate_chain.c_str()) != 1) {
        return failed(ErrorCode::unavailable,
                      fmt::format("certificate chain `{}` cannot be used", files.certificate_chain));
    }
    if (SSL_CTX_use_PrivateKey_file(raw, files.private_key.c_str(), SSL_FILETYPE_PEM) != 1) {
        return failed(ErrorCode::unavailable, fmt::format("private key `{}` cannot be used", files.private_key));
    }
    if (SSL_CTX_check_private_key(raw) != 1) {
        return failed(ErrorCode::invalidRequest,
                      fmt::format("private key `{}` is not the certificate's", files.private_key));
    }
    return context;
}

}  // namespace portcullis::http
