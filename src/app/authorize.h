#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "app/issued_code.h"
#include "app/live_session.h"
#include "app/sign_in.h"
#include "core/oidc/authorize_request.h"

namespace portcullis::app {

/// What goes back to the application, by redirect or by a form that posts itself. The redirect URI is registered, exactly.
struct ClientAnswer {
    std::string redirect_uri;
    ResponseMode response_mode = ResponseMode::query;
    std::vector<std::pair<std::string, std::string>> parameters;
    std::string application_name;
    std::string failure{};  // what went wrong on our side, for the operator's log; empty: nothing
};

/// The request cannot even be answered to the application: a page with status 400 (PROTO-101).
struct RefusedOnPage {
    int code = 0;  // for the page and the log
};

/// A sign-in page must be shown.
struct ShowFlow {
    StartedFlow started;
};

/// What the application's request says of the pages of a sign-in.
struct PageWishes {
    std::vector<std::string> form_targets;  // where its forms may lead (CSP form-action)
    std::string ui_locales;                 // the languages it asked for (OIDC Core §3.1.2.1)
};

/// Answered without asking: a live session was enough. Its references changed when `opened.reference` is not empty.
struct AnsweredAtOnce {
    ClientAnswer answer;
    OpenedSession opened;
};

using AuthorizeOutcome = std::variant<RefusedOnPage, ClientAnswer, ShowFlow, AnsweredAtOnce>;

/// What the browser brought along.
struct BrowserReferences {
    std::string session;         // the idsid cookie; empty: none
    std::string cross_site;      // the idsid-x cookie
    std::string browser_secret;  // the tx cookie
};

/// The authorization endpoint (protocols.md §4): check the request, choose the session, sign in, issue the code.
class Authorize {
public:
    Authorize(Ports& ports, SignIn& sign_in, std::string base_url);

    /// A request as it arrived; `parameters` is the query or the form, as sent. Errors: unavailable, conflict; none of
    /// `prompt=none`, whose application is told instead (PROTO-108).
    Result<AuthorizeOutcome> begin(const TenantSnapshot& tenant, std::string_view parameters, const BrowserReferences& browser,
                                   const RequestFacts& facts);
    /// The answer of a granted flow: opens the session and issues the code (PROTO-106). Errors: unavailable, conflict.
    Result<AnsweredAtOnce> finish(const TenantSnapshot& tenant, const SignInFlow& flow, const RequestFacts& facts);
    /// The person cancelled or was stopped: the error of the flow goes to the application (`access_denied`).
    Result<ClientAnswer> abandon(const TenantSnapshot& tenant, const SignInFlow& flow, const RequestFacts& facts);
    /// Nothing where no application's request is behind the flow.
    static PageWishes page_wishes(const SignInFlow& flow);

private:
    Result<AuthorizeOutcome> choose(const TenantSnapshot& tenant, const oidc::AuthorizeRequest& request, std::string parameters,
                                    const BrowserReferences& browser, const RequestFacts& facts);
    AuthorizeOutcome failed_silently(const TenantSnapshot& tenant, const oidc::AuthorizeRequest& request, const Error& error) const;
    Result<AuthorizeOutcome> silently(const TenantSnapshot& tenant, const oidc::AuthorizeRequest& request, StartedFlow started,
                                      const RequestFacts& facts);
    std::optional<UserId> hint_of_session(const oidc::AuthorizeRequest& request, const std::optional<LiveSession>& live) const;
    Result<std::optional<UserId>> hinted_user(const TenantSnapshot& tenant, const oidc::AuthorizeRequest& request, Instant now);
    std::optional<oidc::Refusal> refusal_after_sign_in(const TenantSnapshot& tenant, const oidc::AuthorizeRequest& request, const SignInFlow& flow,
                                                       const identity::Session& session, const Account& account) const;
    IssuedCode issued(const TenantSnapshot& tenant, const oidc::AuthorizeRequest& request, const SignInFlow& flow, const identity::Session& session,
                      const Account& account, const RequestFacts& facts) const;
    Result<oidc::AuthorizeRequest> request_of(const TenantSnapshot& tenant, const SignInFlow& flow) const;
    std::string issuer(const TenantSnapshot& tenant) const;

    Ports& ports_;
    SignIn& sign_in_;
    std::string base_url_;
};

}  // namespace portcullis::app
