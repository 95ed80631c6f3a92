#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace portcullis {

/// Equality in time that depends on the lengths only, never on where the first difference is.
bool equal_constant_time(std::string_view a, std::string_view b);

/// Overwrites the bytes in a way the compiler may not remove.
void wipe(void* bytes, std::size_t size);

/// Bytes that must not leak: they cannot be printed, copied by accident or compared except in constant time,
/// and are overwritten when the Secret ends (PROTO-834).
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string bytes) : bytes_(std::move(bytes)) {}
    Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) { other.clear(); }
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&)            = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret() { clear(); }

    /// A second Secret with the same bytes; the name makes every copy visible.
    [[nodiscard]] Secret copy() const { return Secret(bytes_); }
    /// The bytes, for the one call that needs them. Never store or log what this returns.
    [[nodiscard]] std::string_view reveal() const { return bytes_; }
    [[nodiscard]] bool empty() const { return bytes_.empty(); }
    [[nodiscard]] std::size_t size() const { return bytes_.size(); }

    friend bool operator==(const Secret& a, const Secret& b) { return equal_constant_time(a.bytes_, b.bytes_); }

private:
    void clear();
    std::string bytes_;
};

}  // namespace portcullis
