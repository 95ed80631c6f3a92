#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace portcullis::login {

/// One JSON answer.
struct Reply {
    int status = 0;
    json::object body;
};

/// Asks the identity provider: https with a certificate that holds, or plain http to this very machine; no redirects, 10 s, 1 MiB.
class Web {
public:
    /// `ca_file`: PEM; empty: the system's authorities.
    explicit Web(std::string ca_file);

    /// Errors: invalidRequest for another kind of URL or an answer that is no JSON object; unavailable.
    Result<Reply> get(const std::string& url) const;
    Result<Reply> post(const std::string& url, const std::vector<std::pair<std::string, std::string>>& form) const;

private:
    Result<Reply> send(const std::string& url, const std::string* form) const;

    const std::string ca_file_;
};

}  // namespace portcullis::login
