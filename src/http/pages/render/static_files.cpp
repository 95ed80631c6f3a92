#include "http/pages/render/static_files.h"

#include <array>

#include <openssl/evp.h>

#include "base/assert.h"
#include "base/encoding.h"
#include "http/pages/render/brand.h"

namespace portcullis::pages {
namespace {

constexpr std::string_view kFolder = "static/";
constexpr std::string_view kBrand  = "brand/";
constexpr std::string_view kCss    = ".css";

/// The first 16 bytes of SHA-256, quoted.
std::string etag_of(std::string_view content) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    PORTCULLIS_ASSERT(EVP_Digest(content.data(), content.size(), digest.data(), &size, EVP_sha256(), nullptr) == 1);
    return '"' + base64url({reinterpret_cast<const char*>(digest.data()), 16}) + '"';
}

std::string_view content_type_of(std::string_view path) {
    struct Row {
        std::string_view suffix, type;
    };
    static constexpr auto kTypes = std::to_array<Row>({
        {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".ico", "image/x-icon"},
        {".woff2", "font/woff2"},
        {".txt", "text/plain; charset=utf-8"},
    });
    for (const auto& row : kTypes)
        if (path.ends_with(row.suffix)) return row.type;
    return "application/octet-stream";
}

/// The colour that `brand/rrggbb.css` names, in the one spelling that to_hex writes.
std::optional<Rgb> colour_of(std::string_view path) {
    if (!path.starts_with(kBrand) || !path.ends_with(kCss)) return std::nullopt;
    const auto name = path.substr(kBrand.size(), path.size() - kBrand.size() - kCss.size());
    const auto rgb  = parse_rgb(name);
    return rgb && to_hex(*rgb) == name ? rgb : std::nullopt;
}

}  // namespace

StaticFiles::StaticFiles(const embedded::Files& web) {
    for (const auto& [path, content] : web)
        if (path.starts_with(kFolder)) entries_.emplace(path.substr(kFolder.size()), Entry{content, etag_of(content)});
}

std::optional<StaticFile> StaticFiles::find(std::string_view path) const {
    if (const auto it = entries_.find(path); it != entries_.end())
        return StaticFile{std::string(it->second.content), std::string(content_type_of(path)), it->second.etag};
    if (path.size() > kBrand.size() + 6 + kCss.size()) return std::nullopt;
    const auto colour = colour_of(path);
    if (!colour) return std::nullopt;
    auto css        = brand_css(*colour);
    const auto etag = etag_of(css);
    return StaticFile{std::move(css), std::string(content_type_of(path)), etag};
}

std::string StaticFiles::href(std::string_view path) const {
    std::string out = std::string(kPrefix) + std::string(path);
    if (const auto it = entries_.find(path); it != entries_.end()) out += "?v=" + it->second.etag.substr(1, 8);
    return out;
}

HeaderFields static_headers(const StaticFile& file, Scheme scheme) {
    HeaderFields fields{
        {"Content-Type", file.content_type},
        {"ETag", file.etag},
        {"Cache-Control", "public, max-age=86400"},
        {"X-Content-Type-Options", "nosniff"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        // An SVG opened by itself is a document: it may draw and nothing else.
        {"Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'"},
    };
    if (scheme == Scheme::https) fields.push_back({"Strict-Transport-Security", "max-age=63072000; includeSubDomains"});
    return fields;
}

}  // namespace portcullis::pages
