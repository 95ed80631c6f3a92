#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "base/lru_cache.h"
#include "adapters/user_agent/uap_regexes.h"
#include "app/ports/user_agents.h"

namespace portcullis::user_agent {

/// Client headers by uap-core's expressions and our own rules. The expressions are compiled on the first use, which therefore
/// takes about a tenth of a second (an idle process does not pay their 11 MB); `warm_up` does it beforehand. What was parsed is
/// remembered, so that the steady state is one look-up.
class UapUserAgents : public app::UserAgents {
public:
    explicit UapUserAgents(std::string regexes_path = "/usr/share/uap-core/regexes.yaml");

    app::ClientFacts parse(const app::ClientHeaders& headers) const override;

    /// Compiles the expressions now; safe to call from a thread of its own.
    void warm_up() const { regexes(); }
    /// Why browsers and systems are unknown; empty when all is well. Compiles the expressions.
    [[nodiscard]] std::string problem() const;

private:
    const UapRegexes* regexes() const;
    app::ClientFacts read(const app::ClientHeaders& headers) const;

    const std::string regexes_path_;
    mutable std::once_flag once_;
    mutable std::optional<UapRegexes> regexes_;
    mutable std::string problem_;
    mutable LruCache<app::ClientFacts> cache_;
};

}  // namespace portcullis::user_agent
