#pragma once

#include <optional>

#include "base/json.h"
#include "base/result.h"
#include "core/signals/signals.h"

/// Signals as JSON: the snapshot in a sign-in record (G7), enough to judge the sign-in again.
namespace portcullis::wire {

json::object to_json(const signals::SignInSignals& sign_in);
/// Errors: invalidRequest, naming the member.
Result<signals::SignInSignals> signals_from_json(const json::object& document);

/// Graph `signInLocation`: `{city, state, countryOrRegion, geoCoordinates}`; every member null without a place.
json::object location_to_json(const std::optional<signals::Place>& place);

/// A place with its accuracy, as the snapshot and stored detections hold it. Without accuracy the coordinates are left out.
json::object place_to_json(const signals::Place& place);
signals::Place place_from_json(const json::object& document);

}  // namespace portcullis::wire
