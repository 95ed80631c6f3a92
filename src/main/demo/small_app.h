#pragma once

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "app/ports/digests.h"
#include "app/ports/random.h"
#include "app/ports/signer.h"
#include "base/json.h"
#include "base/result.h"
#include "base/time.h"
#include "core/oidc/endpoints.h"
#include "http/form.h"
#include "http/request.h"
#include "http/response.h"

namespace portcullis::demo {

/// Values by secret reference, for a while: at most `kMost`, the oldest goes first. Safe to use from many threads.
template <class Value>
class Remembered {
public:
    static constexpr std::size_t kMost = 1000;  // a person tries a few; a flood must not fill the memory

    void put(std::string reference, Value value) {
        const std::lock_guard lock(mutex_);
        if (order_.size() == kMost) {
            values_.erase(order_.front());
            order_.pop_front();
        }
        order_.push_back(reference);
        values_.insert_or_assign(std::move(reference), std::move(value));
    }
    std::optional<Value> find(const std::string& reference) const {
        const std::lock_guard lock(mutex_);
        const auto found = values_.find(reference);
        return found == values_.end() ? std::nullopt : std::optional(found->second);
    }
    /// Removes it: of any number of callers one gets it.
    std::optional<Value> take(const std::string& reference) {
        const std::lock_guard lock(mutex_);
        auto node = values_.extract(reference);
        if (node.empty()) return std::nullopt;
        std::erase(order_, reference);
        return std::move(node.mapped());
    }

private:
    mutable std::mutex mutex_;
    std::map<std::string, Value> values_;
    std::deque<std::string> order_;
};

/// The small application of the demo page: an ordinary OpenID Connect relying party (Core 1.0 §3.1) with authorization code,
/// PKCE, state and nonce. It speaks HTTP to the provider like any other; only the wire between them is short.
class SmallApp {
public:
    struct Registration {
        std::string client_id, client_secret, redirect_uri, post_logout_redirect_uri;
        std::string base_url;  // the provider's origin
        oidc::Endpoints provider;
    };
    /// Sends a request to the provider and waits for its answer.
    using Exchange = std::function<http::Response(const http::Request&)>;

    SmallApp(Registration registration, app::Random& random, const app::Digests& digests, app::JwtVerifier& verifier)
        : registered_(std::move(registration)), random_(random), digests_(digests), verifier_(verifier) {}

    /// Where to send this browser to sign in. `browser`: its secret, so that nobody else can finish what it began.
    std::string begin(std::string_view login_hint, const std::string& browser, Instant now);

    struct SignedIn {
        json::object claims;
        std::string id_token;
    };
    /// The answer of the provider at the redirect URI: state, issuer (RFC 9207), code, signature, audience, nonce and times are
    /// checked. Errors: forbidden when the provider refused (its `error`); invalidRequest when anything is not as it must
    /// be; unavailable when the provider does not answer.
    Result<SignedIn> finish(const http::Form& answer, const std::string& browser, Instant now, const Exchange& exchange);

    /// Where to send a browser to sign out (RP-Initiated Logout 1.0).
    [[nodiscard]] std::string sign_out_url(const SignedIn& signed_in) const;

private:
    struct Pending {
        std::string nonce, code_verifier, browser;
        Instant begun;
    };

    Result<std::string> redeem(std::string_view code, const Pending& pending, const Exchange& exchange);
    Result<std::vector<app::PublicKey>> keys(const Exchange& exchange);
    Result<void> check_claims(const json::object& claims, const Pending& pending, Instant now) const;
    http::Request request_to(http::Method method, std::string_view url) const;

    const Registration registered_;
    app::Random& random_;
    const app::Digests& digests_;
    app::JwtVerifier& verifier_;
    Remembered<Pending> pending_;
};

}  // namespace portcullis::demo
