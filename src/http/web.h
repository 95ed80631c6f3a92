#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/authorize.h"
#include "app/change_password.h"
#include "app/oauth.h"
#include "app/ports/all.h"
#include "app/request_facts.h"
#include "app/reset_password.h"
#include "app/sign_in.h"
#include "http/cookies.h"
#include "http/pages/render/headers.h"
#include "http/pages/render/pages.h"
#include "http/pages/render/static_files.h"
#include "http/request.h"
#include "http/response.h"

namespace portcullis::http {

/// Everything a handler may use, made once in main/wire.cpp.
struct Web {
    app::Ports& ports;
    app::SignIn& sign_in;
    app::Authorize& authorize;
    app::OAuth& oauth;      // token, introspection, revocation, userinfo, device, logout
    app::ChangePassword& change_password;
    app::ResetPassword& reset_password;
    const pages::Pages& pages;
    const pages::StaticFiles& files;
    std::string base_url;  // the configured public origin without a trailing slash (PROTO-002)
    std::function<std::string()> metrics;    // Prometheus text
    std::function<Result<void>()> is_ready;  // what we depend on answers
    std::function<void(std::string_view what, const RequestId& request)> on_failure;  // the operational log

    [[nodiscard]] bool is_https() const { return base_url.starts_with("https://"); }
    [[nodiscard]] pages::Scheme scheme() const { return is_https() ? pages::Scheme::https : pages::Scheme::http; }
};

/// One request to a handler.
struct Call {
    const Request& request;
    app::RequestFacts facts;
    std::shared_ptr<const app::TenantSnapshot> tenant;  // null on paths without a tenant
    std::string tenant_segment;                        // as it stands in the path: a domain or a GUID
};

}  // namespace portcullis::http
