#pragma once

#include "http/web.h"

namespace portcullis::http {

/// GET /{t}/myaccount/sign-ins: the person's own sign-ins of 30 days (UX-80). POST: "This was me" (UX-80b).
Response show_sign_ins(Web& web, const Call& call);
Response submit_sign_ins(Web& web, const Call& call);
/// GET and POST …/report?id=: asks, then takes "This was not me" (UX-80a), with MFA of at most five minutes ago.
Response show_report(Web& web, const Call& call);
Response submit_report(Web& web, const Call& call);
/// GET /{t}/myaccount/secure: what to do after a report.
Response show_rescue(Web& web, const Call& call);

}  // namespace portcullis::http
