#pragma once

#include "http/web.h"

namespace portcullis::http {

/// GET /{t}/myaccount: a person's own account, what is asked of them (UX-82), what was made safe (UX-84). POST: their language.
Response show_account(Web& web, const Call& call);
Response submit_account(Web& web, const Call& call);
/// GET …/confirm: signs in again where a rule wants that, and leads back.
Response confirm_account(Web& web, const Call& call);
/// GET …/alerts: what they were told (UX-81).
Response show_alerts(Web& web, const Call& call);

}  // namespace portcullis::http
