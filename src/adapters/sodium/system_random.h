#pragma once

#include "app/ports/random.h"

namespace portcullis::sodium {

/// The kernel's generator (getrandom) through libsodium. Safe to call from many threads.
class SystemRandom : public app::Random {
public:
    SystemRandom();
    void fill(std::span<std::uint8_t> out) override;
};

}  // namespace portcullis::sodium
