#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string_view>

/// Ownership of OpenSSL objects, for this folder only.
namespace portcullis::openssl {

template <auto release>
struct Releaser {
    template <class T>
    void operator()(T* object) const {
        release(object);
    }
};

template <class T, auto release>
using Owned = std::unique_ptr<T, Releaser<release>>;

using MdPtr        = Owned<EVP_MD, EVP_MD_free>;
using MacPtr       = Owned<EVP_MAC, EVP_MAC_free>;
using MacCtxPtr    = Owned<EVP_MAC_CTX, EVP_MAC_CTX_free>;
using MdCtxPtr     = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using CipherPtr    = Owned<EVP_CIPHER, EVP_CIPHER_free>;
using CipherCtxPtr = Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using PkeyPtr      = Owned<EVP_PKEY, EVP_PKEY_free>;
using PkeyCtxPtr   = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;

inline const unsigned char* as_bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
inline unsigned char* as_bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

}  // namespace portcullis::openssl
