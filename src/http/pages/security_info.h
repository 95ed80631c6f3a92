#pragma once

#include "http/web.h"

namespace portcullis::http {

/// GET and POST /{t}/myaccount/security-info: how the signed-in person signs in (UX-83). Whoever has a method passes MFA before
/// anything is shown (CRED-005); POST signs out everywhere.
Response show_security_info(Web& web, const Call& call);
Response submit_security_info(Web& web, const Call& call);
/// GET and POST …/app: adds an authenticator app, with MFA of at most five minutes ago.
Response show_add_app(Web& web, const Call& call);
Response submit_add_app(Web& web, const Call& call);
/// GET and POST …/token?id=: activates a hardware token that the person was given, likewise, by a code it shows.
Response show_token(Web& web, const Call& call);
Response submit_token(Web& web, const Call& call);
/// GET and POST …/email: adds a recovery address, likewise, once a code sent to it was typed.
Response show_add_mail(Web& web, const Call& call);
Response submit_add_mail(Web& web, const Call& call);
/// GET and POST …/phone: adds a recovery telephone, likewise, once a code sent to it was typed.
Response show_add_phone(Web& web, const Call& call);
Response submit_add_phone(Web& web, const Call& call);
/// GET and POST …/recovery-codes: ten new ones, shown once, likewise.
Response show_recovery_codes(Web& web, const Call& call);
Response submit_recovery_codes(Web& web, const Call& call);
/// GET and POST …/passkey: adds a passkey, likewise; POST …/passkey/options: what the browser makes it from, as JSON.
Response show_add_approver(Web& web, const Call& call);
Response submit_add_approver(Web& web, const Call& call);
Response show_add_passkey(Web& web, const Call& call);
Response submit_add_passkey(Web& web, const Call& call);
Response ask_new_passkey(Web& web, const Call& call);
/// GET and POST …/method?id=: one method: its name, whether it is asked for first, its removal.
Response show_method(Web& web, const Call& call);
Response submit_method(Web& web, const Call& call);

/// A granted sign-in that an account page asked for leads back to it.
Response finish_account_sign_in(Web& web, const Call& call, const app::SignInFlow& flow);
/// The person cancelled one.
Response left_account(const Web& web, const Call& call);

}  // namespace portcullis::http
