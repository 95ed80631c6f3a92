#pragma once

#include <span>
#include <string_view>

#include "http/web.h"

namespace portcullis::http {

/// Who reads the answer when something goes wrong.
enum class Surface {
    people,    // an HTML page
    programs,  // OAuth JSON
};

/// Who else may call from a browser (protocols.md §1.1, CORS column).
enum class Cors { never, anybody, spaOrigins };

using Endpoint = Response (*)(Web&, const Call&);

/// One endpoint. `path` is exact; `{t}` stands for the tenant, as GUID or domain, and is always the first segment.
struct Route {
    std::string_view path;
    Surface surface;
    Cors cors;
    Endpoint get;   // also answers HEAD; null: not allowed
    Endpoint post;  // null: not allowed
};

/// Every endpoint of the product, in one table.
std::span<const Route> routes();

/// The demo's endpoints; empty in `serve`.
using ExtraRoutes = std::span<const Route>;

/// Answers one request: finds the endpoint, its tenant and its guards. Unknown path 404, wrong method 405 with `Allow`
/// (PROTO-007), unknown tenant 404 (PROTO-006), trouble with the store 503.
Response answer(Web& web, const Request& request, ExtraRoutes extra);

}  // namespace portcullis::http
