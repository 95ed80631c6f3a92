#pragma once

#include <variant>

#include "app/ports/change.h"

namespace portcullis::app {

template <class, class... Kinds>
using OneOf = std::variant<Kinds...>;

/// What a Change is. For those who must know: a store that forgets one does not compile.
struct AnyChange {
#define CHANGE(Kind) , Kind
    OneOf<void
#include "app/ports/change_kinds.def"
          >
        kind;
#undef CHANGE
};

}  // namespace portcullis::app
