#include "app/notices.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/contact_methods.h"
#include "base/json.h"
#include "core/terms/auth_terms.h"

namespace portcullis::app {
namespace {

constexpr int kNoticesPerHour = 10;  // of one kind and user: more tell nothing new

std::string language_of(const TenantSnapshot& tenant, const identity::User& user) {
    return mail_language(user.preferred_language.empty() ? tenant.tenant.settings.language : user.preferred_language);
}

std::string help_of(const TenantSnapshot& tenant, std::string_view language) {
    const auto& own = tenant.tenant.settings.branding.help_desk;
    return own.empty() ? mail_text(language, "help") : own;
}

std::string greeting_of(const identity::User& user, std::string_view language) {
    const auto name = greeting_name(user.given_name.empty() ? user.display_name : user.given_name);
    return name.empty() ? mail_text(language, "greeting.nameless") : mail_text(language, "greeting", {{"name", name}});
}

/// Values as a language has them.
void add_words(Words& words, const Words& values, std::string_view language) {
    for (const auto& [name, value] : values) {
        const bool is_method = name == "method" && parse_auth_method(value).has_value();
        const auto day       = name == "date" ? parse_rfc3339(value) : std::nullopt;
        words.emplace_back(name, is_method ? mail_text(language, "method." + value) : day ? mail_day(language, *day) : value);
    }
}

/// The words of a notice in a language: what was told, and what every text may name.
Words words_of(const TenantSnapshot& tenant, const Told& told, std::string_view language) {
    Words words{{"org", tenant.tenant.settings.branding.display_name}, {"help", help_of(tenant, language)}};
    add_words(words, told.words, language);
    return words;
}

std::string place_of(const Ports& ports, const NetworkFacts& network, std::string_view language) {
    if (network.place && !network.place->city.empty()) {
        return fmt::format("{}, {}", network.place->city, ports.text.country_name(network.place->country, language));
    }
    return network.country ? ports.text.country_name(*network.country, language) : std::string();
}

std::string client_of(const Ports& ports, const RequestFacts& from) {
    const auto client = ports.user_agents.parse({.user_agent         = from.user_agent,
                                                 .sec_ch_ua          = from.sec_ch_ua,
                                                 .sec_ch_ua_mobile   = from.sec_ch_ua_mobile,
                                                 .sec_ch_ua_platform = from.sec_ch_ua_platform});
    if (client.browser.empty() || client.os.empty()) return client.browser + client.os;
    return client.browser + ", " + client.os;
}

/// When and where from. A place is where the network says it is, so the mail says "near".
void add_origin(LetterParts& parts, const Ports& ports, const RequestFacts& from, std::string_view language) {
    const auto add = [&](std::string_view label, std::string value) {
        if (!value.empty()) parts.facts.emplace_back(mail_text(language, label), std::move(value));
    };
    add("fact.place", place_of(ports, ports.networks.look_up(from.address, from.now), language));
    add("fact.network", to_string(from.address));
    add("fact.client", client_of(ports, from));
}

std::string_view closing_key(notices::Closing closing) {
    switch (closing) {
        case notices::Closing::if_not_you: return "close.if_not_you";
        case notices::Closing::if_not_asked: return "close.if_not_asked";
        case notices::Closing::secure_account: return "close.secure_account";
        case notices::Closing::register_now: return "close.register_now";
        case notices::Closing::sign_in_by_mail: return "close.sign_in_by_mail";
        case notices::Closing::for_administrators: return "close.for_administrators";
    }
    return "";
}

/// All but where from.
LetterParts parts_of(const TenantSnapshot& tenant, const identity::User& reader, const Told& told, std::string_view language) {
    const auto& row  = notices::row_of(told.notice);
    const auto words = words_of(tenant, told, language);
    LetterParts parts{.greeting = greeting_of(reader, language), .text = mail_text(language, fmt::format("{}.text", row.key), words)};
    parts.facts.emplace_back(mail_text(language, "fact.when"), mail_moment(language, told.at));
    parts.paragraphs.push_back(mail_text(language, closing_key(row.closing), words));
    const bool is_owners = row.audience == notices::Audience::owner;
    parts.footer.push_back(mail_text(language, is_owners ? "footer" : "footer.administrators", words));
    return parts;
}

/// Links lead to the configured origin only, and to a page that asks for a sign-in. A change there settles a risk only with MFA of its moment (E08),
/// which is asked of everybody who has it.
void add_link(LetterParts& parts, const Ports& ports, const TenantSnapshot& tenant, const Told& told, std::string_view language) {
    const auto closing   = notices::row_of(told.notice).closing;
    const bool is_invite = closing == notices::Closing::sign_in_by_mail;
    if ((closing != notices::Closing::secure_account && !is_invite) || ports.base_url.empty()) {
        parts.footer.push_back(mail_text(language, "footer.no_link"));
        return;
    }
    parts.link_label = mail_text(language, is_invite ? "link.sign_in" : "link.password");
    parts.link       = fmt::format("{}/{}/myaccount{}", ports.base_url, tenant.tenant.domain, is_invite ? "" : "/password?with=mfa");
}

/// One mail an address; the words are the same.
void queue(std::vector<Change>& changes, Random& random, const Message& message, const std::vector<std::string>& addresses, Instant at) {
    for (const auto& address : addresses) {
        auto one = message;
        one.id   = random.new_id<MailId>(at);
        one.to   = address;
        changes.push_back(MessageQueued{std::move(one)});
    }
}

Message message_of(const TenantSnapshot& tenant, const Told& told, const LetterParts& parts, std::string_view language) {
    auto formats = format_letter(parts, language, tenant.tenant.settings.branding.color);
    return {.id      = {},
            .to      = {},
            .subject = mail_text(language, fmt::format("{}.subject", notices::row_of(told.notice).key), words_of(tenant, told, language)),
            .text    = std::move(formats.text),
            .html    = std::move(formats.html)};
}

/// Every address the account has, whoever asks for the notice.
Result<std::vector<std::string>> addresses_of(Ports& ports, const TenantSnapshot& tenant, const identity::User& user, const Told& told) {
    auto others        = told.other_addresses;
    const auto account = TRY(ports.directory.account(tenant.tenant.id, user.id));
    if (account) {
        for (auto& address : TRY(recovery_addresses(ports, tenant.tenant.id, *account))) others.push_back(std::move(address));
    }
    return notices::owner_addresses({.primary = user.mail, .others = std::move(others), .user_principal_name = user.user_principal_name});
}

/// The same for the person's page of alerts: facts, which are worded when it is read.
Change alert_of(Ports& ports, const identity::User& user, const Told& told) {
    json::object words;
    for (const auto& [name, value] : told.words) words[name] = value;
    json::object document{{"words", std::move(words)}};
    if (told.from) {
        const auto network = ports.networks.look_up(told.from->address, told.from->now);
        document["ipAddress"] = to_string(told.from->address);
        document["client"]    = client_of(ports, *told.from);
        if (network.place) document["city"] = network.place->city;
        if (network.place || network.country) document["country"] = network.place ? network.place->country : *network.country;
    }
    return OwnerTold{{.id       = ports.random.new_id<AlertId>(told.at),
                      .user     = user.id,
                      .kind     = std::string(notices::row_of(told.notice).key),
                      .at       = told.at,
                      .document = json::to_text(document)}};
}

/// Whether one more of this kind may go to this user now. Counted before it is known whether the act is stored, so at worst a
/// little less is sent.
Result<bool> may_tell(Ports& ports, const TenantSnapshot& tenant, const identity::User& user, const Told& told) {
    const auto key   = fmt::format("notice|{}|{}", notices::row_of(told.notice).key, to_string(user.id));
    const auto count = TRY(ports.flows.count(tenant.tenant.id, FlowKind::throttle, key, told.at + std::chrono::hours{1}, told.at));
    return count <= kNoticesPerHour;
}

/// The account in question, and where it was used from.
void add_subject(LetterParts& parts, const Ports& ports, const identity::User& about, const Told& told, std::string_view language) {
    if (!about.user_principal_name.empty()) parts.facts.emplace_back(mail_text(language, "fact.account"), about.user_principal_name);
    if (told.from) add_origin(parts, ports, *told.from, language);
}

void add_details(LetterParts& parts, const Told& told, std::string_view language) {
    for (const auto& detail : told.details) {
        Words words;
        add_words(words, detail.words, language);
        parts.facts.emplace_back(mail_text(language, detail.label), mail_text(language, detail.text, words));
    }
}

/// Holders whom the notice may go to.
std::vector<notices::Holder> holders_in(const TenantSnapshot& tenant, const std::vector<RoleHolder>& all, notices::Audience audience) {
    const auto& left_out = tenant.tenant.settings.notices.excluded_users;
    std::vector<notices::Holder> holders;
    for (const auto& one : all) {
        const bool is_left_out = audience == notices::Audience::riskReaders && std::ranges::find(left_out, one.user.id) != left_out.end();
        const auto role        = identity::directory_role(one.role);
        if (role && !is_left_out) holders.push_back({one.user.id, *role});
    }
    return holders;
}

std::vector<std::string> mail_of(const identity::User& reader) {
    return notices::owner_addresses({.primary = reader.mail, .others = {}, .user_principal_name = reader.user_principal_name});
}

}  // namespace

Result<void> add_notice(std::vector<Change>& changes, Ports& ports, const TenantSnapshot& tenant, const identity::User& user, const Told& told) {
    if (!TRY(may_tell(ports, tenant, user, told))) return {};
    const auto language = language_of(tenant, user);
    auto parts          = parts_of(tenant, user, told, language);
    if (told.from) add_origin(parts, ports, *told.from, language);
    add_link(parts, ports, tenant, told, language);
    const auto addresses = TRY(addresses_of(ports, tenant, user, told));
    queue(changes, ports.random, message_of(tenant, told, parts, language), addresses, told.at);
    changes.push_back(alert_of(ports, user, told));
    return {};
}

Result<void> tell_of_risk(std::vector<Change>& changes, Ports& ports, const TenantSnapshot& tenant, const identity::User& user,
                          const RiskRise& rise, const RequestFacts* from, Instant at) {
    Told told{.notice = Notice::accountAtRisk, .at = at, .from = from, .words = {}, .other_addresses = {}};
    if (rise.after >= RiskLevel::medium && rise.after > rise.before) return add_notice(changes, ports, tenant, user, told);
    if (rise.of_sign_in < RiskLevel::medium) return {};
    told.notice = Notice::suspiciousSignIn;
    return add_notice(changes, ports, tenant, user, told);
}

std::optional<AlertWords> alert_words(const TenantSnapshot& tenant, std::string_view kind, const Words& words, Instant at, std::string_view language) {
    const auto& table = notices::notice_table();
    const auto row    = std::ranges::find(table, kind, &notices::NoticeRow::key);
    if (row == table.end() || row->audience != notices::Audience::owner) return std::nullopt;
    const auto all = words_of(tenant, {.notice = row->notice, .at = at, .from = nullptr, .words = words, .other_addresses = {}}, language);
    auto text      = mail_text(language, fmt::format("{}.text", row->key), all);
    // The letter's sentence goes on from its greeting.
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return AlertWords{mail_text(language, fmt::format("{}.subject", row->key), all), std::move(text)};
}

Result<void> tell_administrators(std::vector<Change>& changes, Ports& ports, const TenantSnapshot& tenant, const identity::User& about,
                                 const Told& told) {
    const auto audience = notices::row_of(told.notice).audience;
    const auto letter   = [&](const identity::User& reader) {
        const auto language = language_of(tenant, reader);
        auto parts          = parts_of(tenant, reader, told, language);
        add_subject(parts, ports, about, told, language);
        add_details(parts, told, language);
        parts.footer.push_back(mail_text(language, "footer.no_link"));
        return message_of(tenant, told, parts, language);
    };
    const auto& desk = tenant.tenant.settings.branding.help_desk_mail;
    if (audience == notices::Audience::helpDesk && !desk.empty()) {
        queue(changes, ports.random, letter({}), {desk}, told.at);
        return {};
    }
    const auto all = TRY(ports.directory.role_holders(tenant.tenant.id));
    std::vector<std::string> written;
    for (const auto id : notices::administrators_told(audience, holders_in(tenant, all, audience), about.id)) {
        const auto& reader   = std::ranges::find(all, id, [](const RoleHolder& one) { return one.user.id; })->user;
        const auto addresses = mail_of(reader);
        queue(changes, ports.random, letter(reader), addresses, told.at);
        written.insert(written.end(), addresses.begin(), addresses.end());
    }
    if (audience != notices::Audience::riskReaders) return {};
    auto others = tenant.tenant.settings.notices.addresses;
    std::erase_if(others, [&](const std::string& address) { return std::ranges::find(written, address) != written.end(); });
    queue(changes, ports.random, letter({}), others, told.at);
    return {};
}

Result<Change> code_mail(Ports& ports, const TenantSnapshot& tenant, const identity::User& user, const MailedCode& code) {
    const auto language = language_of(tenant, user);
    const Words words{{"org", tenant.tenant.settings.branding.display_name}, {"time", to_rfc3339(code.expires_at).substr(11, 5)}};
    LetterParts parts{.greeting = greeting_of(user, language), .text = mail_text(language, "code.text", words), .code = std::string(code.code.reveal())};
    const bool has_link = code.is_reportable && !ports.base_url.empty();
    parts.paragraphs    = {mail_text(language, "code.valid", words), mail_text(language, has_link ? "code.close_report" : "code.close", words)};
    parts.facts.emplace_back(mail_text(language, "fact.when"), mail_moment(language, code.at));
    if (code.from) add_origin(parts, ports, *code.from, language);
    parts.footer = {mail_text(language, "footer", words)};
    if (has_link) {
        parts.link_label = mail_text(language, "link.report");
        parts.link       = fmt::format("{}/{}/myaccount/prompts", ports.base_url, tenant.tenant.domain);
    } else {
        parts.footer.push_back(mail_text(language, "footer.no_link"));
    }
    const auto formats = format_letter(parts, language, tenant.tenant.settings.branding.color);
    Message message{.id         = ports.random.new_id<MailId>(code.at),
                    .to         = code.to,
                    .subject    = mail_text(language, "code.subject", words),
                    .text       = {},
                    .html       = {},
                    .expires_at = code.expires_at,
                    .is_sealed  = true};
    const auto row = to_string(message.id);
    message.text   = TRY(ports.sealer.seal(Secret(formats.text), outbox_context(tenant.tenant.id, row, "body")));
    message.html   = TRY(ports.sealer.seal(Secret(formats.html), outbox_context(tenant.tenant.id, row, "html")));
    return Change{MessageQueued{std::move(message)}};
}

}  // namespace portcullis::app
