#pragma once

#include <string_view>

namespace portcullis::signals {

/// Degrees.
struct Point {
    double latitude = 0, longitude = 0;
};

/// Along the surface of a sphere of 6371 km.
double great_circle_km(Point a, Point b);

/// Whether two countries (ISO 3166-1 alpha-2) are the same or share a land border. Unknown codes border nothing.
bool are_same_or_neighbours(std::string_view country, std::string_view other);

}  // namespace portcullis::signals
