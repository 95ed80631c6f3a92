#pragma once

#include "http/web.h"

namespace portcullis::http {

/// GET and POST /{t}/myaccount/password: a person changes their own password because they want to. Without a fresh second
/// factor this closes no risk (id-protection.md E08, E10).
Response show_password_change(Web& web, const Call& call);
Response submit_password_change(Web& web, const Call& call);

}  // namespace portcullis::http
