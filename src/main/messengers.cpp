#include "main/messengers.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>

#include "adapters/outbox_files/file_messenger.h"
#include "adapters/sms/sms_messengers.h"
#include "adapters/smtp/smtp_messenger.h"
#include "main/config_options.h"

namespace portcullis::program {
namespace {

constexpr std::size_t kSecretMax        = 1024;
constexpr std::size_t kWebhookSecretMin = 32;

struct SecretSource {
    std::string_view what;
    std::string file, variable;
};

Result<Secret> secret_from(const SecretSource& source) {
    std::string text;
    if (!source.variable.empty()) {
        const auto value = process_environment(source.variable);
        if (!value) return Error{ErrorCode::invalidRequest, fmt::format("the variable `{}` for the {} is not set", source.variable, source.what)};
        text = *value;
        unsetenv(source.variable.c_str());  // NOLINT(concurrency-mt-unsafe): before the first thread
    } else {
        std::ifstream file(source.file, std::ios::binary);
        std::getline(file, text);
        if (!file && text.empty()) return Error{ErrorCode::invalidRequest, fmt::format("cannot read the {} from `{}`", source.what, source.file)};
    }
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    if (text.empty() || text.size() > kSecretMax) return Error{ErrorCode::invalidRequest, fmt::format("the {} is empty or too long", source.what)};
    return Secret(std::move(text));
}

smtp::Security security_of(MailSecurity security) {
    switch (security) {
        case MailSecurity::starttls: return smtp::Security::starttls;
        case MailSecurity::tls: return smtp::Security::tls;
        case MailSecurity::none: return smtp::Security::none;
    }
    return smtp::Security::starttls;
}

Result<std::unique_ptr<app::Messenger>> open_mail(const Config& config) {
    const auto& mail = config.mail;
    smtp::Settings settings{.host      = mail.host,
                            .port      = mail.port,
                            .security  = security_of(mail.security),
                            .user      = mail.user,
                            .password  = {},
                            .ca_file   = mail.ca_file,
                            .from      = mail.from,
                            .from_name = mail.from_name,
                            .own_host  = host_of(config.server.base_url),
                            .timeout   = std::chrono::seconds{mail.timeout_s}};
    if (!mail.user.empty()) settings.password = TRY(secret_from({"mail password", mail.password_file, mail.password_env}));
    return std::unique_ptr<app::Messenger>(std::make_unique<smtp::SmtpMessenger>(std::move(settings)));
}

Result<std::unique_ptr<app::Messenger>> open_webhook(const Config::Sms& sms, const app::Clock& clock) {
    const auto target = outgoing::parse_target(sms.url);
    if (!target) return Error{ErrorCode::invalidRequest, "`sms.url` is not an https URL"};
    auto secret = TRY(secret_from({"webhook secret", sms.secret_file, sms.secret_env}));
    if (secret.size() < kWebhookSecretMin) return Error{ErrorCode::invalidRequest, fmt::format("the webhook secret has less than {} characters", kWebhookSecretMin)};
    outgoing::ClientOptions options{.allowed = {}, .ca_file = sms.ca_file};
    for (const auto& text : sms.allowed_networks) {
        if (const auto network = parse_cidr(text)) options.allowed.push_back(*network);
    }
    sms::Webhook webhook{.target = *target, .secret = std::move(secret)};
    return std::unique_ptr<app::Messenger>(std::make_unique<sms::WebhookMessenger>(std::move(webhook), std::move(options), clock));
}

}  // namespace

jobs::Messengers WaysOut::by_channel() const {
    jobs::Messengers all;
    if (files) all = {{"email", files.get()}, {"sms", files.get()}, {"voice", files.get()}};
    if (mail) all["email"] = mail.get();
    if (phone) all["sms"] = phone.get();
    if (phone && dynamic_cast<const sms::WebhookMessenger*>(phone.get())) all["voice"] = phone.get();
    return all;
}

Result<WaysOut> open_ways_out(const Config& config, const app::Clock& clock) {
    WaysOut ways;
    if (!config.outbox.directory.empty()) ways.files = std::make_unique<outbox_files::FileMessenger>(config.outbox.directory);
    if (!config.mail.host.empty()) ways.mail = TRY(open_mail(config));
    if (!config.sms.url.empty()) ways.phone = TRY(open_webhook(config.sms, clock));
    if (!config.sms.mail_domain.empty() && ways.mail) ways.phone = std::make_unique<sms::MailGatewayMessenger>(*ways.mail, config.sms.mail_domain);
    return ways;
}

}  // namespace portcullis::program
