#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <charconv>
#include <memory>
#include <ostream>

#include "adapters/geo/geo_intelligence.h"
#include "adapters/outbox_files/file_messenger.h"
#include "adapters/user_agent/uap_user_agents.h"
#include "base/embedded.h"
#include "base/ip.h"
#include "jobs/delivery.h"
#include "main/commands.h"
#include "main/demo/demo_routes.h"
#include "main/demo/keepsakes.h"
#include "main/demo/private_ca.h"
#include "main/demo/private_files.h"
#include "main/demo/ready_file.h"
#include "main/demo/seed.h"
#include "main/serve.h"

namespace portcullis::program {
namespace {

/// The options of `portcullis demo` beside the global ones.
struct DemoOptions {
    std::string listen = "127.0.0.1:8080";
    bool is_tls = false, is_fast_hash = false;
    std::vector<std::string> redirect_uris, post_logout_redirect_uris;
    std::string backchannel_logout_uri, ready_file;
    std::string provider_ca;
    std::vector<std::string> provider_networks;
    std::string passkey_metadata_url;
};

Error bad(std::string what) { return {ErrorCode::invalidRequest, std::move(what)}; }

struct Address {
    std::string host;  // as in a URL: IPv6 in brackets
    std::uint16_t port = 0;
};

Result<Address> parse_address(const std::string& text) {
    const auto colon = text.rfind(':');
    const auto wrong = bad(fmt::format("`--listen {}` is not ADDRESS:PORT", text));
    if (colon == std::string::npos) return wrong;
    Address address{.host = text.substr(0, colon)};
    const auto* const end = text.data() + text.size();
    const auto parsed     = std::from_chars(text.data() + colon + 1, end, address.port);
    if (parsed.ec != std::errc{} || parsed.ptr != end) return wrong;
    const bool is_bracketed = address.host.starts_with('[') && address.host.ends_with(']');
    if (!parse_ip(is_bracketed ? address.host.substr(1, address.host.size() - 2) : address.host)) return wrong;
    return address;
}

/// A port of the loopback that is free now: URLs are made of it before anything listens.
Result<std::uint16_t> free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in name{};
    name.sin_family      = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size       = sizeof name;
    auto* const generic  = reinterpret_cast<sockaddr*>(&name);
    const bool is_bound  = socket >= 0 && ::bind(socket, generic, size) == 0 && ::getsockname(socket, generic, &size) == 0;
    if (socket >= 0) ::close(socket);
    if (!is_bound) return Error{ErrorCode::unavailable, "no port is free"};
    return ntohs(name.sin_port);
}

std::string base_url_of(const DemoOptions& options, std::uint16_t port) {
    const bool is_default = port == (options.is_tls ? 443 : 80);
    return (options.is_tls ? "https://localhost" : "http://localhost") + (is_default ? "" : ":" + std::to_string(port));
}

/// The places' data, where the data sets are read from.
Result<void> write_places(Config& config, const std::string& directory) {
    for (const auto& [name, content] : embedded::demo_data()) {
        const auto path = fmt::format("{}/places-{}", directory, name);
        TRY(demo::write_file(path, content, 0600));
        (name.ends_with(".csv") ? config.data_sets.overlays : config.data_sets.lists).push_back(path);
    }
    return {};
}

/// The demo's installation as the configuration of an ordinary one.
Result<Config> demo_config(const CommandContext& context, const DemoOptions& options) {
    if (context.data_directory.empty()) return bad("say where the demo keeps its data: `--data DIR`");
    auto config  = TRY(context.config());
    auto address = TRY(parse_address(options.listen));
    if (address.port == 0) address.port = TRY(free_port());

    config.server.base_url        = base_url_of(options, address.port);
    config.server.listen          = {fmt::format("{}://{}:{}", options.is_tls ? "tls" : "http", address.host, address.port)};
    config.server.trusted_proxies = {"127.0.0.0/8", "::1"};
    config.log.level              = LogLevel::warning;
    config.external_providers = {.ca_file = options.provider_ca, .allowed_networks = options.provider_networks};
    config.passkey_metadata.url              = options.passkey_metadata_url;
    config.passkey_metadata.ca_file          = options.provider_ca;
    config.passkey_metadata.allowed_networks = options.provider_networks;
    if (options.is_fast_hash) {
        config.hashing.memory_kib = 8;
        config.hashing.passes     = 1;
    }
    return config;
}

std::vector<std::string> authorities_of(const std::string& base_url) {
    const auto host = base_url.substr(base_url.find("://") + 3);
    const auto port = host.substr(std::min(host.find(':'), host.size()));
    return {"localhost" + port, "127.0.0.1" + port, "[::1]" + port};
}

Result<void> finish_opening(demo::Keepsakes& keepsakes, const std::string& directory, Instant now) {
    if (keepsakes.opened_at) return {};
    keepsakes.opened_at = now;
    return demo::store_keepsakes(directory, keepsakes);
}

Result<void> run(CommandContext& context, const DemoOptions& options) {
    block_signals();
    auto config          = TRY(demo_config(context, options));
    const auto directory = context.data_directory;
    TRY(prepare_directory(config));
    TRY(write_places(config, directory));
    demo::ReadyFile ready{.base_url = config.server.base_url, .ca = std::nullopt};
    if (options.is_tls) {
        const auto paths          = TRY(demo::ensure_private_ca(directory, std::chrono::floor<Duration>(std::chrono::system_clock::now())));
        config.server.certificate = paths.certificate;
        config.server.private_key = paths.private_key;
        ready.ca                  = paths.ca;
    }

    const auto installation = TRY(Installation::open(config, Opening::for_server));
    installation->networks().refresh();  // people are remembered in places
    installation->user_agents().warm_up();
    auto& ports    = installation->ports();
    auto keepsakes = TRY(demo::load_keepsakes(directory, ports.random, installation->now()));
    TRY(demo::store_keepsakes(directory, keepsakes));
    TRY(demo::seed(*installation, keepsakes,
                   {.base_url                  = ready.base_url,
                    .redirect_uris             = options.redirect_uris,
                    .post_logout_redirect_uris = options.post_logout_redirect_uris,
                    .backchannel_logout_uri    = options.backchannel_logout_uri}));
    TRY(finish_opening(keepsakes, directory, installation->now()));

    std::atomic<Service*> serving = nullptr;
    outbox_files::FileMessenger messenger(config.outbox.directory);
    const auto run_due = [&] {
        if (auto* service = serving.load()) service->run_due();
    };
    // A message that cannot be written now is tried again by the server's own job, which reports it.
    const jobs::Messengers messengers{{"email", &messenger}, {"sms", &messenger}, {"voice", &messenger}};
    const auto deliver = [&] { (void)jobs::deliver_messages(installation->outbox(), ports.sealer, messengers, installation->clock()); };
    demo::DemoRoutes routes(*installation, keepsakes, {.base_url = ready.base_url, .outbox_directory = config.outbox.directory},
                            {.run_due = run_due, .deliver = deliver});
    ServiceExtras extras;
    extras.prepare       = demo::DemoRoutes::prepare;
    extras.first         = [&](http::Web& web, const http::Request& request) { return routes.answer(web, request); };
    extras.authorities   = authorities_of(ready.base_url);
    const auto service   = TRY(Service::start(*installation, std::move(extras)));
    serving              = service.get();

    const auto document = TRY(demo::ready_document(ports, keepsakes, ready));
    // Whoever wants the file reads it; the table is for those who do not.
    if (options.ready_file.empty()) context.out() << demo::ready_text(keepsakes, ready.base_url) << std::flush;
    else TRY(demo::write_file(options.ready_file, json::to_text(document) + "\n", 0600));
    service->run_until_stopped();
    serving = nullptr;
    return {};
}

}  // namespace

