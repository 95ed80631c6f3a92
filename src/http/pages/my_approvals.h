#pragma once

#include "http/web.h"

/// A sign-in on another device, approved here by its number (CRED-017).
namespace portcullis::http {

/// GET and POST /{t}/myaccount/approvals (UX-164). Any session of its person with MFA, on a device that they let approve, but not the
/// browser that signs in.
Response show_approvals(Web& web, const Call& call);
Response submit_approvals(Web& web, const Call& call);

}  // namespace portcullis::http
