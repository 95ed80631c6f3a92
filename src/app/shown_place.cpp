#include "app/shown_place.h"

namespace portcullis::app {

ShownPlace shown_place(const Ports& ports, const IpAddress& address, Instant at) {
    const auto network = ports.networks.look_up(address, at);
    if (network.place) return {network.place->city, network.place->country};
    return {.city = {}, .country = network.country.value_or("")};
}

ShownPlace shown_place(const Ports& ports, std::string_view address, Instant at) {
    const auto parsed = parse_ip(address);
    return parsed ? shown_place(ports, *parsed, at) : ShownPlace{};
}

}  // namespace portcullis::app
