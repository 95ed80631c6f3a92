#pragma once

#include <map>
#include <optional>
#include <string>

#include "app/ports/all.h"
#include "base/json.h"
#include "base/result.h"
#include "main/demo/keepsakes.h"

namespace portcullis::demo {

/// The ready file: all that a person, a script or a test suite needs to drive the demo from outside. Its form is a contract.
struct ReadyFile {
    std::string base_url;
    std::optional<std::string> ca;  // path of ca.pem
};
/// Errors: unavailable.
Result<json::object> ready_document(app::Ports& ports, const Keepsakes& keepsakes, const ReadyFile& where);

/// For the terminal: who can sign in, from where, and what to try.
std::string ready_text(const Keepsakes& keepsakes, const std::string& base_url);

}  // namespace portcullis::demo
