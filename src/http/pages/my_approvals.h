#pragma once

#include "http/web.h"

/// A sign-in or a reset on another device, approved here by its number (CRED-017).
namespace portcullis::http {

/// GET and POST /{t}/myaccount/approvals (UX-164). Any session of its person with MFA, on a device that they let approve, but not the
/// browser that it was begun in.
Response show_approvals(Web& web, const Call& call);
Response submit_approvals(Web& web, const Call& call);

/// That page as people type it on another device.
std::string approvals_address(const Web& web, const Call& call);

}  // namespace portcullis::http