void add_demo_command(CLI::App& app, CommandContext& context) {
    auto* command = app.add_subcommand("demo", "Serve a demo: invented people, places, a clock to turn, and why each sign-in went as it did");
    const auto options = std::make_shared<DemoOptions>();
    command->add_option("--listen", options->listen, "ADDRESS:PORT; port 0 takes a free one")->capture_default_str();
    command->add_flag("--tls", options->is_tls, "Serve https, under a private authority made in DIR/ca.pem");
    command->add_option("--redirect-uri", options->redirect_uris, "Another redirect URI of web, web2, webPost and spa");
    command->add_option("--post-logout-redirect-uri", options->post_logout_redirect_uris, "Another post-logout redirect URI of web");
    command->add_option("--backchannel-logout-uri", options->backchannel_logout_uri, "The back-channel logout URI of web");
    command->add_option("--provider-ca", options->provider_ca, "Authorities that vouch for providers of external authentication methods and for what serves passkey metadata, PEM");
    command->add_option("--provider-network", options->provider_networks, "A network of your own that those may be in");
    command->add_option("--passkey-metadata-url", options->passkey_metadata_url, "Where the FIDO metadata is fetched once a day; DIR/metadata-root.pem vouches for it");
    command->add_option("--ready-file", options->ready_file, "Written when connections are accepted: who, where, and with what secrets");
    command->add_flag("--fast-hash", options->is_fast_hash, "The cheapest password hashes: for tests only");
    context.on(command, [&context, options] { return run(context, *options); });
}

}  // namespace portcullis::program
