#pragma once

#include "http/web.h"

namespace portcullis::http {

/// GET /{t}/myaccount/sessions: where the person is signed in; "everywhere" is ended where security info does it.
Response show_sessions(Web& web, const Call& call);
/// GET and POST …/end?id=: asks, then ends one of them, with MFA of at most five minutes ago.
Response show_session_end(Web& web, const Call& call);
Response submit_session_end(Web& web, const Call& call);

}  // namespace portcullis::http
