#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include "main/config.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <numeric>
#include <set>
#include <sstream>

#include "base/ip.h"
#include "main/config_options.h"

namespace portcullis::program {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix       = "PORTCULLIS_";
constexpr std::uintmax_t kFileBytesMax   = 1024 * 1024;
constexpr std::size_t kLooksLikeDistance = 3;

/// A configuration on its way: what was taken, from where, and what was wrong.
struct Reading {
    LoadedConfig loaded;
    std::map<std::string, std::string> given_at;  // key -> where
    std::set<std::string> refused;                // keys whose value was no good

    void mistake(std::string where, std::string what, std::string mend) {
        loaded.mistakes.push_back({std::move(where), std::move(what), std::move(mend)});
    }
};

/// How many letters must change (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        auto diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const auto replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal            = row[j];
            row[j]              = std::min({row[j] + 1, row[j - 1] + 1, replaced});
        }
    }
    return row.back();
}

std::string nearest(const std::string& wrong, const std::function<std::string(const Option&)>& name) {
    std::string best;
    auto best_distance = kLooksLikeDistance + 1;
    for (const auto& option : config_options()) {
        const auto far = distance(wrong, name(option));
        if (far < best_distance) best_distance = far, best = name(option);
    }
    return best.empty() ? "remove it; `docs/configuration.md` lists every option" : fmt::format("did you mean `{}`?", best);
}

const Option* option_of(std::string_view key) {
    const auto found = std::ranges::find(config_options(), key, &Option::key);
    return found == config_options().end() ? nullptr : &*found;
}

void take(Reading& reading, const Option& option, const Given& given, const std::string& where) {
    reading.given_at[option.key] = where;
    if (const auto wrong = option.take(reading.loaded.config, given)) {
        reading.refused.insert(option.key);
        reading.mistake(where, fmt::format("`{}` {}", option.key, *wrong), fmt::format("for example `{} = {}`", option.key, option.example));
    }
}

// --- The file ---

Given given_of(const toml::node& node) {
    if (const auto* text = node.as_string()) return {Given::Shape::text, {text->get()}};
    if (const auto* number = node.as_integer()) return {Given::Shape::number, {std::to_string(number->get())}};
    const auto* array = node.as_array();
    if (!array) return {Given::Shape::other, {}};
    Given given{Given::Shape::list, {}};
    for (const auto& item : *array) {
        const auto* text = item.as_string();
        if (!text) return {Given::Shape::other, {}};
        given.words.push_back(text->get());
    }
    return given;
}

std::string at_line(const std::string& name, const toml::source_region& source) { return fmt::format("{}:{}", name, source.begin.line); }

bool is_section(std::string_view section) {
    return std::ranges::any_of(config_options(), [&](const Option& option) { return option.key.starts_with(std::string(section) + "."); });
}

void read_section(Reading& reading, const std::string& name, const std::string& section, const toml::table& table) {
    for (const auto& [key, node] : table) {
        const auto whole = fmt::format("{}.{}", section, key.str());
        const auto where = at_line(name, key.source());
        const auto* option = option_of(whole);
        if (option) take(reading, *option, given_of(node), where);
        else reading.mistake(where, fmt::format("unknown key `{}`", whole), nearest(whole, [](const Option& o) { return o.key; }));
    }
}

void read_toml(Reading& reading, std::string_view text, const std::string& name) {
    const auto parsed = toml::parse(text, name);
    if (!parsed) {
        reading.mistake(at_line(name, parsed.error().source()), std::string(parsed.error().description()), "correct the TOML here; what follows was not read");
        return;
    }
    for (const auto& [key, node] : parsed.table()) {
        const auto section = std::string(key.str());
        const auto where   = at_line(name, key.source());
        const auto* table  = node.as_table();
        if (table && is_section(section)) read_section(reading, name, section, *table);
        else if (table) reading.mistake(where, fmt::format("unknown section `[{}]`", section), "`docs/configuration.md` lists every section");
        else reading.mistake(where, fmt::format("`{}` stands outside of a section", section), "put it below its `[section]`");
    }
}

// --- The environment ---

Given split(const Option& option, const std::string& value) {
    Config probe;
    const auto shape_of_default = option.show(probe);
    if (!shape_of_default.starts_with('[')) {
        return {shape_of_default.starts_with('"') ? Given::Shape::text : Given::Shape::number, {value}};
    }
    Given given{Given::Shape::list, {}};
    std::istringstream words(value);
    for (std::string word; std::getline(words, word, ',');) {
        const auto from = word.find_first_not_of(' ');
        if (from == std::string::npos) continue;
        given.words.push_back(word.substr(from, word.find_last_not_of(' ') - from + 1));
    }
    return given;
}

