#include "app/readable_secret.h"

#include <string>
#include <string_view>

namespace portcullis::app {
namespace {

constexpr std::string_view kAlphabet = "bcdfghjkmnpqrstvwxz23456789BCDFGH";

}  // namespace

Secret readable_secret(Random& random, int characters) {
    std::string text;
    while (static_cast<int>(text.size()) < characters) {
        const auto byte = static_cast<unsigned char>(random.bytes(1)[0]);
        if (byte < 256 - 256 % kAlphabet.size()) text += kAlphabet[byte % kAlphabet.size()];
    }
    return Secret(std::move(text));
}

}  // namespace portcullis::app
