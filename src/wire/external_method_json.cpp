#include "wire/external_method_json.h"

#include <fmt/format.h>

#include <algorithm>

#include "wire/document_reader.h"
#include "wire/external_answer.h"
#include "wire/method_targets_json.h"

namespace portcullis::wire {
namespace {

using identity::ExternalMethod;
using identity::FederatedIdpMfaBehavior;
using identity::MethodTargets;
using policy::kSchemaRule;

constexpr std::string_view kType = "#microsoft.graph.externalAuthenticationMethodConfiguration";
constexpr std::size_t kNameMax = 64, kClientIdMax = 256, kTargetsMax = 1000;

bool is_type(std::string_view written) { return written == kType || written == kType.substr(1); }

void read_target(const DocumentReader& in, MethodTargets& targets) {
    in.allow_only({"targetType", "id", "isRegistrationRequired"});
    const auto type = in.required_text("targetType");
    const auto id   = in.required_text("id");
    if (!type || !id) return;
    if (in.boolean("isRegistrationRequired").value_or(false))
        in.refuse(policy::kUnsupportedRule, "isRegistrationRequired", "nobody registers for an external method: the targets say who has it");
    const auto group = parse_id<GroupId>(*id);
    const auto user  = parse_id<UserId>(*id);
    if (*type == "group" && *id == kAllUsers) targets.all_users = true;
    else if (*type == "group" && group) targets.groups.push_back(*group);
    else if (*type == "user" && user) targets.users.push_back(*user);
    else in.refuse(kSchemaRule, "id", "a target is a `user` or a `group` by its UUID, or the group `all_users`");
}

MethodTargets read_targets(const DocumentReader& in, std::string_view member, MethodTargets unless_said) {
    if (!in.has(member)) return unless_said;
    MethodTargets targets;
    in.each_object(member, [&](const DocumentReader& target) { read_target(target, targets); });
    if (targets.users.size() + targets.groups.size() > kTargetsMax) in.refuse(kSchemaRule, member, fmt::format("at most {} targets", kTargetsMax));
    return targets;
}

void read_connection(const DocumentReader& in, ExternalMethod& method) {
    in.allow_only({"clientId", "discoveryUrl"});
    method.client_id     = in.required_text("clientId").value_or("");
    method.discovery_url = in.required_text("discoveryUrl").value_or("");
    if (in.has("clientId") && (method.client_id.empty() || method.client_id.size() > kClientIdMax))
        in.refuse(kSchemaRule, "clientId", fmt::format("from 1 to {} bytes", kClientIdMax));
    if (in.has("discoveryUrl") && !is_provider_url(method.discovery_url))
        in.refuse(kSchemaRule, "discoveryUrl", "this is not the https URL of a provider's metadata, with a host name and without a fragment");
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

void read_names(const DocumentReader& in, ExternalMethod& method) {
    method.id           = in.id<MethodId>("id").value_or(MethodId{});
    if (in.required_text("appId")) method.app_id = in.id<ApplicationId>("appId").value_or(ApplicationId{});
    method.display_name = in.required_text("displayName").value_or("");
    const bool is_text  = !method.display_name.empty() && method.display_name.size() <= kNameMax && std::ranges::none_of(method.display_name, is_control);
    if (in.has("displayName") && !is_text) in.refuse(kSchemaRule, "displayName", fmt::format("from 1 to {} bytes of text", kNameMax));
    method.created_at  = in.instant("createdDateTime").value_or(Instant{});
    method.modified_at = in.instant("modifiedDateTime");
}

ExternalMethod read_method(const DocumentReader& in) {
    in.allow_only({"id", "displayName", "state", "appId", "openIdConnectSetting", "includeTargets", "excludeTargets", "federatedIdpMfaBehavior",
                   "createdDateTime", "modifiedDateTime"});
    if (const auto type = in.text("@odata.type"); type && !is_type(*type))
        in.refuse(kSchemaRule, "@odata.type", fmt::format("`{}` is not an external method", *type));
    ExternalMethod method;
    read_names(in, method);
    if (const auto connection = in.required_object("openIdConnectSetting")) read_connection(*connection, method);
    const auto state = in.text("state").value_or("disabled");
    if (state != "enabled" && state != "disabled") in.refuse(kSchemaRule, "state", fmt::format("`{}` is neither `enabled` nor `disabled`", state));
    method.is_enabled = state == "enabled";
    method.include    = read_targets(in, "includeTargets", method.include);
    method.exclude    = read_targets(in, "excludeTargets", method.exclude);
    if (method.exclude.all_users) in.refuse(kSchemaRule, "excludeTargets", "this excludes everybody: disable the method instead");
    const auto behavior = in.term("federatedIdpMfaBehavior", identity::parse_federated_idp_mfa_behavior);
    method.behavior     = behavior.value_or(FederatedIdpMfaBehavior::acceptIfMfaDoneByFederatedIdp);
    return method;
}

}  // namespace

ParsedExternalMethod parse_external_method(const json::object& document) {
    ParsedExternalMethod parsed;
    auto method = read_method(DocumentReader(document, "", parsed.findings));
    if (!is_rejected(parsed.findings)) parsed.method = std::move(method);
    return parsed;
}

ParsedExternalMethod parse_external_method(std::string_view text) {
    return parse_document<ParsedExternalMethod>(text, kExternalMethodBytesMax, parse_external_method);
}

json::object to_json(const identity::ExternalMethod& method) {
    return {{"@odata.type", kType},
            {"id", method.id.is_nil() ? json::value(nullptr) : json::value(to_string(method.id))},
            {"displayName", method.display_name},
            {"state", method.is_enabled ? "enabled" : "disabled"},
            {"appId", to_string(method.app_id)},
            {"openIdConnectSetting", json::object{{"clientId", method.client_id}, {"discoveryUrl", method.discovery_url}}},
            {"includeTargets", targets_json(method.include)},
            {"excludeTargets", targets_json(method.exclude)},
            {"federatedIdpMfaBehavior", identity::to_string(method.behavior)},
            {"createdDateTime", created_or_null(method.created_at)},
            {"modifiedDateTime", time_or_null(method.modified_at)}};
}

}  // namespace portcullis::wire
