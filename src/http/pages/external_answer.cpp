#include "http/pages/external_answer.h"

#include "app/external_mfa.h"
#include "http/browser.h"
#include "http/oidc/client_answer.h"

namespace portcullis::http {

Response take_external_answer(Web& web, const Call& call) {
    const auto form = Form::of_body(call.request);
    if (!form) return error_page(web, call, form.error());
    const app::ExternalPost post{.state = text_of(*form, "state"), .id_token = text_of(*form, "id_token"), .error = text_of(*form, "error")};
    const auto taken = app::take_in_external(web.ports, *call.tenant, post, call.facts.now);
    if (!taken) return error_page(web, call, taken.error());
    if (!*taken) {
        web.on_failure("an external provider's answer came that nobody waits for", call.request.id);
        return page(web, call, pages::GenericError{.kind = pages::GenericError::Kind::flowExpired, .code = 50089}, {.status = 400});
    }
    return redirect_to(web, "/" + call.tenant_segment + "/login/external?flow=" + to_string((*taken)->flow) + "&answer=" + (*taken)->ticket, Redirect::seeOther);
}

}  // namespace portcullis::http
