#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace portcullis::program {

enum class Migrate { automatic, manual };
enum class LogLevel { debug, info, warning, error };
enum class LogFormat { text, json };
enum class MailSecurity { starttls, tls, none };

/// Everything an operator decides before start: a TOML file, environment variables over it. What an administrator decides
/// later is tenant data. Each member is one row of the option table (config_options.cpp), which is also docs/configuration.md.
struct Config {
    struct Server {
        std::string base_url;  // origin, no trailing slash
        std::string passkey_domain;  // WebAuthn's RP ID; empty: the host of `base_url`
        /// `tls://ADDRESS:PORT`, `http://ADDRESS:PORT` (loopback only) or `proxy://ADDRESS:PORT` (plain, trusted proxies only).
        std::vector<std::string> listen = {"tls://0.0.0.0:443"};
        std::string certificate, private_key;
        std::vector<std::string> trusted_proxies;
        int io_threads = 2, worker_threads = 16, worker_queue = 512;
        int drain_s = 20;
    } server;
    struct Limits {
        int header_bytes = 32 * 1024, body_bytes = 64 * 1024;
        int connections = 10'000, connections_per_address = 256;
    } limits;
    struct Database {
        std::string url = "sqlite:/var/lib/portcullis/portcullis.db";  // or `postgres://…`
        int readers     = 4;
        Migrate migrate = Migrate::automatic;
    } database;
    struct Secrets {
        std::string directory = "/var/lib/portcullis/secrets";
        /// Empty: `master.key` and `master.previous.key` in the directory.
        std::string master_key, previous_master_key;
        /// Name of an environment variable with the master key, in place of a file.
        std::string master_key_env;

        [[nodiscard]] std::string master_key_file() const;
        [[nodiscard]] std::string previous_master_key_file() const;
    } secrets;
    struct DataSets {
        std::string location_db  = "/usr/share/libloc-location/location.db";
        std::string countries_v4 = "/usr/share/tor/geoip";
        std::string countries_v6 = "/usr/share/tor/geoip6";
        std::string city_db;
        std::vector<std::string> lists, overlays;
        std::string user_agents = "/usr/share/uap-core/regexes.yaml";
        std::string breached_passwords;
    } data_sets;
    /// The FIDO Metadata Service (docs/passkeys.md).
    struct PasskeyMetadata {
        std::string root = "/usr/share/ca-certificates/mozilla/GlobalSign_Root_CA_-_R3.crt";
        std::string url;  // empty: nothing is downloaded
        std::string ca_file;
        std::vector<std::string> allowed_networks;
        std::vector<std::string> revocation_lists;  // empty: where the certificates say
    } passkey_metadata;
    struct Hashing {
        int memory_kib = 19456, passes = 2;
        int threads = 0, queue = 64;
    } hashing;
    struct Log {
        LogLevel level   = LogLevel::info;
        LogFormat format = LogFormat::json;
    } log;
    /// Days that records are kept (id-protection.md §5.10).
    struct Retention {
        int sign_ins_days = 30, risky_sign_ins_days = 90;
        int audit_days             = 30;
        int closed_detections_days = 90;
        int risk_history_days      = 400;
    } retention;
    struct Outbox {
        /// Messages are written here as files. Empty: they stay queued.
        std::string directory;
    } outbox;
    struct Mail {
        std::string host;  // empty: no mail server
        int port              = 587;
        MailSecurity security = MailSecurity::starttls;
        std::string from, from_name;
        std::string user, password_file;
        /// Name of an environment variable with the password, in place of a file.
        std::string password_env;
        std::string ca_file;
        int timeout_s = 60;
    } mail;
    struct Sms {
        std::string url;  // of a webhook; empty: none
        std::string secret_file;
        /// Name of an environment variable with the secret, in place of a file.
        std::string secret_env;
        std::string ca_file;
        std::vector<std::string> allowed_networks;
        /// Domain of a gateway that takes mail to NUMBER@DOMAIN, in place of a webhook.
        std::string mail_domain;
    } sms;

    /// Providers of MFA outside.
    struct ExternalProviders {
        std::string ca_file;
        std::vector<std::string> allowed_networks;
    } external_providers;

    /// Not an option: where the demo keeps how far its clock was turned. Nothing: the machine's time.
    std::optional<std::string> clock_file;

    [[nodiscard]] bool is_sqlite() const;
    /// The file of `sqlite:FILE`.
    [[nodiscard]] std::string sqlite_path() const;
};

/// What is wrong, where, and how to mend it.
struct Mistake {
    std::string where;  // `portcullis.toml:12`, or the name of an environment variable
    std::string what;
    std::string mend;
};

/// The value of an environment variable, or nothing.
using Environment = std::function<std::optional<std::string>(const std::string&)>;
std::optional<std::string> process_environment(const std::string& name);
/// The names of all variables there are; those that begin with PORTCULLIS_ must be options.
std::vector<std::string> process_environment_names();

struct LoadedConfig {
    Config config;
    std::vector<Mistake> mistakes;  // every one there is
};

/// What a TOML text and variables say. `name` is what mistakes call the text. Nothing but the text is looked at.
LoadedConfig read_config(std::string_view toml, const std::string& name, const Environment& environment,
                         const std::vector<std::string>& variables);

/// The file at `path` and the environment, then that every file it names is there and readable.
LoadedConfig load_config(const std::string& path);

/// The same for those who want to go on. Errors: invalidRequest with every mistake, one a line.
Result<Config> usable_config(const std::string& path);

/// The configuration of a directory that holds all: `portcullis.db`, `secrets/`, `outbox/`, `clock`, and `breached.list` and
/// `metadata-root.pem` if there are any. Where it is served is another question (served_at.h).
Config config_of_directory(const std::string& directory);

/// A mistake in one line: where, what, how to mend.
std::string to_string(const Mistake& mistake);

/// docs/configuration.md, rendered from the table.
std::string configuration_document();

}  // namespace portcullis::program
