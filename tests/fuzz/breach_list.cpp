// An operator's list of breached passwords that is cut, damaged or no such file: refused, or every question stays within it.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "core/credentials/breach_filter.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace portcullis;
    const std::string_view file(reinterpret_cast<const char*>(data), size);
    const auto filter = credentials::BreachFilter::over(file);
    if (!filter) return 0;
    PORTCULLIS_ASSERT(filter->body().size() < size && filter->sha256().size() == 32);
    credentials::BreachKey key = 0x9e3779b97f4a7c15ULL;
    for (int i = 0; i < 64; ++i, key = key * 6364136223846793005ULL + 1442695040888963407ULL) static_cast<void>(filter->may_contain(key));
    return 0;
}
