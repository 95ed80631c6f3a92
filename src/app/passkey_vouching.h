#pragma once

#include <optional>
#include <string>

#include "app/ports/all.h"
#include "core/credentials/passkey_policy.h"

namespace portcullis::app {

/// Who vouches for a new passkey's model.
struct Vouching {
    credentials::Attested attested = credentials::Attested::none;
    bool is_hardware               = false;                    // of `trusted`: the key does not leave its hardware
    std::optional<credentials::PasskeyRefusal> against_model;  // of `unanchored`: what the FIDO metadata says
    std::string description;                                   // of a model the metadata names
};

/// The tenant's own roots, or the FIDO metadata where the tenant trusts it: a `packed` or `tpm` statement with a chain to one of
/// the model's roots, a model that is certified enough, and suited (credentials.md §6.5). A model that the metadata calls
/// compromised is vouched for by nobody, own roots or not: they tell who made it, and no longer that it keeps its keys. Own roots
/// are taken to vouch for hardware unless the metadata says otherwise.
/// Errors: unavailable.
Result<Vouching> who_vouches(const Ports& ports, const identity::PasskeySettings& settings, const AttestationClaim& claim, Instant now);

}  // namespace portcullis::app
