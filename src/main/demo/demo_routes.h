#pragma once

#include <functional>
#include <optional>
#include <string>

#include "http/web.h"
#include "main/demo/cast.h"
#include "main/demo/keepsakes.h"
#include "main/demo/small_app.h"
#include "main/wire.h"

namespace portcullis::demo {

/// Everything under `/demo`, and where requests of the demo come from. It stands before the product's own routes and exists
/// in `demo` alone: the product is not built of it.
class DemoRoutes {
public:
    struct Setting {
        std::string base_url;
        std::string outbox_directory;
    };
    /// What the server does for the demo; each is done when it returns.
    struct Chores {
        std::function<void()> run_due;  // everything that is due by the clock
        std::function<void()> deliver;  // every message that waits
    };
    /// All must outlive this.
    DemoRoutes(program::Installation& installation, const Keepsakes& keepsakes, Setting setting, Chores chores);

    /// Says where a request from this machine comes from: the place its cookie names, else home. A request that a proxy, or
    /// a test, forwarded keeps its address.
    static void prepare(http::Request& request);

    /// The answer to `/` and to paths under `/demo`; nothing for others.
    std::optional<http::Response> answer(http::Web& web, const http::Request& request);

private:
    struct Visit;
    using Handler = http::Response (DemoRoutes::*)(Visit&);
    struct Route {
        std::string_view path;  // one that ends in `/` stands for all below it
        Handler get, post;
    };
    static std::span<const Route> routes();
    http::Response run(const Route& route, Visit& visit);

    http::Response root(Visit& visit);
    http::Response home(Visit& visit);
    http::Response start(Visit& visit);
    http::Response show_clock(Visit& visit);
    http::Response turn_clock(Visit& visit);
    http::Response outbox(Visit& visit);
    http::Response outbox_data(Visit& visit);
    http::Response why(Visit& visit);
    http::Response app_callback(Visit& visit);
    http::Response app(Visit& visit);
    http::Response app_sign_out(Visit& visit);

    Result<Instant> advance(std::string_view duration);
    Result<std::vector<pages::DemoHome::Recent>> recent(const app::TenantSnapshot& tenant);
    Result<std::string> newest_sign_in(const app::TenantSnapshot& tenant, const json::object& claims);
    Result<std::vector<pages::DemoHome::Person>> cast_now(Instant now);
    Result<bool> has_chosen_password(const Person& person);
    http::Response page(Visit& visit, const pages::Screen& screen);
    http::Response trouble(Visit& visit, const Error& error);

    program::Installation& installation_;
    const Keepsakes& keepsakes_;
    const Setting setting_;
    const Chores chores_;
    TenantId tenant_;
    SmallApp small_app_;
    Remembered<SmallApp::SignedIn> signed_in_;  // by the browser's secret
};

}  // namespace portcullis::demo
