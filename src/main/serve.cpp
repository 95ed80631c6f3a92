#include "main/serve.h"

#include <fmt/format.h>
#include <malloc.h>
#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <mutex>

#include "adapters/geo/geo_intelligence.h"
#include "adapters/icu/time_zones.h"
#include "adapters/log/log.h"
#include "adapters/sodium/argon_password_hasher.h"
#include "adapters/sql/db.h"
#include "app/authorize.h"
#include "app/change_password.h"
#include "app/oauth.h"
#include "app/population.h"
#include "app/remind_registration.h"
#include "app/sign_in.h"
#include "app/tell_of_operation.h"
#include "app/tell_users_at_risk.h"
#include "app/weekly_digest.h"
#include "base/embedded.h"
#include "http/router.h"
#include "http/web.h"
#include "jobs/channel_watch.h"
#include "jobs/delivery.h"
#include "jobs/key_rotation.h"
#include "jobs/timetable.h"
#include "jobs/upkeep.h"
#include "main/commands.h"
#include "main/config_options.h"
#include "main/messengers.h"
#include "main/metrics.h"
#include "main/operation.h"
#include "main/passkey_metadata.h"
#include "main/served_at.h"

namespace portcullis::program {
namespace {

using namespace std::chrono_literals;

log::Level log_level(LogLevel level) {
    switch (level) {
        case LogLevel::debug: return log::Level::debug;
        case LogLevel::info: return log::Level::info;
        case LogLevel::warning: return log::Level::warning;
        case LogLevel::error: return log::Level::error;
    }
    return log::Level::info;
}

log::Level log_level(http::ServerEvent::Level level) {
    switch (level) {
        case http::ServerEvent::Level::info: return log::Level::info;
        case http::ServerEvent::Level::warning: return log::Level::warning;
        case http::ServerEvent::Level::error: return log::Level::error;
    }
    return log::Level::error;
}

http::Transport transport_of(ListenSpec::Kind kind) {
    switch (kind) {
        case ListenSpec::Kind::tls: return http::Transport::tls;
        case ListenSpec::Kind::http: return http::Transport::plainLoopback;
        case ListenSpec::Kind::proxy: return http::Transport::plainBehindProxy;
    }
    return http::Transport::tls;
}

/// Probes come by address; they show no tenant.
bool is_probe(const http::Request& request) { return request.path == "/healthz" || request.path == "/readyz" || request.path == "/metrics"; }

sigset_t our_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
    return set;
}

/// "3 sent, 1 put off"; empty when nothing happened.
std::string told(std::initializer_list<std::pair<std::int64_t, std::string_view>> counts) {
    std::string text;
    for (const auto& [count, what] : counts) {
        if (count != 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
    }
    return text;
}

Result<std::string> keys_job(Installation& installation, Instant now) {
    auto& ports = installation.ports();
    for (const auto& tenant : TRY(ports.tenants.all())) TRY(installation.ensure_tenant_keys(tenant.id));
    return told({{TRY(jobs::rotate_due_keys(ports, now)), "keys made"}});
}

Result<std::string> data_keys_job(Installation& installation) {
    constexpr int kValuesMax = 20'000;  // of a tenant and run, so that other jobs have their turn
    const auto done          = TRY(installation.continue_data_key_rotation(kValuesMax));
    return told({{done.resealed, "values sealed anew"}, {done.unreadable, "values do not open"}, {done.retired, "data keys retired"}});
}

Result<std::string> retention_job(Installation& installation, Instant now) {
    const auto& days = installation.config().retention;
    const jobs::RecordLives lives{.sign_ins          = std::chrono::days{days.sign_ins_days},
                                  .risky_sign_ins    = std::chrono::days{days.risky_sign_ins_days},
                                  .audit             = std::chrono::days{days.audit_days},
                                  .closed_detections = std::chrono::days{days.closed_detections_days},
                                  .risk_history      = std::chrono::days{days.risk_history_days}};
    const auto expired = TRY(jobs::forget_expired(installation.ports(), installation.retention(), now));
    const auto records = TRY(jobs::forget_records(installation.ports(), installation.retention(), lives, now));
    return told({{expired, "acts for what has ended"}, {records, "acts for records"}});
}

Result<std::string> data_sets_job(Installation& installation) {
    std::string text;
    for (const auto& status : installation.networks().status()) {
        if (!status.problems.empty()) text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", status.name, status.problems.front());
    }
    return text;
}

Result<std::string> digest_job(Installation& installation, Instant now) {
    const unicode::IcuTimeZones zones;
    return told({{TRY(app::WeeklyDigest(installation.ports(), installation.notices(), zones)(now)), "digests"}});
}

/// What a running product does beside answering, in the order it is done when several are due.
std::vector<jobs::Job> jobs_of(Installation& installation, MetadataKeeper& metadata) {
    return {
        {"signing keys", 10min, [&](Instant now) { return keys_job(installation, now); }},
        {"data keys", 10min, [&](Instant) { return data_keys_job(installation); }},
        {"population", 1min,
         [&](Instant now) -> Result<std::string> {
             TRY(installation.population().publish(now));
             return std::string();
         }},
        {"flows", 1min,
         [&](Instant now) -> Result<std::string> { return told({{TRY(jobs::sweep_flows(installation.ports().flows, now)), "dropped"}}); }},
        {"users at risk", 5s,
         [&](Instant now) -> Result<std::string> { return told({{TRY(app::TellUsersAtRisk(installation.ports(), installation.notices())(now)), "told of"}}); }},
        {"weekly digest", 1min, [&](Instant now) { return digest_job(installation, now); }},
        {"reminders", 10min,
         [&](Instant now) -> Result<std::string> { return told({{TRY(app::RemindRegistration(installation.ports())(now)), "reminded"}}); }},
        {"retention", 10min, [&](Instant now) { return retention_job(installation, now); }},
        {"data sets", 60min, [&](Instant) { return data_sets_job(installation); }},
        {"passkey metadata", 60min, [&](Instant now) { return metadata.look(now); }},
    };
}

}  // namespace

Result<http::ServerOptions> server_options(const Config& config) {
    const auto& server = config.server;
    const auto origin  = parse_origin(server.base_url);
    if (!origin) return Error{ErrorCode::invalidRequest, fmt::format("`server.base_url` `{}` is not an origin", server.base_url)};

    http::ServerOptions options;
    for (const auto& text : server.listen) {
        const auto spec = parse_listen(text);
        if (!spec) return Error{ErrorCode::invalidRequest, fmt::format("`server.listen` `{}` is no listener", text)};
        options.listeners.push_back({.address = spec->address, .port = static_cast<std::uint16_t>(spec->port), .transport = transport_of(spec->kind)});
    }
    if (!server.certificate.empty()) options.tls = http::TlsFiles{server.certificate, server.private_key};
    options.authorities            = {origin->authority};
    options.admits_other_authority = is_probe;
    options.trusted_proxies        = server.trusted_proxies;
    options.io_threads             = static_cast<std::size_t>(server.io_threads);
    options.worker_threads         = static_cast<std::size_t>(server.worker_threads);
    options.worker_queue_max       = static_cast<std::size_t>(server.worker_queue);
    options.limits.header_bytes_max            = static_cast<std::size_t>(config.limits.header_bytes);
    options.limits.body_bytes_max              = static_cast<std::size_t>(config.limits.body_bytes);
    options.limits.connections_max             = static_cast<std::size_t>(config.limits.connections);
    options.limits.connections_per_address_max = static_cast<std::size_t>(config.limits.connections_per_address);
    return options;
}

/// INVARIANT: members are destroyed from the last to the first, so the server stops before what its handlers use.
struct Service::Body {
    Installation& installation;
    ServiceExtras extras;
    log::Log log;
    app::Authorize authorize;
    app::OAuth oauth;
    app::ChangePassword change_password;
    app::ResetPassword reset_password;
    pages::Pages pages;
    pages::StaticFiles files;
    http::Web web;
    WaysOut ways_out;
    jobs::Messengers messengers;
    std::atomic<std::int64_t> messages_sent{0}, messages_put_off{0}, messages_given_up{0};
    std::mutex ways_mutex;
    jobs::ChannelWatch ways;
    MetadataKeeper metadata_keeper{installation};
    std::atomic<http::Server*> counted{nullptr};
    std::unique_ptr<jobs::Timetable> timetable;
    /// A slow mail server holds up mail and nothing else.
    std::unique_ptr<jobs::Timetable> post;
    std::unique_ptr<http::Server> server;

