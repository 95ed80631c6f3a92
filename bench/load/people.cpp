#include "people.h"

#include "fibers.h"

#include <fmt/format.h>

#include <chrono>
#include <optional>

namespace load {
namespace {

std::string decode_entities(std::string text) {
    constexpr std::pair<std::string_view, std::string_view> kEntities[] = {
        {"&quot;", "\""}, {"&#34;", "\""}, {"&#39;", "'"}, {"&#x2F;", "/"}, {"&#x3D;", "="}, {"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}};
    if (text.find('&') == text.npos) return text;
    for (const auto& [entity, character] : kEntities) {
        for (auto at = text.find(entity); at != text.npos; at = text.find(entity, at + 1)) text.replace(at, entity.size(), character);
    }
    return text;
}

std::optional<std::string> attribute(std::string_view tag, std::string_view name) {
    const auto at = tag.find(fmt::format(" {}=\"", name));
    if (at == tag.npos) return std::nullopt;
    const auto begin = at + name.size() + 3;
    return decode_entities(std::string(tag.substr(begin, tag.find('"', begin) - begin)));
}

/// The form of a page that has this text in it.
std::string_view form_with(std::string_view page, std::string_view text) {
    for (auto open = page.find("<form"); open != page.npos; open = page.find("<form", open + 1)) {
        const auto form = page.substr(open, page.find("</form>", open) - open);
        if (form.find(text) != form.npos) return form;
    }
    return {};
}

std::string hidden_fields(std::string_view form) {
    std::string out;
    for (auto open = form.find("<input"); open != form.npos; open = form.find("<input", open + 1)) {
        const auto tag = form.substr(open, form.find('>', open) - open);
        if (attribute(tag, "type") != "hidden" || attribute(tag, "name") == "passkey") continue;
        out += fmt::format("{}={}&", percent_encode(attribute(tag, "name").value_or("")), percent_encode(attribute(tag, "value").value_or("")));
    }
    return out;
}

}  // namespace

Person::Person(const Target& target, Connection& connection, int number)
    : target_(target), connection_(connection), upn_(fmt::format(fmt::runtime(target.user_pattern), number % target.users)) {}

Answer Person::send(std::string_view method, const std::string& where, const std::string& form) {
    std::string headers = target_.headers;
    if (!cookies_.empty()) {
        headers += "Cookie: ";
        for (const auto& [name, value] : cookies_) headers += fmt::format("{}={}; ", name, value);
        headers.replace(headers.size() - 2, 2, "\r\n");
    }
    if (method == "POST") headers += fmt::format("Sec-Fetch-Site: same-origin\r\nOrigin: http://{}\r\n", target_.host);
    for (;;) {
        auto answer = method == "POST" ? connection_.post(where, headers, form) : connection_.send("GET", where, headers, "");
        if (answer.status != 503 && answer.status != 429) {
            for (auto& [name, value] : answer.cookies()) cookies_[name] = value;
            at_   = where;
            last_ = fmt::format("{} {}: {}", method, where, answer.status);
            return answer;
        }
        ++turned_away_;
        // Retry-After is in whole seconds; a tenth of it keeps the pressure of an overload up.
        Fibers::sleep(std::chrono::milliseconds(100));
    }
}

Answer Person::follow(Answer answer) {
    const auto origin = fmt::format("http://{}", target_.host);
    for (int hop = 0; hop < 5 && answer.status >= 300 && answer.status < 400; ++hop) {
        auto where = answer.header("location");
        if (where.rfind(origin, 0) == 0 && where.rfind(target_.redirect_uri, 0) != 0) where = where.substr(origin.size());
        if (where.empty() || where.front() != '/') return answer;
        answer = send("GET", where, "");
    }
    return answer;
}

/// What this page asks for, answered; empty when it asks for something else.
std::string Person::answer_page(const std::string& page, std::string& action) const {
    struct Row { std::string_view mark; std::string answer; };
    const Row rows[] = {
        {"name=\"password\"", fmt::format("username={}&password={}&action=next", percent_encode(upn_), percent_encode(target_.password))},
        {"name=\"username\"", fmt::format("username={}&action=next", percent_encode(upn_))},
        {"value=\"skip\"", "action=skip"}};
    for (const auto& row : rows) {
        const auto form = form_with(page, row.mark);
        if (form.empty()) continue;
        const auto tag = form.substr(0, form.find('>'));
        action         = attribute(tag, "action").value_or("");
        if (action.empty()) action = at_;
        const auto hidden = hidden_fields(form);
        const bool named  = form.find("name=\"username\"") != form.npos && hidden.find("username=") == hidden.npos;
        auto answer       = row.answer;
        if (!named && answer.rfind("username=", 0) == 0) answer.erase(0, answer.find('&') + 1);
        return hidden + answer;
    }
    return {};
}

Outcome Person::redeem(const std::string& location) {
    const auto begin = location.find("code=");
    if (location.rfind(target_.redirect_uri, 0) != 0 || begin == location.npos) return Outcome::failed;
    const auto code   = location.substr(begin + 5, location.find('&', begin) - begin - 5);
    const auto answer = connection_.post(target_.path, target_.headers,
        fmt::format("grant_type=authorization_code&code={}&redirect_uri={}&code_verifier={}", code, percent_encode(target_.redirect_uri), target_.verifier));
    last_ = fmt::format("token: {} {}", answer.status, answer.body.substr(0, 200));
    return answer.status == 200 && !json_member(answer.body, "id_token").empty() ? Outcome::done : Outcome::failed;
}

Outcome Person::sign_in() {
    cookies_.clear();
    auto answer = follow(send("GET", target_.authorize, ""));
    for (int step = 0; step < 8; ++step) {
        if (answer.status >= 300 && answer.status < 400) return redeem(answer.header("location"));
        std::string action;
        const auto form = answer_page(answer.body, action);
        if (answer.status != 200 || form.empty()) return Outcome::failed;
        answer = follow(send("POST", action, form));
    }
    return Outcome::failed;
}

Outcome Person::sign_in_with(const Passkey& passkey) {
    std::erase_if(cookies_, [](const auto& one) { return one.first != "dev" && one.first != "__Host-dev"; });
    const auto page   = follow(send("GET", target_.authorize, ""));
    const auto form   = form_with(page.body, "data-passkey=");
    const auto tag    = form.substr(0, form.find('>'));
    const auto hidden = hidden_fields(form);
    if (page.status != 200 || form.empty()) return Outcome::failed;
    // What a browser does: the page brings the first challenge along.
    const auto given = passkey.answer(json_member(attribute(tag, "data-request").value_or(""), "challenge"));
    auto answer      = follow(send("POST", attribute(tag, "action").value_or(""), hidden + "passkey=" + percent_encode(given)));
    return answer.status >= 300 && answer.status < 400 ? redeem(answer.header("location")) : Outcome::failed;
}

}  // namespace load
