#include "wire/identity_json.h"

#include "core/credentials/methods_policy.h"
#include "wire/enum_names.h"
#include "wire/method_targets_json.h"
#include "wire/reader.h"

namespace portcullis::wire {
namespace {

using namespace identity;

constexpr std::array<EnumName<ApplicationKind>, 4> kKinds{{{ApplicationKind::web, "web"},
                                                          {ApplicationKind::spa, "spa"},
                                                          {ApplicationKind::native, "native"},
                                                          {ApplicationKind::service, "service"}}};
// Written by the first name of each; `any_secret` is what documents said before clients had keys.
constexpr std::array<EnumName<ClientAuthMethod>, 6> kAuthMethods{{{ClientAuthMethod::none, "none"},
                                                                 {ClientAuthMethod::any_registered, "any_registered"},
                                                                 {ClientAuthMethod::any_registered, "any_secret"},
                                                                 {ClientAuthMethod::client_secret_basic, "client_secret_basic"},
                                                                 {ClientAuthMethod::client_secret_post, "client_secret_post"},
                                                                 {ClientAuthMethod::private_key_jwt, "private_key_jwt"}}};
constexpr std::array<EnumName<GrantType>, 4> kGrants{
    {{GrantType::authorization_code, "authorization_code"},
     {GrantType::refresh_token, "refresh_token"},
     {GrantType::client_credentials, "client_credentials"},
     {GrantType::device_code, "urn:ietf:params:oauth:grant-type:device_code"}}};
constexpr std::array<EnumName<UserType>, 2> kUserTypes{{{UserType::member, "member"}, {UserType::guest, "guest"}}};
constexpr std::array<EnumName<SubjectType>, 2> kSubjects{{{SubjectType::pairwise, "pairwise"}, {SubjectType::public_, "public"}}};
constexpr std::array<EnumName<PasswordSettings::Profile>, 2> kProfiles{
    {{PasswordSettings::Profile::modern, "modern"}, {PasswordSettings::Profile::compatible, "compatible"}}};
constexpr std::array<EnumName<PasswordSettings::Mode>, 2> kPasswordModes{
    {{PasswordSettings::Mode::enforce, "enforce"}, {PasswordSettings::Mode::audit, "audit"}}};

template <class E, std::size_t N>
auto parser_of(const std::array<EnumName<E>, N>& names) {
    return [&names](std::string_view text) { return value_in(names, text); };
}

/// The members of Lifetimes, once, for both directions.
struct LifetimeMember {
    std::string_view name;
    Duration Lifetimes::*member;
};
constexpr auto kLifetimes = std::to_array<LifetimeMember>({
    {"code", &Lifetimes::code},
    {"accessToken", &Lifetimes::access_token},
    {"accessTokenFan", &Lifetimes::access_token_fan},
    {"idToken", &Lifetimes::id_token},
    {"refreshIdle", &Lifetimes::refresh_idle},
    {"refreshAbsolute", &Lifetimes::refresh_absolute},
    {"refreshSpa", &Lifetimes::refresh_spa},
    {"refreshGrace", &Lifetimes::refresh_grace},
    {"sessionIdle", &Lifetimes::session_idle},
    {"sessionAbsolute", &Lifetimes::session_absolute},
    {"flowIdle", &Lifetimes::flow_idle},
    {"flowAbsolute", &Lifetimes::flow_absolute},
    {"deviceCode", &Lifetimes::device_code},
    {"signingKey", &Lifetimes::signing_key},
    {"keyPrepublish", &Lifetimes::key_prepublish},
});

json::array permissions_json(const std::vector<ApiPermission>& permissions) {
    json::array array;
    for (const auto& p : permissions) array.push_back(json::object{{"value", p.value}, {"displayName", p.display_name}});
    return array;
}

void read_permissions(Reader& reader, std::string_view name, std::vector<ApiPermission>& into) {
    reader.read_each(name, [&](Reader& r) {
        ApiPermission permission;
        r.read("value", permission.value);
        r.read("displayName", permission.display_name);
        into.push_back(std::move(permission));
    });
}

json::array keys_json(const std::vector<ClientKey>& keys) {
    json::array array;
    for (const auto& k : keys) {
        array.push_back(json::object{{"id", to_string(k.id)},
                                     {"displayName", k.display_name},
                                     {"kid", k.kid},
                                     {"x5t", k.x5t},
                                     {"x5tS256", k.x5t_s256},
                                     {"jwk", k.jwk},
                                     {"algs", to_array(k.algs)},
                                     {"createdDateTime", to_rfc3339(k.created_at)},
                                     {"startsDateTime", to_rfc3339(k.starts_at)},
                                     {"expiresDateTime", to_rfc3339(k.expires_at)}});
    }
    return array;
}

void read_keys(Reader& reader, std::vector<ClientKey>& into) {
    reader.read_each("keys", [&](Reader& r) {
        ClientKey key;
        r.read("id", key.id);
        r.read("displayName", key.display_name);
        r.read("kid", key.kid);
        r.read("x5t", key.x5t);
        r.read("x5tS256", key.x5t_s256);
        r.read("jwk", key.jwk);
        r.read("algs", key.algs);
        r.read("createdDateTime", key.created_at);
        r.read("startsDateTime", key.starts_at);
        r.read("expiresDateTime", key.expires_at);
        into.push_back(std::move(key));
    });
}

}  // namespace

std::string_view to_string(ApplicationKind kind) { return name_in(kKinds, kind); }
std::optional<ApplicationKind> parse_application_kind(std::string_view name) { return value_in(kKinds, name); }
std::string_view to_string(GrantType grant) { return name_in(kGrants, grant); }
std::string_view to_string(UserType type) { return name_in(kUserTypes, type); }
std::optional<UserType> parse_user_type(std::string_view name) { return value_in(kUserTypes, name); }

namespace {

constexpr std::array<EnumName<AttestationPolicy>, 3> kAttestations{
    {{AttestationPolicy::off, "off"}, {AttestationPolicy::audit, "audit"}, {AttestationPolicy::enforce, "enforce"}}};
constexpr std::array<EnumName<Certification>, 7> kCertifications{{{Certification::none, "none"},
                                                                  {Certification::l1, "l1"},
                                                                  {Certification::l1plus, "l1plus"},
                                                                  {Certification::l2, "l2"},
                                                                  {Certification::l2plus, "l2plus"},
                                                                  {Certification::l3, "l3"},
                                                                  {Certification::l3plus, "l3plus"}}};
constexpr std::array<EnumName<ModelRule>, 3> kModelRules{
    {{ModelRule::any, "any"}, {ModelRule::onlyListed, "onlyListed"}, {ModelRule::notListed, "notListed"}}};

json::object passkeys_json(const PasskeySettings& s) {
    json::array profiles;
    for (const auto& p : s.profiles) {
        profiles.push_back(json::object{{"name", p.name},
                                        {"attestation", name_in(kAttestations, p.attestation)},
                                        {"allowsSynced", p.allows_synced},
                                        {"allowsDeviceBound", p.allows_device_bound},
                                        {"models", name_in(kModelRules, p.models)},
                                        {"aaguids", to_array(p.aaguids)},
                                        {"groups", to_array(p.groups)}});
    }
    return {{"isEnabled", s.is_enabled},
            {"isSelfService", s.is_self_service},
            {"excludedGroups", to_array(s.excluded_groups)},
            {"profiles", std::move(profiles)},
            {"attestationRoots", to_array(s.attestation_roots)},
            {"trustsFidoMetadata", s.trusts_fido_metadata},
            {"certificationLeast", name_in(kCertifications, s.certification_least)},
            {"perUserMax", s.per_user_max}};
}

void read_passkeys(Reader& reader, PasskeySettings& s) {
    reader.read("isEnabled", s.is_enabled);
    reader.read("isSelfService", s.is_self_service);
    reader.read("excludedGroups", s.excluded_groups);
    s.profiles.clear();
    reader.read_each("profiles", [&](Reader& r) {
        PasskeyProfile p;
        r.read("name", p.name);
        r.read_enum("attestation", p.attestation, parser_of(kAttestations), "off, audit, enforce");
        r.read("allowsSynced", p.allows_synced);
        r.read("allowsDeviceBound", p.allows_device_bound);
        r.read_enum("models", p.models, parser_of(kModelRules), "any, onlyListed, notListed");
        r.read("aaguids", p.aaguids);
        r.read("groups", p.groups);
        s.profiles.push_back(std::move(p));
    });
    reader.read("attestationRoots", s.attestation_roots);
    // Whoever trusts roots of their own, and says nothing of the metadata, trusts nobody else.
    s.trusts_fido_metadata = s.attestation_roots.empty();
    reader.read("trustsFidoMetadata", s.trusts_fido_metadata);
    reader.read_enum("certificationLeast", s.certification_least, parser_of(kCertifications), "none, l1, l1plus, l2, l2plus, l3, l3plus");
    reader.read("perUserMax", s.per_user_max);
}

constexpr std::array<EnumName<ResetScope>, 3> kResetScopes{
    {{ResetScope::none, "none"}, {ResetScope::group, "group"}, {ResetScope::all, "all"}}};

json::object reset_json(const ResetSettings& s) {
    json::array methods;
    for (const auto method : s.methods) methods.emplace_back(portcullis::to_string(method));
    json::array groups;
    if (s.group) groups.emplace_back(to_string(*s.group));
    return {{"scope", name_in(kResetScopes, s.scope)},
            {"groups", std::move(groups)},
            {"gates", s.gates},
            {"methods", std::move(methods)},
            {"allowsUnlock", s.allows_unlock},
            {"allowsAdministrators", s.allows_administrators},
            {"notifiesUsers", s.notifies_users},
            {"notifiesAdministrators", s.notifies_administrators},
            {"requiresRegistration", s.requires_registration},
            {"reconfirmAfterInDays", s.reconfirm_days}};
}

void read_reset(Reader& reader, ResetSettings& s) {
    reader.read_enum("scope", s.scope, parser_of(kResetScopes), "none, group, all");
    std::vector<GroupId> groups;
    reader.read("groups", groups);
    if (groups.size() > 1) reader.fail("groups", "may name one group; others can be nested in it");
    if (!groups.empty()) s.group = groups.front();
    reader.read("gates", s.gates);
    std::vector<std::string> methods;
    for (const auto method : s.methods) methods.emplace_back(portcullis::to_string(method));
    reader.read("methods", methods);
    s.methods.clear();
    for (const auto& name : methods) {
        const auto method = parse_auth_method(name);
        if (method) s.methods.push_back(*method);
        else reader.fail("methods", "holds `" + name + "`, which is not an authentication method");
    }
    reader.read("allowsUnlock", s.allows_unlock);
    reader.read("allowsAdministrators", s.allows_administrators);
    reader.read("notifiesUsers", s.notifies_users);
    reader.read("notifiesAdministrators", s.notifies_administrators);
    reader.read("requiresRegistration", s.requires_registration);
    reader.read("reconfirmAfterInDays", s.reconfirm_days);
}

void read_targets(Reader& reader, std::string_view name, MethodTargets& into) {
    auto wanted = targets_json(into);  // what is not said stays
    reader.read(name, wanted);
    into = {};
    for (const auto& element : wanted) {
        const auto* target = element.if_object();
        const auto type    = target ? json::string_at(*target, "targetType").value_or("") : "";
        const auto id      = target ? json::string_at(*target, "id").value_or("") : "";
        const auto group   = parse_id<GroupId>(id);
        const auto user    = parse_id<UserId>(id);
        if (type == "group" && id == kAllUsers) into.all_users = true;
        else if (type == "group" && group) into.groups.push_back(*group);
        else if (type == "user" && user) into.users.push_back(*user);
        else return reader.fail(name, "holds objects of `targetType`, `user` or `group`, and `id`, a UUID or the group `all_users`");
    }
}

/// Lifetimes are whole minutes on the wire, as in Graph.
void read_minutes(Reader& reader, std::string_view name, Duration& into) {
    auto minutes = static_cast<int>(into / std::chrono::minutes{1});
    reader.read(name, minutes);
    into = std::chrono::minutes{minutes};
}

constexpr std::array<EnumName<FeatureState>, 3> kFeatureStates{
    {{FeatureState::default_, "default"}, {FeatureState::enabled, "enabled"}, {FeatureState::disabled, "disabled"}}};

json::object reports_json(const ReportSettings& s) {
    return {{"state", name_in(kFeatureStates, s.state)}, {"includeTargets", targets_json(s.include)}, {"blocksMfa", s.blocks_mfa}};
}

void read_reports(Reader& reader, ReportSettings& s) {
    reader.read_enum("state", s.state, parser_of(kFeatureStates), "default, enabled, disabled");
    read_targets(reader, "includeTargets", s.include);
    reader.read("blocksMfa", s.blocks_mfa);
}

json::object methods_json(const MethodsPolicy& policy) {
    json::object methods;
    for (const auto& row : credentials::method_rows()) {
        const auto& rule   = policy.*row.rule;
        methods[row.name] = json::object{{"state", rule.is_enabled ? "enabled" : "disabled"},
                                         {"includeTargets", targets_json(rule.include)},
                                         {"excludeTargets", targets_json(rule.exclude)}};
    }
    auto& pass          = methods["temporaryAccessPass"].as_object();
    const auto minutes  = [](Duration life) { return life / std::chrono::minutes{1}; };
    const auto& passes  = policy.access_passes;
    pass["minimumLifetimeInMinutes"] = minutes(passes.lifetime_min);
    pass["maximumLifetimeInMinutes"] = minutes(passes.lifetime_max);
    pass["defaultLifetimeInMinutes"] = minutes(passes.lifetime_default);
    pass["isUsableOnce"]             = passes.is_one_time;
    pass["defaultLength"]            = passes.length;
    methods["email"].as_object()["allowExternalIdToUseEmailOtp"] = name_in(kFeatureStates, policy.guest_codes);
    return methods;
}

void read_methods(Reader& reader, MethodsPolicy& policy) {
    constexpr std::array<EnumName<bool>, 2> kStates{{{true, "enabled"}, {false, "disabled"}}};
    for (const auto& row : credentials::method_rows()) {
        reader.read_object(row.name, [&](Reader& r) {
            auto& rule = policy.*row.rule;
            r.read_enum("state", rule.is_enabled, parser_of(kStates), "enabled, disabled");
            read_targets(r, "includeTargets", rule.include);
            read_targets(r, "excludeTargets", rule.exclude);
            if (row.rule == &MethodsPolicy::email) r.read_enum("allowExternalIdToUseEmailOtp", policy.guest_codes, parser_of(kFeatureStates), "default, enabled, disabled");
            if (row.rule != &MethodsPolicy::access_pass) return;
            auto& passes = policy.access_passes;
            read_minutes(r, "minimumLifetimeInMinutes", passes.lifetime_min);
            read_minutes(r, "maximumLifetimeInMinutes", passes.lifetime_max);
            read_minutes(r, "defaultLifetimeInMinutes", passes.lifetime_default);
            r.read("isUsableOnce", passes.is_one_time);
            r.read("defaultLength", passes.length);
        });
    }
}

constexpr std::array<EnumName<CodeWindow>, 2> kCodeWindows{{{CodeWindow::standard, "standard"}, {CodeWindow::strict, "strict"}}};

constexpr std::array<EnumName<CampaignState>, 3> kCampaignStates{
    {{CampaignState::disabled, "disabled"}, {CampaignState::byDefault, "default"}, {CampaignState::enabled, "enabled"}}};

json::object campaign_json(const RegistrationCampaign& c) {
    return {{"state", name_in(kCampaignStates, c.state)},
            {"snoozeDurationInDays", c.snooze_days},
            {"enforceRegistrationAfterAllowedSnoozes", c.enforces},
            {"includeTargets", targets_json(c.include)},
            {"excludeTargets", targets_json(c.exclude)}};
}

void read_campaign(Reader& reader, RegistrationCampaign& c) {
    reader.read_enum("state", c.state, parser_of(kCampaignStates), "default, enabled, disabled");
    reader.read("snoozeDurationInDays", c.snooze_days);
    reader.read("enforceRegistrationAfterAllowedSnoozes", c.enforces);
    read_targets(reader, "includeTargets", c.include);
    read_targets(reader, "excludeTargets", c.exclude);
}

json::object notices_json(const NoticeSettings& s) {
    return {{"usersAtRisk", s.tells_users_at_risk},
            {"riskLevel", portcullis::to_string(s.risk_threshold)},
            {"weeklyDigest", s.sends_weekly_digest},
            {"operation", s.tells_of_operation},
            {"addresses", to_array(s.addresses)},
            {"excludedUsers", to_array(s.excluded_users)},
            {"timeZone", s.time_zone}};
}

void read_notices(Reader& reader, NoticeSettings& s) {
    const auto parse_threshold = [](std::string_view text) {
        const auto level = parse_risk_level(text);
        return level == RiskLevel::none ? std::nullopt : level;
    };
    reader.read("usersAtRisk", s.tells_users_at_risk);
    reader.read_enum("riskLevel", s.risk_threshold, parse_threshold, "low, medium, high");
    reader.read("weeklyDigest", s.sends_weekly_digest);
    reader.read("operation", s.tells_of_operation);
    reader.read("addresses", s.addresses);
    reader.read("excludedUsers", s.excluded_users);
    reader.read("timeZone", s.time_zone);
}

}  // namespace

json::object to_json(const TenantSettings& s) {
    json::object lifetimes;
    for (const auto& row : kLifetimes) lifetimes[row.name] = duration_text(s.lifetimes.*row.member);
    return {
        {"branding",
         json::object{{"displayName", s.branding.display_name},
                      {"color", s.branding.color},
                      {"logo", s.branding.logo},
                      {"helpDesk", s.branding.help_desk},
                      {"helpDeskMail", s.branding.help_desk_mail}}},
        {"language", s.language},
        {"subjectType", name_in(kSubjects, s.subjects)},
        {"lifetimes", std::move(lifetimes)},
        {"registration",
         json::object{{"isEnabled", s.registration.is_enabled},
                      {"grace", duration_text(s.registration.grace)},
                      {"excludedUsers", to_array(s.registration.excluded_users)}}},
        {"lockout",
         json::object{{"threshold", s.lockout.threshold},
                      {"firstLock", duration_text(s.lockout.first_lock)},
                      {"lockMax", duration_text(s.lockout.lock_max)}}},
        {"passwords",
         json::object{{"profile", name_in(kProfiles, s.passwords.profile)},
                      {"mode", name_in(kPasswordModes, s.passwords.mode)},
                      {"lengthMinAlone", s.passwords.length_min_alone},
                      {"lengthMin", s.passwords.length_min},
                      {"history", s.passwords.history},
                      {"customBanned", to_array(s.passwords.custom_banned)},
                      {"temporaryLife", duration_text(s.passwords.temporary_life)}}},
        {"phone",
         json::object{{"countries", to_array(s.phone.countries)},
                      {"sendsPerUserHour", s.phone.sends_per_user_hour},
                      {"sendsPerNumberDay", s.phone.sends_per_number_day},
                      {"sendsPerCountryHour", s.phone.sends_per_country_hour},
                      {"sendsPerDay", s.phone.sends_per_day},
                      {"resendAfter", duration_text(s.phone.resend_after)}}},
        {"passkeys", passkeys_json(s.passkeys)},
        {"reset", reset_json(s.reset)},
        {"methods", methods_json(s.methods)},
        {"oneTimeCodes", json::object{{"window", name_in(kCodeWindows, s.codes.window)}}},
        {"reportSuspiciousActivity", reports_json(s.reports)},
        {"registrationCampaign", campaign_json(s.campaign)},
        {"riskPages",
         json::object{{"showsNotices", s.risk_pages.shows_notices}, {"changesThroughRecovery", s.risk_pages.changes_through_recovery}}},
        {"notices", notices_json(s.notices)},
        {"emergencyAccounts", to_array(s.emergency_accounts)},
    };
}

Result<TenantSettings> tenant_settings_from(const json::object& document) {
    TenantSettings s;
    Reader reader(document, "");
    reader.read_object("branding", [&](Reader& r) {
        r.read("displayName", s.branding.display_name);
        r.read("color", s.branding.color);
        r.read("logo", s.branding.logo);
        r.read("helpDesk", s.branding.help_desk);
        r.read("helpDeskMail", s.branding.help_desk_mail);
    });
    reader.read("language", s.language);
    reader.read_enum("subjectType", s.subjects, parser_of(kSubjects), "pairwise, public");
    reader.read_object("lifetimes", [&](Reader& r) {
        for (const auto& row : kLifetimes) r.read(row.name, s.lifetimes.*row.member);
    });
    reader.read_object("registration", [&](Reader& r) {
        r.read("isEnabled", s.registration.is_enabled);
        r.read("grace", s.registration.grace);
        r.read("excludedUsers", s.registration.excluded_users);
    });
    reader.read_object("lockout", [&](Reader& r) {
        r.read("threshold", s.lockout.threshold);
        r.read("firstLock", s.lockout.first_lock);
        r.read("lockMax", s.lockout.lock_max);
    });
    reader.read_object("passwords", [&](Reader& r) {
        r.read_enum("profile", s.passwords.profile, parser_of(kProfiles), "modern, compatible");
        r.read_enum("mode", s.passwords.mode, parser_of(kPasswordModes), "enforce, audit");
        r.read("lengthMinAlone", s.passwords.length_min_alone);
        r.read("lengthMin", s.passwords.length_min);
        r.read("history", s.passwords.history);
        r.read("customBanned", s.passwords.custom_banned);
        r.read("temporaryLife", s.passwords.temporary_life);
    });
    reader.read_object("phone", [&](Reader& r) {
        r.read("countries", s.phone.countries);
        r.read("sendsPerUserHour", s.phone.sends_per_user_hour);
        r.read("sendsPerNumberDay", s.phone.sends_per_number_day);
        r.read("sendsPerCountryHour", s.phone.sends_per_country_hour);
        r.read("sendsPerDay", s.phone.sends_per_day);
        r.read("resendAfter", s.phone.resend_after);
    });
    reader.read_object("passkeys", [&](Reader& r) { read_passkeys(r, s.passkeys); });
    reader.read_object("reset", [&](Reader& r) { read_reset(r, s.reset); });
    reader.read_object("methods", [&](Reader& r) { read_methods(r, s.methods); });
    reader.read_object("oneTimeCodes", [&](Reader& r) { r.read_enum("window", s.codes.window, parser_of(kCodeWindows), "standard, strict"); });
    reader.read_object("reportSuspiciousActivity", [&](Reader& r) { read_reports(r, s.reports); });
    reader.read_object("registrationCampaign", [&](Reader& r) { read_campaign(r, s.campaign); });
    reader.read_object("riskPages", [&](Reader& r) {
        r.read("showsNotices", s.risk_pages.shows_notices);
        r.read("changesThroughRecovery", s.risk_pages.changes_through_recovery);
    });
    reader.read_object("notices", [&](Reader& r) { read_notices(r, s.notices); });
    reader.read("emergencyAccounts", s.emergency_accounts);
    TRY(reader.finish());
    return s;
}

json::object to_json(const Application& a) {
    json::array secrets, grants, role_grants, scope_grants;
    for (const auto& s : a.secrets) {
        secrets.push_back(json::object{{"id", to_string(s.id)},
                                       {"digest", s.digest},
                                       {"hint", s.hint},
                                       {"createdDateTime", to_rfc3339(s.created_at)},
                                       {"expiresDateTime", to_rfc3339(s.expires_at)}});
    }
    for (const auto grant : a.grants) grants.emplace_back(name_in(kGrants, grant));
    for (const auto& g : a.role_grants) {
        role_grants.push_back(json::object{{"resource", to_string(g.resource)}, {"role", g.role}});
    }
    for (const auto& g : a.scope_grants) {
        scope_grants.push_back(json::object{{"resource", to_string(g.resource)}, {"scope", g.scope}});
    }
    return {
        {"id", to_string(a.id)},
        {"displayName", a.display_name},
        {"kind", name_in(kKinds, a.kind)},
        {"isEnabled", a.is_enabled},
        {"redirectUris", to_array(a.redirect_uris)},
        {"postLogoutRedirectUris", to_array(a.post_logout_redirect_uris)},
        {"backchannelLogoutUri", a.backchannel_logout_uri},
        {"tokenEndpointAuthMethod", name_in(kAuthMethods, a.auth_method)},
        {"secrets", std::move(secrets)},
        {"keys", keys_json(a.keys)},
        {"isPinnedToIssuer", a.is_pinned_to_issuer},
        {"grantTypes", std::move(grants)},
        {"idTokenAlg", a.id_token_alg},
        {"accessTokenAlg", a.access_token_alg},
        {"assignmentRequired", a.assignment_required},
        {"assignedUsers", to_array(a.assigned_users)},
        {"assignedGroups", to_array(a.assigned_groups)},
        {"isThirdParty", a.is_third_party},
        {"publisher", a.publisher},
        {"isConsentedForAll", a.is_consented_for_all},
        {"claimsInIdToken", a.claims_in_id_token},
        {"isPkceExempt", a.is_pkce_exempt},
        {"api",
         json::object{{"identifierUri", a.api.identifier_uri},
                      {"scopes", permissions_json(a.api.scopes)},
                      {"roles", permissions_json(a.api.roles)}}},
        {"roleGrants", std::move(role_grants)},
        {"scopeGrants", std::move(scope_grants)},
        {"createdDateTime", to_rfc3339(a.created_at)},
    };
}

Result<Application> application_from(const json::object& document) {
    Application a;
    std::vector<std::string> grants;
    Reader reader(document, "");
    reader.read("id", a.id);
    reader.read("displayName", a.display_name);
    reader.read_enum("kind", a.kind, parser_of(kKinds), "web, spa, native, service");
    reader.read("isEnabled", a.is_enabled);
    reader.read("redirectUris", a.redirect_uris);
    reader.read("postLogoutRedirectUris", a.post_logout_redirect_uris);
    reader.read("backchannelLogoutUri", a.backchannel_logout_uri);
    reader.read_enum("tokenEndpointAuthMethod", a.auth_method, parser_of(kAuthMethods),
                     "none, any_registered, client_secret_basic, client_secret_post, private_key_jwt");
    reader.read_each("secrets", [&](Reader& r) {
        ClientSecret secret;
        r.read("id", secret.id);
        r.read("digest", secret.digest);
        r.read("hint", secret.hint);
        r.read("createdDateTime", secret.created_at);
        r.read("expiresDateTime", secret.expires_at);
        a.secrets.push_back(std::move(secret));
    });
    read_keys(reader, a.keys);
    reader.read("isPinnedToIssuer", a.is_pinned_to_issuer);
    reader.read("grantTypes", grants);
    for (const auto& name : grants) {
        const auto grant = value_in(kGrants, name);
        if (grant) a.grants.push_back(*grant);
        else reader.fail("grantTypes", "holds `" + name + "`, which is not a known grant type");
    }
    reader.read("idTokenAlg", a.id_token_alg);
    reader.read("accessTokenAlg", a.access_token_alg);
    reader.read("assignmentRequired", a.assignment_required);
    reader.read("assignedUsers", a.assigned_users);
    reader.read("assignedGroups", a.assigned_groups);
    reader.read("isThirdParty", a.is_third_party);
    reader.read("publisher", a.publisher);
    reader.read("isConsentedForAll", a.is_consented_for_all);
    reader.read("claimsInIdToken", a.claims_in_id_token);
    reader.read("isPkceExempt", a.is_pkce_exempt);
    reader.read_object("api", [&](Reader& r) {
        r.read("identifierUri", a.api.identifier_uri);
        read_permissions(r, "scopes", a.api.scopes);
        read_permissions(r, "roles", a.api.roles);
    });
    reader.read_each("roleGrants", [&](Reader& r) {
        RoleGrant grant;
        r.read("resource", grant.resource);
        r.read("role", grant.role);
        a.role_grants.push_back(std::move(grant));
    });
    reader.read_each("scopeGrants", [&](Reader& r) {
        ScopeGrant grant;
        r.read("resource", grant.resource);
        r.read("scope", grant.scope);
        a.scope_grants.push_back(std::move(grant));
    });
    reader.read("createdDateTime", a.created_at);
    TRY(reader.finish());
    return a;
}

json::array to_array(const std::vector<Factor>& factors) {
    json::array array;
    for (const auto& factor : factors) {
        json::object row{{"method", portcullis::to_string(factor.method)}, {"at", unix_ms(factor.at)}};
        if (factor.ends_at) row["endsAt"] = unix_ms(*factor.ends_at);
        if (factor.is_one_time) row["isOneTime"] = true;
        if (factor.registered) row["id"] = to_string(*factor.registered);
        if (factor.provider) row["provider"] = to_string(*factor.provider);
        if (!factor.amr.empty()) row["amr"] = to_array(factor.amr);
        array.push_back(std::move(row));
    }
    return array;
}

void read_factors(Reader& reader, std::string_view name, std::vector<Factor>& into) {
    reader.read_each(name, [&](Reader& r) {
        Factor factor;
        r.read_enum("method", factor.method, parse_auth_method, "an authentication method");
        r.read_ms("at", factor.at);
        r.read_ms("endsAt", factor.ends_at);
        r.read("isOneTime", factor.is_one_time);
        MethodId registered;
        r.read("id", registered);
        if (!registered.is_nil()) factor.registered = registered;
        MethodId provider;
        r.read("provider", provider);
        if (!provider.is_nil()) factor.provider = provider;
        r.read("amr", factor.amr);
        into.push_back(factor);
    });
}

json::object to_json(const Session& s) {
    return {
        {"id", to_string(s.id)},
        {"user", to_string(s.user)},
        {"factors", to_array(s.factors)},
        {"authTime", unix_ms(s.auth_time)},
        {"mfaTime", ms_or_null(s.mfa_time)},
        {"passwordGeneration", s.password_generation},
        {"usedPassword", s.used_password},
        {"isPersistent", s.is_persistent},
        {"createdAt", unix_ms(s.created_at)},
        {"lastSeenAt", unix_ms(s.last_seen_at)},
        {"expiresAt", unix_ms(s.expires_at)},
        {"signIn", to_string(s.sign_in)},
        {"ipAddress", s.ip_address},
        {"country", s.country},
        {"userAgent", s.user_agent},
        {"deviceId", s.device_id},
        {"clients", to_array(s.clients)},
        {"closedDetections", to_array(s.closed_detections)},
    };
}

Result<Session> session_from(const json::object& document) {
    Session s;
    Reader reader(document, "");
    reader.read("id", s.id);
    reader.read("user", s.user);
    read_factors(reader, "factors", s.factors);
    reader.read_ms("authTime", s.auth_time);
    reader.read_ms("mfaTime", s.mfa_time);
    reader.read("passwordGeneration", s.password_generation);
    reader.read("usedPassword", s.used_password);
    reader.read("isPersistent", s.is_persistent);
    reader.read_ms("createdAt", s.created_at);
    reader.read_ms("lastSeenAt", s.last_seen_at);
    reader.read_ms("expiresAt", s.expires_at);
    reader.read("signIn", s.sign_in);
    reader.read("ipAddress", s.ip_address);
    reader.read("country", s.country);
    reader.read("userAgent", s.user_agent);
    reader.read("deviceId", s.device_id);
    reader.read("clients", s.clients);
    reader.read("closedDetections", s.closed_detections);
    TRY(reader.finish());
    return s;
}

json::object to_json(const Grant& g) {
    return {
        {"scope", g.scope},
        {"resource", g.resource},
        {"acr", g.acr},
        {"factors", to_array(g.factors)},
        {"authTime", unix_ms(g.auth_time)},
        {"mfaTime", ms_or_null(g.mfa_time)},
        {"nonce", g.nonce},
        {"claims", g.claims_text},
        {"capabilities", to_array(g.capabilities)},
        {"isDeviceFlow", g.is_device_flow},
        {"isOffline", g.is_offline},
        {"createdAt", unix_ms(g.created_at)},
    };
}

Result<Grant> grant_from(const json::object& document) {
    Grant g;
    Reader reader(document, "");
    reader.read("scope", g.scope);
    reader.read("resource", g.resource);
    reader.read("acr", g.acr);
    read_factors(reader, "factors", g.factors);
    reader.read_ms("authTime", g.auth_time);
    reader.read_ms("mfaTime", g.mfa_time);
    reader.read("nonce", g.nonce);
    reader.read("claims", g.claims_text);
    reader.read("capabilities", g.capabilities);
    reader.read("isDeviceFlow", g.is_device_flow);
    reader.read("isOffline", g.is_offline);
    reader.read_ms("createdAt", g.created_at);
    TRY(reader.finish());
    return g;
}

}  // namespace portcullis::wire
