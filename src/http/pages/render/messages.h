#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/embedded.h"

/// The texts shown to people: web/messages/LANGUAGE.json, `{"key": "text in ICU MessageFormat"}`. A sibling "@key" in
/// en.json is the comment for translators. A key that a language lacks is taken from English.
namespace portcullis::pages {

/// Values for the arguments of a message, by name.
using MessageArguments = std::vector<std::pair<std::string_view, std::variant<std::string, std::int64_t>>>;

/// One message, compiled. Text with plain arguments (`{app}`) is put together by hand; only what needs a language's
/// grammar (plural, select, numbers) goes to ICU.
class Message {
public:
    /// Stops the process when `pattern` is not ICU MessageFormat: catalogues are part of the program.
    Message(std::string_view key, std::string_view pattern, const std::string& icu_locale);
    ~Message();
    Message(Message&&) noexcept;

    /// Safe from several threads. An argument that is not given is left blank.
    std::string format(const MessageArguments& arguments) const;

    /// Text without a language's grammar: literal pieces and argument names, in turn.
    struct Piece {
        std::string literal, argument;
    };
    [[nodiscard]] bool is_plain() const;
    [[nodiscard]] const std::vector<Piece>& pieces() const { return pieces_; }
    /// Names of all arguments, sorted.
    [[nodiscard]] const std::vector<std::string>& arguments() const { return arguments_; }

private:
    struct Grammar;
    std::vector<Piece> pieces_;
    std::vector<std::string> arguments_;
    std::unique_ptr<Grammar> grammar_;
};

/// All messages of one language.
class Messages {
public:
    /// `own` without the "@" keys; `fallback` (English) may be null and outlives this.
    Messages(std::string language, const std::map<std::string, std::string>& own, const Messages* fallback);

    /// The message of `key`, in this language or English; null when neither has it.
    [[nodiscard]] const Message* find(std::string_view key) const;
    /// The message of `key`; stops the process when there is none.
    [[nodiscard]] const Message& at(std::string_view key) const;
    /// The text of `key` with `arguments`.
    [[nodiscard]] std::string text(std::string_view key, const MessageArguments& arguments = {}) const;

    [[nodiscard]] const std::string& language() const { return language_; }
    /// Locale of dates and numbers: `en_GB`, `de_DE`.
    [[nodiscard]] const std::string& icu_locale() const { return icu_locale_; }
    /// Keys this language has itself.
    [[nodiscard]] std::vector<std::string> own_keys() const;

private:
    std::string language_, icu_locale_;
    std::map<std::string, Message, std::less<>> messages_;
    const Messages* fallback_;
};

/// Key -> text (or "@key" -> comment) of one catalogue file. Stops the process when it is not an object of strings.
std::map<std::string, std::string> read_catalogue(std::string_view path, std::string_view bytes);

/// Every language under web/messages, English among them.
std::map<std::string, std::unique_ptr<const Messages>> load_messages(const embedded::Files& web);

}  // namespace portcullis::pages
