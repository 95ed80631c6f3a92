#include "app/mfa_prompts.h"

#include <algorithm>

#include "app/decide_again.h"
#include "app/shown_place.h"
#include "base/json.h"
#include "core/credentials/prompt_report.h"
#include "wire/reader.h"

namespace portcullis::app {
namespace {

constexpr std::size_t kPromptsKept = 10;

std::string text_of(const std::vector<MfaPrompt>& prompts) {
    json::array array;
    for (const auto& prompt : prompts) array.push_back(to_json(prompt));
    return json::to_text(json::object{{"prompts", std::move(array)}});
}

/// What is kept, without what is too old to be reported.
Result<std::vector<MfaPrompt>> prompts_in(std::string_view text, Instant now) {
    const auto document = TRY(json::parse_object(text));
    std::vector<MfaPrompt> prompts;
    const auto* array = document.if_contains("prompts");
    if (!array || !array->is_array()) return Error{ErrorCode::invalidRequest, "the stored prompts are damaged"};
    for (const auto& element : array->get_array()) {
        const auto* object = element.if_object();
        if (!object) return Error{ErrorCode::invalidRequest, "the stored prompts are damaged"};
        auto prompt = TRY(mfa_prompt_from(*object));
        if (now - prompt.at < credentials::kPromptReportable) prompts.push_back(std::move(prompt));
    }
    return prompts;
}

}  // namespace

MfaPrompt prompt_by(const Ports& ports, const RequestFacts& facts) {
    MfaPrompt prompt{.id = ports.random.new_id<FlowId>(facts.now), .at = facts.now, .ip_address = to_string(facts.address), .user_agent = facts.user_agent.substr(0, 512)};
    const auto client  = ports.user_agents.parse({.user_agent         = facts.user_agent,
                                                  .sec_ch_ua          = facts.sec_ch_ua,
                                                  .sec_ch_ua_mobile   = facts.sec_ch_ua_mobile,
                                                  .sec_ch_ua_platform = facts.sec_ch_ua_platform});
    const auto place   = shown_place(ports, facts.address, facts.now);
    prompt.browser     = client.browser;
    prompt.os          = client.os;
    prompt.city        = place.city;
    prompt.country     = place.country;
    return prompt;
}

std::string device_name(const MfaPrompt& prompt) {
    const bool is_whole = !prompt.browser.empty() && !prompt.os.empty();
    return prompt.browser + (is_whole ? ", " : "") + prompt.os;
}

json::object to_json(const MfaPrompt& p) {
    return {{"id", to_string(p.id)},
            {"method", to_string(p.method)},
            {"purpose", p.purpose},
            {"isPasswordless", p.is_passwordless},
            {"at", unix_ms(p.at)},
            {"application", p.application},
            {"ipAddress", p.ip_address},
            {"userAgent", p.user_agent},
            {"browser", p.browser},
            {"os", p.os},
            {"city", p.city},
            {"country", p.country},
            {"signIn", p.sign_in ? json::value(to_string(*p.sign_in)) : json::value(nullptr)},
            {"flow", to_string(p.flow)}};
}

Result<MfaPrompt> mfa_prompt_from(const json::object& document) {
    MfaPrompt p;
    wire::Reader reader(document, "");
    reader.read("id", p.id);
    reader.read_enum("method", p.method, parse_auth_method, "a method");
    reader.read("purpose", p.purpose);
    reader.read("isPasswordless", p.is_passwordless);
    reader.read_ms("at", p.at);
    reader.read("application", p.application);
    reader.read("ipAddress", p.ip_address);
    reader.read("userAgent", p.user_agent);
    reader.read("browser", p.browser);
    reader.read("os", p.os);
    reader.read("city", p.city);
    reader.read("country", p.country);
    SignInId sign_in;
    reader.read("signIn", sign_in);
    if (!sign_in.is_nil()) p.sign_in = sign_in;
    reader.read("flow", p.flow);
    TRY(reader.finish());
    return p;
}

Result<void> MfaPrompts::note(TenantId tenant, UserId user, const MfaPrompt& prompt, Sent sent) {
    const Kept kept = sent == Sent::yes ? Kept{to_string(user), credentials::kPromptReportable} : Kept{"unsent|" + to_string(user), kUnsentKept};
    return decide_again_on_conflict([&] { return keep(tenant, kept, prompt); }, kDecisionsOfBrowserMax);
}

Result<void> MfaPrompts::keep(TenantId tenant, const Kept& kept, const MfaPrompt& prompt) {
    const auto entry = TRY(ports_.flows.find(tenant, FlowKind::prompts, kept.key, prompt.at));
    std::vector<MfaPrompt> prompts;
    if (entry) prompts = TRY(prompts_in(entry->value, prompt.at));
    prompts.insert(prompts.begin(), prompt);
    if (prompts.size() > kPromptsKept) prompts.resize(kPromptsKept);
    return ports_.flows.replace(tenant, FlowKind::prompts, kept.key, entry ? entry->version : 0, text_of(prompts), prompt.at + kept.lasts, prompt.at);
}

Result<std::vector<MfaPrompt>> MfaPrompts::list(TenantId tenant, UserId user, Instant now) {
    const auto entry = TRY(ports_.flows.find(tenant, FlowKind::prompts, to_string(user), now));
    if (!entry) return std::vector<MfaPrompt>{};
    return prompts_in(entry->value, now);
}

Result<std::optional<MfaPrompt>> MfaPrompts::take(TenantId tenant, UserId user, FlowId id, Instant now) {
    using Taken = std::optional<MfaPrompt>;
    return decide_again_on_conflict(
        [&]() -> Result<Taken> {
            const auto entry = TRY(ports_.flows.find(tenant, FlowKind::prompts, to_string(user), now));
            if (!entry) return Taken{};
            auto prompts     = TRY(prompts_in(entry->value, now));
            const auto found = std::ranges::find(prompts, id, &MfaPrompt::id);
            if (found == prompts.end()) return Taken{};
            auto taken = std::move(*found);
            prompts.erase(found);
            TRY(ports_.flows.replace(tenant, FlowKind::prompts, to_string(user), entry->version, text_of(prompts), entry->expires_at, now));
            return Taken(std::move(taken));
        },
        kDecisionsOfBrowserMax);
}

}  // namespace portcullis::app
