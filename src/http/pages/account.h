#pragma once

#include "http/web.h"

namespace portcullis::http {

/// GET and POST /{t}/myaccount/password: a person changes their own password because they want to. Without a fresh second
/// factor this closes no risk (id-protection.md E08, E10).
Response show_password_change(Web& web, const Call& call);
Response submit_password_change(Web& web, const Call& call);


/// A change or reset of a password that failed without anybody being wrong, with its code (credentials.md §10.4): 120016 when the
/// account is gone, 120020 when it changed at the same moment, 120021 when the store does not answer.
Response password_failed(const Web& web, const Call& call, const Error& error);

}  // namespace portcullis::http
