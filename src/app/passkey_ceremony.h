#pragma once

#include <optional>
#include <string>

#include "app/ports/all.h"
#include "core/credentials/webauthn.h"

namespace portcullis::app {

/// A ceremony between its options and its answer: what was asked, of whom. Kept in FlowStore under what it is bound to, and
/// gone with the first answer, right or wrong (protocols.md §16.2, row 4).
struct PasskeyCeremony {
    std::string challenge;    // bytes
    std::string user_handle;  // bytes, of a registration
    bool is_named = false;    // a sign-in for one name; `user` stays nil when nobody has it
    UserId user;
};

/// Keeps a ceremony; one that waited under the same key is over. Errors: unavailable.
Result<void> begin_ceremony(Ports& ports, TenantId tenant, FlowKind kind, std::string_view key, const PasskeyCeremony& ceremony, Instant now);
/// Takes it out; nothing when none waits. Errors: unavailable.
Result<std::optional<PasskeyCeremony>> take_ceremony(Ports& ports, TenantId tenant, FlowKind kind, std::string_view key, Instant now);

/// What an answer to the ceremony is held against: our origins, our RP ID, a verified user.
credentials::Expected expected_of(const Ports& ports, credentials::Ceremony kind, const PasskeyCeremony& ceremony);

}  // namespace portcullis::app
