#include "app/reset_flow.h"

#include "wire/enum_names.h"
#include "wire/reader.h"

namespace portcullis::app {
namespace {

using wire::EnumName;

constexpr std::array<EnumName<ResetStage>, 10> kStages{{{ResetStage::wish, "wish"},
                                                      {ResetStage::method, "method"},
                                                      {ResetStage::number, "number"},
                                                      {ResetStage::code, "code"},
                                                      {ResetStage::approval, "approval"},
                                                      {ResetStage::password, "password"},
                                                      {ResetStage::done, "done"},
                                                      {ResetStage::asked, "asked"},
                                                      {ResetStage::stopped, "stopped"},
                                                      {ResetStage::unavailable, "unavailable"}}};
constexpr std::array<EnumName<ResetWish>, 2> kWishes{{{ResetWish::forgotten, "forgotten"}, {ResetWish::unlock, "unlock"}}};

}  // namespace

std::string to_text(const ResetFlow& f) {
    std::vector<std::string> proven;
    for (const auto method : f.proven) proven.emplace_back(to_string(method));
    return json::to_text(json::object{{"id", to_string(f.id)},
                                      {"browser", f.browser_digest},
                                      {"csrf", f.csrf},
                                      {"expiresAt", unix_ms(f.expires_at)},
                                      {"stage", wire::name_in(kStages, f.stage)},
                                      {"wish", wire::name_in(kWishes, f.wish)},
                                      {"typedName", f.typed_name},
                                      {"user", to_string(f.user)},
                                      {"subject", f.subject},
                                      {"signInFlow", f.sign_in_flow},
                                      {"proven", wire::to_array(proven)},
                                      {"asked", to_string(f.asked)},
                                      {"codeDigest", f.code_digest},
                                      {"codeExpiresAt", unix_ms(f.code_expires_at)},
                                      {"approval", to_string(f.approval)},
                                      {"approvalNumber", f.approval_number}});
}

Result<ResetFlow> reset_flow_from(std::string_view text) {
    const auto document = TRY(json::parse_object(text));
    ResetFlow f;
    std::vector<std::string> proven;
    wire::Reader reader(document, "");
    reader.read("id", f.id);
    reader.read("browser", f.browser_digest);
    reader.read("csrf", f.csrf);
    reader.read_ms("expiresAt", f.expires_at);
    reader.read_enum("stage", f.stage, [](std::string_view t) { return wire::value_in(kStages, t); }, "a stage");
    reader.read_enum("wish", f.wish, [](std::string_view t) { return wire::value_in(kWishes, t); }, "a wish");
    reader.read("typedName", f.typed_name);
    reader.read("user", f.user);
    reader.read("subject", f.subject);
    reader.read("signInFlow", f.sign_in_flow);
    reader.read("proven", proven);
    for (const auto& name : proven) {
        const auto method = parse_auth_method(name);
        if (method) f.proven.push_back(*method);
        else reader.fail("proven", "holds what is no method");
    }
    reader.read_enum("asked", f.asked, parse_auth_method, "a method");
    reader.read("codeDigest", f.code_digest);
    reader.read_ms("codeExpiresAt", f.code_expires_at);
    reader.read("approval", f.approval);
    reader.read("approvalNumber", f.approval_number);
    TRY(reader.finish());
    return f;
}

namespace {

std::string ended_key(UserId user) { return "reset|ended|" + to_string(user); }

}  // namespace

Result<void> end_resets(Ports& ports, TenantId tenant, UserId user, Instant now) {
    return ports.flows.put(tenant, FlowKind::throttle, ended_key(user), to_rfc3339(now), now + kResetLives);
}

Result<std::optional<Instant>> resets_ended_at(Ports& ports, TenantId tenant, UserId user, Instant now) {
    const auto entry = TRY(ports.flows.find(tenant, FlowKind::throttle, ended_key(user), now));
    if (!entry) return std::optional<Instant>{};
    return std::optional(parse_rfc3339(entry->value).value_or(now));
}

}  // namespace portcullis::app
