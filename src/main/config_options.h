#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "main/config.h"

namespace portcullis::program {

/// A value as it was given: in the file it has a shape, in the environment it is text (lists are separated by commas).
struct Given {
    enum class Shape { text, number, list, other };
    Shape shape = Shape::text;
    std::vector<std::string> words;
};

/// One option of the configuration: all that is said of it, anywhere, is here.
struct Option {
    std::string key;      // `server.base_url`
    std::string form;     // what may stand there, for people
    std::string meaning;  // one sentence
    /// A value that would do, as TOML.
    std::string example;
    /// Names a file that must be readable when it is given.
    bool is_file = false;
    /// What `config` says, as TOML; `""` or `[]` is none.
    std::function<std::string(const Config& config)> show;
    /// Puts it into `config`, or says what is wrong with it.
    std::function<std::optional<std::string>(Config& config, const Given& given)> take;
    /// The files that `config` names here.
    std::function<std::vector<std::string>(const Config& config)> files;
};

/// Every option there is, section by section.
const std::vector<Option>& config_options();

/// `PORTCULLIS_SERVER_BASE_URL` of `server.base_url`.
std::string variable_of(const Option& option);

/// A listener of `server.listen`, taken apart.
struct ListenSpec {
    enum class Kind { tls, http, proxy } kind = Kind::tls;
    std::string address;
    int port = 0;
};
/// Nothing when it is none of `tls://`, `http://`, `proxy://` with an IP address (IPv6 in brackets) and a port.
std::optional<ListenSpec> parse_listen(const std::string& text);

/// An origin that may be a base URL: https, or http on this machine; lower case, nothing behind the port.
struct Origin {
    bool is_https = false;
    std::string authority;  // without a default port
};
std::optional<Origin> parse_origin(const std::string& text);
/// The host of an origin, without brackets; `localhost` when it is no origin.
std::string host_of(const std::string& origin);

}  // namespace portcullis::program
