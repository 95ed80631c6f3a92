#include "app/ports/sealer.h"

#include <charconv>

namespace portcullis::app {

std::uint32_t sealed_key_version(std::string_view sealed) {
    if (!sealed.starts_with("v1.")) return 0;
    std::uint32_t version = 0;
    const auto* end       = sealed.data() + sealed.size();
    const auto read       = std::from_chars(sealed.data() + 3, end, version);
    if (read.ec != std::errc{} || read.ptr == end || *read.ptr != '.' || sealed[3] == '0') return 0;
    return version;
}

}  // namespace portcullis::app
