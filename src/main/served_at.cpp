#include "main/served_at.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/ascii.h"
#include "main/config_options.h"
#include "main/demo/private_files.h"

namespace portcullis::program {
namespace {

namespace fs = std::filesystem;

std::string file_in(const std::string& directory) { return directory + "/base-url"; }

/// The directory of which `config_of_directory` makes this store and these keys.
std::optional<std::string> directory_of(const Config& config) {
    // With a slash at its end or without.
    const auto secrets = (fs::path(config.secrets.directory) / "").lexically_normal().parent_path();
    const auto whole   = secrets.parent_path();
    if (secrets.filename() != "secrets" || whole.empty()) return std::nullopt;
    if (config.is_sqlite() && fs::path(config.sqlite_path()).lexically_normal() != whole / "portcullis.db") return std::nullopt;
    return whole.string();
}

}  // namespace

Result<void> leave_base_url(const Config& config) {
    const auto directory = directory_of(config);
    if (!directory) return {};
    return demo::write_file(file_in(*directory), config.server.base_url + "\n", 0600);
}

Result<std::optional<std::string>> left_base_url(const std::string& directory) {
    const auto text = TRY(demo::read_file(file_in(directory)));
    if (!text) return std::optional<std::string>();
    std::string url(ascii::trimmed(std::string_view(*text).substr(0, text->find('\n'))));
    if (!parse_origin(url)) {
        return Error{ErrorCode::invalidRequest, fmt::format("`{}` is not an origin: remove it; the next start of the server leaves it anew", file_in(directory))};
    }
    return std::optional(std::move(url));
}

}  // namespace portcullis::program
