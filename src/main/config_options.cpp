#include "main/config_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "adapters/outgoing/target.h"
#include "adapters/smtp/mail_format.h"
#include "base/ip.h"

namespace portcullis::program {
namespace {

using Check = std::function<std::optional<std::string>(const std::string&)>;

std::optional<int> integer(std::string_view text) {
    int number        = 0;
    const auto* end   = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
    return number;
}

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

// --- What values may be ---

std::optional<std::string> anything(const std::string&) { return std::nullopt; }

std::optional<std::string> origin(const std::string& text) {
    if (parse_origin(text)) return std::nullopt;
    return "is not an https origin (or http on this machine) without a path";
}

std::optional<std::string> domain(const std::string& text) {
    const auto is_allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; };
    const bool is_domain  = text.empty() || (text.size() <= 253 && std::ranges::all_of(text, is_allowed) && !text.starts_with('.') && !text.ends_with('.'));
    if (is_domain) return std::nullopt;
    return "is not a host name in lower case";
}

std::optional<std::string> listener(const std::string& text) {
    if (parse_listen(text)) return std::nullopt;
    return fmt::format("`{}` is not `tls://`, `http://` or `proxy://` with an IP address and a port", text);
}

std::optional<std::string> network(const std::string& text) {
    if (parse_cidr(text)) return std::nullopt;
    return fmt::format("`{}` is not an IP address or a network like `10.0.0.0/8`", text);
}

std::optional<std::string> database_url(const std::string& text) {
    if (text.starts_with("sqlite:") && text.size() > 7) return std::nullopt;
    if (text.starts_with("postgres://") || text.starts_with("postgresql://")) return std::nullopt;
    return "is neither `sqlite:FILE` nor `postgres://…`";
}

std::optional<std::string> host_name(const std::string& text) {
    const auto is_allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; };
    const bool is_name    = !text.empty() && text.size() <= 253 && text.front() != '.' && text.front() != '-' && std::ranges::all_of(text, is_allowed);
    if (text.empty() || is_name || parse_ip(text)) return std::nullopt;
    return "is neither a host name in lower case nor an IP address";
}

std::optional<std::string> mail_address(const std::string& text) {
    if (text.empty() || smtp::is_mail_address(text)) return std::nullopt;
    return "is not a plain mail address like `no-reply@example.com`";
}

std::optional<std::string> https_url(const std::string& text) {
    if (text.empty() || outgoing::parse_target(text)) return std::nullopt;
    return "is not an https URL without user or fragment";
}

std::optional<std::string> open_url(const std::string& text) {
    if (outgoing::parse_open_target(text)) return std::nullopt;
    return fmt::format("`{}` is neither an http nor an https URL without user or fragment", text);
}

