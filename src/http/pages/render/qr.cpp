#include "http/pages/render/qr.h"

#include <memory>

#include <fmt/format.h>
#include <qrencode.h>

#include "base/secret.h"

namespace portcullis::pages {
namespace {

constexpr int kQuietZone = 4;

/// The modules hold the secret: they are overwritten before they are given back.
struct WipeAndFree {
    void operator()(QRcode* code) const {
        wipe(code->data, static_cast<std::size_t>(code->width) * static_cast<std::size_t>(code->width));
        QRcode_free(code);
    }
};

/// Dark modules of one row as horizontal strokes of height 1.
void append_row(std::string& path, const unsigned char* row, int width, int y) {
    for (int x = 0; x < width;) {
        int end = x;
        while (end < width && (row[end] & 1) != 0) ++end;
        if (end > x) fmt::format_to(std::back_inserter(path), "M{} {}h{}v1H{}z", x + kQuietZone, y + kQuietZone, end - x,
                                    x + kQuietZone);
        x = end + 1;
    }
}

}  // namespace

std::optional<QrPath> qr_path(std::string_view text) {
    if (text.empty() || text.size() > 2000) return std::nullopt;
    const std::unique_ptr<QRcode, WipeAndFree> code(
        QRcode_encodeData(static_cast<int>(text.size()), reinterpret_cast<const unsigned char*>(text.data()), 0,
                          QR_ECLEVEL_M));
    if (!code) return std::nullopt;

    QrPath out{code->width + 2 * kQuietZone, {}};
    for (int y = 0; y < code->width; ++y) append_row(out.path, code->data + y * code->width, code->width, y);
    return out;
}

}  // namespace portcullis::pages
