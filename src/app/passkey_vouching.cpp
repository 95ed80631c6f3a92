#include "app/passkey_vouching.h"

namespace portcullis::app {
namespace {

using credentials::Attested;
using credentials::PasskeyRefusal;

/// "packed full statement" (credentials.md §6.5), and the platform's own.
bool is_taken_with_metadata(std::string_view format) { return format == "packed" || format == "tpm"; }

Vouching only(Attested attested) { return {.attested = attested, .is_hardware = attested == Attested::trusted, .against_model = {}, .description = {}}; }
Vouching against(PasskeyRefusal because) { return {.attested = Attested::unanchored, .against_model = because, .description = {}}; }
Vouching trusted(const credentials::PasskeyModel& model) {
    return {.attested = Attested::trusted, .is_hardware = model.is_hardware, .against_model = {}, .description = model.description};
}

}  // namespace

Result<Vouching> who_vouches(const Ports& ports, const identity::PasskeySettings& settings, const AttestationClaim& claim, Instant now) {
    const auto own = ports.passkeys.attestation(claim, settings.attestation_roots, now);
    if (own != Attested::trusted && own != Attested::unanchored) return only(own);
    const bool is_asked = ports.passkey_models && settings.trusts_fido_metadata && TRY(ports.passkey_models->held());
    if (!is_asked) return only(own);

    const auto model = TRY(ports.passkey_models->find(credentials::aaguid_text(claim.data.attested->aaguid)));
    if (model && !model->compromised.empty()) return against(PasskeyRefusal::modelCompromised);
    if (own == Attested::trusted) return model ? trusted(*model) : only(own);
    if (const auto because = credentials::against_model(model, settings.certification_least)) return against(*because);
    const bool leads_there = is_taken_with_metadata(claim.object.format) && ports.passkeys.attestation(claim, model->roots, now) == Attested::trusted;
    if (!leads_there) return against(PasskeyRefusal::attestationUntrusted);
    return trusted(*model);
}

}  // namespace portcullis::app
