#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

/// Whether a certificate was revoked before its time (RFC 5280 §5): what is asked, and where lists come from.
namespace portcullis::fido2 {

/// Most bytes of one list: those of authorities with many certificates have some MiB.
inline constexpr std::size_t kRevocationListBytesMax = std::size_t{8} << 20;
/// Most lists for one chain, and in one file.
inline constexpr std::size_t kRevocationListsMax = 16;

/// A certificate of a chain, but for its root, whose standing a list must tell.
struct Watched {
    std::string name;                 // its subject
    std::vector<std::string> places;  // URLs at which its issuer publishes the list, as the certificate says; at most 4
};

/// Gets the lists for a chain, each one in DER or some in PEM. It is asked only for a chain that leads to a root of the operator's, so that
/// nobody else says where to look. Errors: unavailable and others, when a list cannot be had.
using GetRevocationLists = std::function<Result<std::vector<std::string>>(const std::vector<Watched>& chain)>;

/// What becomes of a chain that no current list tells of. One that a list calls revoked is refused either way.
enum class UnknownRevocation { refuse, accept };

struct Revocation {
    GetRevocationLists lists  = {};  // none: nothing is known
    UnknownRevocation unknown = UnknownRevocation::refuse;
};

}  // namespace portcullis::fido2
