#pragma once

#include "http/web.h"

/// The endpoints of OAuth 2.0 and OpenID Connect (protocols.md §1.1).
namespace portcullis::http {

Response open_id_metadata(Web& web, const Call& call);
Response oauth_metadata(Web& web, const Call& call);
Response jwks(Web& web, const Call& call);

Response authorize(Web& web, const Call& call);
Response token(Web& web, const Call& call);
Response introspect(Web& web, const Call& call);
Response revoke(Web& web, const Call& call);
Response userinfo(Web& web, const Call& call);

Response device_authorization(Web& web, const Call& call);
Response show_device_page(Web& web, const Call& call);
Response submit_device_page(Web& web, const Call& call);

Response show_logout(Web& web, const Call& call);
Response submit_logout(Web& web, const Call& call);

/// An OAuth error body with its status and headers (protocols.md §11.1).
Response oauth_error(const Web& web, const Call& call, const oidc::Refusal& refusal);
/// The same for trouble of our own: 503, 429, 400, 500.
Response oauth_trouble(const Web& web, const Call& call, const Error& error);

}  // namespace portcullis::http
