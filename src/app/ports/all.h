#pragma once

#include <string>

#include "app/ports/alerts.h"
#include "app/ports/breached_passwords.h"
#include "app/ports/clock.h"
#include "app/ports/digests.h"
#include "app/ports/directory.h"
#include "app/ports/external_providers.h"
#include "app/ports/flow_store.h"
#include "app/ports/journal.h"
#include "app/ports/network_intelligence.h"
#include "app/ports/outbox.h"
#include "app/ports/passkey_models.h"
#include "app/ports/passkey_verifier.h"
#include "app/ports/password_hasher.h"
#include "app/ports/random.h"
#include "app/ports/risk_detections.h"
#include "app/ports/sealer.h"
#include "app/ports/secret_keys.h"
#include "app/ports/sessions.h"
#include "app/ports/signer.h"
#include "app/ports/standings.h"
#include "app/ports/tenants.h"
#include "app/ports/text.h"
#include "app/ports/user_agents.h"

namespace portcullis::app {

/// Everything outside the program that use cases may ask, in one hand; made once in main/wire.cpp. Each use case is given
/// this and takes what it needs.
struct Ports {
    const Clock& clock;
    Random& random;
    const Digests& digests;
    const SecretKeys& keys;
    const Text& text;
    PasswordHasher& hasher;
    Sealer& sealer;
    Signer& signer;
    JwtVerifier& verifier;
    Journal& journal;
    FlowStore& flows;
    const Tenants& tenants;
    const Directory& directory;
    const Sessions& sessions;
    const Standings& standings;
    const RiskDetections& detections;
    const Profiles& profiles;
    const SignIns& sign_ins;
    const Alerts& alerts;
    const NetworkIntelligence& networks;
    const UserAgents& user_agents;
    const PasskeyVerifier& passkeys;
    const credentials::RelyingParty& relying_party;
    /// The configured origin; links in messages begin with it and with nothing a request says. Empty: there are no links.
    std::string base_url = {};
    /// Null: the operator has no list of breached passwords.
    const BreachedPasswords* breached_passwords = nullptr;
    /// Null: nobody outside is asked, so no external method can be used.
    ExternalProviders* external_providers = nullptr;
    /// Null: nothing of the FIDO metadata is known, and it vouches for nobody.
    const PasskeyModels* passkey_models = nullptr;
};

/// How a reference of high entropy is stored: base64url(HMAC-SHA-256(pepper, reference)) (PROTO-833).
std::string reference_digest(const Ports& ports, std::string_view reference);

/// A new reference to what has this id, `<id>_<256 random bits>`: it is found by the id, which is no secret, and opens by the rest. Ids sort
/// by time, so what is looked up is stored where it was made, not all over an index.
template <class IdType>
std::string new_reference(const Ports& ports, IdType id) { return to_string(id) + '_' + ports.random.token(); }
/// What a reference says it refers to; nothing when it has no such form.
template <class IdType>
std::optional<IdType> referred_to(std::string_view reference) {
    constexpr std::size_t kIdSize = 36;
    const bool has_form           = reference.size() > kIdSize && reference[kIdSize] == '_';
    return has_form ? parse_id<IdType>(reference.substr(0, kIdSize)) : std::nullopt;
}

}  // namespace portcullis::app
