#include "adapters/fido2/metadata_document.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <fstream>
#include <iterator>
#include <vector>

#include "adapters/fido2/chain.h"
#include "adapters/fido2/keys.h"
#include "adapters/openssl/jwk.h"
#include "base/encoding.h"
#include "base/json.h"
#include "wire/passkey_metadata_json.h"

namespace portcullis::fido2 {
namespace {

using credentials::CoseAlgorithm;
using openssl::Owned;

constexpr json::Limits kHeaderLimits{.bytes_max = 64 * 1024, .depth_max = 4};
constexpr std::size_t kChainMax        = 8;
constexpr std::size_t kRootsMax        = 8;
constexpr std::size_t kRootFileMax     = 64 * 1024;
constexpr std::size_t kRootDerMax      = 16 * 1024;
constexpr std::array kForbiddenHeaders = {"jku", "x5u", "jwk", "crit"};  // PROTO-013

Error refused(std::string why) { return {ErrorCode::invalidRequest, std::move(why)}; }

struct Parts {
    std::string_view signed_part, header, payload, signature;
};

Result<Parts> split(std::string_view document) {
    if (document.size() > wire::kMetadataBytesMax) return refused("the document is larger than 16 MiB");
    while (!document.empty() && std::string_view(" \t\r\n").find(document.back()) != std::string_view::npos) document.remove_suffix(1);
    const auto first = document.find('.');
    const auto last  = document.rfind('.');
    if (first == std::string_view::npos || first == last || document.find('.', first + 1) != last) {
        return refused("this is no signed document: it does not have three parts");
    }
    return Parts{document.substr(0, last), document.substr(0, first), document.substr(first + 1, last - first - 1), document.substr(last + 1)};
}

struct Header {
    CoseAlgorithm algorithm = CoseAlgorithm::rs256;
    std::vector<X509Ptr> chain;  // leaf first
};

Result<CoseAlgorithm> algorithm_in(const json::object& header) {
    const auto alg = json::string_at(header, "alg").value_or("");
    if (alg == "RS256") return CoseAlgorithm::rs256;
    if (alg == "ES256") return CoseAlgorithm::es256;
    return refused("the document is signed with neither RS256 nor ES256");
}

/// `x5c` of RFC 7515 §4.1.6: plain base64.
Result<std::vector<X509Ptr>> chain_in(const json::object& header) {
    const auto* list = json::array_at(header, "x5c");
    if (!list || list->empty() || list->size() > kChainMax) return refused("the document brings no chain of 1 to 8 certificates (`x5c`)");
    std::vector<X509Ptr> chain;
    for (const auto& one : *list) {
        const auto der   = one.is_string() ? parse_base64({one.get_string().data(), one.get_string().size()}) : std::nullopt;
        auto certificate = der ? certificate_of(*der) : nullptr;
        if (!certificate) return refused("a certificate of the document (`x5c`) cannot be read");
        chain.push_back(std::move(certificate));
    }
    return chain;
}

Result<Header> header_in(std::string_view part) {
    if (part.size() > kHeaderLimits.bytes_max) return refused("the header of the document is too large");
    const auto text = parse_base64url(part);
    if (!text) return refused("the header of the document is not base64url");
    const auto header = json::parse_object(*text, kHeaderLimits);
    if (!header) return refused("the header of the document: " + header.error().message);
    for (const auto* name : kForbiddenHeaders) {
        if (header->contains(name)) return refused(fmt::format("the header of the document has `{}`", name));
    }
    Header read;
    read.algorithm = TRY(algorithm_in(*header));
    read.chain     = TRY(chain_in(*header));
    return read;
}

/// No password is ever asked for.
int no_password(char*, int, int, void*) { return -1; }

std::vector<X509Ptr> pem_certificates(const std::string& text) {
    std::vector<X509Ptr> found;
    const Owned<BIO, BIO_free> bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    while (bio && found.size() <= kRootsMax) {
        X509Ptr one(PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr));
        if (!one) break;
        found.push_back(std::move(one));
    }
    ERR_clear_error();  // the end of the file, in its words
    return found;
}

Result<std::vector<X509Ptr>> roots_in(const std::string& path) {
    const auto unusable = [&](std::string_view why) {
        return Error{ErrorCode::unavailable, fmt::format("the root certificate of the metadata service, `{}`, {}", path, why)};
    };
    std::ifstream file(path, std::ios::binary);
    if (!file) return unusable("cannot be read");
    std::string text(kRootFileMax + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > kRootFileMax) return unusable("is larger than a few certificates");
    auto roots = pem_certificates(text);
    if (roots.empty() && text.size() <= kRootDerMax) {
        if (auto one = certificate_of(text)) roots.push_back(std::move(one));
    }
    if (roots.empty() || roots.size() > kRootsMax) return unusable("does not hold 1 to 8 certificates");
    return roots;
}

/// The service's own name, written out: in the alternative names, or in the subject where there are none.
bool is_of_service(X509* leaf) {
    const bool is_named = X509_check_host(leaf, kMetadataHost, 0, X509_CHECK_FLAG_NO_WILDCARDS, nullptr) == 1;
    ERR_clear_error();
    return is_named && X509_check_ca(leaf) == 0 && (X509_get_key_usage(leaf) & KU_DIGITAL_SIGNATURE) != 0;
}

bool is_signed(const Header& header, const Parts& parts) {
    const auto bytes = parse_base64url(parts.signature);
    if (!bytes || bytes->empty()) return false;
    const auto signature = header.algorithm == CoseAlgorithm::es256 ? openssl::der_of_raw(*bytes) : *bytes;
    return verifies(X509_get0_pubkey(header.chain.front().get()), header.algorithm, parts.signed_part, signature);
}

}  // namespace

Result<std::string> MetadataDocumentVerifier::payload_of(std::string_view document, Instant now) const {
    const auto parts  = TRY(split(document));
    const auto header = TRY(header_in(parts.header));
    const auto roots  = TRY(roots_in(root_file_));
    auto chain        = WatchedChain::of(header.chain, roots, now);
    if (!chain) return refused("the certificates of the document do not lead to the root: " + chain.error().message);
    if (!is_of_service(header.chain.front().get())) return refused(fmt::format("the certificate of the document is not the one of `{}`", kMetadataHost));
    if (!is_signed(header, parts)) return refused("the signature of the document is wrong");
    // Last, so that nobody but the service makes us look for lists.
    const auto take = [&](std::string_view list) { return chain.value().take(list); };
    if (revocation_.lists) TRY(revocation_.lists(chain->certificates(), take));
    TRY(chain->require_unrevoked(revocation_.unknown));
    auto payload = parse_base64url(parts.payload);
    if (!payload) return refused("the payload of the document is not base64url");
    return std::move(*payload);
}

}  // namespace portcullis::fido2
