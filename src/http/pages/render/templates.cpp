#include "http/pages/render/templates.h"

#include <algorithm>

#include "base/encoding.h"
#include "http/pages/render/broken.h"

namespace portcullis::pages {
namespace {

namespace mustache = kainjow::mustache;

/// Partials within partials; more is a circle.
constexpr int kDepthMax = 4;

/// A brace of a text must not open a variable of the template it becomes part of.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : html_escape(text)) {
        if (c == '{') out += "&#123;";
        else out += c;
    }
    return out;
}

/// The text of a message with its arguments as variables of the template.
std::string as_template(std::string_view key, const Message& message) {
    if (!message.is_plain()) broken(key, "has a plural or the like: format it in code, not in a template");
    std::string out;
    for (const auto& piece : message.pieces()) {
        out += escaped(piece.literal);
        if (!piece.argument.empty()) out += "{{" + piece.argument + "}}";
    }
    return out;
}

/// Replaces every `open name close` by what `replacement(name)` gives.
template <class Replacement>
std::string replace(std::string_view text, std::string_view open, std::string_view close, Replacement replacement) {
    std::string out;
    for (;;) {
        const auto begin = text.find(open);
        if (begin == std::string_view::npos) return out += text;
        const auto end = text.find(close, begin);
        if (end == std::string_view::npos) return out += text;
        out += text.substr(0, begin);
        out += replacement(std::string(text.substr(begin + open.size(), end - begin - open.size())));
        text.remove_prefix(end + close.size());
    }
}

struct Expansion {
    const embedded::Files& web;
    std::string_view name;  // of the screen
    const Messages& messages;

    std::string file(std::string_view partial) const {
        const auto it = web.find("pages/" + std::string(partial) + ".mustache");
        if (it == web.end()) broken(partial, "there is no such template");
        auto text = std::string(it->second);
        if (text.ends_with('\n')) text.pop_back();
        return text;
    }

    std::string title() const {
        const auto key = std::string(name) + ".title";
        return messages.find(key) == nullptr ? "{{heading}}" : "[[" + key + "]]";
    }

    std::string with_partials(const std::string& text, int depth) const {
        if (depth > kDepthMax) broken(name, "templates include each other");
        return replace(text, "{{> ", "}}", [&](const std::string& partial) {
            if (partial == "title") return title();
            return with_partials(file(partial == "content" ? name : partial), depth + 1);
        });
    }
};

/// Looks names up like kainjow's own context and notes those that nobody gave.
class Lookup : public mustache::context<std::string> {
public:
    explicit Lookup(const mustache::data* data) : context(data) {}

    const mustache::data* get(const std::string& name) const override {
        const auto* found = context::get(name);
        if (found == nullptr && !name.ends_with('?')) missing_.push_back(name);
        return found;
    }
    std::vector<std::string> take_missing() { return std::move(missing_); }

private:
    mutable std::vector<std::string> missing_;
};

struct Sink {
    std::string html;
    Sink& operator<<(const std::string& text) {
        html += text;
        return *this;
    }
};

/// As the library escapes, which builds every text letter by letter, also one that needs none.
std::string escape_html(const std::string& text) {
    const auto is_special = [](char c) { return c == '&' || c == '<' || c == '>' || c == '"' || c == '\''; };
    return std::ranges::any_of(text, is_special) ? mustache::html_escape(text) : text;
}

}  // namespace

std::string expand_template(const embedded::Files& web, std::string_view name, const Messages& messages) {
    const Expansion expansion{web, name, messages};
    return replace(expansion.with_partials(expansion.file("layout"), 0), "[[", "]]",
                   [&](const std::string& key) { return as_template(key, messages.at(key)); });
}

Template::Template(std::string_view name, const std::string& source)
    : compiled_(std::make_unique<mustache::mustache>(source)) {
    if (!compiled_->is_valid()) broken(name, compiled_->error_message());
    compiled_->set_custom_escape(escape_html);
}

Template::Rendered Template::render(const mustache::data& data) const {
    Lookup lookup(&data);
    Sink sink;
    sink.html.reserve(4096);
    compiled_->render(lookup, sink);
    return {std::move(sink.html), lookup.take_missing()};
}

}  // namespace portcullis::pages
