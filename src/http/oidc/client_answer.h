#pragma once

#include "http/web.h"

namespace portcullis::http {

/// The way back to the application: a redirect, or the page that posts itself (PROTO-103).
Response client_answer(const Web& web, const Call& call, const app::ClientAnswer& answer);
/// A redirect with the headers of a page: nothing stored, nothing framed.
Response redirect_to(const Web& web, std::string location, Redirect kind);
/// Sets the session cookies when the references changed, and the recognition cookie of the device that the session is on.
void set_session_cookies(const Web& web, Response& response, const app::OpenedSession& opened);
/// What makes a device cookie ours; a forged one is as none.
std::string device_mac(const Web& web, std::string_view device);
/// A page of the device surface: its forms post to it, guarded by the session.
Response device_page(const Web& web, const Call& call, const pages::Screen& screen);
/// A granted sign-in of the device page goes on to the confirmation.
Response finish_device_sign_in(Web& web, const Call& call, const app::SignInFlow& flow);

}  // namespace portcullis::http
