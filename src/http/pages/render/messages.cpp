#include "http/pages/render/messages.h"

#include <algorithm>
#include <mutex>

#include <unicode/messagepattern.h>
#include <unicode/msgfmt.h>

#include "base/json.h"
#include "base/overloaded.h"
#include "http/pages/render/broken.h"

namespace portcullis::pages {

/// ICU builds parts of a MessageFormat on first use, so one is used by one thread at a time.
struct Message::Grammar {
    explicit Grammar(const icu::MessageFormat& made) : format(made) {}

    std::mutex mutex;
    icu::MessageFormat format;
};

namespace {

std::string utf8(const icu::UnicodeString& text) {
    std::string out;
    text.toUTF8String(out);
    return out;
}

icu::MessagePattern parse(std::string_view key, const icu::UnicodeString& text) {
    UErrorCode status = U_ZERO_ERROR;
    UParseError where{};
    icu::MessagePattern pattern(UMSGPAT_APOS_DOUBLE_OPTIONAL, status);
    pattern.parse(text, &where, status);
    if (U_FAILURE(status)) broken(key, u_errorName(status));
    return pattern;
}

bool needs_grammar(const icu::MessagePattern& pattern) {
    for (int i = 0; i < pattern.countParts(); ++i) {
        const auto& part = pattern.getPart(i);
        if (part.getType() == UMSGPAT_PART_TYPE_ARG_START && part.getArgType() != UMSGPAT_ARG_TYPE_NONE) return true;
    }
    return false;
}

std::vector<std::string> names_of(const icu::MessagePattern& pattern) {
    std::vector<std::string> names;
    for (int i = 0; i < pattern.countParts(); ++i) {
        const auto& part = pattern.getPart(i);
        if (part.getType() == UMSGPAT_PART_TYPE_ARG_NAME) names.push_back(utf8(pattern.getSubstring(part)));
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

std::vector<Message::Piece> pieces_of(const icu::MessagePattern& pattern) {
    const auto& whole = pattern.getPatternString();
    std::vector<Message::Piece> pieces;
    Message::Piece piece;
    int from = 0;
    for (int i = 0; i < pattern.countParts(); ++i) {
        const auto& part = pattern.getPart(i);
        if (part.getType() == UMSGPAT_PART_TYPE_INSERT_CHAR) continue;  // a hint for re-quoting, not a part of the text
        if (part.getType() == UMSGPAT_PART_TYPE_ARG_NAME) piece.argument = utf8(pattern.getSubstring(part));
        if (part.getType() == UMSGPAT_PART_TYPE_ARG_LIMIT) pieces.push_back(std::exchange(piece, {}));
        // Text lies between parts; a skipped apostrophe and a message limit end it as an argument does.
        const bool ends_text = part.getType() == UMSGPAT_PART_TYPE_ARG_START ||
                               part.getType() == UMSGPAT_PART_TYPE_SKIP_SYNTAX ||
                               part.getType() == UMSGPAT_PART_TYPE_MSG_LIMIT;
        if (ends_text) piece.literal += utf8(whole.tempSubStringBetween(from, part.getIndex()));
        from = part.getLimit();
    }
    if (!piece.literal.empty()) pieces.push_back(piece);
    return pieces;
}

const std::variant<std::string, std::int64_t>* value_of(const MessageArguments& arguments, std::string_view name) {
    const auto it = std::find_if(arguments.begin(), arguments.end(), [&](const auto& a) { return a.first == name; });
    return it == arguments.end() ? nullptr : &it->second;
}

std::string icu_locale_of(const std::string& language) {
    if (language == "en") return "en_GB";  // the day before the month: "4 December"
    if (language == "de") return "de_DE";
    return language;
}

}  // namespace

Message::Message(std::string_view key, std::string_view pattern, const std::string& icu_locale) {
    const auto text   = icu::UnicodeString::fromUTF8({pattern.data(), static_cast<std::int32_t>(pattern.size())});
    const auto parsed = parse(key, text);

    arguments_ = names_of(parsed);
    if (!needs_grammar(parsed)) {
        pieces_ = pieces_of(parsed);
        return;
    }
    UErrorCode status = U_ZERO_ERROR;
    icu::MessageFormat format(text, icu::Locale(icu_locale.c_str()), status);
    if (U_FAILURE(status)) broken(key, u_errorName(status));
    grammar_ = std::make_unique<Grammar>(format);
}

Message::~Message()                  = default;
Message::Message(Message&&) noexcept = default;

bool Message::is_plain() const { return grammar_ == nullptr; }

std::string Message::format(const MessageArguments& arguments) const {
    if (grammar_ != nullptr) {
        std::vector<icu::UnicodeString> names;
        std::vector<icu::Formattable> values;
        for (const auto& [name, value] : arguments) {
            names.push_back(icu::UnicodeString::fromUTF8({name.data(), static_cast<std::int32_t>(name.size())}));
            values.push_back(std::visit(
                overloaded{[](const std::string& s) { return icu::Formattable(icu::UnicodeString::fromUTF8(s)); },
                           [](std::int64_t n) { return icu::Formattable(n); }},
                value));
        }
        icu::UnicodeString out;
        UErrorCode status = U_ZERO_ERROR;
        const std::lock_guard lock(grammar_->mutex);
        grammar_->format.format(names.data(), values.data(), static_cast<std::int32_t>(names.size()), out, status);
        return U_FAILURE(status) ? std::string{} : utf8(out);
    }
    std::string out;
    for (const auto& piece : pieces_) {
        out += piece.literal;
        const auto* value = value_of(arguments, piece.argument);
        if (value == nullptr) continue;
        out += std::visit(overloaded{[](const std::string& s) { return s; },
                                     [](std::int64_t n) { return std::to_string(n); }},
                          *value);
    }
    return out;
}

Messages::Messages(std::string language, const std::map<std::string, std::string>& own, const Messages* fallback)
    : language_(std::move(language)), icu_locale_(icu_locale_of(language_)), fallback_(fallback) {
    for (const auto& [key, text] : own)
        if (!key.starts_with('@')) messages_.emplace(key, Message(key, text, icu_locale_));
}

const Message* Messages::find(std::string_view key) const {
    if (const auto it = messages_.find(key); it != messages_.end()) return &it->second;
    return fallback_ == nullptr ? nullptr : fallback_->find(key);
}

const Message& Messages::at(std::string_view key) const {
    if (const auto* message = find(key)) return *message;
    broken("messages/en.json", std::string("no message `") + std::string(key) + "`");
}

std::string Messages::text(std::string_view key, const MessageArguments& arguments) const {
    return at(key).format(arguments);
}

std::vector<std::string> Messages::own_keys() const {
    std::vector<std::string> keys;
    for (const auto& [key, message] : messages_) keys.push_back(key);
    return keys;
}

std::map<std::string, std::string> read_catalogue(std::string_view path, std::string_view bytes) {
    const auto parsed = json::parse_object(bytes, {.bytes_max = 1024 * 1024, .depth_max = 2});
    if (!parsed) broken(path, parsed.error().message);

    std::map<std::string, std::string> out;
    for (const auto& member : parsed.value()) {
        if (!member.value().is_string()) broken(path, "a text is not a string");
        out.emplace(member.key(), member.value().as_string());
    }
    return out;
}

std::map<std::string, std::unique_ptr<const Messages>> load_messages(const embedded::Files& web) {
    constexpr std::string_view kFolder = "messages/", kSuffix = ".json";
    const auto english = web.find("messages/en.json");
    if (english == web.end()) broken("messages/en.json", "is missing");

    std::map<std::string, std::unique_ptr<const Messages>> out;
    out["en"] = std::make_unique<const Messages>("en", read_catalogue(english->first, english->second), nullptr);
    for (const auto& [path, bytes] : web) {
        if (path == english->first || !path.starts_with(kFolder) || !path.ends_with(kSuffix)) continue;
        const auto language = path.substr(kFolder.size(), path.size() - kFolder.size() - kSuffix.size());
        out[language] = std::make_unique<const Messages>(language, read_catalogue(path, bytes), out["en"].get());
    }
    return out;
}

}  // namespace portcullis::pages
