#pragma once

#include "http/web.h"

namespace portcullis::http {

/// POST /{t}/federation/externalauthprovider: the provider of an external method answers, by a form of its own in the person's browser.
/// The form comes from another site, so without our cookies; it is put down, and the browser goes on to where its own cookie is asked for.
Response take_external_answer(Web& web, const Call& call);

}  // namespace portcullis::http
