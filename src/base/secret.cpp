#include "base/secret.h"

#include <cstring>

namespace portcullis {

bool equal_constant_time(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    unsigned char difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        difference = static_cast<unsigned char>(difference | (static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i])));
    }
    return difference == 0;
}

void wipe(void* bytes, std::size_t size) {
    std::memset(bytes, 0, size);
    __asm__ __volatile__("" : : "r"(bytes) : "memory");
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this == &other) return *this;
    clear();
    bytes_ = std::move(other.bytes_);
    other.clear();
    return *this;
}

void Secret::clear() {
    wipe(bytes_.data(), bytes_.capacity());
    bytes_.clear();
}

}  // namespace portcullis
