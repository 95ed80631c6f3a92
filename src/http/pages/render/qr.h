#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace portcullis::pages {

/// A QR code as one SVG path in units of one module, with the quiet zone of four modules (ISO/IEC 18004) around it.
struct QrPath {
    int size = 0;      ///< width and height of the drawing
    std::string path;  ///< the dark modules
};

/// Error correction level M. Nothing when `text` is empty or longer than a QR code holds. Made here, by no third party
/// (PROTO-525).
std::optional<QrPath> qr_path(std::string_view text);

}  // namespace portcullis::pages
