#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "app/ports/signer.h"

namespace portcullis::openssl {

/// Signs with keys that a source (the store, through the Sealer) gives. Each tenant's keys are parsed once and kept; they are read
/// again after five minutes, and at once after `forget`.
class Signer : public app::Signer {
public:
    /// Every key of the tenant that is not yet withdrawn.
    using Source = std::function<Result<std::vector<app::SigningKey>>(TenantId)>;

    explicit Signer(Source source);
    ~Signer() override;

    Result<app::SigningKey> generate(std::string_view alg) override;
    Result<std::string> sign(const app::ToSign& what) override;
    Result<std::vector<app::PublicKey>> published(TenantId tenant, Instant now) override;

    /// Drops what is remembered of a tenant: after a rotation, here or on another node.
    void forget(TenantId tenant);

private:
    struct ParsedKey;
    struct Ring {
        Instant read_at{};
        std::vector<ParsedKey> keys;
    };
    Result<std::shared_ptr<const Ring>> ring_of(TenantId tenant, Instant now);

    Source source_;
    std::mutex mutex_;
    std::uint64_t forgotten_ = 0;  // how often `forget` was called
    std::unordered_map<TenantId, std::shared_ptr<const Ring>> rings_;
};

}  // namespace portcullis::openssl
