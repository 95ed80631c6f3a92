// An operator's MaxMind DB file that is cut, damaged or no such file: refused, or it answers with a place on this earth.
#include <sys/mman.h>
#include <unistd.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>

#include "adapters/geo/city_database.h"
#include "base/assert.h"
#include "base/encoding.h"

/// libmaxminddb 1.7 forgets what it read of a damaged list of languages (maxmind/libmaxminddb#356, mended in 1.12).
extern "C" const char* __lsan_default_suppressions() { return "leak:libmaxminddb.so"; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace portcullis;
    const int file = ::memfd_create("city", MFD_CLOEXEC);
    PORTCULLIS_ASSERT(file >= 0 && ::write(file, data, size) == static_cast<ssize_t>(size));
    const auto database = geo::CityDatabase::open("/proc/self/fd/" + std::to_string(file));
    ::close(file);
    if (!database) return 0;
    for (const auto* text : {"203.0.113.7", "10.0.0.1", "255.255.255.255", "2001:db8::1", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}) {
        const auto place = (*database)->find(*parse_ip(text));
        if (!place) continue;
        PORTCULLIS_ASSERT(is_utf8(place->city));
        PORTCULLIS_ASSERT(place->latitude >= -90 && place->latitude <= 90 && place->longitude >= -180 && place->longitude <= 180);
        PORTCULLIS_ASSERT(std::isfinite(place->accuracy_km) && place->accuracy_km >= 0);
    }
    static_cast<void>((*database)->as_of());
    static_cast<void>((*database)->nodes());
    return 0;
}
