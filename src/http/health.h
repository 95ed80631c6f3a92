#pragma once

#include "http/web.h"

namespace portcullis::http {

/// GET /healthz: the process answers. No detail (protocols.md §1.1).
Response healthz(Web& web, const Call& call);
/// GET /readyz: what we depend on answers too; 503 otherwise. No detail.
Response readyz(Web& web, const Call& call);
/// GET /metrics: counters as Prometheus text, without names or addresses. From this machine only.
Response metrics(Web& web, const Call& call);
/// GET /static/…: files of the program, never of the file system (PROTO-813).
Response static_file(Web& web, const Request& request);

}  // namespace portcullis::http
