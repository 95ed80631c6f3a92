#pragma once

#include "http/web.h"

namespace portcullis::http {

/// GET /{t}/reset[?flow=…]: whose account is it? `flow` is the sign-in to go back to. Stores nothing.
Response show_reset(Web& web, const Call& call);
/// POST /{t}/reset: one answer; then the next question (credentials.md §9).
Response submit_reset(Web& web, const Call& call);

/// Where "Forgot your password?" leads from a sign-in.
std::string reset_path(const Call& call, const FlowId& sign_in);

}  // namespace portcullis::http