void read_environment(Reading& reading, const Environment& environment, const std::vector<std::string>& variables) {
    std::set<std::string> known;
    for (const auto& option : config_options()) {
        const auto name = variable_of(option);
        known.insert(name);
        if (const auto value = environment(name)) take(reading, option, split(option, *value), name);
    }
    const auto& config = reading.loaded.config;
    const std::set<std::string> own{config.secrets.master_key_env, config.mail.password_env, config.sms.secret_env};
    for (const auto& name : variables) {
        if (!name.starts_with(kPrefix) || known.contains(name) || own.contains(name)) continue;
        reading.mistake(name, "unknown environment variable", nearest(name, variable_of));
    }
}

// --- What belongs together ---

std::string where_of(const Reading& reading, const std::string& key) {
    const auto found = reading.given_at.find(key);
    return found == reading.given_at.end() ? key : found->second;
}

void check_server(Reading& reading) {
    const auto& server = reading.loaded.config.server;
    if (!reading.given_at.contains("server.base_url")) {
        reading.mistake("server.base_url", "`server.base_url` is missing", "say where people reach you: `base_url = \"https://login.example.com\"` below `[server]`");
    }
    const auto host = host_of(server.base_url);
    if (reading.given_at.contains("server.base_url") && !server.passkey_domain.empty() && host != server.passkey_domain && !host.ends_with("." + server.passkey_domain)) {
        reading.mistake(where_of(reading, "server.passkey_domain"), "`server.passkey_domain` is neither the host of `server.base_url` nor a domain above it",
                        "browsers make no passkeys for another domain; leave it out to use the host");
    }
    if (server.listen.empty()) {
        reading.mistake(where_of(reading, "server.listen"), "`server.listen` is empty", "name at least one address, like `tls://0.0.0.0:443`");
    }
    if (reading.refused.contains("server.listen")) return;  // nothing follows from a default that nobody chose
    for (const auto& text : server.listen) {
        const auto spec = parse_listen(text);
        if (!spec) continue;
        if (spec->kind == ListenSpec::Kind::tls && (server.certificate.empty() || server.private_key.empty())) {
            reading.mistake(where_of(reading, "server.listen"), fmt::format("`{}` needs `server.certificate` and `server.private_key`", text),
                            "name both PEM files, or listen on `proxy://` behind a proxy that ends TLS");
        }
        if (spec->kind == ListenSpec::Kind::proxy && server.trusted_proxies.empty()) {
            reading.mistake(where_of(reading, "server.listen"), fmt::format("`{}` needs `server.trusted_proxies`", text),
                            "name the proxies that may connect");
        }
    }
}

void check_secrets(Reading& reading) {
    const auto& secrets = reading.loaded.config.secrets;
    if (!secrets.master_key_env.empty() && !secrets.master_key.empty()) {
        reading.mistake(where_of(reading, "secrets.master_key_env"), "both `secrets.master_key` and `secrets.master_key_env` are given", "keep one of them");
    }
    const auto& hashing = reading.loaded.config.hashing;
    if (hashing.memory_kib < 19456 || hashing.passes < 2) {
        const bool is_memory_hard = hashing.memory_kib >= 47104;  // OWASP: m=47104, t=1 is as strong
        if (!is_memory_hard) {
            reading.mistake(where_of(reading, hashing.memory_kib < 19456 ? "hashing.memory_kib" : "hashing.passes"),
                            "passwords would be hashed too cheaply (PROTO-805)", "use at least `memory_kib = 19456` with `passes = 2`, or `47104` with `1`");
        }
    }
}

/// A password or secret comes from one place, and only when something needs it.
struct SecretRows {
    std::string file_key, env_key;
    std::string file, env;
    bool is_needed = false;
};

void check_secret(Reading& reading, const SecretRows& rows) {
    if (!rows.file.empty() && !rows.env.empty()) {
        reading.mistake(where_of(reading, rows.file_key), fmt::format("both `{}` and `{}` are given", rows.file_key, rows.env_key), "keep one");
    }
    if (rows.is_needed && rows.file.empty() && rows.env.empty()) {
        reading.mistake(where_of(reading, rows.file_key), fmt::format("neither `{}` nor `{}` is given", rows.file_key, rows.env_key), "name a file with mode 0400");
    }
}

bool is_this_machine(const std::string& host) {
    const auto address = parse_ip(host);
    return host == "localhost" || (address && address->is_loopback());
}

