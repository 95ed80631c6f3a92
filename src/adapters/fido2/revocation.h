#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

/// Whether a certificate was revoked before its time (RFC 5280 §5): what is asked, and where lists come from.
namespace portcullis::fido2 {

/// Most bytes of one list: those of authorities with many certificates have some MiB.
inline constexpr std::size_t kRevocationListBytesMax = std::size_t{8} << 20;
/// Most lists for one chain, those of one file counted one by one.
inline constexpr std::size_t kRevocationListsMax = 16;

/// A certificate of a chain, but for its root, whose standing a list must tell.
struct Watched {
    std::string name;                 // its subject
    std::vector<std::string> places;  // URLs at which its issuer publishes the list, as the certificate says; at most 4
};

/// What is done with a list, DER, or some in PEM, before another is got; the bytes are not kept. Errors: what is wrong with it, and then nobody
/// looks for more.
using TakeRevocationList = std::function<Result<void>(std::string_view bytes)>;
/// Gets the lists for a chain and has each one taken. It is asked only for a chain that leads to a root of the operator's, so that nobody else
/// says where to look. Errors: of `take`; unavailable and others, when a list cannot be had.
using GetRevocationLists = std::function<Result<void>(const std::vector<Watched>& chain, const TakeRevocationList& take)>;

/// What becomes of a chain that no current list tells of. One that a list calls revoked is refused either way.
enum class UnknownRevocation { refuse, accept };

struct Revocation {
    GetRevocationLists lists  = {};  // none: nothing is known
    UnknownRevocation unknown = UnknownRevocation::refuse;
};

}  // namespace portcullis::fido2
