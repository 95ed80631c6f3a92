#include "adapters/outgoing/provider_documents.h"

#include <catch2/catch.hpp>
#include <thread>

#include "adapters/openssl/jwt_verifier.h"

namespace portcullis::outgoing {
namespace {

using namespace std::chrono_literals;

const Instant kNow{std::chrono::hours{10'000}};
const std::string kUrl = "https://idp.example/.well-known/openid-configuration";
// RFC 7517 A.1, an EC key of P-256.
const std::string kKey = R"({"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","use":"sig","kid":"1"})";

/// A provider that counts what is read of it.
struct Source {
    int reads = 0;
    bool is_down = false;
    std::string keys = R"({"keys":[)" + kKey + "]}";

    FetchDocument fetch() {
        return [this](const std::string& url) -> Result<std::string> {
            ++reads;
            if (is_down) return Error{ErrorCode::unavailable, "it is down"};
            if (url == kUrl) return std::string(R"({"issuer":"https://idp.example","authorization_endpoint":"https://idp.example/a","jwks_uri":"https://idp.example/k"})");
            return keys;
        };
    }
};

TEST_CASE("IDP-138 a provider's documents are read once an hour, and for an unknown key once a minute", "[external]") {
    openssl::JwtVerifier verifier;
    Source source;
    ProviderDocuments documents(source.fetch(), verifier);
    const auto first = documents.find(kUrl, kNow);
    REQUIRE(first);
    CHECK((*first)->issuer == "https://idp.example");
    CHECK((*first)->keys.size() == 1);
    CHECK(source.reads == 2);
    CHECK(documents.find(kUrl, kNow + 1h));
    CHECK(documents.find_anew(kUrl, kNow + 60s));
    CHECK(source.reads == 2);
    CHECK(documents.find_anew(kUrl, kNow + 61s));
    CHECK(source.reads == 4);
    CHECK(documents.find(kUrl, kNow + 61s + 1h + 1ms));
    CHECK(source.reads == 6);
}

TEST_CASE("IDP-138 what was read last stays good for a day while the provider is down, which is left alone for half a minute", "[external]") {
    openssl::JwtVerifier verifier;
    Source source;
    ProviderDocuments documents(source.fetch(), verifier);
    REQUIRE(documents.find(kUrl, kNow));
    source.is_down = true;
    source.reads   = 0;
    CHECK(documents.find(kUrl, kNow + 2h));
    CHECK(source.reads == 1);
    CHECK(documents.find(kUrl, kNow + 2h + 30s));
    CHECK(documents.find_anew(kUrl, kNow + 2h + 30s));
    CHECK(source.reads == 1);
    CHECK(documents.find(kUrl, kNow + 2h + 31s));
    CHECK(source.reads == 2);
    CHECK(documents.find(kUrl, kNow + 24h));
    CHECK_FALSE(documents.find(kUrl, kNow + 24h + 1ms));
    source.is_down = false;
    CHECK(documents.find(kUrl, kNow + 25h));
}

TEST_CASE("IDP-138 a provider without a key that can be used is none", "[external]") {
    openssl::JwtVerifier verifier;
    for (const auto* keys : {R"({"keys":[]})", R"({"keys":[{"kty":"oct","k":"c2VjcmV0","kid":"1","alg":"HS256"}]})", "nonsense", R"({"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB","kid":"1"}]})"}) {
        CAPTURE(keys);
        Source source;
        source.keys = keys;
        ProviderDocuments documents(source.fetch(), verifier);
        CHECK_FALSE(documents.find(kUrl, kNow));
    }
}

TEST_CASE("IDP-138 of one provider one thread reads at a time, and nobody waits for long", "[external]") {
    openssl::JwtVerifier verifier;
    Source source;
    std::mutex mutex;
    std::condition_variable released;
    bool is_entered = false, is_released = false;
    const auto answer = source.fetch();
    ProviderDocuments documents([&](const std::string& url) {
        std::unique_lock lock(mutex);
        is_entered = true;
        released.notify_all();
        released.wait(lock, [&] { return is_released; });
        return answer(url);
    }, verifier);
    std::thread reader([&] { CHECK(documents.find(kUrl, kNow)); });
    {
        std::unique_lock lock(mutex);
        released.wait(lock, [&] { return is_entered; });
    }
    const auto began = std::chrono::steady_clock::now();
    CHECK_FALSE(documents.find(kUrl, kNow));
    CHECK(std::chrono::steady_clock::now() - began < 5s);
    {
        const std::lock_guard lock(mutex);
        is_released = true;
    }
    released.notify_all();
    reader.join();
    CHECK(documents.find(kUrl, kNow));
    CHECK(source.reads == 2);
}

}  // namespace
}  // namespace portcullis::outgoing