void check_mail(Reading& reading) {
    const auto& config = reading.loaded.config;
    const auto& mail   = config.mail;
    check_secret(reading, {"mail.password_file", "mail.password_env", mail.password_file, mail.password_env, !mail.user.empty()});
    if (mail.host.empty()) return;
    if (mail.from.empty() && !reading.refused.contains("mail.from")) {
        reading.mistake(where_of(reading, "mail.host"), "`mail.from` is missing", "give the sender's address, `from = \"no-reply@example.com\"`");
    }
    if (mail.security == MailSecurity::none && !is_this_machine(mail.host)) {
        reading.mistake(where_of(reading, "mail.security"), fmt::format("mail to `{}` would cross the network in the clear", mail.host),
                        "use `starttls` or `tls`; `none` is for a relay on this machine");
    }
    if (!config.outbox.directory.empty()) {
        reading.mistake(where_of(reading, "outbox.directory"), "both `outbox.directory` and `mail.host` are given", "keep the way that mail shall go");
    }
}

void check_sms(Reading& reading) {
    const auto& config = reading.loaded.config;
    const auto& sms    = config.sms;
    check_secret(reading, {"sms.secret_file", "sms.secret_env", sms.secret_file, sms.secret_env, !sms.url.empty()});
    if (!sms.url.empty() && !sms.mail_domain.empty()) {
        reading.mistake(where_of(reading, "sms.mail_domain"), "both `sms.url` and `sms.mail_domain` are given", "keep one");
    }
    if (!sms.mail_domain.empty() && config.mail.host.empty()) {
        reading.mistake(where_of(reading, "sms.mail_domain"), "the gateway `sms.mail_domain` needs a mail server", "set `mail.host`");
    }
}

bool is_readable_file(const std::string& path) {
    struct stat status {};
    return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && access(path.c_str(), R_OK) == 0;
}

/// What is fetched is good for nothing without the root that vouches for it, given or not.
void check_metadata(Reading& reading) {
    const auto& metadata = reading.loaded.config.passkey_metadata;
    if (metadata.url.empty() || reading.given_at.contains("passkey_metadata.root") || is_readable_file(metadata.root)) return;
    reading.mistake(where_of(reading, "passkey_metadata.url"), fmt::format("there is no root certificate `{}` that vouches for what is fetched", metadata.root),
                    "install the package `ca-certificates`, or set `passkey_metadata.root`");
}

void check_named_files(Reading& reading) {
    for (const auto& option : config_options()) {
        if (!option.is_file || !reading.given_at.contains(option.key)) continue;
        for (const auto& path : option.files(reading.loaded.config)) {
            if (path.empty() || is_readable_file(path)) continue;
            reading.mistake(where_of(reading, option.key), fmt::format("`{}`: cannot read the file `{}`", option.key, path),
                            "check the path, and that this user may read it");
        }
    }
}

void check_private_files(Reading& reading) {
    const auto& config = reading.loaded.config;
    for (const auto& [key, path] : {std::pair{"mail.password_file", config.mail.password_file}, std::pair{"sms.secret_file", config.sms.secret_file}}) {
        struct stat status {};
        if (path.empty() || stat(path.c_str(), &status) != 0 || (status.st_mode & 077) == 0) continue;
        reading.mistake(where_of(reading, key), fmt::format("others can read `{}`", path), fmt::format("`chmod 0400 {}`", path));
    }
}

void check_folders(Reading& reading) {
    const auto& config = reading.loaded.config;
    if (config.is_sqlite()) {
        const auto folder = fs::path(config.sqlite_path()).parent_path();
        if (!folder.empty() && access(folder.c_str(), W_OK) != 0) {
            reading.mistake(where_of(reading, "database.url"), fmt::format("the folder `{}` is missing or cannot be written", folder.string()), "make it, for this user alone");
        }
    }
    const auto& secrets = config.secrets;
    const bool has_master = !secrets.master_key_env.empty() || is_readable_file(secrets.master_key_file());
    const bool has_keys   = is_readable_file(secrets.directory + "/pepper.key");
    if (!has_master || !has_keys) {
        reading.mistake(where_of(reading, "secrets.directory"), fmt::format("the keys of this installation are not in `{}`", secrets.directory),
                        "run `portcullis keys init` with this configuration, once for all nodes");
    }
    if (!config.outbox.directory.empty() && access(config.outbox.directory.c_str(), W_OK) != 0) {
        reading.mistake(where_of(reading, "outbox.directory"), fmt::format("the folder `{}` is missing or cannot be written", config.outbox.directory), "make it, for this user alone");
    }
}

