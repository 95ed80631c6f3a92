#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "app/admin/admin.h"
#include "app/admin/reports.h"
#include "main/commands.h"

/// What the administrators' commands share.
namespace portcullis::program {

/// Everything one administrator's command works with.
struct Desk {
    Installation& installation;
    app::Ports& ports;
    std::shared_ptr<const app::TenantSnapshot> tenant;
    app::Admin admin;

    [[nodiscard]] TenantId tenant_id() const { return tenant->tenant.id; }
};
/// Errors: as CommandContext::installation and tenant.
Result<Desk> open_desk(CommandContext& context);

/// What a command answers: to programs, and to people.
struct Answer {
    json::object report;
    std::string text;
};
/// What is done with one account. Errors: those of the use case.
using AccountAct = std::function<Result<Answer>(Desk&, const app::Account&)>;
/// Adds the command `NAME UPN` on one account, named by user principal name or object id; the caller may add options of its own.
CLI::App* add_account_command(CLI::App& group, CommandContext& context, const char* name, const char* help, AccountAct act);

/// The identifier that `text` spells. Errors: invalidRequest, naming what it should be the id of.
template <class IdType>
Result<IdType> id_from(std::string_view text, std::string_view what) {
    const auto id = parse_id<IdType>(text);
    if (!id) return Error{ErrorCode::invalidRequest, "`" + std::string(text) + "` is not the id of a " + std::string(what)};
    return *id;
}

/// The text of a member, or nothing when it is absent or null; numbers and booleans in words.
std::string text_of(const json::object& row, std::string_view member);

/// Lines of `name  value`, the values under one another. Empty values are left out.
std::string render_fields(const std::vector<std::pair<std::string, std::string>>& fields);
/// A table with headings, columns aligned.
using TextRow = std::vector<std::string>;
std::string render_table(const TextRow& headings, const std::vector<TextRow>& rows);

/// What was detected, in one sentence: kind, level and state, when and from where, then each fact with the limit it broke.
std::string sentence_of(const json::object& detection);

/// A whole file, or standard input for `-`. Errors: notFound, invalidRequest when it is longer than `bytes_max`.
Result<std::string> read_document(CommandContext& context, const std::string& file, std::size_t bytes_max);

}  // namespace portcullis::program
