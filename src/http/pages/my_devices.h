#pragma once

#include "http/web.h"

namespace portcullis::http {

/// GET /{t}/myaccount/devices: what the person signed in on, and what is disabled (UX-180).
Response show_devices(Web& web, const Call& call);
/// GET and POST …/device?id=: asks what happened to one, then signs out there, or disables it as lost; with MFA of at most five minutes
/// ago (UX-181).
Response show_device_end(Web& web, const Call& call);
Response submit_device_end(Web& web, const Call& call);

}  // namespace portcullis::http
