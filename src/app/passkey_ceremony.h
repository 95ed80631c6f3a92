#pragma once

#include <optional>
#include <string>

#include "app/ports/all.h"
#include "core/credentials/webauthn.h"

namespace portcullis::app {

/// A registration between its options and its answer. Kept in FlowStore under what it is bound to, and gone with the first answer,
/// right or wrong (protocols.md §16.2, row 4).
struct PasskeyCeremony {
    std::string challenge;    // bytes
    std::string user_handle;  // bytes
    UserId user;
};

/// Keeps a ceremony; one that waited under the same key is over. Errors: unavailable.
Result<void> begin_ceremony(Ports& ports, TenantId tenant, FlowKind kind, std::string_view key, const PasskeyCeremony& ceremony, Instant now);
/// Takes it out; nothing when none waits. Errors: unavailable.
Result<std::optional<PasskeyCeremony>> take_ceremony(Ports& ports, TenantId tenant, FlowKind kind, std::string_view key, Instant now);

/// A challenge of a sign-in, which waits in no store: it tells when it was drawn, and its code what it is bound to. `state` is of one
/// answer only, and moves on with it: that makes the challenge good once. 74 bits are random, 128 are keyed (protocols.md §16.1).
std::string challenge_of(Ports& ports, TenantId tenant, std::string_view state, Instant now);
/// What is wrong with a challenge that came back; nothing: it is one of this state, drawn less than five minutes ago.
std::optional<credentials::PasskeyRefusal> check_challenge(const Ports& ports, TenantId tenant, std::string_view state, std::string_view challenge,
                                                           Instant now);

/// What an answer to a ceremony is held against: our origins, our RP ID, a verified user.
credentials::Expected expected_of(const Ports& ports, credentials::Ceremony kind, std::string_view challenge);

}  // namespace portcullis::app
