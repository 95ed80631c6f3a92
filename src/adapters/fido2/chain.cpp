#include "adapters/fido2/chain.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>
#include <span>

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

CrlPtr der_list(std::string_view bytes) {
    const auto* at = openssl::as_bytes(bytes);
    CrlPtr one(d2i_X509_CRL(nullptr, &at, static_cast<long>(bytes.size())));
    return at == openssl::as_bytes(bytes) + bytes.size() ? std::move(one) : nullptr;
}

/// Hands each list of one file or answer to `judge`, which gets none while another is there; tells how many there were.
template <class Judge>
Result<std::size_t> each_list(std::string_view bytes, const Judge& judge) {
    std::size_t count = 0;
    const bool is_der = bytes.starts_with("\x30");
    const Owned<BIO, BIO_free> bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
    if (!bio) return Error{ErrorCode::unavailable, "out of memory"};
    CrlPtr list(is_der ? der_list(bytes).release() : PEM_read_bio_X509_CRL(bio.get(), nullptr, no_password, nullptr));
    for (; list; ++count) {
        TRY(judge(list.get()));
        list.reset();
        if (!is_der) list.reset(PEM_read_bio_X509_CRL(bio.get(), nullptr, no_password, nullptr));
    }
    return count;
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

/// Without a day for the next one a list would be current for ever.
Result<void> require_whole(const X509_CRL* list) {
    if (!X509_CRL_get0_nextUpdate(list)) return refused("a revocation list does not say when it is over");
    if (is_weakly_signed(list)) return refused("a revocation list is signed over too weak a digest, or one that is not told");
    if (is_partial(list)) return refused("a revocation list is only part of one: a delta, for some reasons alone, or of several issuers");
    return {};
}

Result<Instant> issued_at(const X509_CRL* list) {
    std::tm parts{};
    const auto* time = X509_CRL_get0_lastUpdate(list);
    if (!time || ASN1_TIME_to_tm(time, &parts) != 1) return refused("a revocation list does not say when it was issued");
    return from_unix_seconds(timegm(&parts));
}

// --- Chains ---

/// What leaves open what a list would say: there is none, it is over, or it is for other certificates.
bool is_unknown(int error) {
    constexpr std::array kUnknown{X509_V_ERR_UNABLE_TO_GET_CRL, X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER, X509_V_ERR_CRL_HAS_EXPIRED, X509_V_ERR_DIFFERENT_CRL_SCOPE};
    return std::ranges::find(kUnknown, error) != kUnknown.end();
}

/// OpenSSL's question whether to go on: past what leaves things open, which is noted, and past no other mistake.
int goes_on(int is_good, X509_STORE_CTX* ctx) {
    if (is_good == 1) return 1;
    const auto error = X509_STORE_CTX_get_error(ctx);
    if (!is_unknown(error)) return 0;
    static_cast<std::vector<int>*>(X509_STORE_CTX_get_app_data(ctx))->push_back(error);
    return 1;
}

/// One look at a certificate, the first, by way of the others, to one of the roots. What it points to must outlive it.
class Look {
public:
    Look(std::span<const X509Ptr> certificates, std::span<const X509Ptr> roots, Instant now) : now_(now) {
        if (!store_ || !ctx_ || !between_) return;
        for (const auto& root : roots) X509_STORE_add_cert(store_.get(), root.get());
        for (const auto& certificate : certificates.subspan(1)) sk_X509_push(between_.get(), certificate.get());
        is_ready_ = X509_STORE_CTX_init(ctx_.get(), store_.get(), certificates.front().get(), between_.get()) == 1;
    }

    /// From here on the certificate must not be on this list; what the list leaves open is noted.
    void ask_list(X509_CRL* list, std::vector<int>& noted) {
        if (!is_ready_) return;
        is_ready_ = X509_STORE_add_crl(store_.get(), list) == 1;
        X509_STORE_CTX_set_flags(ctx_.get(), X509_V_FLAG_CRL_CHECK);
        X509_STORE_CTX_set_app_data(ctx_.get(), &noted);
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
    /// The certificate first, its root last.
    [[nodiscard]] std::vector<X509Ptr> way() const {
        const auto* chain = X509_STORE_CTX_get0_chain(ctx_.get());
        std::vector<X509Ptr> way;
        for (int i = 0; i < sk_X509_num(chain); ++i) {
            auto* certificate = sk_X509_value(chain, i);
            X509_up_ref(certificate);
            way.emplace_back(certificate);
        }
        return way;
    }

private:
    const Instant now_;
    const StorePtr store_{X509_STORE_new()};
    const ContextPtr ctx_{X509_STORE_CTX_new()};
    const std::unique_ptr<STACK_OF(X509), StackReleaser> between_{sk_X509_new_null()};
    bool is_ready_ = false;
};

Error not_known(const Watched& certificate, std::string_view what) {
    const auto& places = certificate.places;
    const auto where   = places.empty() ? "the certificate does not say where it is" : fmt::format("it is published at {}", fmt::join(places, " "));
    return {ErrorCode::unavailable, fmt::format("nobody says whether the certificate `{}` is revoked: its revocation list is {}; {}", certificate.name, what, where)};
}

}  // namespace

Result<WatchedChain> WatchedChain::of(std::span<const X509Ptr> certificates, std::span<const X509Ptr> roots, Instant now) {
    Look look(certificates, roots, now);
    if (!look.holds()) return refused(look.why());
    WatchedChain chain;
    chain.now_ = now;
    chain.way_ = look.way();
    for (const auto& certificate : std::span(chain.way_).first(chain.way_.size() - 1)) chain.watched_.push_back({name_of(certificate.get()), places_of(certificate.get())});
    chain.told_.resize(chain.watched_.size());
    return chain;
}

Result<void> WatchedChain::take(std::string_view bytes) {
    if (bytes.size() > kRevocationListBytesMax) return refused(fmt::format("a revocation list is larger than {} MiB", kRevocationListBytesMax >> 20));
    const auto count = each_list(bytes, [&](X509_CRL* list) { return judge(list); });
    ERR_clear_error();  // the end of the file, in its words
    if (!count) return count.error();
    if (*count == 0) return refused("a revocation list cannot be read: it is neither DER nor PEM");
    return {};
}

Result<void> WatchedChain::judge(X509_CRL* list) {
    if (++lists_ > kRevocationListsMax) return refused(fmt::format("there are more than {} revocation lists", kRevocationListsMax));
    TRY(require_whole(list));
    const auto since = TRY(issued_at(list));
    const std::span way(way_);
    for (std::size_t i = 0; i < watched_.size(); ++i) {
        std::vector<int> open;
        Look look(way.subspan(i), way.last(1), now_);
        look.ask_list(list, open);
        const bool holds = look.holds(), is_revoked = !holds && look.error() == X509_V_ERR_CERT_REVOKED;
        if (!holds && !is_revoked) return refused(fmt::format("the certificate `{}`: {}", watched_[i].name, look.why()));
        const auto leaves_open = [&](int error) { return std::ranges::find(open, error) != open.end(); };
        if (leaves_open(X509_V_ERR_UNABLE_TO_GET_CRL) || leaves_open(X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER)) continue;  // it is another authority's
        const Told told{!leaves_open(X509_V_ERR_DIFFERENT_CRL_SCOPE), !leaves_open(X509_V_ERR_CRL_HAS_EXPIRED), since, is_revoked};
        if (!told_[i] || *told_[i] < told) told_[i] = told;
    }
    return {};
}

Result<void> WatchedChain::require_unrevoked(UnknownRevocation unknown) const {
    for (std::size_t i = 0; i < watched_.size(); ++i) {
        if (told_[i] && told_[i]->is_revoked) return refused(fmt::format("the certificate `{}`: certificate revoked", watched_[i].name));
    }
    if (unknown == UnknownRevocation::accept) return {};
    for (std::size_t i = 0; i < watched_.size(); ++i) {
        if (!told_[i] || !told_[i]->is_for_it) return not_known(watched_[i], "missing");
        if (!told_[i]->is_current) return not_known(watched_[i], "over");
    }
    return {};
}

}  // namespace portcullis::fido2
