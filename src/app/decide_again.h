#pragma once

#include "base/result.h"

namespace portcullis::app {

/// How often a decision of a browser's request is made anew because what it read has moved: a browser has six connections to a
/// host, and all may carry one person's sign-ins.
inline constexpr int kDecisionsOfBrowserMax = 8;
/// The same of everything else: an administrator's act, a token request, a job that every node runs at its hour.
inline constexpr int kDecisionsMax = 3;

/// Runs `attempt` (read, decide, commit), again when it answers conflict, `most` times in all (conventions §8).
template <class Attempt>
auto decide_again_on_conflict(Attempt attempt, int most = kDecisionsMax) {
    for (int left = most;; --left) {
        auto result = attempt();
        if (result || left == 1 || result.error().code != ErrorCode::conflict) return result;
    }
}

}  // namespace portcullis::app
