#pragma once

#include "app/ports/all.h"
#include "app/request_facts.h"
#include "app/sign_in_flow.h"
#include "app/tries.h"
#include "core/signals/familiarity.h"

namespace portcullis::app {

/// The key of a tenant's feature hashes.
signals::HashKey feature_key(const Ports& ports, TenantId tenant);

/// What the data sets say of an address, in the words of signals; what they do not know goes to `missing`.
signals::NetworkSignals network_signals(const Ports& ports, const TenantSnapshot& tenant, const IpAddress& address, Instant now,
                                        std::vector<signals::Missing>& missing);

/// Everything known of this sign-in, gathered once.
signals::SignInSignals collect_signals(const Ports& ports, const TenantSnapshot& tenant, const SignInFlow& flow,
                                       const RequestFacts& facts);

/// Where a request comes from, as policies ask.
policy::LocationFacts location_of(const TenantSnapshot& tenant, const signals::NetworkSignals& network);

/// Whether the user signed in before, within 60 days, with this device cookie, from this /24 (IPv6 /48), or from this AS
/// and country (conditional-access.md §18).
bool is_familiar(const signals::FamiliarityProfile& profile, const signals::Features& features);
/// Where a request comes from, and what the user's history says of it, before anything was proven.
struct Whereabouts {
    signals::NetworkSignals network;
    bool is_familiar      = false;
    bool has_known_device = false;  // a device cookie of ours with which this user signed in within 60 days
};
/// `user`: nothing for a name nobody has, which nothing is familiar to. Errors: unavailable.
Result<Whereabouts> whereabouts(Ports& ports, const TenantSnapshot& tenant, std::optional<UserId> user, const RequestFacts& facts);
/// Its `is_familiar` alone. Errors: unavailable.
Result<bool> is_familiar_place(Ports& ports, const TenantSnapshot& tenant, UserId user, const RequestFacts& facts);

/// What tries are counted under, so that a stranger's do not keep the owner out: all familiar places are one, and each other network
/// (an IPv4 address, the /64 of IPv6) is one by itself. Of an address only a keyed digest is in it.
inline constexpr std::string_view kFamiliarPlace = "familiar";
std::string place_of_tries(const Ports& ports, const Whereabouts& where, const RequestFacts& facts);
/// How long they are remembered: nobody is familiar with a place that is made up, nor with a name that is.
constexpr Duration memory_of_tries(std::string_view place) { return place == kFamiliarPlace ? Tries::kMemory : Tries::kMemoryOfNobody; }

}  // namespace portcullis::app