    Body(Installation& from, ServiceExtras with)
        : installation(from),
          extras(std::move(with)),
          log(log_level(from.config().log.level), from.config().log.format == LogFormat::json ? log::Format::json : log::Format::text),
          authorize(from.ports(), from.sign_in(), from.config().server.base_url),
          oauth(from.ports(), from.config().server.base_url),
          change_password(from.ports(), from.sign_in().verify_password()),
          reset_password(from.ports(), from.sign_in().verify_password()),
          pages(embedded::web()),
          files(embedded::web()),
          web{.ports           = from.ports(),
              .sign_in         = from.sign_in(),
              .authorize       = authorize,
              .oauth           = oauth,
              .change_password = change_password,
              .reset_password  = reset_password,
              .pages           = pages,
              .files           = files,
              .base_url        = from.config().server.base_url,
              .metrics         = [this] { return metrics(); },
              .is_ready        = [this] { return installation.db().ping(); },
              .on_failure =
                  [this](std::string_view what, const RequestId& request) {
                      log.write(log::Level::error, "request failed", {{"request", to_string(request)}, {"because", std::string(what)}});
                  }} {}

    std::string metrics() {
        const auto* running = counted.load();
        return metrics_text({.server    = running ? running->counters() : http::ServerCounters{},
                             .hashing   = installation.hasher().counters(),
                             .data_sets = installation.networks().status(),
                             .messages  = messages(),
                             .now       = installation.now(),
                             .approval_pauses = installation.sign_in().approval_pauses() + reset_password.approval_pauses(),
                             .metadata  = metadata()});
    }

