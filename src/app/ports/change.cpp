#include "app/ports/change.h"

#include <utility>

#include "app/ports/change_kinds.h"

namespace portcullis::app {

template <class Kind>
Change::Change(Kind kind) : any_(std::make_shared<const AnyChange>(AnyChange{std::move(kind)})) {}

#define CHANGE(Kind) template Change::Change(Kind);
#include "app/ports/change_kinds.def"
#undef CHANGE

}  // namespace portcullis::app
