#include "app/phone_codes.h"

#include <fmt/format.h>

#include "app/notice_texts.h"

namespace portcullis::app {
namespace {

using credentials::SendRefusal;
using Refused = std::optional<SendRefusal>;

/// What a budget is kept under. A number is a digest, as every key that names a person is.
std::string key_of(const Ports& ports, SendRefusal budget, UserId user, const credentials::PhoneNumber& number) {
    switch (budget) {
        case SendRefusal::userLimit: return "phone|user|" + to_string(user);
        case SendRefusal::numberLimit: return "phone|number|" + reference_digest(ports, number.e164());
        case SendRefusal::countryLimit: return "phone|country|" + number.calling_code();
        case SendRefusal::dayLimit: return "phone|all";
        case SendRefusal::countryNotAllowed:
        case SendRefusal::tooSoon: break;
    }
    return "phone";
}

/// `1, 2, 3`: a voice reads digits one by one.
std::string spoken(std::string_view digits) {
    std::string out;
    for (const char c : digits) out += fmt::format("{}{}", out.empty() ? "" : ", ", c);
    return out;
}

}  // namespace

Result<Refused> PhoneCodes::charge(const TenantSnapshot& tenant, UserId user, const PhoneCode& code) {
    const auto& settings = tenant.tenant.settings.phone;
    const auto id        = tenant.tenant.id;
    if (!credentials::is_country_allowed(settings, code.number)) return Refused{SendRefusal::countryNotAllowed};
    // The entry is there until the next send may go; of parallel ones the first makes it.
    const auto last = ports_.flows.replace(id, FlowKind::throttle, "phone|last|" + to_string(user), 0, "", code.at + settings.resend_after, code.at);
    if (!last && last.error().code == ErrorCode::conflict) return Refused{SendRefusal::tooSoon};
    if (!last) return last.error();
    for (const auto& budget : credentials::send_budgets(settings)) {
        const auto key   = key_of(ports_, budget.refusal, user, code.number);
        const auto count = TRY(ports_.flows.count(id, FlowKind::throttle, key, code.at + budget.window, code.at));
        if (count > budget.most) return Refused{budget.refusal};
    }
    return Refused{};
}

Result<Change> PhoneCodes::message(const TenantSnapshot& tenant, const identity::User& user, const PhoneCode& code) {
    const auto& settings = tenant.tenant.settings;
    const auto language  = mail_language(user.preferred_language.empty() ? settings.language : user.preferred_language);
    const bool is_voice  = code.way == PhoneCode::Way::voice;
    const auto minutes   = std::chrono::ceil<std::chrono::minutes>(code.expires_at - code.at).count();
    const auto digits    = is_voice ? spoken(code.code.reveal()) : std::string(code.code.reveal());
    const auto text      = mail_text(language, is_voice ? "code.voice" : "code.sms",
                                     {{"org", settings.branding.display_name}, {"code", digits}, {"minutes", std::to_string(minutes)}});
    Message message{.id         = ports_.random.new_id<MailId>(code.at),
                    .channel    = is_voice ? "voice" : "sms",
                    .to         = code.number.e164(),
                    .subject    = {},
                    .text       = {},
                    .html       = {},
                    .expires_at = code.expires_at,
                    .is_sealed  = true};
    const auto row = to_string(message.id);
    message.text   = TRY(ports_.sealer.seal(Secret(text), outbox_context(tenant.tenant.id, row, "body")));
    return Change{MessageQueued{std::move(message)}};
}

}  // namespace portcullis::app