    std::optional<app::HeldMetadata> metadata() {
        const auto held = installation.passkey_metadata().held();
        return held ? *held : std::nullopt;
    }

    MessageCounts messages() {
        MessageCounts counts{.sent = messages_sent, .put_off = messages_put_off, .given_up = messages_given_up, .stored = {}};
        if (const auto stored = installation.outbox().counts()) counts.stored = *stored;
        for (const auto& way : closed_ways()) counts.closed_ways.push_back(way.channel);
        return counts;
    }

    Result<std::string> deliver() {
        const auto done = TRY(jobs::deliver_messages(installation.outbox(), installation.ports().sealer, messengers, installation.clock()));
        messages_sent += done.sent;
        messages_put_off += done.put_off;
        messages_given_up += done.given_up;
        {
            const std::lock_guard lock(ways_mutex);
            for (const auto& [channel, seen] : done.ways) ways.note(channel, seen, installation.now());
        }
        auto text = told({{done.sent, "sent"}, {done.put_off, "put off"}, {done.given_up, "given up"}});
        if (!done.because.empty()) text += fmt::format(" ({})", done.because);
        return text;
    }

    std::vector<notices::ClosedWay> closed_ways() {
        const std::lock_guard lock(ways_mutex);
        return ways.down();
    }

    /// Administrators are told by mail; of mail itself only the log and the metrics can tell.
    Result<std::string> tell_of_operation(Instant now) {
        const auto closed = closed_ways();
        for (const auto& way : closed) log.write(log::Level::error, "no message goes out", {{"channel", way.channel}, {"since", to_rfc3339(way.since)}});
        // A key that only waits for its turn is no trouble; one that cannot be made is told of below.
        if (const auto rotated = keys_job(installation, now); !rotated) log.write(log::Level::error, "job failed", {{"job", "signing keys"}, {"because", rotated.error().message}});
        auto operation     = operation_of(installation, closed, now);
        operation.metadata = metadata_keeper.untaken();
        return told({{TRY(app::TellOfOperation(installation.ports(), installation.notices())(operation, now)), "notices"}});
    }

    Result<std::string> retire(Instant now) {
        const auto given_up = TRY(jobs::retire_messages(installation.outbox(), now));
        messages_given_up += given_up;
        return told({{given_up, "given up"}});
    }

    http::Response answer(const http::Request& request) {
        const auto began = std::chrono::steady_clock::now();
        auto response    = prepared(request);
        const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
        log.write(log::Level::info, "request",
                  {{"request", to_string(request.id)},
                   {"correlation", request.correlation ? to_string(*request.correlation) : std::string()},
                   {"method", std::string(http::to_string(request.method))},
                   {"status", std::to_string(response.status)},
                   {"ms", fmt::format("{:.1f}", took.count())}});
        return response;
    }

    http::Response prepared(const http::Request& request) {
        if (!extras.prepare) return answered(request);
        auto changed = request;
        extras.prepare(changed);
        return answered(changed);
    }