std::optional<std::string> variable_name(const std::string& text) {
    const bool is_name = std::ranges::all_of(text, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
    if (is_name) return std::nullopt;
    return "is not the name of an environment variable";
}

// --- Rows by type ---
// NOLINTBEGIN(performance-unnecessary-value-param): clang-tidy reads the templates before they are instantiated, and sees nothing moved

template <class Section>
Option text(std::string key, Section Config::*section, std::string Section::*member, Check check) {
    return {.key  = std::move(key),
            .show = [=](const Config& config) { return quoted(config.*section.*member); },
            .take = [=](Config& config, const Given& given) -> std::optional<std::string> {
                if (given.shape != Given::Shape::text) return "must be text in quotes";
                if (auto wrong = check(given.words.front())) return wrong;
                config.*section.*member = given.words.front();
                return std::nullopt;
            }};
}

template <class Section>
Option file(std::string key, Section Config::*section, std::string Section::*member) {
    auto option    = text(std::move(key), section, member, anything);
    option.form    = "path";
    option.is_file = true;
    option.files   = [=](const Config& config) { return std::vector{config.*section.*member}; };
    return option;
}

template <class Section>
Option list(std::string key, Section Config::*section, std::vector<std::string> Section::*member, Check check) {
    return {.key  = std::move(key),
            .show = [=](const Config& config) {
                std::vector<std::string> words;
                for (const auto& word : config.*section.*member) words.push_back(quoted(word));
                return fmt::format("[{}]", fmt::join(words, ", "));
            },
            .take = [=](Config& config, const Given& given) -> std::optional<std::string> {
                if (given.shape != Given::Shape::list) return "must be a list of texts, `[\"…\", \"…\"]`";
                for (const auto& word : given.words) {
                    if (auto wrong = check(word)) return wrong;
                }
                config.*section.*member = given.words;
                return std::nullopt;
            }};
}

template <class Section>
Option files(std::string key, Section Config::*section, std::vector<std::string> Section::*member) {
    auto option    = list(std::move(key), section, member, anything);
    option.form    = "list of paths";
    option.is_file = true;
    option.files   = [=](const Config& config) { return config.*section.*member; };
    return option;
}

struct Range {
    int least, most;
};

template <class Section>
Option number(std::string key, Section Config::*section, int Section::*member, Range range) {
    return {.key  = std::move(key),
            .form = fmt::format("{} to {}", range.least, range.most),
            .show = [=](const Config& config) { return fmt::format("{}", config.*section.*member); },
            .take = [=](Config& config, const Given& given) -> std::optional<std::string> {
                const auto value = given.words.size() == 1 ? integer(given.words.front()) : std::nullopt;
                if (given.shape != Given::Shape::number || !value) return "must be a whole number without quotes";
                if (*value < range.least || *value > range.most) {
                    return fmt::format("must be from {} to {}, not {}", range.least, range.most, *value);
                }
                config.*section.*member = *value;
                return std::nullopt;
            }};
}

template <class Section, class Enum>
Option choice(std::string key, Section Config::*section, Enum Section::*member, std::vector<std::pair<std::string, Enum>> names) {
    std::vector<std::string> words;
    for (const auto& [name, value] : names) words.push_back("`" + name + "`");
    const auto form = fmt::format("{}", fmt::join(words, ", "));
    return {.key  = std::move(key),
            .form = form,
            .show = [=](const Config& config) {
                return quoted(std::ranges::find(names, config.*section.*member, &std::pair<std::string, Enum>::second)->first);
            },
            .take = [=](Config& config, const Given& given) -> std::optional<std::string> {
                const auto found = std::ranges::find(names, given.words.empty() ? "" : given.words.front(), &std::pair<std::string, Enum>::first);
                if (given.shape != Given::Shape::text || found == names.end()) return "must be one of " + form;
                config.*section.*member = found->second;
                return std::nullopt;
            }};
}
// NOLINTEND(performance-unnecessary-value-param)

/// The words of a row beside its type.
Option said(Option option, std::string meaning, std::string example, std::string form = {}) {
    option.meaning = std::move(meaning);
    option.example = std::move(example);
    if (!form.empty()) option.form = std::move(form);
    return option;
}

std::vector<Option> server_rows() {
    using S = Config::Server;
    const auto at = &Config::server;
    return {
        said(text("server.base_url", at, &S::base_url, origin),
             "The origin people and applications see; every URL in documents, redirects and mail begins with it (PROTO-002). Required.",
             "\"https://login.example.com\"", "https origin"),
        said(text("server.passkey_domain", at, &S::passkey_domain, domain),
             "The domain passkeys are made for (WebAuthn's RP ID): the host of `base_url` or a domain above it. Empty: that host. Another "
             "one voids every passkey there is, so choose it before the first.",
             "\"example.com\"", "host name"),
        said(list("server.listen", at, &S::listen, listener),
             "Where to listen: `tls://` ends TLS here, `http://` is for this machine only, `proxy://` takes plain HTTP from trusted proxies only.",
             "[\"tls://0.0.0.0:443\"]", "list of `tls://`, `http://` or `proxy://` with `ADDRESS:PORT`"),
        said(file("server.certificate", at, &S::certificate), "Certificate chain, PEM. Needed with a `tls://` listener; read again at SIGHUP.",
             "\"/etc/portcullis/tls/chain.pem\""),
        said(file("server.private_key", at, &S::private_key), "Private key of the certificate, PEM.", "\"/etc/portcullis/tls/key.pem\""),
        said(list("server.trusted_proxies", at, &S::trusted_proxies, network),
             "Whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed (PROTO-811). Nobody unless named here.",
             "[\"10.0.0.10\"]", "list of addresses or networks"),
        said(number("server.io_threads", at, &S::io_threads, {1, 64}), "Threads that move bytes.", "2"),
        said(number("server.worker_threads", at, &S::worker_threads, {1, 256}), "Threads that answer requests.", "16"),
        said(number("server.worker_queue", at, &S::worker_queue, {1, 100'000}), "Requests that may wait for a worker; one more gets 503 with `Retry-After`.", "512"),
        said(number("server.drain_s", at, &S::drain_s, {0, 600}), "How long requests in flight may take after SIGTERM, in seconds.", "20"),
    };
}

std::vector<Option> limit_rows() {
    using S = Config::Limits;
    const auto at = &Config::limits;
    return {
        said(number("limits.header_bytes", at, &S::header_bytes, {4096, 262'144}), "Longest head of a request (PROTO-807).", "32768"),
        said(number("limits.body_bytes", at, &S::body_bytes, {4096, 16'777'216}), "Longest body of a request.", "65536"),
        said(number("limits.connections", at, &S::connections, {1, 1'000'000}), "Connections open at once.", "10000"),
        said(number("limits.connections_per_address", at, &S::connections_per_address, {1, 1'000'000}),
             "Connections of one IPv4 address or IPv6 /64; trusted proxies are not counted.", "256"),
    };
}

std::vector<Option> store_rows() {
    return {
        said(text("database.url", &Config::database, &Config::Database::url, database_url),
             "The store. A password does not belong here: use `passfile=` in the URL, or a client certificate.",
             "\"sqlite:/var/lib/portcullis/portcullis.db\"", "`sqlite:FILE` or `postgres://…`"),
        said(number("database.readers", &Config::database, &Config::Database::readers, {1, 64}), "Connections for reading.", "4"),
        said(choice("database.migrate", &Config::database, &Config::Database::migrate,
                    {{"automatic", Migrate::automatic}, {"manual", Migrate::manual}}),
             "Whether `serve` brings an older schema up to date by itself, or stops until `portcullis migrate` was run.", "\"manual\""),
        said(text("secrets.directory", &Config::secrets, &Config::Secrets::directory, anything),
             "Holds the master key and the keys that are not in the database, each a file of mode 0400; `portcullis keys init` makes them.",
             "\"/var/lib/portcullis/secrets\"", "path"),
        said(file("secrets.master_key", &Config::secrets, &Config::Secrets::master_key),
             "The master key (PROTO-831): 32 bytes as base64 or hexadecimal. Unless given: `master.key` in the directory. A systemd credential is a path too.",
             "\"/run/credentials/portcullis.service/master.key\""),
        said(file("secrets.previous_master_key", &Config::secrets, &Config::Secrets::previous_master_key),
             "The master key before it, until every data key is wrapped anew. Unless given: `master.previous.key` in the directory.",
             "\"/run/credentials/portcullis.service/master.previous.key\""),
        said(text("secrets.master_key_env", &Config::secrets, &Config::Secrets::master_key_env, variable_name),
             "An environment variable that holds the master key, in place of a file; it is removed from the environment when read.",
             "\"MASTER_KEY\"", "name of a variable"),
    };
}

std::vector<Option> data_rows() {
    using S = Config::DataSets;
    const auto at = &Config::data_sets;
    return {
        said(file("data_sets.location_db", at, &S::location_db), "libloc: network operators, country, anonymising networks.", "\"/usr/share/libloc-location/location.db\""),
        said(file("data_sets.countries_v4", at, &S::countries_v4), "tor-geoipdb: country of IPv4 addresses.", "\"/usr/share/tor/geoip\""),
        said(file("data_sets.countries_v6", at, &S::countries_v6), "tor-geoipdb: country of IPv6 addresses.", "\"/usr/share/tor/geoip6\""),
        said(file("data_sets.city_db", at, &S::city_db), "A MaxMind DB file with cities, nested or flat schema. Without it a place is the middle of its country.",
             "\"/var/lib/portcullis/city.mmdb\""),
        said(files("data_sets.lists", at, &S::lists), "Anonymiser and threat lists, read again when they change.", "[\"/var/lib/portcullis/tor-exits.txt\"]"),
        said(files("data_sets.overlays", at, &S::overlays), "What you know better of networks: CSV files that win over every other data set.", "[\"/etc/portcullis/networks.csv\"]"),
        said(file("data_sets.user_agents", at, &S::user_agents), "uap-core's expressions for browsers and systems.", "\"/usr/share/uap-core/regexes.yaml\""),
        said(file("data_sets.breached_passwords", at, &S::breached_passwords),
             "Passwords of breaches, which nobody may choose: a list made by `portcullis passwords build-list`.", "\"/var/lib/portcullis/breached.list\""),
    };
}

std::vector<Option> metadata_rows() {
    using M       = Config::PasskeyMetadata;
    const auto at = &Config::passkey_metadata;
    return {
        said(file("passkey_metadata.root", at, &M::root), "The certificate that vouches for the FIDO Metadata Service, PEM or DER (docs/passkeys.md).",
             "\"/usr/share/ca-certificates/mozilla/GlobalSign_Root_CA_-_R3.crt\""),
        said(text("passkey_metadata.url", at, &M::url, https_url), "Where the service's document is fetched from, once a day. Without it nothing is: `portcullis passkeys import-metadata` reads a file.",
             "\"https://mds3.fidoalliance.org/\"", "https URL, port 443 or 8443"),
        said(file("passkey_metadata.ca_file", at, &M::ca_file), "Authorities that may vouch for the web server of `url`, PEM, in place of the system's.", "\"/etc/portcullis/mirror-ca.pem\""),
        said(list("passkey_metadata.allowed_networks", at, &M::allowed_networks, network), "Networks of your own that the web server of `url` may be in (PROTO-821). Any port is allowed there.",
             "[\"10.0.0.0/8\"]", "list of addresses or networks"),
        said(list("passkey_metadata.revocation_lists", at, &M::revocation_lists, open_url),
             "Where the revocation lists of the service's certificates are fetched from, in place of where the certificates say: a mirror of yours has them all.",
             "[\"https://mirror.example.com/root-r3.crl\"]", "list of http or https URLs"),
    };
}

std::vector<Option> retention_rows() {
    using R = Config::Retention;
    const auto at = &Config::retention;
    constexpr Range kDays{1, 3650};
    return {
        said(number("retention.sign_ins_days", at, &R::sign_ins_days, kDays), "How long the sign-in log is kept.", "30"),
        said(number("retention.risky_sign_ins_days", at, &R::risky_sign_ins_days, kDays),
             "How long sign-ins with risk are kept, never shorter than the others. While its risk is active a sign-in stays.", "90"),
        said(number("retention.audit_days", at, &R::audit_days, kDays), "How long the audit log is kept.", "30"),
        said(number("retention.closed_detections_days", at, &R::closed_detections_days, kDays),
             "How long a risk detection is kept after it was closed. Active ones stay.", "90"),
        said(number("retention.risk_history_days", at, &R::risk_history_days, kDays), "How long the history of users' risk is kept.", "400"),
    };
}

std::vector<Option> other_rows() {
    using H = Config::Hashing;
    return {
        said(number("hashing.memory_kib", &Config::hashing, &H::memory_kib, {8, 1'048'576}),
             "Memory of one Argon2id hash (PROTO-805: at least 19456). Stored hashes follow at the next sign-in.", "19456"),
        said(number("hashing.passes", &Config::hashing, &H::passes, {1, 16}), "Passes of one Argon2id hash.", "2"),
        said(number("hashing.threads", &Config::hashing, &H::threads, {0, 256}), "Threads that hash; 0 is one per core.", "0"),
        said(number("hashing.queue", &Config::hashing, &H::queue, {1, 100'000}), "Hashes that may wait; one more gets 503 with `Retry-After`.", "64"),
        said(choice("log.level", &Config::log, &Config::Log::level,
                    {{"debug", LogLevel::debug}, {"info", LogLevel::info}, {"warning", LogLevel::warning}, {"error", LogLevel::error}}),
             "The least that is logged. Ids only; never names, addresses or tokens.", "\"info\""),
        said(choice("log.format", &Config::log, &Config::Log::format, {{"json", LogFormat::json}, {"text", LogFormat::text}}),
             "One JSON object a line, or text for people.", "\"json\""),
        said(text("outbox.directory", &Config::outbox, &Config::Outbox::directory, anything),
             "Messages to people are written here as files, for another program to send. Without it they stay queued.",
             "\"/var/lib/portcullis/outbox\"", "path"),
    };
}

std::vector<Option> mail_rows() {
    using M       = Config::Mail;
    const auto at = &Config::mail;
    return {
        said(text("mail.host", at, &M::host, host_name), "The SMTP server that takes mail to people. Without it, and without `outbox.directory`, mail stays queued.",
             "\"smtp.example.com\"", "host name or address"),
        said(number("mail.port", at, &M::port, {1, 65535}), "Its port: 587 for submission, 465 with `tls`, 25 for a relay.", "587"),
        said(choice("mail.security", at, &M::security, {{"starttls", MailSecurity::starttls}, {"tls", MailSecurity::tls}, {"none", MailSecurity::none}}),
             "`starttls` sends nothing unless the server upgrades and its certificate holds; `tls` from the first byte; `none` only to this machine.", "\"starttls\""),
        said(text("mail.from", at, &M::from, mail_address), "The sender's address. Required with a host.", "\"no-reply@example.com\"", "mail address"),
        said(text("mail.from_name", at, &M::from_name, anything), "The sender's name, as people see it.", "\"Example sign-in\"", "text"),
        said(text("mail.user", at, &M::user, anything), "Who to authenticate as; without it nobody.", "\"portcullis\"", "text"),
        said(file("mail.password_file", at, &M::password_file), "Holds the password, on one line; a file only this user can read.", "\"/etc/portcullis/mail.password\""),
        said(text("mail.password_env", at, &M::password_env, variable_name), "An environment variable that holds the password, in place of a file; it is removed from the environment when read.",
             "\"SMTP_PASSWORD\"", "name of a variable"),
        said(file("mail.ca_file", at, &M::ca_file), "Authorities that may vouch for the server, PEM, in place of the system's.", "\"/etc/portcullis/mail-ca.pem\""),
        said(number("mail.timeout_s", at, &M::timeout_s, {5, 240}), "How long one message may take, in seconds; less than the five minutes for which a message is claimed.", "60"),
    };
}

std::vector<Option> sms_rows() {
    using S       = Config::Sms;
    const auto at = &Config::sms;
    return {
        said(text("sms.url", at, &S::url, https_url), "A webhook that sends text messages and calls (docs/notices.md). Without it, and without a gateway, those methods do not work.",
             "\"https://sms.example.com/send\"", "https URL, port 443 or 8443"),
        said(file("sms.secret_file", at, &S::secret_file), "Holds the secret that signs requests to the webhook, at least 32 characters on one line. Required with a URL.", "\"/etc/portcullis/sms.secret\""),
        said(text("sms.secret_env", at, &S::secret_env, variable_name), "An environment variable that holds the secret, in place of a file; it is removed from the environment when read.",
             "\"SMS_SECRET\"", "name of a variable"),
        said(file("sms.ca_file", at, &S::ca_file), "Authorities that may vouch for the webhook, PEM, in place of the system's.", "\"/etc/portcullis/sms-ca.pem\""),
        said(list("sms.allowed_networks", at, &S::allowed_networks, network), "Networks of your own that the webhook may be in (PROTO-821); without them only the public Internet. Any port is allowed there.",
             "[\"10.0.0.0/8\"]", "list of addresses or networks"),
        said(text("sms.mail_domain", at, &S::mail_domain, host_name), "A gateway that sends text messages from mail to NUMBER@DOMAIN, through the mail server, in place of a webhook.",
             "\"sms.example.com\"", "host name"),
    };
}

std::vector<Option> external_rows() {
    using E       = Config::ExternalProviders;
    const auto at = &Config::external_providers;
    return {
        said(file("external_providers.ca_file", at, &E::ca_file), "Authorities that may vouch for providers of external authentication methods, PEM, in place of the system's.",
             "\"/etc/portcullis/providers-ca.pem\""),
        said(list("external_providers.allowed_networks", at, &E::allowed_networks, network),
             "Networks of your own that those providers may be in (PROTO-821); without them only the public Internet, on ports 443 and 8443. Any port is allowed there.",
             "[\"10.0.0.0/8\"]", "list of addresses or networks"),
    };
}

}  // namespace

const std::vector<Option>& config_options() {
    static const auto all = [] {
        std::vector<Option> rows;
        for (auto part : {server_rows(), limit_rows(), store_rows(), data_rows(), metadata_rows(), retention_rows(), other_rows(), mail_rows(), sms_rows(), external_rows()}) {
            rows.insert(rows.end(), part.begin(), part.end());
        }
        return rows;
    }();
    return all;
}

std::string variable_of(const Option& option) {
    std::string name = "PORTCULLIS_";
    for (const char c : option.key) name += c == '.' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    return name;
}

std::optional<ListenSpec> parse_listen(const std::string& text) {
    using Kind = ListenSpec::Kind;
    ListenSpec spec;
    std::string_view rest = text;
    if (rest.starts_with("tls://")) spec.kind = Kind::tls, rest.remove_prefix(6);
    else if (rest.starts_with("http://")) spec.kind = Kind::http, rest.remove_prefix(7);
    else if (rest.starts_with("proxy://")) spec.kind = Kind::proxy, rest.remove_prefix(8);
    else return std::nullopt;

    const auto colon = rest.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    auto host = rest.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    else if (host.find(':') != std::string_view::npos) return std::nullopt;
    const auto address = parse_ip(host);
    const auto port    = integer(rest.substr(colon + 1));
    if (!address || !port || *port < 0 || *port > 65535) return std::nullopt;
    if (spec.kind == Kind::http && !address->is_loopback()) return std::nullopt;
    spec.address = std::string(host);
    spec.port    = *port;
    return spec;
}

std::optional<Origin> parse_origin(const std::string& text) {
    Origin origin;
    std::string_view rest = text;
    if (rest.starts_with("https://")) origin.is_https = true, rest.remove_prefix(8);
    else if (rest.starts_with("http://")) rest.remove_prefix(7);
    else return std::nullopt;

    const auto is_allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || std::string_view(".-:[]").find(c) != std::string_view::npos; };
    if (rest.empty() || rest.size() > 255 || !std::ranges::all_of(rest, is_allowed)) return std::nullopt;
    const auto bracket = rest.rfind(']');
    const auto colon   = rest.find(':', bracket == std::string_view::npos ? 0 : bracket);
    const auto host    = rest.substr(0, colon);
    if (host.empty()) return std::nullopt;
    if (colon != std::string_view::npos) {
        const auto port = integer(rest.substr(colon + 1));
        if (!port || *port < 1 || *port > 65535) return std::nullopt;
        const bool is_default = *port == (origin.is_https ? 443 : 80);
        if (is_default) return std::nullopt;  // one origin has one spelling
    }
    if (!origin.is_https && host != "localhost" && host != "127.0.0.1" && host != "[::1]") return std::nullopt;
    origin.authority = std::string(rest);
    return origin;
}

std::string host_of(const std::string& text) {
    const auto origin = parse_origin(text);
    if (!origin) return "localhost";
    auto host          = origin->authority;
    const auto bracket = host.rfind(']');
    const auto colon   = host.find(':', bracket == std::string::npos ? 0 : bracket);
    if (colon != std::string::npos) host.resize(colon);
    if (bracket != std::string::npos) host = host.substr(1, bracket - 1);
    return host;
}

}  // namespace portcullis::program
