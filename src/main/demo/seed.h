#pragma once

#include <string>
#include <vector>

#include "app/ports/all.h"
#include "app/population.h"
#include "base/result.h"
#include "main/demo/keepsakes.h"
#include "main/wire.h"

namespace portcullis::demo {

/// What the command line adds to the clients, and where the demo is reached.
struct SeedOptions {
    std::string base_url;  // origin without a trailing slash
    std::vector<std::string> redirect_uris;
    std::vector<std::string> post_logout_redirect_uris;
    std::string backchannel_logout_uri;
};

/// The path, below the base URL, where the small application of the demo takes its answers.
inline constexpr std::string_view kSmallAppCallback = "/demo/app/callback";

/// Brings about what is missing of the tenant `contoso`, its people, applications and policies; what is there stays, apart
/// from the URLs of applications, which follow the options. Each person is one act, so a demo that was ended in between
/// goes on where it stopped. Data sets must be loaded: people are remembered in places.
/// Errors: conflict when the store holds another demo's tenant; invalidRequest for a URL that may not be registered; unavailable.
Result<void> seed(program::Installation& installation, const Keepsakes& keepsakes, const SeedOptions& options);

}  // namespace portcullis::demo
