#include "adapters/sql/errors.h"

#include "base/encoding.h"

namespace portcullis::sql {
namespace {

bool is_text(const std::string& text) { return text.find('\0') == std::string::npos && is_utf8(text); }

}  // namespace

Result<void> check_values(std::span<const Value> values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto* text = std::get_if<std::string>(&values[i].variant());
        if (text != nullptr && !is_text(*text)) {
            return Error{ErrorCode::invalidRequest,
                         "parameter $" + std::to_string(i + 1) + " is not UTF-8 text without NUL"};
        }
    }
    return {};
}

Result<void> check_batch(std::span<const Statement> statements) {
    if (statements.size() > kStatementsMax) {
        return Error{ErrorCode::invalidRequest,
                     "more than " + std::to_string(kStatementsMax) + " statements in a batch"};
    }
    for (const auto& statement : statements) TRY(check_values(statement.params));
    return {};
}

}  // namespace portcullis::sql
