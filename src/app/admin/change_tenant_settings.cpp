#include "app/admin/change_tenant_settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/encoding.h"
#include "core/credentials/mail_address.h"
#include "core/credentials/methods_policy.h"
#include "core/credentials/phone_number.h"
#include "core/credentials/registration_prompts.h"
#include "core/credentials/self_service_reset.h"
#include "wire/identity_json.h"

namespace portcullis::app {
namespace {

using namespace std::chrono_literals;
using identity::TenantSettings;

/// A duration and the bounds that keep it meaningful.
struct Bound {
    std::string_view name;
    Duration value, least, most;
};

std::vector<Bound> durations(const TenantSettings& s) {
    using days    = std::chrono::days;
    const auto& l = s.lifetimes;
    return {
        {"lifetimes.code", l.code, 10s, 10min},
        {"lifetimes.accessToken", l.access_token, 1min, 24h},
        {"lifetimes.idToken", l.id_token, 1min, 24h},
        {"lifetimes.refreshIdle", l.refresh_idle, 10min, days{90}},
        {"lifetimes.refreshAbsolute", l.refresh_absolute, 10min, days{365}},
        {"lifetimes.sessionIdle", l.session_idle, 5min, days{30}},
        {"lifetimes.sessionAbsolute", l.session_absolute, 5min, days{90}},
        {"lifetimes.flowIdle", l.flow_idle, 1min, 1h},
        {"lifetimes.flowAbsolute", l.flow_absolute, 1min, 2h},
        {"lifetimes.deviceCode", l.device_code, 1min, 30min},
        {"registration.grace", s.registration.grace, 0s, days{90}},
        {"lockout.firstLock", s.lockout.first_lock, 5s, 5h},          // conditional-access.md §18: 5 to 18 000 s
        {"lockout.lockMax", s.lockout.lock_max, s.lockout.first_lock, days{1}},
        {"phone.resendAfter", s.phone.resend_after, 10s, 10min},
        {"passwords.temporaryLife", s.passwords.temporary_life, 1h, 72h},  // credentials.md §14
    };
}

struct Count {
    std::string_view name;
    int value, least, most;
};

bool is_color(std::string_view text) {
    const auto is_hex = [](char c) { return ascii::hex_value(c) >= 0; };
    return text.empty() || (text.size() == 7 && text.front() == '#' && std::ranges::all_of(text.substr(1), is_hex));
}

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` in lower case, as it is compared.
bool is_aaguid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        const bool is_hex    = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
        if (is_hyphen ? text[i] != '-' : !is_hex) return false;
    }
    return true;
}

void add_passkey_problems(const identity::PasskeySettings& passkeys, std::vector<std::string>& problems) {
    constexpr std::size_t kProfilesMax = 3, kModelsMax = 1000, kRootsMax = 100, kRootBytesMax = 16 * 1024;
    if (passkeys.profiles.empty() || passkeys.profiles.size() > kProfilesMax) problems.emplace_back("`passkeys.profiles` holds 1 to 3 profiles");
    for (const auto& profile : passkeys.profiles) {
        if (profile.aaguids.size() > kModelsMax || !std::ranges::all_of(profile.aaguids, is_aaguid)) {
            problems.push_back(fmt::format("`passkeys.profiles`: `{}` may list 1000 AAGUIDs in lower case with hyphens", profile.name));
        }
        if (profile.attestation == identity::AttestationPolicy::enforce && passkeys.attestation_roots.empty() && !passkeys.trusts_fido_metadata) {
            problems.push_back(fmt::format("`passkeys.profiles`: `{}` demands attestation, but `passkeys.attestationRoots` trusts nobody", profile.name));
        }
    }
    const auto is_root = [](const std::string& root) { return root.size() <= kRootBytesMax && parse_base64(root); };
    if (passkeys.attestation_roots.size() > kRootsMax || !std::ranges::all_of(passkeys.attestation_roots, is_root)) {
        problems.emplace_back("`passkeys.attestationRoots` may hold 100 certificates, DER in base64");
    }
}

/// Where mails about risk go, and by whose Monday.
void add_notice_problems(const identity::NoticeSettings& notices, std::vector<std::string>& problems) {
    constexpr std::size_t kAddressesMax = 20, kExcludedMax = 1000, kZoneMax = 64;
    const auto is_address = [](const std::string& text) {
        const auto address = credentials::parse_mail_address(text);
        return address && address->text() == text;
    };
    const auto is_of_zone = [](char c) { return ascii::is_letter(c) || ascii::is_digit(c) || c == '/' || c == '_' || c == '-' || c == '+'; };
    if (notices.addresses.size() > kAddressesMax || !std::ranges::all_of(notices.addresses, is_address)) {
        problems.emplace_back("`notices.addresses` may hold 20 plain mail addresses, their domains in lower case");
    }
    if (notices.excluded_users.size() > kExcludedMax) problems.emplace_back("`notices.excludedUsers` may hold 1000 users");
    if (notices.time_zone.empty() || notices.time_zone.size() > kZoneMax || !std::ranges::all_of(notices.time_zone, is_of_zone)) {
        problems.emplace_back("`notices.timeZone` is a name like `Europe/Berlin`");
    }
}

/// A profile that nothing but the FIDO metadata can satisfy.
bool demands_metadata(const identity::PasskeySettings& passkeys) {
    return passkeys.attestation_roots.empty() &&
           std::ranges::any_of(passkeys.profiles, [](const auto& profile) { return profile.attestation == identity::AttestationPolicy::enforce; });
}

/// Without it nobody could add a passkey any more.
Result<void> require_metadata(const Ports& ports) {
    if (ports.passkey_models && TRY(ports.passkey_models->held())) return {};
    return Error{ErrorCode::invalidRequest, "`passkeys.profiles` demands attestation, and nobody is trusted: `passkeys.attestationRoots` is empty, and the operator "
                                            "has imported no FIDO metadata (`portcullis passkeys import-metadata`)"};
}

/// Which members of the document differ: `reset`, `methods`.
std::vector<std::string> changed_parts(const TenantSettings& before, const TenantSettings& after) {
    const auto was = wire::to_json(before);
    std::vector<std::string> parts;
    for (const auto& [name, value] : wire::to_json(after)) {
        const auto* old = was.if_contains(name);
        if (!old || *old != value) parts.emplace_back(name);
    }
    // An act of its own in the log (credentials.md §18).
    if (before.passwords.custom_banned != after.passwords.custom_banned) parts.emplace_back("passwords.customBanned");
    return parts;
}

}  // namespace

std::vector<std::string> settings_problems(const TenantSettings& settings) {
    std::vector<std::string> problems;
    for (const auto& bound : durations(settings)) {
        if (bound.value < bound.least || bound.value > bound.most) {
            problems.push_back(fmt::format("`{}` is {} s; it may be {} to {} s", bound.name, bound.value.count() / 1000,
                                           bound.least.count() / 1000, bound.most.count() / 1000));
        }
    }
    const auto& passwords = settings.passwords;
    const Count counts[]  = {{"lockout.threshold", settings.lockout.threshold, 1, 50},
                             {"passwords.lengthMin", passwords.length_min, 8, 64},
                             {"passwords.lengthMinAlone", passwords.length_min_alone, passwords.length_min, 64},
                             {"passwords.history", passwords.history, 1, 24},
                             {"phone.sendsPerUserHour", settings.phone.sends_per_user_hour, 1, 20},
                             {"phone.sendsPerNumberDay", settings.phone.sends_per_number_day, 1, 50},
                             {"phone.sendsPerCountryHour", settings.phone.sends_per_country_hour, 1, 100'000},
                             {"phone.sendsPerDay", settings.phone.sends_per_day, 0, 1'000'000},
                             {"passkeys.perUserMax", settings.passkeys.per_user_max, 1, 50},
                             {"reset.gates", settings.reset.gates, 1, 2},
                             {"reset.reconfirmAfterInDays", settings.reset.reconfirm_days, 0, 730}};
    for (const auto& count : counts) {
        if (count.value < count.least || count.value > count.most) {
            problems.push_back(fmt::format("`{}` is {}; it may be {} to {}", count.name, count.value, count.least, count.most));
        }
    }
    if (passwords.custom_banned.size() > 1000) problems.emplace_back("`passwords.customBanned` may hold 1000 terms");
    const auto is_odd = [](const std::string& term) { return characters(term) < 4 || characters(term) > 16; };
    if (std::ranges::any_of(passwords.custom_banned, is_odd)) problems.emplace_back("a term of `passwords.customBanned` has 4 to 16 characters");
    const auto is_odd_code = [](const std::string& code) { return !credentials::is_calling_code(code); };
    if (std::ranges::any_of(settings.phone.countries, is_odd_code)) problems.emplace_back("`phone.countries` holds calling codes, like `49`");
    add_passkey_problems(settings.passkeys, problems);
    add_notice_problems(settings.notices, problems);
    if (auto of_reset = credentials::reset_methods_problem(settings.reset)) problems.push_back(std::move(*of_reset));
    auto of_methods = credentials::method_problems(settings.methods);
    problems.insert(problems.end(), std::make_move_iterator(of_methods.begin()), std::make_move_iterator(of_methods.end()));
    auto of_campaign = credentials::campaign_problems(settings.campaign);
    problems.insert(problems.end(), std::make_move_iterator(of_campaign.begin()), std::make_move_iterator(of_campaign.end()));
    if (settings.branding.display_name.empty()) problems.emplace_back("`branding.displayName` is empty");
    if (!is_color(settings.branding.color)) problems.emplace_back("`branding.color` must be #rrggbb");
    return problems;
}

Result<void> ChangeTenantSettings::operator()(const Admin& admin, const TenantSettings& settings) {
    const auto tenant  = TRY(ports_.tenants.snapshot(admin.tenant));
    const auto changed = changed_parts(tenant->tenant.settings, settings);
    TRY(require(admin, changed == std::vector<std::string>{"notices"} ? Capability::configureNotices : Capability::manageTenant));
    const auto problems = settings_problems(settings);
    if (!problems.empty()) return Error{ErrorCode::invalidRequest, fmt::format("{}", fmt::join(problems, "; "))};
    if (demands_metadata(settings.passkeys) && !demands_metadata(tenant->tenant.settings.passkeys)) TRY(require_metadata(ports_));
    return commit_act(ports_, admin, "ChangeTenantSettings", {TenantChanged{settings, changed}});
}

}  // namespace portcullis::app
