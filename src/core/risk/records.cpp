#include "core/risk/records.h"

#include <array>

#include "core/terms/term_table.h"

namespace portcullis::risk {
namespace {
constexpr std::array<std::string_view, 6> kActorKinds{"user", "admin", "application", "directory", "connector", "system"};
}

std::string_view to_string(ActorKind kind) { return term_name(kActorKinds, kind); }
std::optional<ActorKind> parse_actor_kind(std::string_view text) { return term_named<ActorKind>(kActorKinds, text); }

}  // namespace portcullis::risk
