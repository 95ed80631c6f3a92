#include "app/register_passkey.h"

#include <algorithm>

#include "app/commit_own.h"
#include "app/notices.h"
#include "app/passkey_vouching.h"
#include "app/second_factors.h"
#include "base/encoding.h"
#include "base/visible_text.h"
#include "core/credentials/passkey_policy.h"
#include "wire/webauthn_json.h"

namespace portcullis::app {
namespace {

using credentials::Attested;
using credentials::PasskeyRefusal;

constexpr std::size_t kDisplayNameMax = 64;

/// A model that nobody vouches for is a claim: it meets no strength that names models.
std::optional<PasskeyRefusal> against_strength(const Registrant& who, const credentials::PasskeyTraits& traits) {
    if (who.models.empty()) return std::nullopt;
    if (traits.attested == Attested::unanchored) return traits.against_model.value_or(PasskeyRefusal::attestationUntrusted);
    if (traits.attested != Attested::trusted) return PasskeyRefusal::attestationMissing;
    if (std::ranges::find(who.models, traits.aaguid) == who.models.end()) return PasskeyRefusal::modelNotAllowed;
    return std::nullopt;
}

std::string name_of(const NewPasskey& made, const Vouching& vouching) {
    auto name = method_name(made.display_name);
    if (name.empty() && vouching.attested == Attested::trusted) name = method_name(vouching.description);
    return name.empty() ? "Passkey" : name;
}

/// What the browser brought; whose it is and who vouches for it is still to be said.
identity::Passkey stored_passkey(const wire::RegistrationAnswer& answer, const credentials::AttestationObject& object, const credentials::AuthenticatorData& data) {
    return {.credential_id      = data.attested->credential_id,
            .public_key         = data.attested->public_key,
            .user_handle        = {},
            .aaguid             = credentials::aaguid_text(data.attested->aaguid),
            .attestation        = object.format,
            .is_backup_eligible = data.flags.backup_eligible,
            .is_backed_up       = data.flags.backed_up,
            .sign_count         = data.sign_count,
            .transports         = answer.transports};
}

}  // namespace

std::string method_name(std::string_view typed) {
    auto name = std::string(typed.substr(0, kDisplayNameMax));
    while (!name.empty() && !is_utf8(name)) name.pop_back();  // cut inside a character
    std::erase_if(name, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
    if (is_blank(name)) return {};
    const auto from = name.find_first_not_of(' '), to = name.find_last_not_of(' ');
    return name.substr(from, to - from + 1);
}

Result<std::optional<PasskeyRefusal>> RegisterPasskey::objection(const TenantSnapshot& tenant, const Registrant& who, const RequestFacts& facts) {
    using Objection      = std::optional<PasskeyRefusal>;
    const auto& settings = tenant.tenant.settings.passkeys;
    if (!may_add_passkey(tenant, who.account)) return Objection(PasskeyRefusal::userExcluded);
    if (static_cast<int>(credentials::passkeys_of(who.account.methods).size()) >= settings.per_user_max) return Objection(PasskeyRefusal::tooMany);
    if (!is_in_time(who, facts.now)) return Objection(PasskeyRefusal::notFresh);
    const auto bar = TRY(registration_bar(ports_, tenant, who, facts));
    if (!bar) return Objection();
    return Objection(*bar == RegistrationBar::atRisk ? PasskeyRefusal::userAtRisk : PasskeyRefusal::policyRefuses);
}

bool may_add_passkey(const TenantSnapshot& tenant, const Account& account) {
    const auto& settings = tenant.tenant.settings.passkeys;
    return settings.is_self_service && is_allowed(tenant, account, AuthMethod::passkeySynced) && credentials::is_in_scope(settings, account.groups);
}

Result<PasskeyOptionsOutcome> RegisterPasskey::begin(const TenantSnapshot& tenant, const Registrant& who, const RequestFacts& facts) {
    if (const auto refused = TRY(objection(tenant, who, facts))) return PasskeyOptionsOutcome{*refused};
    if (!is_freshly_proven(who, facts.now)) return PasskeyOptionsOutcome{PasskeyRefusal::notFresh};
    const auto& account  = who.account;
    const auto passkeys  = credentials::passkeys_of(account.methods);
    // One person is one handle at an authenticator, so a second passkey joins the first.
    const PasskeyCeremony ceremony{.challenge   = ports_.random.bytes(credentials::kPasskeyChallengeBytes),
                                   .user_handle = passkeys.empty() ? ports_.random.bytes(credentials::kUserHandleBytes) : passkeys.front()->passkey->user_handle,
                                   .user        = account.user.id};
    TRY(begin_ceremony(ports_, tenant.tenant.id, FlowKind::passkeyRegistration, who.ceremony, ceremony, facts.now));

    credentials::CreationOptions options{.challenge     = ceremony.challenge,
                                         .relying_party = ports_.relying_party,
                                         .user_handle   = ceremony.user_handle,
                                         .user_name     = account.user.user_principal_name,
                                         .display_name  = account.user.display_name,
                                         .excluded      = {},
                                         .attestation   = credentials::wanted_attestation(tenant.tenant.settings.passkeys, account.groups)};
    if (!who.models.empty()) options.attestation = credentials::Attestation::direct;
    if (!tenant.tenant.settings.branding.display_name.empty()) options.relying_party.name = tenant.tenant.settings.branding.display_name;
    for (const auto* method : passkeys) options.excluded.push_back({method->passkey->credential_id, method->passkey->transports});
    return PasskeyOptionsOutcome{std::move(options)};
}

Result<PasskeyRegistrationOutcome> RegisterPasskey::finish(const TenantSnapshot& tenant, const Registrant& who, const NewPasskey& made,
                                                           const RequestFacts& facts) {
    const auto ceremony = TRY(take_ceremony(ports_, tenant.tenant.id, FlowKind::passkeyRegistration, who.ceremony, facts.now));
    if (!ceremony || ceremony->user != who.account.user.id) return PasskeyRegistrationOutcome{PasskeyRefusal::ceremonyOver};
    if (const auto refused = TRY(objection(tenant, who, facts))) return PasskeyRegistrationOutcome{*refused};
    auto outcome = TRY(verified(tenant, who, made, *ceremony, facts));
    if (const auto* method = std::get_if<identity::AuthenticationMethod>(&outcome)) TRY(store(tenant, who, *method, facts));
    return outcome;
}

Result<PasskeyRegistrationOutcome> RegisterPasskey::verified(const TenantSnapshot& tenant, const Registrant& who, const NewPasskey& made,
                                                             const PasskeyCeremony& ceremony, const RequestFacts& facts) {
    const auto refused  = [](PasskeyRefusal because) { return PasskeyRegistrationOutcome{because}; };
    const auto expected = expected_of(ports_, credentials::Ceremony::registration, ceremony.challenge);
    const auto got      = wire::parse_registration_answer(made.answer);
    const auto client   = got ? wire::parse_client_data(got->client_data) : Result<credentials::ClientData>(got.error());
    const auto object   = got ? credentials::parse_attestation_object(got->attestation_object) : std::nullopt;
    const auto data     = object ? credentials::parse_authenticator_data(object->authenticator_data) : std::nullopt;
    if (!client || !data) return refused(PasskeyRefusal::malformed);
    if (const auto wrong = check_client_data(*client, expected)) return refused(*wrong);
    if (const auto wrong = check_authenticator_data(*data, expected)) return refused(*wrong);
    if (const auto wrong = check_new_credential(*data, credentials::kOfferedAlgorithms)) return refused(*wrong);

    const auto& credential = *data->attested;
    if (credential.credential_id != got->credential_id) return refused(PasskeyRefusal::malformed);
    if (!ports_.passkeys.is_sound(credential.public_key)) return refused(PasskeyRefusal::keyUnsound);
    const auto& settings = tenant.tenant.settings.passkeys;
    const auto hash      = ports_.digests.sha256(got->client_data);
    const auto vouching  = TRY(who_vouches(ports_, settings, {.object = *object, .data = *data, .client_data_hash = hash}, facts.now));
    const auto aaguid    = credentials::aaguid_text(credential.aaguid);
    const credentials::PasskeyTraits traits{aaguid, data->flags.backup_eligible, vouching.attested, vouching.against_model};
    auto wrong = credentials::may_register(settings, who.account.groups, traits);
    if (!wrong) wrong = against_strength(who, traits);
    if (wrong) return turned_away(tenant, who, {*wrong, aaguid}, facts);
    // "Verify that the credentialId is not yet registered for any user" (§7.1 step 26).
    if (TRY(ports_.directory.account_with_passkey(tenant.tenant.id, credential.credential_id))) return refused(PasskeyRefusal::alreadyRegistered);

    const auto protection = vouching.is_hardware ? credentials::KeyProtection::attestedHardware : credentials::KeyProtection::unknown;
    identity::AuthenticationMethod method{.id           = ports_.random.new_id<MethodId>(facts.now),
                                          .user         = who.account.user.id,
                                          .kind         = credentials::method_of(data->flags.backup_eligible, protection),
                                          .display_name = name_of(made, vouching),
                                          .created_at   = facts.now};
    method.passkey              = stored_passkey(*got, *object, *data);
    method.passkey->user_handle = ceremony.user_handle;
    method.passkey->is_attested = vouching.attested == Attested::trusted;
    return PasskeyRegistrationOutcome{std::move(method)};
}

Result<PasskeyRegistrationOutcome> RegisterPasskey::turned_away(const TenantSnapshot& tenant, const Registrant& who, const Ineligible& why,
                                                                const RequestFacts& facts) {
    const PasskeyNotRegistered told{who.account.user.id, why.aaguid, std::string(credentials::to_string(why.because))};
    TRY(commit_own(ports_, tenant.tenant.id, who.account.user.id, "RefusePasskey", {told}, facts));
    return PasskeyRegistrationOutcome{why.because};
}

Result<void> RegisterPasskey::store(const TenantSnapshot& tenant, const Registrant& who, const identity::AuthenticationMethod& method,
                                    const RequestFacts& facts) {
    const auto& user = who.account.user;
    // The user's version moves with it, so that the limit is exact when two are registered at once.
    std::vector<Change> changes{UserChanged{user}, MethodRegistered{method}};
    const Words words{{"method", std::string(to_string(method.kind))}};
    TRY(add_notice(changes, ports_, tenant, user, {.notice = Notice::methodAdded, .at = facts.now, .from = &facts, .words = words, .other_addresses = {}}));
    return commit_own(ports_, tenant.tenant.id, user.id, "RegisterPasskey", std::move(changes), facts);
}

}  // namespace portcullis::app
