#include "adapters/sodium/system_random.h"

#include <sodium.h>

#include "base/assert.h"

namespace portcullis::sodium {

SystemRandom::SystemRandom() { PORTCULLIS_ASSERT(sodium_init() >= 0); }

void SystemRandom::fill(std::span<std::uint8_t> out) { randombytes_buf(out.data(), out.size()); }

}  // namespace portcullis::sodium
