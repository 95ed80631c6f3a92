#include "http/pages/render/pages.h"

#include <mutex>
#include <optional>

#include "base/assert.h"
#include "base/visible_text.h"
#include "http/pages/render/broken.h"
#include "http/pages/render/dates.h"
#include "http/pages/render/language.h"
#include "http/pages/render/messages.h"
#include "http/pages/render/static_files.h"
#include "http/pages/render/templates.h"
#include "http/pages/render/view.h"

namespace portcullis::pages {
namespace {

using kainjow::mustache::data;

/// Bars are drawn for flows of more than two steps (design, "Layout").
constexpr int kStepsWithoutBars = 2;

void add_branding(data& to, const Branding& branding, const StaticFiles& files) {
    to["brand"] = data(visible(branding.display_name));
    to["css"]   = data(files.href("portcullis.css"));
    to["icon"]  = data(files.href("mark.svg"));
    if (branding.colour) {
        to["brand_css?"] = data(true);
        to["brand_css"]  = data(files.href("brand/" + to_hex(*branding.colour) + ".css"));
    }
    const bool own_logo = branding.logo_path && branding.logo_path->starts_with('/') &&
                          !branding.logo_path->starts_with("//");
    if (!own_logo) return;
    to["logo?"] = data(true);
    to["logo"]  = data(*branding.logo_path);
}

void add_trace(data& to, const Trace& trace) {
    to["trace?"] = data(true);
    to["time"]   = data(to_rfc3339(trace.when));
    if (!trace.request.is_nil()) {
        to["request?"] = data(true);
        to["request"]  = data(to_string(trace.request));
    }
    if (!trace.correlation.is_nil()) {
        to["correlation?"] = data(true);
        to["correlation"]  = data(to_string(trace.correlation));
    }
}

void add_steps(data& to, const Steps& steps) {
    if (steps.total <= kStepsWithoutBars) return;
    to["steps?"]  = data(true);
    to["current"] = data(std::to_string(steps.current));
    to["total"]   = data(std::to_string(steps.total));
    data bars(data::type::list);
    for (int i = 1; i <= steps.total; ++i) {
        data bar;
        bar["done?"] = data(i <= steps.current);
        bars << bar;
    }
    to["bars"] = std::move(bars);
}

}  // namespace

/// A page in one language, compiled when it is first shown: all of them together are 15 MB, and most are seldom seen.
class LateTemplate {
public:
    const Template& get(const embedded::Files& web, std::string_view name, const Messages& messages) const {
        std::call_once(once_, [&] { compiled_.emplace(name, expand_template(web, name, messages)); });
        return *compiled_;
    }

private:
    mutable std::once_flag once_;
    mutable std::optional<Template> compiled_;
};

class Pages::State {
public:
    explicit State(const embedded::Files& web) : web_(web), files_(web), messages_(load_messages(web)) {
        for (const auto& [language, messages] : messages_) {
            languages_.push_back(language);
            for (const auto name : template_names()) templates_[language][name];
        }
    }

    Template::Rendered render(const Screen& screen, const PageFrame& frame) const {
        const auto& messages = language(frame.language);
        auto view            = view_of(screen, frame, {messages, dates_});
        auto& to             = view.data;

        to["lang"]   = data(messages.language());
        to["screen"] = data(std::string(screen_id(screen)));
        to["action"] = data(frame.form_action);
        to["flow"]   = data(frame.flow);
        to["csrf"]   = data(frame.csrf);
        if (const auto code = error_code(screen)) {
            to["code?"] = data(true);
            to["code"]  = data(std::to_string(*code));
        }
        if (!view.script.empty()) {
            to["script?"] = data(true);
            to["script"]  = data(files_.href(view.script));
        }
        if (view.is_sent_once) {
            to["once?"] = data(true);
            to["once"]  = data(files_.href("once.js"));
        }
        add_branding(to, frame.branding, files_);
        add_trace(to, frame.trace);
        if (frame.steps) add_steps(to, *frame.steps);
        const auto& templates = templates_.at(messages.language());
        const auto found      = templates.find(view.name);
        PORTCULLIS_ASSERT(found != templates.end());  // template_names() has every one
        return found->second.get(web_, view.name, messages).render(to);
    }

    const std::vector<std::string>& languages() const { return languages_; }

private:
    const Messages& language(const std::string& tag) const {
        const auto it = messages_.find(tag);
        return it == messages_.end() ? *messages_.at("en") : *it->second;
    }

    const embedded::Files& web_;
    StaticFiles files_;
    std::map<std::string, std::unique_ptr<const Messages>> messages_;
    std::vector<std::string> languages_;
    std::map<std::string, std::map<std::string_view, LateTemplate>> templates_;
    Dates dates_;
};

Pages::Pages(const embedded::Files& web) : state_(std::make_unique<const State>(web)) {}
Pages::~Pages() = default;

std::string Pages::render(const Screen& screen, const PageFrame& frame) const {
    return state_->render(screen, frame).html;
}

std::vector<std::string> Pages::missing_names(const Screen& screen, const PageFrame& frame) const {
    return state_->render(screen, frame).missing;
}

std::string Pages::choose_language(const LanguageWishes& wishes) const {
    const auto& available = state_->languages();
    for (const auto chosen : {wishes.person, wishes.cookie})
        if (auto found = match_language(chosen, available); !found.empty()) return found;
    auto rest = wishes.ui_locales.substr(0, 1000);
    while (!rest.empty()) {
        const auto space = rest.find(' ');
        if (auto found = match_language(rest.substr(0, space), available); !found.empty()) return found;
        rest = space == std::string_view::npos ? std::string_view{} : rest.substr(space + 1);
    }
    for (const auto tag : accepted_languages(wishes.accept_language))
        if (auto found = match_language(tag, available); !found.empty()) return found;
    return "en";
}

std::vector<std::string> Pages::languages() const { return state_->languages(); }

}  // namespace portcullis::pages
