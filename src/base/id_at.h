#pragma once

#include <algorithm>

#include "base/id.h"
#include "base/time.h"

namespace portcullis {

/// The smallest id that could have been made at `when`.
template <class IdType>
IdType first_id_at(Instant when) {
    const auto words = uuid::version7(static_cast<std::uint64_t>(std::max<std::int64_t>(unix_ms(when), 0)), {});
    return IdType{words.high, words.low};
}

}  // namespace portcullis
