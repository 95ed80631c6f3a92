// Documents of our own store, damaged in every way: refused, or read as something that is written and read back alike.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "app/approvals.h"
#include "app/issued_code.h"
#include "app/mfa_prompts.h"
#include "app/reset_flow.h"
#include "app/sign_in_flow.h"
#include "base/assert.h"
#include "base/json.h"
#include "core/credentials/lockout.h"
#include "core/credentials/push_watch.h"
#include "wire/detection_json.h"
#include "wire/identity_json.h"

namespace {

using namespace portcullis;

template <class Read>
void check(const json::object& document, Read read) {
    const auto value = read(document);
    if (!value) return;
    const auto written = wire::to_json(*value);
    const auto again   = read(written);
    PORTCULLIS_ASSERT(again && json::to_text(wire::to_json(*again)) == json::to_text(written));
}

template <class Read>
void check_text(std::string_view text, Read read) {
    const auto value = read(text);
    if (!value) return;
    const auto written = app::to_text(*value);
    const auto again   = read(written);
    PORTCULLIS_ASSERT(again && app::to_text(*again) == written);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_text(text, app::issued_code_from);
    check_text(text, app::sign_in_flow_from);
    check_text(text, app::approval_from);
    check_text(text, app::reset_flow_from);
    if (const auto state = credentials::parse_lockout(text)) {
        PORTCULLIS_ASSERT(credentials::parse_lockout(credentials::to_text(*state)).has_value());
    }
    if (const auto watch = credentials::parse_push_watch(text)) {
        PORTCULLIS_ASSERT(credentials::parse_push_watch(credentials::to_text(*watch)) == watch);
        PORTCULLIS_ASSERT(credentials::parse_push_watch(credentials::to_text(credentials::on_push_asked(*watch, from_unix_seconds(1'800'000'000)).watch)).has_value());
    }
    if (const auto item = wire::decode_history_item(text)) {
        PORTCULLIS_ASSERT(wire::decode_history_item(wire::encode_history_item(*item)).has_value());
    }
    const auto document = json::parse_object(text);
    if (!document) return 0;
    if (const auto prompt = app::mfa_prompt_from(*document)) {
        const auto written = app::to_json(*prompt);
        const auto again   = app::mfa_prompt_from(written);
        PORTCULLIS_ASSERT(again && app::to_json(*again) == written);
    }
    check(*document, wire::tenant_settings_from);
    check(*document, wire::application_from);
    check(*document, wire::session_from);
    check(*document, wire::grant_from);
    return 0;
}
