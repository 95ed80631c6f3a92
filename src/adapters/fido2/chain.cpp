#include "adapters/fido2/chain.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

namespace portcullis::fido2 {
namespace {

using openssl::Owned;
using CrlPtr     = Owned<X509_CRL, X509_CRL_free>;
using StorePtr   = Owned<X509_STORE, X509_STORE_free>;
using ContextPtr = Owned<X509_STORE_CTX, X509_STORE_CTX_free>;

constexpr int kSecurityLevel       = 2;  // 112 bits: RSA of 2048, no SHA-1
constexpr int kSecurityBits        = 112;
constexpr std::size_t kPlacesMax   = 4;
constexpr std::size_t kPlaceLength = 2048;
constexpr std::size_t kNameLength  = 200;

Error refused(std::string why) { return {ErrorCode::invalidRequest, std::move(why)}; }

struct StackReleaser {
    void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }  // it borrows
};

// --- What certificates say of themselves ---

std::string name_of(const X509* certificate) {
    const Owned<BIO, BIO_free> bio(BIO_new(BIO_s_mem()));
    if (!bio || !certificate) return {};
    X509_NAME_print_ex(bio.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);  // escapes what is not printable
    char* text      = nullptr;
    const auto size = BIO_get_mem_data(bio.get(), &text);
    return std::string(text, std::min(static_cast<std::size_t>(std::max(size, 0L)), kNameLength));
}

void add_places(std::vector<std::string>& places, const GENERAL_NAMES* names) {
    for (int i = 0; i < sk_GENERAL_NAME_num(names) && places.size() < kPlacesMax; ++i) {
        const auto* name = sk_GENERAL_NAME_value(names, i);
        if (name->type != GEN_URI) continue;
        const auto* uri = name->d.uniformResourceIdentifier;
        std::string place(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)), static_cast<std::size_t>(ASN1_STRING_length(uri)));
        if (place.size() <= kPlaceLength) places.push_back(std::move(place));
    }
}

/// RFC 5280 §4.2.1.13: whole lists of the issuer's own, by URL.
std::vector<std::string> places_of(const X509* certificate) {
    const Owned<CRL_DIST_POINTS, CRL_DIST_POINTS_free> points(
        static_cast<CRL_DIST_POINTS*>(X509_get_ext_d2i(certificate, NID_crl_distribution_points, nullptr, nullptr)));
    std::vector<std::string> places;
    for (int i = 0; points && i < sk_DIST_POINT_num(points.get()); ++i) {
        const auto* point = sk_DIST_POINT_value(points.get(), i);
        if (!point->distpoint || point->distpoint->type != 0 || point->reasons || point->CRLissuer) continue;
        add_places(places, point->distpoint->name.fullname);
    }
    ERR_clear_error();
    return places;
}

// --- Lists ---

int no_password(char*, int, int, void*) { return -1; }

std::vector<CrlPtr> pem_lists(std::string_view text) {
    std::vector<CrlPtr> found;
    const Owned<BIO, BIO_free> bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    while (bio && found.size() <= kRevocationListsMax) {
        CrlPtr one(PEM_read_bio_X509_CRL(bio.get(), nullptr, no_password, nullptr));
        if (!one) break;
        found.push_back(std::move(one));
    }
    return found;
}

std::vector<CrlPtr> der_list(std::string_view bytes) {
    const auto* at = openssl::as_bytes(bytes);
    CrlPtr one(d2i_X509_CRL(nullptr, &at, static_cast<long>(bytes.size())));
    std::vector<CrlPtr> found;
    if (one && at == openssl::as_bytes(bytes) + bytes.size()) found.push_back(std::move(one));
    return found;
}

/// OpenSSL asks the strength of the digest of certificates, and not of lists.
bool is_weakly_signed(const X509_CRL* list) {
    int digest     = NID_undef;
    const auto nid = X509_CRL_get_signature_nid(list);
    if (nid == NID_rsassaPss || OBJ_find_sigid_algs(nid, &digest, nullptr) != 1) return true;  // of PSS nothing here tells the digest
    const auto* md = digest == NID_undef ? nullptr : EVP_get_digestbynid(digest);  // none: EdDSA
    return md && EVP_MD_get_size(md) * 4 < kSecurityBits;
}

/// A delta, a list for some reasons alone or for others' certificates: OpenSSL would take it for the whole, or leave it aside (RFC 5280 §5.2).
bool is_partial(const X509_CRL* list) {
    if (X509_CRL_get_ext_by_NID(list, NID_delta_crl, -1) >= 0) return true;
    if (X509_CRL_get_ext_by_NID(list, NID_issuing_distribution_point, -1) < 0) return false;
    const Owned<ISSUING_DIST_POINT, ISSUING_DIST_POINT_free> scope(
        static_cast<ISSUING_DIST_POINT*>(X509_CRL_get_ext_d2i(list, NID_issuing_distribution_point, nullptr, nullptr)));
    return !scope || scope->onlysomereasons || scope->indirectCRL > 0;
}

/// The lists of one file or answer. Without a day for the next one a list would be current for ever.
Result<std::vector<CrlPtr>> lists_in(std::string_view bytes) {
    if (bytes.size() > kRevocationListBytesMax) return refused(fmt::format("a revocation list is larger than {} MiB", kRevocationListBytesMax >> 20));
    auto lists = bytes.starts_with("\x30") ? der_list(bytes) : pem_lists(bytes);
    ERR_clear_error();  // the end of the file, in its words
    if (lists.empty() || lists.size() > kRevocationListsMax) return refused("a revocation list cannot be read: it is neither DER nor PEM");
    for (const auto& list : lists) {
        if (!X509_CRL_get0_nextUpdate(list.get())) return refused("a revocation list does not say when it is over");
        if (is_weakly_signed(list.get())) return refused("a revocation list is signed over too weak a digest, or one that is not told");
        if (is_partial(list.get())) return refused("a revocation list is only part of one: a delta, for some reasons alone, or of several issuers");
    }
    return lists;
}

