#include "core/oidc/logout.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "core/oidc/redirect_uri.h"

namespace portcullis::oidc {
namespace {

std::string with_state(std::string_view uri, std::string_view state) {
    if (state.empty()) return std::string(uri);
    const char joint = uri.find('?') == std::string_view::npos ? '?' : '&';
    return fmt::format("{}{}state={}", uri, joint, percent_encode(state));
}

/// Only to a URI that a known client has registered, byte for byte (PROTO-190).
std::string target_of(const LogoutRequest& request) {
    const bool is_registered = request.client != nullptr && request.client->is_enabled &&
                               !request.post_logout_redirect_uri.empty() &&
                               is_registered_post_logout(*request.client, request.post_logout_redirect_uri);
    return is_registered ? with_state(request.post_logout_redirect_uri, request.state) : std::string{};
}

}  // namespace

LogoutDecision decide_logout(const LogoutRequest& request) {
    if (!request.has_session) return AlreadySignedOut{target_of(request)};
    if (request.hint == HintFit::fits || request.step == LogoutStep::confirmed) return SignOut{target_of(request)};
    return AskToSignOut{};
}

}  // namespace portcullis::oidc
