#pragma once

#include <string>

#include "app/ports/all.h"

namespace portcullis::app {

/// Where an address was, as people are told: of the place, else of the network; empty: not known.
struct ShownPlace {
    std::string city;
    std::string country;  // ISO 3166-1 alpha-2
};
ShownPlace shown_place(const Ports& ports, const IpAddress& address, Instant at);
/// The same of an address in text; of what is none, nothing.
ShownPlace shown_place(const Ports& ports, std::string_view address, Instant at);

}  // namespace portcullis::app