Reading read_all(std::string_view toml, const std::string& name, const Environment& environment, const std::vector<std::string>& variables) {
    Reading reading;
    read_toml(reading, toml, name);
    read_environment(reading, environment, variables);
    check_server(reading);
    check_secrets(reading);
    check_mail(reading);
    check_sms(reading);
    return reading;
}

std::optional<std::string> text_of(const std::string& path) {
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (error || size > kFileBytesMax) return std::nullopt;
    std::ifstream file(path, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(file)), {});
    if (!file) return std::nullopt;
    return text;
}

}  // namespace

std::string Config::Secrets::master_key_file() const { return master_key.empty() ? directory + "/master.key" : master_key; }

std::string Config::Secrets::previous_master_key_file() const {
    return previous_master_key.empty() ? directory + "/master.previous.key" : previous_master_key;
}

bool Config::is_sqlite() const { return database.url.starts_with("sqlite:"); }

std::string Config::sqlite_path() const { return is_sqlite() ? database.url.substr(7) : std::string(); }

std::optional<std::string> process_environment(const std::string& name) {
    const auto* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): before the first thread
    if (!value) return std::nullopt;
    return std::string(value);
}

std::vector<std::string> process_environment_names() {
    std::vector<std::string> names;
    for (char** entry = environ; entry && *entry; ++entry) {
        const std::string_view text = *entry;
        names.emplace_back(text.substr(0, text.find('=')));
    }
    return names;
}

LoadedConfig read_config(std::string_view toml, const std::string& name, const Environment& environment,
                         const std::vector<std::string>& variables) {
    return read_all(toml, name, environment, variables).loaded;
}

LoadedConfig load_config(const std::string& path) {
    const auto text = text_of(path);
    if (!text) {
        return {.mistakes = {{path, "cannot read the configuration file", "check the path; an example is `docs/portcullis.toml`"}}};
    }
    auto reading = read_all(*text, fs::path(path).filename().string(), process_environment, process_environment_names());
    check_named_files(reading);
    check_metadata(reading);
    check_private_files(reading);
    check_folders(reading);
    return std::move(reading.loaded);
}

Result<Config> usable_config(const std::string& path) {
    auto loaded = load_config(path);
    if (loaded.mistakes.empty()) return std::move(loaded.config);
    std::string all = fmt::format("the configuration has {} mistake{}", loaded.mistakes.size(), loaded.mistakes.size() == 1 ? "" : "s");
    for (const auto& mistake : loaded.mistakes) all += "\n  " + to_string(mistake);
    return Error{ErrorCode::invalidRequest, std::move(all)};
}

Config config_of_directory(const std::string& directory) {
    Config config;
    config.database.url      = "sqlite:" + directory + "/portcullis.db";
    config.secrets.directory = directory + "/secrets";
    config.outbox.directory  = directory + "/outbox";
    if (const auto list = directory + "/breached.list"; access(list.c_str(), F_OK) == 0) config.data_sets.breached_passwords = list;
    if (const auto root = directory + "/metadata-root.pem"; access(root.c_str(), F_OK) == 0) config.passkey_metadata.root = root;
    config.clock_file        = directory + "/clock";
    config.server.base_url   = "http://localhost:8080";
    config.server.listen     = {"http://127.0.0.1:8080"};
    config.log.format        = LogFormat::text;
    return config;
}

std::string to_string(const Mistake& mistake) { return fmt::format("{}: {}; {}", mistake.where, mistake.what, mistake.mend); }

std::string configuration_document() {
    std::string out =
        "# Configuration\n\n"
        "`portcullis serve --config FILE` reads one TOML file: what an operator decides before start. Everything an administrator\n"
        "decides later is kept in the store, with its history. Secrets are named by path, never written here. An environment\n"
        "variable overrides the file; lists are separated by commas. An unknown key, a bad value or a missing file stops the start;\n"
        "`portcullis check-config --config FILE` lists every mistake at once, where it is and how to mend it.\n"
        "[portcullis.toml](portcullis.toml) is an example. This page is rendered from the program's own table.\n";
    std::string section;
    for (const auto& option : config_options()) {
        const auto dot = option.key.find('.');
        if (option.key.substr(0, dot) != section) {
            section = option.key.substr(0, dot);
            out += fmt::format("\n## [{}]\n\n| Key | Value | Default | Meaning | Variable |\n| --- | --- | --- | --- | --- |\n", section);
        }
        out += fmt::format("| `{}` | {} | `{}` | {} | `{}` |\n", option.key.substr(dot + 1), option.form, option.show(Config{}), option.meaning, variable_of(option));
    }
    return out;
}

}  // namespace portcullis::program
