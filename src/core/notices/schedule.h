#pragma once

#include <chrono>
#include <functional>

#include "base/time.h"

/// When administrators are told of what is not told at once. Source: id-protection.md §5.5.
namespace portcullis::notices {

/// Between two mails about users at risk: whoever crosses the threshold meanwhile shares the next one.
inline constexpr Duration kRiskMailEvery = std::chrono::seconds{5};
/// What a digest looks back on.
inline constexpr Duration kDigestSpan = std::chrono::days{7};

/// Whether as much as `wait` has passed since `last`. A clock that was turned back holds nothing up.
constexpr bool is_due(Instant last, Duration wait, Instant now) { return last > now || now - last >= wait; }

/// How far local time is ahead of UTC at a moment.
using LocalOffset = std::function<Duration(Instant)>;
/// The last Monday, 08:00 local time, that is not after `now`.
Instant digest_moment(Instant now, const LocalOffset& offset);

}  // namespace portcullis::notices