    http::Response answered(const http::Request& request) {
        if (extras.first) {
            if (auto response = extras.first(web, request)) return std::move(*response);
        }
        return http::answer(web, request, {});
    }

    Result<void> start() {
        ways_out   = TRY(open_ways_out(installation.config(), installation.clock()));
        messengers = ways_out.by_channel();
        if (!messengers.contains("email")) {
            log.write(log::Level::warning, "mail stays queued", {{"because", "neither `mail.host` nor `outbox.directory` is set"}});
        }

        auto options = TRY(server_options(installation.config()));
        options.authorities.insert(options.authorities.end(), extras.authorities.begin(), extras.authorities.end());
        options.on_event = [this](const http::ServerEvent& event) {
            log.write(log_level(event.level), event.what, {{"request", event.request ? to_string(*event.request) : std::string()}});
        };
        const auto report = [this](const std::string& job, const Result<std::string>& outcome) {
            if (outcome) log.write(log::Level::info, "job", {{"job", job}, {"did", *outcome}});
            else log.write(log::Level::error, "job failed", {{"job", job}, {"because", outcome.error().message}});
        };
        timetable = std::make_unique<jobs::Timetable>(installation.clock(), jobs_of(installation, metadata_keeper), report);
        post      = std::make_unique<jobs::Timetable>(
            installation.clock(),
            std::vector<jobs::Job>{{"operation", 10min, [this](Instant now) { return tell_of_operation(now); }},
                                   {"messages", 1s, [this](Instant) { return deliver(); }},
                                   {"outbox", 1min, [this](Instant now) { return retire(now); }}},
            report);
        server  = TRY(http::Server::start(std::move(options), [this](const http::Request& request) { return answer(request); }));
        counted = server.get();
        if (const auto left = leave_base_url(installation.config()); !left) {
            log.write(log::Level::warning, "commands with --data are not told the base URL", {{"because", left.error().message}});
        }
        timetable->start();
        post->start();
        malloc_trim(0);  // what only starting needed goes back before the first request
        for (const auto port : server->ports()) log.write(log::Level::info, "serving", {{"port", std::to_string(port)}});
        return {};
    }

    void stop(std::chrono::milliseconds patience) {
        timetable->stop();
        post->stop();
        const auto drained = server->drain(patience);
        const auto kept    = installation.population().publish(installation.now());
        if (!kept) log.write(log::Level::error, "job failed", {{"job", "population"}, {"because", kept.error().message}});
        log.write(log::Level::info, "stopped", {{"requests", drained == http::Server::Drained::completely ? "all answered" : "some cut off"}});
    }
};

Service::Service(std::unique_ptr<Body> body) : body_(std::move(body)) {}
Service::~Service() = default;

Result<std::unique_ptr<Service>> Service::start(Installation& installation, ServiceExtras extras) {
    auto body = std::make_unique<Body>(installation, std::move(extras));
    TRY(body->start());
    return std::unique_ptr<Service>(new Service(std::move(body)));
}

http::Server& Service::server() { return *body_->server; }
http::Web& Service::web() { return body_->web; }
void Service::run_due() {
    const auto now = body_->installation.now();
    body_->timetable->run_due(now);
    body_->post->run_due(now);  // last, so that what the others queued goes out too
}

void Service::run_until_stopped() {
    const auto signals = our_signals();
    for (;;) {
        int signal = 0;
        if (sigwait(&signals, &signal) != 0) continue;
        if (signal != SIGHUP) break;
        const auto reloaded = body_->server->reload_tls();
        if (reloaded) body_->log.write(log::Level::info, "certificates read again");
        else body_->log.write(log::Level::error, "certificates kept", {{"because", reloaded.error().message}});
    }
    body_->stop(std::chrono::seconds{body_->installation.config().server.drain_s});
}

void block_signals() {
    const auto signals = our_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

namespace {

Result<void> serve(CommandContext& context) {
    block_signals();
    if (context.config_file.empty()) return Error{ErrorCode::invalidRequest, "say which installation: `serve --config FILE`"};
    const auto config       = TRY(context.config());
    const auto installation = TRY(Installation::open(config, Opening::for_server));
    const auto service      = TRY(Service::start(*installation));
    service->run_until_stopped();
    return {};
}

}  // namespace

void add_serve_command(CLI::App& app, CommandContext& context) {
    context.on(app.add_subcommand("serve", "Serves an installation until SIGTERM"), [&] { return serve(context); });
}

}  // namespace portcullis::program
