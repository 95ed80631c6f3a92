#include "wire/method_targets_json.h"

namespace portcullis::wire {

json::array targets_json(const identity::MethodTargets& targets) {
    json::array array;
    const auto add = [&](std::string_view type, std::string_view id) { array.push_back(json::object{{"targetType", type}, {"id", id}}); };
    if (targets.all_users) add("group", kAllUsers);
    for (const auto& id : targets.users) add("user", to_string(id));
    for (const auto& id : targets.groups) add("group", to_string(id));
    return array;
}

}  // namespace portcullis::wire
