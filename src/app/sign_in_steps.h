#pragma once

#include <string_view>

#include "app/ports/random.h"
#include "app/sign_in_flow.h"
#include "core/credentials/guest_code.h"

/// What the steps of a sign-in have in common, whichever method was used.
namespace portcullis::app {

/// A second factor was asked for and not given (conditional-access.md §17).
inline constexpr int kStrongAuthenticationFailed = 500121;

/// How long a sign-in waits for a guest to read their mail: a little longer than the code works, so that they are told.
inline constexpr Duration kGuestWaits = credentials::kGuestCodeLives + std::chrono::minutes{5};

/// What the record calls an approval on another device.
inline constexpr std::string_view kPushStep = "Approval on another device";

/// One line of what happened, for the sign-in record.
json::object step_taken(Instant now, std::string_view method, bool succeeded, std::string_view detail);
/// The factor as given just now; an earlier proof by the same method is replaced. `registered`: which of the person's methods.
void prove(SignInFlow& flow, AuthMethod method, Instant now, std::optional<MethodId> registered = {});
/// Whether a second factor may be given by this method here: any, but where a strength or a level asks for some. Nil: an access pass.
bool takes(const SignInFlow& flow, MethodId method);
/// The account with those methods alone that are asked for here: what `takes` does, and nothing that somebody else added.
Account as_asked(const SignInFlow& flow, const Account& account);
/// Whether a method of this kind may be registered here: any, but where a strength is asked for one that it takes. `passkeyDeviceBound`
/// stands for every passkey.
bool is_registrable(const SignInFlow& flow, AuthMethod kind);
/// Nothing is proven any more, by nobody; who it was stays as the name to begin with.
void forget_proofs(SignInFlow& flow, Random& random, Instant now);

}  // namespace portcullis::app
