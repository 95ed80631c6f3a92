#include "app/verify_passkey.h"

#include <algorithm>

#include "app/second_factors.h"
#include "wire/webauthn_json.h"

namespace portcullis::app {
namespace {

using credentials::Attested;
using credentials::PasskeyRefusal;

std::vector<credentials::CredentialDescriptor> usable(const TenantSnapshot& tenant, const Account& account, std::span<const MethodId> only) {
    std::vector<credentials::CredentialDescriptor> list;
    for (const auto* method : usable_passkeys(tenant, account)) {
        if (!only.empty() && std::ranges::find(only, method->id) == only.end()) continue;
        list.push_back({method->passkey->credential_id, method->passkey->transports});
    }
    return list;
}

const identity::AuthenticationMethod* method_with(const Account& account, std::string_view credential_id) {
    for (const auto* method : credentials::passkeys_of(account.methods)) {
        if (method->passkey->credential_id == credential_id) return method;
    }
    return nullptr;
}

}  // namespace

std::vector<const identity::AuthenticationMethod*> usable_passkeys(const TenantSnapshot& tenant, const Account& account) {
    auto list = credentials::passkeys_of(account.methods);
    std::erase_if(list, [&](const auto* method) {
        if (!is_allowed(tenant, account, method->kind)) return true;
        return credentials::may_use(tenant.tenant.settings.passkeys, account.groups, traits_of(*method->passkey)).has_value();
    });
    return list;
}

credentials::PasskeyTraits traits_of(const identity::Passkey& passkey) {
    return {.aaguid             = passkey.aaguid,
            .is_backup_eligible = passkey.is_backup_eligible,
            .attested           = passkey.is_attested ? Attested::trusted : Attested::none};
}

std::vector<credentials::CredentialDescriptor> VerifyPasskey::decoys(TenantId tenant, std::string_view name) const {
    const auto key = ports_.text.upn_key(name);
    return credentials::decoy_credentials(
        ports_.digests.hmac_sha512(ports_.keys.pepper.reveal(), "passkey|" + to_string(tenant) + '|' + key.value_or(std::string(name))));
}

Result<std::vector<credentials::CredentialDescriptor>> VerifyPasskey::offered(const TenantSnapshot& tenant, const PasskeySought& sought) const {
    if (!sought.user && sought.name.empty()) return std::vector<credentials::CredentialDescriptor>{};
    std::optional<Account> account;
    if (sought.user) {
        account = TRY(ports_.directory.account(tenant.tenant.id, *sought.user));
    } else {
        const auto key = ports_.text.upn_key(sought.name);
        account        = TRY(ports_.directory.account_named(tenant.tenant.id, key.value_or("")));
    }
    auto list = account ? usable(tenant, *account, sought.methods) : std::vector<credentials::CredentialDescriptor>{};
    // An empty list would ask for any passkey at all, and would tell that there is none.
    return list.empty() ? decoys(tenant.tenant.id, sought.name) : list;
}

/// Whose passkey was asked for, as far as it is this owner's; nobody's where it is another's.
credentials::Sought VerifyPasskey::sought_of(const PasskeySought& sought, const Account& owner) const {
    if (sought.user) return {*sought.user};
    if (sought.name.empty()) return {};
    const auto key = ports_.text.upn_key(sought.name);
    return {key && key == ports_.text.upn_key(owner.user.user_principal_name) ? owner.user.id : UserId{}};
}

Result<credentials::RequestOptions> VerifyPasskey::begin(const TenantSnapshot& tenant, const PasskeySought& sought, const RequestFacts& facts) {
    auto allowed = TRY(offered(tenant, sought));
    return credentials::RequestOptions{.challenge = challenge_of(ports_, tenant.tenant.id, sought.state, facts.now),
                                       .rp_id     = ports_.relying_party.id,
                                       .allowed   = std::move(allowed)};
}

Result<PasskeyOutcome> VerifyPasskey::finish(const TenantSnapshot& tenant, const PasskeySought& sought, std::string_view answer,
                                             const RequestFacts& facts) {
    const auto refused = [](PasskeyRefusal because, const std::optional<Account>& account = {}) {
        return PasskeyOutcome{PasskeyRefused{because, account ? std::optional(account->user) : std::nullopt}};
    };
    const auto got    = wire::parse_authentication_answer(answer);
    const auto client = got ? wire::parse_client_data(got->client_data) : Result<credentials::ClientData>(got.error());
    const auto data   = got ? credentials::parse_authenticator_data(got->authenticator_data) : std::nullopt;
    if (!client || !data) return refused(PasskeyRefusal::malformed);
    if (const auto wrong = check_challenge(ports_, tenant.tenant.id, sought.state, client->challenge, facts.now)) return refused(*wrong);
    const auto expected = expected_of(ports_, credentials::Ceremony::authentication, client->challenge);
    if (const auto wrong = check_client_data(*client, expected)) return refused(*wrong);
    if (const auto wrong = check_authenticator_data(*data, expected)) return refused(*wrong);

    const auto account = TRY(ports_.directory.account_with_passkey(tenant.tenant.id, got->credential_id));
    const auto* stored = account && !account->user.deleted_at ? method_with(*account, got->credential_id) : nullptr;
    if (!stored) return refused(PasskeyRefusal::credentialUnknown);
    const credentials::Assertion assertion{got->credential_id, got->user_handle, &*data};
    if (const auto wrong = check_owner(assertion, *stored, sought_of(sought, *account))) return refused(*wrong, account);
    const auto hash = ports_.digests.sha256(got->client_data);
    if (!ports_.passkeys.is_signed(stored->passkey->public_key, {got->authenticator_data, hash, got->signature})) {
        return refused(PasskeyRefusal::signatureWrong, account);
    }
    // From here on the owner is who they say; what follows is whether they may.
    const auto& settings = tenant.tenant.settings.passkeys;
    if (!is_allowed(tenant, *account, stored->kind)) return refused(PasskeyRefusal::userExcluded, account);
    if (const auto wrong = credentials::may_use(settings, account->groups, traits_of(*stored->passkey))) return refused(*wrong, account);
    if (!account->user.account_enabled) return refused(PasskeyRefusal::accountDisabled, account);

    PasskeyAccepted accepted{.account = *account, .method = *stored, .used = {}, .sign_count = data->sign_count, .is_backed_up = data->flags.backed_up};
    accepted.used = use_of(*stored, accepted, facts.now);
    return PasskeyOutcome{std::move(accepted)};
}

PasskeyUsed VerifyPasskey::use_of(const identity::AuthenticationMethod& stored, const PasskeyAccepted& accepted, Instant now) {
    const auto before  = stored.passkey->sign_count;
    const bool is_less = credentials::judge_counter(before, accepted.sign_count) == credentials::CounterVerdict::fell;
    return {.user               = stored.user,
            .method             = stored.id,
            .sign_count_before  = before,
            .sign_count         = credentials::counter_after(before, accepted.sign_count),
            .is_backed_up       = accepted.is_backed_up,
            .is_clone_suspected = is_less || stored.passkey->is_clone_suspected,
            .at                 = now};
}

}  // namespace portcullis::app
