#include "core/credentials/passkey_policy.h"

#include <algorithm>

namespace portcullis::credentials {
namespace {

using identity::AttestationPolicy;
using identity::ModelRule;
using identity::PasskeyProfile;
using identity::PasskeySettings;

enum class When { registration, use };

bool shares_group(std::span<const GroupId> some, std::span<const GroupId> others) {
    return std::ranges::any_of(some, [&](GroupId g) { return std::ranges::find(others, g) != others.end(); });
}

bool applies(const PasskeyProfile& profile, std::span<const GroupId> groups) {
    return profile.groups.empty() || shares_group(profile.groups, groups);
}

std::optional<PasskeyRefusal> against_attestation(const PasskeyProfile& profile, const PasskeyTraits& traits) {
    if (profile.attestation != AttestationPolicy::enforce) return std::nullopt;
    switch (traits.attested) {
        case Attested::none:
        case Attested::self:       return PasskeyRefusal::attestationMissing;
        case Attested::invalid:    return PasskeyRefusal::attestationInvalid;
        case Attested::unanchored: return traits.against_model.value_or(PasskeyRefusal::attestationUntrusted);
        case Attested::trusted:    return std::nullopt;
    }
    return PasskeyRefusal::attestationInvalid;
}

std::optional<PasskeyRefusal> against_model(const PasskeyProfile& profile, std::string_view aaguid) {
    const bool is_listed = std::ranges::find(profile.aaguids, aaguid) != profile.aaguids.end();
    switch (profile.models) {
        case ModelRule::any:        return std::nullopt;
        case ModelRule::onlyListed: return is_listed ? std::nullopt : std::optional(PasskeyRefusal::modelNotAllowed);
        case ModelRule::notListed:  return is_listed ? std::optional(PasskeyRefusal::modelNotAllowed) : std::nullopt;
    }
    return PasskeyRefusal::modelNotAllowed;
}

std::optional<PasskeyRefusal> against(const PasskeyProfile& profile, const PasskeyTraits& traits, When when) {
    if (traits.is_backup_eligible && !profile.allows_synced) return PasskeyRefusal::syncedNotAllowed;
    if (!traits.is_backup_eligible && !profile.allows_device_bound) return PasskeyRefusal::deviceBoundNotAllowed;
    if (const auto refused = against_model(profile, traits.aaguid)) return refused;
    return when == When::registration ? against_attestation(profile, traits) : std::nullopt;
}

std::optional<PasskeyRefusal> judge(const PasskeySettings& settings, std::span<const GroupId> groups, const PasskeyTraits& traits, When when) {
    if (!is_in_scope(settings, groups)) return PasskeyRefusal::userExcluded;
    std::optional<PasskeyRefusal> first;
    for (const auto& profile : settings.profiles) {
        if (!applies(profile, groups)) continue;
        const auto refused = against(profile, traits, when);
        if (!refused) return std::nullopt;
        if (!first) first = refused;
    }
    return first ? first : PasskeyRefusal::userExcluded;
}

}  // namespace

std::string_view to_string(Attested attested) {
    switch (attested) {
        case Attested::none:       return "none";
        case Attested::invalid:    return "invalid";
        case Attested::self:       return "self";
        case Attested::unanchored: return "unanchored";
        case Attested::trusted:    return "trusted";
    }
    return {};
}

bool is_in_scope(const PasskeySettings& settings, std::span<const GroupId> groups) {
    if (!settings.is_enabled || shares_group(settings.excluded_groups, groups)) return false;
    return std::ranges::any_of(settings.profiles, [&](const PasskeyProfile& p) { return applies(p, groups); });
}

std::optional<PasskeyRefusal> may_register(const PasskeySettings& settings, std::span<const GroupId> groups, const PasskeyTraits& traits) {
    // A statement that lies is refused even where nobody asked for one.
    if (traits.attested == Attested::invalid) return PasskeyRefusal::attestationInvalid;
    return judge(settings, groups, traits, When::registration);
}

std::optional<PasskeyRefusal> may_use(const PasskeySettings& settings, std::span<const GroupId> groups, const PasskeyTraits& traits) {
    return judge(settings, groups, traits, When::use);
}

Attestation wanted_attestation(const PasskeySettings& settings, std::span<const GroupId> groups) {
    const bool looks = std::ranges::any_of(settings.profiles, [&](const PasskeyProfile& p) {
        return applies(p, groups) && p.attestation != AttestationPolicy::off;
    });
    return looks ? Attestation::direct : Attestation::none;
}

}  // namespace portcullis::credentials
