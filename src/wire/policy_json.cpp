#include "wire/policy_json.h"

#include <fmt/format.h>

#include <algorithm>

#include "wire/document_reader.h"

namespace portcullis::wire {
namespace {

using namespace policy;  // this file spells the type out member by member

// --- Reading -------------------------------------------------------------------------------------------------------

template <class IdType>
void append_id(const DocumentReader& in, std::string_view text, const std::string& place, std::vector<IdType>& to) {
    const auto id = parse_id<IdType>(text);
    if (!id || id->is_nil()) {
        in.refuse(kSchemaRule, place, fmt::format("`{}` is not an identifier", text));
    } else if (std::ranges::find(to, *id) == to.end()) {
        to.push_back(*id);
    }
}

template <class IdType>
std::vector<IdType> read_ids(const DocumentReader& in, std::string_view member) {
    std::vector<IdType> ids;
    in.each_text(member, [&](auto text, const auto& place) { append_id(in, text, place, ids); });
    return ids;
}

/// A keyword that stands alone: `All` and `None` say everything there is to say.
std::optional<Scope> scope_of(std::string_view text) {
    if (text == "All") return Scope::all;
    if (text == "None") return Scope::none;
    return std::nullopt;
}

void check_scope_stands_alone(const DocumentReader& in, std::string_view member, Scope scope) {
    const auto* array = json::array_at(in.object(), member);
    if (scope != Scope::listed && array != nullptr && array->size() > 1)
        in.refuse(kSchemaRule, member, "`All` and `None` stand alone");
}

UsersCondition read_users(const DocumentReader& in) {
    in.allow_only({"includeUsers", "excludeUsers", "includeGroups", "excludeGroups", "includeRoles", "excludeRoles",
                   "includeGuestsOrExternalUsers", "excludeGuestsOrExternalUsers"});
    in.refuse_unsupported("includeGuestsOrExternalUsers", "kinds of external users are not evaluated yet");
    in.refuse_unsupported("excludeGuestsOrExternalUsers", "kinds of external users are not evaluated yet");

    UsersCondition users;
    in.each_text("includeUsers", [&](auto text, const auto& place) {
        if (const auto scope = scope_of(text)) users.include = *scope;
        else if (text == "GuestsOrExternalUsers") users.include_guests = true;
        else append_id(in, text, place, users.include_users);
    });
    check_scope_stands_alone(in, "includeUsers", users.include);
    in.each_text("excludeUsers", [&](auto text, const auto& place) {
        if (text == "GuestsOrExternalUsers") users.exclude_guests = true;
        else append_id(in, text, place, users.exclude_users);
    });
    users.include_groups = read_ids<GroupId>(in, "includeGroups");
    users.exclude_groups = read_ids<GroupId>(in, "excludeGroups");
    users.include_roles  = read_ids<RoleId>(in, "includeRoles");
    users.exclude_roles  = read_ids<RoleId>(in, "excludeRoles");
    return users;
}

bool is_application_group(std::string_view text) { return text == "Office365" || text == "MicrosoftAdminPortals"; }

void append_application(const DocumentReader& in, std::string_view text, const std::string& place,
                        std::vector<ApplicationId>& to) {
    if (is_application_group(text))
        in.refuse(kUnsupportedRule, place, fmt::format("application group `{}` is not known here", text));
    else append_id(in, text, place, to);
}

EnumSet<UserAction> read_user_actions(const DocumentReader& in) {
    EnumSet<UserAction> actions;
    in.each_text("includeUserActions", [&](auto text, const auto& place) {
        if (const auto action = parse_user_action(text)) actions.insert(*action);
        else if (text == "urn:user:registerdevice")
            in.refuse(kUnsupportedRule, place, "device registration does not exist here");
        else in.refuse(kSchemaRule, place, fmt::format("`{}` is not a user action", text));
    });
    return actions;
}

/// CAV-02 for the kinds of target that we do not evaluate, so that both reasons are named.
void check_target_kinds(const DocumentReader& in) {
    const auto names = [&](std::string_view member) {
        const auto* array = json::array_at(in.object(), member);
        return array != nullptr && !array->empty();
    };
    if (names("includeAuthenticationContextClassReferences") &&
            (names("includeApplications") || names("includeUserActions")))
        in.refuse("CAV-02", "", "a policy targets resources, user actions or authentication contexts, not several");
}

ApplicationsCondition read_applications(const DocumentReader& in) {
    in.allow_only({"includeApplications", "excludeApplications", "includeUserActions",
                   "includeAuthenticationContextClassReferences", "applicationFilter"});
    in.refuse_unsupported("includeAuthenticationContextClassReferences",
                          "authentication contexts are not evaluated yet");
    in.refuse_unsupported("applicationFilter", "application filters are not evaluated yet");
    check_target_kinds(in);

    ApplicationsCondition applications;
    in.each_text("includeApplications", [&](auto text, const auto& place) {
        if (const auto scope = scope_of(text)) applications.include = *scope;
        else append_application(in, text, place, applications.include_applications);
    });
    check_scope_stands_alone(in, "includeApplications", applications.include);
    in.each_text("excludeApplications", [&](auto text, const auto& place) {
        append_application(in, text, place, applications.exclude_applications);
    });
    applications.user_actions = read_user_actions(in);
    return applications;
}

LocationsCondition read_locations(const DocumentReader& in) {
    in.allow_only({"includeLocations", "excludeLocations"});
    LocationsCondition locations;
    in.each_text("includeLocations", [&](auto text, const auto& place) {
        if (text == "All") locations.include_all = true;
        else if (text == "AllTrusted") locations.include_all_trusted = true;
        else append_id(in, text, place, locations.include_locations);
    });
    in.each_text("excludeLocations", [&](auto text, const auto& place) {
        if (text == "AllTrusted") locations.exclude_all_trusted = true;
        else if (text == "All") in.refuse(kSchemaRule, place, "a policy that excludes every location never applies");
        else append_id(in, text, place, locations.exclude_locations);
    });
    return locations;
}

EnumSet<RiskLevel> read_risk_levels(const DocumentReader& in, std::string_view member) {
    EnumSet<RiskLevel> levels;
    in.each_text(member, [&](auto text, const auto& place) {
        if (const auto level = parse_risk_level(text)) levels.insert(*level);
        else in.refuse(kSchemaRule, place, fmt::format("`{}` is not a risk level", text));
    });
    return levels;
}

EnumSet<ClientAppType> read_client_app_types(const DocumentReader& in) {
    EnumSet<ClientAppType> types;
    bool is_all = false;
    in.each_text("clientAppTypes", [&](auto text, const auto& place) {
        if (const auto type = parse_client_app_type(text)) types.insert(*type);
        else if (text == "all") is_all = true;
        else if (text == "easSupported") in.refuse(kUnsupportedRule, place, "`easSupported` is not told apart here");
        else in.refuse(kSchemaRule, place, fmt::format("`{}` is not a client app type", text));
    });
    const auto* array = json::array_at(in.object(), "clientAppTypes");
    if (array != nullptr && array->empty()) in.refuse(kSchemaRule, "clientAppTypes", "no client app type is named");
    if (is_all && !types.empty()) in.refuse(kSchemaRule, "clientAppTypes", "`all` stands alone");
    return types;
}

EnumSet<TransferMethod> read_transfer_methods(const DocumentReader& in) {
    in.allow_only({"transferMethods"});
    EnumSet<TransferMethod> methods;
    const auto spelled = in.required_text("transferMethods");
    if (!spelled || *spelled == "none") return methods;

    std::string_view rest = *spelled;  // flags, separated by commas
    while (true) {
        const auto comma = rest.find(',');
        const auto flag  = rest.substr(0, comma);
        if (const auto method = parse_transfer_method(flag)) methods.insert(*method);
        else in.refuse(kSchemaRule, "transferMethods", fmt::format("`{}` is not a transfer method", flag));
        if (comma == std::string_view::npos) return methods;
        rest.remove_prefix(comma + 1);
    }
}

Conditions read_conditions(const DocumentReader& in) {
    in.allow_only({"users", "applications", "signInRiskLevels", "userRiskLevels", "locations", "clientAppTypes",
                   "authenticationFlows", "platforms", "devices", "deviceStates", "clientApplications",
                   "insiderRiskLevels", "servicePrincipalRiskLevels"});
    in.refuse_unsupported("platforms", "device platforms are not evaluated yet");
    in.refuse_unsupported("devices", "device filters are not evaluated yet");
    in.refuse_unsupported("deviceStates", "device states are not evaluated");
    in.refuse_unsupported("clientApplications", "workload identities are not evaluated yet");
    in.refuse_unsupported("insiderRiskLevels", "insider risk is not evaluated yet");
    in.refuse_unsupported("servicePrincipalRiskLevels", "risk of workload identities is not evaluated yet");
    if (in.has("users") && in.has("clientApplications"))
        in.refuse("CAV-20", "clientApplications", "users and workload identities need two policies");

    Conditions conditions;
    if (const auto users = in.object_at("users")) conditions.users = read_users(*users);
    if (const auto applications = in.object_at("applications"))
        conditions.applications = read_applications(*applications);
    if (const auto locations = in.object_at("locations")) conditions.locations = read_locations(*locations);
    if (const auto flows = in.object_at("authenticationFlows"))
        conditions.transfer_methods = read_transfer_methods(*flows);
    conditions.sign_in_risk_levels = read_risk_levels(in, "signInRiskLevels");
    conditions.user_risk_levels    = read_risk_levels(in, "userRiskLevels");
    conditions.client_app_types    = read_client_app_types(in);
    return conditions;
}

bool is_known_control(std::string_view text) {
    return text == "compliantDevice" || text == "domainJoinedDevice" || text == "approvedApplication" ||
           text == "compliantApplication";
}

/// CAV-03 and 10 for controls that we do not enforce, so that both reasons are named.
void check_other_controls(const DocumentReader& in, EnumSet<GrantControl> controls, bool has_other) {
    if (has_other && controls.contains(GrantControl::block))
        in.refuse("CAV-03", "builtInControls", "`block` excludes every other grant control");
    if (has_other && controls.contains(GrantControl::passwordChange))
        in.refuse("CAV-10", "builtInControls", "`passwordChange` allows no control beside it but `mfa`");
}

/// Graph shows the strength whole; what it is, its own document says, so here only the id counts.
void read_strength(const DocumentReader& in, GrantControls& grant) {
    in.allow_only({"id", "displayName", "description", "policyType", "requirementsSatisfied", "allowedCombinations", "combinationConfigurations",
                   "createdDateTime", "modifiedDateTime"});
    const auto text = in.required_text("id");
    if (!text) return;
    const auto id = parse_id<StrengthId>(*text);
    if (!id || id->is_nil()) return in.refuse(kSchemaRule, "id", fmt::format("`{}` is not an identifier", *text));
    grant.strength = *id;
    grant.controls.insert(GrantControl::authenticationStrength);
}

/// What `riskRemediation` brings along where the document does not say it (CAV-11).
void complete_remediation(Policy& policy) {
    if (!policy.grant_controls || !policy.grant_controls->controls.contains(GrantControl::riskRemediation)) return;
    auto& grant = *policy.grant_controls;
    if (!grant.strength && !grant.controls.contains(GrantControl::mfa)) {
        grant.strength = kMultifactorStrength;
        grant.controls.insert(GrantControl::authenticationStrength);
    }
    if (!policy.session_controls.sign_in_frequency) policy.session_controls.sign_in_frequency = SignInFrequency{};
}

GrantControls read_grant_controls(const DocumentReader& in) {
    in.allow_only({"operator", "builtInControls", "customAuthenticationFactors", "termsOfUse",
                   "authenticationStrength"});
    in.refuse_unsupported("customAuthenticationFactors", "custom controls are not enforced");
    in.refuse_unsupported("termsOfUse", "terms of use are not enforced yet");

    GrantControls grant;
    grant.op       = in.term("operator", parse_grant_operator).value_or(GrantOperator::AND);
    const auto says = [&](std::string_view member) {
        const auto* array = json::array_at(in.object(), member);
        return array != nullptr && !array->empty();
    };
    bool has_other = says("customAuthenticationFactors") || says("termsOfUse");
    in.each_text("builtInControls", [&](auto text, const auto& place) {
        const auto control = parse_grant_control(text);
        if (control && *control != GrantControl::authenticationStrength) {
            grant.controls.insert(*control);
        } else if (is_known_control(text)) {
            has_other = true;
            in.refuse(kUnsupportedRule, place, fmt::format("`{}` is not enforced yet", text));
        } else {
            in.refuse(kSchemaRule, place, fmt::format("`{}` is not a grant control", text));
        }
    });
    check_other_controls(in, grant.controls, has_other);
    if (const auto strength = in.object_at("authenticationStrength")) read_strength(*strength, grant);
    return grant;
}

/// Graph keeps a control that is switched off as an object that says so.
bool is_switched_off(const DocumentReader& in) { return in.boolean("isEnabled") == false; }

void read_period(const DocumentReader& in, SignInFrequency& frequency) {
    const auto value = in.integer("value");
    const auto unit  = in.term("type", parse_frequency_unit);
    if (frequency.interval == FrequencyInterval::everyTime) {
        if (in.has("value") || in.has("type"))
            in.refuse(kSchemaRule, "value", "`everyTime` has neither value nor type");
        return;
    }
    if (!value || !unit) {
        in.refuse(kSchemaRule, "value", "`timeBased` needs a value and a type");
        return;
    }
    // checked by `validate`
    frequency.value = static_cast<int>(std::clamp<std::int64_t>(*value, -1, kFrequencyDaysMax + 1));
    frequency.unit  = *unit;
}

std::optional<SignInFrequency> read_frequency(const DocumentReader& in) {
    in.allow_only({"isEnabled", "value", "type", "frequencyInterval", "authenticationType"});
    if (is_switched_off(in)) return std::nullopt;
    SignInFrequency frequency;
    frequency.interval = in.term("frequencyInterval", parse_frequency_interval).value_or(FrequencyInterval::timeBased);
    frequency.authentication = in.term("authenticationType", parse_frequency_authentication)
                                   .value_or(FrequencyAuthentication::primaryAndSecondaryAuthentication);
    read_period(in, frequency);
    return frequency;
}

std::optional<PersistentBrowserMode> read_persistent_browser(const DocumentReader& in) {
    in.allow_only({"isEnabled", "mode"});
    if (is_switched_off(in)) return std::nullopt;
    if (!in.has("mode")) in.refuse(kSchemaRule, "mode", "`mode` is missing");
    return in.term("mode", parse_persistent_browser_mode);
}

SessionControls read_session_controls(const DocumentReader& in) {
    in.allow_only({"signInFrequency", "persistentBrowser", "applicationEnforcedRestrictions", "cloudAppSecurity",
                   "continuousAccessEvaluation", "secureSignInSession", "disableResilienceDefaults"});
    in.refuse_unsupported("applicationEnforcedRestrictions", "application enforced restrictions are not enforced yet");
    in.refuse_unsupported("cloudAppSecurity", "proxying by another product does not exist here");
    in.refuse_unsupported("continuousAccessEvaluation", "continuous access evaluation cannot be configured yet");
    in.refuse_unsupported("secureSignInSession", "token protection is not enforced yet");
    if (in.boolean("disableResilienceDefaults") == true)
        in.refuse(kUnsupportedRule, "disableResilienceDefaults", "resilience defaults do not exist here");

    SessionControls session;
    if (const auto frequency = in.object_at("signInFrequency")) session.sign_in_frequency = read_frequency(*frequency);
    if (const auto browser = in.object_at("persistentBrowser"))
        session.persistent_browser = read_persistent_browser(*browser);
    return session;
}

Policy read_policy(const DocumentReader& in) {
    in.allow_only({"id", "templateId", "displayName", "description", "createdDateTime", "modifiedDateTime",
                   "deletedDateTime", "state", "conditions", "grantControls", "sessionControls"});
    in.refuse_unsupported("deletedDateTime", "a deleted policy cannot be saved");

    Policy policy;
    policy.id           = in.id<PolicyId>("id").value_or(PolicyId{});
    policy.template_id  = in.text("templateId");
    policy.display_name = in.required_text("displayName").value_or("");
    policy.description  = in.text("description");
    policy.created_at   = in.instant("createdDateTime").value_or(Instant{});
    policy.modified_at  = in.instant("modifiedDateTime");
    if (!in.has("state")) in.refuse(kSchemaRule, "state", "`state` is missing");
    policy.state = in.term("state", parse_policy_state).value_or(PolicyState::disabled);
    if (const auto conditions = in.required_object("conditions")) policy.conditions = read_conditions(*conditions);
    if (const auto grant = in.object_at("grantControls")) policy.grant_controls = read_grant_controls(*grant);
    if (const auto session = in.object_at("sessionControls")) policy.session_controls = read_session_controls(*session);
    complete_remediation(policy);
    return policy;
}

/// A missing member is named once, by the shape; CAV-01 speaks of what is there and empty. A strength that was not read is no
/// reason to ask for MFA beside it.
void drop_repeats(std::vector<Finding>& findings) {
    const auto is_there = [&](std::string_view rule, std::string_view path) {
        const auto matches = [&](const Finding& f) { return f.rule == rule && f.path.starts_with(path); };
        return std::ranges::any_of(findings, matches);
    };
    const bool has_strength = is_there(kSchemaRule, "grantControls.authenticationStrength");
    std::erase_if(findings, [&](const Finding& f) {
        if (f.rule == "CAV-05") return has_strength;
        // What could not be read left its member empty here: that is not what its author wrote.
        return f.rule == "CAV-01" && (is_there(kUnsupportedRule, f.path) || is_there(kSchemaRule, f.path));
    });
}

// --- Writing -------------------------------------------------------------------------------------------------------

json::value text_or_null(const std::optional<std::string>& text) {
    return text ? json::value(*text) : json::value(nullptr);
}

template <class IdType>
void append(json::array& to, const std::vector<IdType>& ids) {
    for (const auto& id : ids) to.emplace_back(to_string(id));
}

template <class IdType>
json::array ids(const std::vector<IdType>& list) {
    json::array array;
    append(array, list);
    return array;
}

template <class Enum>
json::array terms(EnumSet<Enum> set, std::initializer_list<Enum> order) {
    json::array array;
    for (const auto term : order) {
        if (set.contains(term)) array.emplace_back(to_string(term));
    }
    return array;
}

json::array scoped(Scope scope) {
    switch (scope) {
        case Scope::listed: return {};
        case Scope::all: return {json::value("All")};
        case Scope::none: return {json::value("None")};
    }
    return {};
}

json::object users_json(const UsersCondition& users) {
    auto include = scoped(users.include);
    json::array exclude;
    if (users.include_guests) include.emplace_back("GuestsOrExternalUsers");
    if (users.exclude_guests) exclude.emplace_back("GuestsOrExternalUsers");
    append(include, users.include_users);
    append(exclude, users.exclude_users);
    return {{"includeUsers", include},
            {"excludeUsers", exclude},
            {"includeGroups", ids(users.include_groups)},
            {"excludeGroups", ids(users.exclude_groups)},
            {"includeRoles", ids(users.include_roles)},
            {"excludeRoles", ids(users.exclude_roles)},
            {"includeGuestsOrExternalUsers", nullptr},
            {"excludeGuestsOrExternalUsers", nullptr}};
}

json::object applications_json(const ApplicationsCondition& applications) {
    auto include = scoped(applications.include);
    append(include, applications.include_applications);
    return {{"includeApplications", include},
            {"excludeApplications", ids(applications.exclude_applications)},
            {"includeUserActions", terms(applications.user_actions, {UserAction::registerSecurityInfo})},
            {"includeAuthenticationContextClassReferences", json::array{}},
            {"applicationFilter", nullptr}};
}

json::value locations_json(const std::optional<LocationsCondition>& locations) {
    if (!locations) return nullptr;
    json::array include, exclude;
    if (locations->include_all) include.emplace_back("All");
    if (locations->include_all_trusted) include.emplace_back("AllTrusted");
    if (locations->exclude_all_trusted) exclude.emplace_back("AllTrusted");
    append(include, locations->include_locations);
    append(exclude, locations->exclude_locations);
    return json::object{{"includeLocations", include}, {"excludeLocations", exclude}};
}

json::value flows_json(EnumSet<TransferMethod> methods) {
    if (methods.empty()) return nullptr;
    std::string flags;
    for (const auto method : {TransferMethod::deviceCodeFlow, TransferMethod::authenticationTransfer}) {
        if (methods.contains(method)) flags += (flags.empty() ? "" : ",") + std::string(to_string(method));
    }
    return json::object{{"transferMethods", flags}};
}

json::object conditions_json(const Conditions& conditions) {
    auto clients = terms(conditions.client_app_types,
                         {ClientAppType::browser, ClientAppType::mobileAppsAndDesktopClients,
                          ClientAppType::exchangeActiveSync, ClientAppType::other});
    if (clients.empty()) clients.emplace_back("all");
    const auto levels = {RiskLevel::high, RiskLevel::medium, RiskLevel::low, RiskLevel::none};
    return {{"users", users_json(conditions.users)},
            {"applications", applications_json(conditions.applications)},
            {"signInRiskLevels", terms(conditions.sign_in_risk_levels, levels)},
            {"userRiskLevels", terms(conditions.user_risk_levels, levels)},
            {"locations", locations_json(conditions.locations)},
            {"clientAppTypes", clients},
            {"authenticationFlows", flows_json(conditions.transfer_methods)},
            {"platforms", nullptr},
            {"devices", nullptr},
            {"clientApplications", nullptr},
            {"insiderRiskLevels", nullptr},
            {"servicePrincipalRiskLevels", json::array{}}};
}

json::value grant_json(const std::optional<GrantControls>& grant) {
    if (!grant) return nullptr;
    return json::object{
        {"operator", to_string(grant->op)},
        {"builtInControls",
         terms(grant->controls, {GrantControl::block, GrantControl::mfa, GrantControl::passwordChange, GrantControl::riskRemediation})},
        {"customAuthenticationFactors", json::array{}},
        {"termsOfUse", json::array{}},
        {"authenticationStrength", grant->strength ? json::value(json::object{{"id", to_string(*grant->strength)}}) : json::value(nullptr)}};
}

json::value frequency_json(const std::optional<SignInFrequency>& frequency) {
    if (!frequency) return nullptr;
    const bool is_timed = frequency->interval == FrequencyInterval::timeBased;
    return json::object{{"isEnabled", true},
                        {"value", is_timed ? json::value(frequency->value) : json::value(nullptr)},
                        {"type", is_timed ? json::value(to_string(frequency->unit)) : json::value(nullptr)},
                        {"frequencyInterval", to_string(frequency->interval)},
                        {"authenticationType", to_string(frequency->authentication)}};
}

json::value session_json(const SessionControls& session) {
    if (session.empty()) return nullptr;
    json::value browser = nullptr;
    if (session.persistent_browser)
        browser = json::object{{"isEnabled", true}, {"mode", to_string(*session.persistent_browser)}};
    return json::object{{"signInFrequency", frequency_json(session.sign_in_frequency)},
                        {"persistentBrowser", browser},
                        {"applicationEnforcedRestrictions", nullptr},
                        {"cloudAppSecurity", nullptr},
                        {"secureSignInSession", nullptr},
                        {"disableResilienceDefaults", nullptr}};
}

std::string_view severity_name(Severity severity) {
    switch (severity) {
        case Severity::reject: return "reject";
        case Severity::warn: return "warn";
        case Severity::note: return "note";
    }
    return {};
}

/// Graph shows controls by display name in this list (graph-api.md §2.4).
std::string_view display_name(GrantControl control) {
    switch (control) {
        case GrantControl::block: return "Block";
        case GrantControl::mfa: return "Mfa";
        case GrantControl::authenticationStrength: return "AuthenticationStrength";
        case GrantControl::passwordChange: return "PasswordChange";
        case GrantControl::riskRemediation: return "RiskRemediation";
    }
    return {};
}

json::object applied_json(const controls::AppliedPolicy& applied) {
    json::array grants, sessions, conditions;
    std::string satisfied, unsatisfied;
    for (const auto control : applied.enforced_grant_controls) grants.emplace_back(display_name(control));
    for (const auto control : applied.enforced_session_controls) sessions.emplace_back(control);
    for (const auto& each : applied.conditions) {
        const auto name = to_string(each.condition);
        auto& flags     = each.matched ? satisfied : unsatisfied;
        flags += (flags.empty() ? "" : ",") + std::string(name);
        if (each.because.empty()) continue;
        conditions.push_back(
            json::object{{"condition", name}, {"matched", each.matched}, {"because", each.because}});
    }
    return {{"id", to_string(applied.id)},
            {"displayName", applied.display_name},
            {"result", to_string(applied.result)},
            {"enforcedGrantControls", grants},
            {"enforcedSessionControls", sessions},
            {"conditionsSatisfied", satisfied.empty() ? "none" : satisfied},
            {"conditionsNotSatisfied", unsatisfied.empty() ? "none" : unsatisfied},
            {"conditions", conditions}};
}

}  // namespace

ParsedPolicy parse_policy(const json::object& document) {
    ParsedPolicy parsed;
    auto policy = read_policy(DocumentReader(document, "", parsed.findings));
    auto judged = validate(policy);
    parsed.findings.insert(parsed.findings.end(), judged.begin(), judged.end());
    drop_repeats(parsed.findings);
    if (!is_rejected(parsed.findings)) parsed.policy = std::move(policy);
    return parsed;
}

ParsedPolicy parse_policy(std::string_view text) {
    return parse_document<ParsedPolicy>(text, kPolicyBytesMax, parse_policy);
}

json::object to_json(const policy::Policy& policy) {
    return {{"id", policy.id.is_nil() ? json::value(nullptr) : json::value(to_string(policy.id))},
            {"templateId", text_or_null(policy.template_id)},
            {"displayName", policy.display_name},
            {"description", text_or_null(policy.description)},
            {"createdDateTime", created_or_null(policy.created_at)},
            {"modifiedDateTime", time_or_null(policy.modified_at)},
            {"state", to_string(policy.state)},
            {"conditions", conditions_json(policy.conditions)},
            {"grantControls", grant_json(policy.grant_controls)},
            {"sessionControls", session_json(policy.session_controls)}};
}

json::object to_json(const policy::Finding& finding) {
    return {{"rule", finding.rule},
            {"path", finding.path},
            {"message", finding.message},
            {"severity", severity_name(finding.severity)}};
}

json::array to_json(const std::vector<policy::Finding>& findings) {
    json::array array;
    for (const auto& finding : findings) array.push_back(to_json(finding));
    return array;
}

json::array to_json(const std::vector<controls::AppliedPolicy>& policies) {
    json::array array;
    for (const auto& policy : policies) array.push_back(applied_json(policy));
    return array;
}

}  // namespace portcullis::wire
