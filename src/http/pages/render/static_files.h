#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/embedded.h"
#include "http/pages/render/headers.h"

namespace portcullis::pages {

struct StaticFile {
    std::string content;
    std::string content_type;
    std::string etag;  ///< strong, quoted, of the content
};

/// The files under web/static, from the program itself (PROTO-813): a path is looked up in a table, never in a file
/// system, so there is nothing to traverse. Beside them `brand/rrggbb.css`, the style of a tenant's colour, which is
/// computed from the colour in its name.
class StaticFiles {
public:
    /// Where they are served.
    static constexpr std::string_view kPrefix = "/static/";

    explicit StaticFiles(const embedded::Files& web);

    /// `path` is what follows kPrefix, without the query. Nothing when there is no such file.
    std::optional<StaticFile> find(std::string_view path) const;

    /// `/static/portcullis.css?v=...`: changes when the content does.
    std::string href(std::string_view path) const;

private:
    struct Entry {
        std::string_view content;
        std::string etag;
    };
    std::map<std::string, Entry, std::less<>> entries_;
};

/// Headers of a static file: type, ETag, `public, max-age=86400` (hrefs carry a version), nosniff.
HeaderFields static_headers(const StaticFile& file, Scheme scheme);

}  // namespace portcullis::pages
