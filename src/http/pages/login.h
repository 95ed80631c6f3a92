#pragma once

#include "http/web.h"

namespace portcullis::http {

/// GET /{t}/login?flow=…: the question this sign-in stands at.
Response show_login(Web& web, const Call& call);
/// POST /{t}/login: one answer; then the next question, or the way back to the application.
Response submit_login(Web& web, const Call& call);

/// GET /{t}/login/external?flow=…: back from the provider of an external method, with this browser's own cookie. What the provider
/// posted is judged now, if it belongs to this flow; if nothing did, nothing happens.
Response continue_external(Web& web, const Call& call);

/// POST /{t}/login/options: what the browser's passkey call is made with at this step, as JSON. The same for every name.
Response ask_passkey(Web& web, const Call& call);

/// A reason against a password, as pages say it.
pages::PasswordProblem page_problem(credentials::PasswordProblem problem);
/// The page of a flow at its stage, after `turn`.
Response flow_page(const Web& web, const Call& call, const app::Turn& turn, int status = 200);
/// Sets the cookie that ties a flow to this browser and shows its first page.
Response begin_flow_page(const Web& web, const Call& call, const app::StartedFlow& started);

}  // namespace portcullis::http