// --- Chains ---

bool is_unknown(int error) {
    constexpr std::array kUnknown{X509_V_ERR_UNABLE_TO_GET_CRL, X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER, X509_V_ERR_CRL_HAS_EXPIRED, X509_V_ERR_DIFFERENT_CRL_SCOPE};
    return std::ranges::find(kUnknown, error) != kUnknown.end();
}

/// A root is trusted because the operator says so, not because of a list of its own (RFC 5280 §6.1).
bool is_root(X509_STORE_CTX* ctx) {
    const auto* chain = X509_STORE_CTX_get0_chain(ctx);
    return chain && X509_STORE_CTX_get_error_depth(ctx) == sk_X509_num(chain) - 1;
}

/// OpenSSL's question whether to go on: past what is not known where that is accepted, and past no other mistake.
int goes_on(int is_good, X509_STORE_CTX* ctx) {
    if (is_good == 1) return 1;
    const auto* unknown = static_cast<const UnknownRevocation*>(X509_STORE_CTX_get_app_data(ctx));
    return is_unknown(X509_STORE_CTX_get_error(ctx)) && (*unknown == UnknownRevocation::accept || is_root(ctx)) ? 1 : 0;
}

/// One look at a chain. What it points to must outlive it.
class Look {
public:
    explicit Look(const Chain& chain) : now_(chain.now) {
        if (!store_ || !ctx_ || !between_) return;
        for (const auto& root : chain.roots) X509_STORE_add_cert(store_.get(), root.get());
        for (std::size_t i = 1; i < chain.certificates.size(); ++i) sk_X509_push(between_.get(), chain.certificates[i].get());
        is_ready_ = X509_STORE_CTX_init(ctx_.get(), store_.get(), chain.certificates.front().get(), between_.get()) == 1;
    }

    /// From here on each certificate needs a list that does not name it.
    void ask_lists(const std::vector<CrlPtr>& lists, const UnknownRevocation& unknown) {
        if (!is_ready_) return;
        for (const auto& list : lists) X509_STORE_add_crl(store_.get(), list.get());
        X509_STORE_CTX_set_flags(ctx_.get(), X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
        X509_STORE_CTX_set_app_data(ctx_.get(), const_cast<UnknownRevocation*>(&unknown));
        X509_STORE_CTX_set_verify_cb(ctx_.get(), goes_on);
    }

    [[nodiscard]] bool holds() {
        if (!is_ready_) return false;
        auto* parameters = X509_STORE_CTX_get0_param(ctx_.get());
        X509_VERIFY_PARAM_set_time(parameters, unix_ms(now_) / 1000);
        X509_VERIFY_PARAM_set_auth_level(parameters, kSecurityLevel);
        const bool is_good = X509_verify_cert(ctx_.get()) == 1;
        ERR_clear_error();
        return is_good;
    }

    [[nodiscard]] int error() const { return is_ready_ ? X509_STORE_CTX_get_error(ctx_.get()) : X509_V_ERR_OUT_OF_MEM; }
    [[nodiscard]] std::string why() const { return X509_verify_cert_error_string(error()); }
    /// The certificate that a mistake is about.
    [[nodiscard]] const X509* at() const { return is_ready_ ? X509_STORE_CTX_get_current_cert(ctx_.get()) : nullptr; }
    /// Leaf first, root last.
    [[nodiscard]] const STACK_OF(X509) * chain() const { return X509_STORE_CTX_get0_chain(ctx_.get()); }

private:
    const Instant now_;
    const StorePtr store_{X509_STORE_new()};
    const ContextPtr ctx_{X509_STORE_CTX_new()};
    const std::unique_ptr<STACK_OF(X509), StackReleaser> between_{sk_X509_new_null()};
    bool is_ready_ = false;
};

Error not_known(const Look& look) {
    const auto name   = name_of(look.at());
    const auto places = places_of(look.at());
    const auto where  = places.empty() ? "the certificate does not say where it is" : fmt::format("it is published at {}", fmt::join(places, " "));
    const auto* what  = look.error() == X509_V_ERR_CRL_HAS_EXPIRED ? "over" : "missing";
    return {ErrorCode::unavailable, fmt::format("nobody says whether the certificate `{}` is revoked: its revocation list is {}; {}", name, what, where)};
}

}  // namespace

Result<std::vector<Watched>> watched_in(const Chain& chain) {
    Look look(chain);
    if (!look.holds()) return refused(look.why());
    std::vector<Watched> watched;
    for (int i = 0; i + 1 < sk_X509_num(look.chain()); ++i) {
        const auto* certificate = sk_X509_value(look.chain(), i);
        watched.push_back({name_of(certificate), places_of(certificate)});
    }
    return watched;
}

Result<void> require_unrevoked(const Chain& chain, const std::vector<std::string>& lists, UnknownRevocation unknown) {
    if (lists.size() > kRevocationListsMax) return refused(fmt::format("there are more than {} revocation lists", kRevocationListsMax));
    std::vector<CrlPtr> read;
    for (const auto& bytes : lists) {
        for (auto& list : TRY(lists_in(bytes))) read.push_back(std::move(list));
    }
    Look look(chain);
    look.ask_lists(read, unknown);
    if (look.holds()) return {};
    if (is_unknown(look.error())) return not_known(look);
    return refused(fmt::format("the certificate `{}`: {}", name_of(look.at()), look.why()));
}

}  // namespace portcullis::fido2
