#include "app/admin/create_user.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"

namespace portcullis::app {
namespace {

using credentials::PasswordProblem;

constexpr std::size_t kUpnMax = 113, kBeforeAtMax = 64, kAfterAtMax = 48, kNameMax = 256;
constexpr std::string_view kUpnSymbols = "'.-_!#^~";

std::string_view words_for(PasswordProblem problem) {
    switch (problem) {
        case PasswordProblem::malformed:            return "it is not text";
        case PasswordProblem::tooShort:             return "it is too short";
        case PasswordProblem::tooLong:              return "it is too long";
        case PasswordProblem::charactersNotAllowed: return "it holds characters that are not allowed";
        case PasswordProblem::tooFewClasses:        return "it needs three of small letters, capitals, digits and symbols";
        case PasswordProblem::containsName:         return "it contains a name";
        case PasswordProblem::guessable:            return "it is easy to guess";
        case PasswordProblem::bannedByOrganisation: return "it contains a word the organisation has banned";
        case PasswordProblem::seenTooOften:         return "it is one that attackers try first";
        case PasswordProblem::sameAsCurrent:        return "it is the current one";
        case PasswordProblem::recentlyUsed:         return "it was used recently";
    }
    return {};
}

Error refused(const std::vector<credentials::PasswordFinding>& findings) {
    std::string reasons;
    for (const auto& finding : findings) {
        if (!reasons.empty()) reasons += ", ";
        reasons += words_for(finding.problem);
    }
    return {ErrorCode::invalidRequest, "the password is refused: " + reasons};
}

Result<void> check_names(const NewUser& wanted) {
    const std::pair<std::string_view, const std::string*> names[] = {
        {"displayName", &wanted.display_name}, {"givenName", &wanted.given_name}, {"surname", &wanted.surname}, {"mail", &wanted.mail}};
    for (const auto& [name, text] : names) {
        if (text->size() > kNameMax || !is_utf8(*text)) {
            return Error{ErrorCode::invalidRequest, fmt::format("`{}` must be text of at most {} bytes", name, kNameMax)};
        }
    }
    // A line break in an address would be a header of our own in the mail we send.
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == ' '; };
    if (std::ranges::any_of(wanted.mail, is_control)) return Error{ErrorCode::invalidRequest, "`mail` must not hold blanks or controls"};
    return {};
}

}  // namespace

std::optional<std::string> upn_problem(std::string_view upn, std::string_view domain) {
    const auto at = upn.find('@');
    if (at == std::string_view::npos || upn.find('@', at + 1) != std::string_view::npos) return "it must be NAME@DOMAIN";
    const auto name = upn.substr(0, at), after = upn.substr(at + 1);
    if (name.empty() || after.empty()) return "it must be NAME@DOMAIN";
    if (upn.size() > kUpnMax) return fmt::format("it may have at most {} characters", kUpnMax);
    if (name.size() > kBeforeAtMax) return fmt::format("at most {} characters may stand before the @", kBeforeAtMax);
    if (after.size() > kAfterAtMax) return fmt::format("at most {} characters may stand after the @", kAfterAtMax);
    if (name.front() == '.' || name.back() == '.') return "no dot may stand first or right before the @";
    const auto is_allowed_char = [](char c) { return ascii::is_letter(c) || ascii::is_digit(c) || kUpnSymbols.find(c) != std::string_view::npos; };
    if (!std::ranges::all_of(name, is_allowed_char)) return fmt::format("only letters, digits and {} may stand before the @", kUpnSymbols);
    if (!ascii::equal_ignoring_case(after, domain)) return fmt::format("it must end in @{}", domain);
    return std::nullopt;
}

Result<CreatedUser> CreateUser::operator()(const Admin& admin, const NewUser& wanted) {
    TRY(require(admin, Capability::manageUsers));
    TRY(check_names(wanted));
    return decide_again_on_conflict([&] { return attempt(admin, wanted); });
}

Result<CreatedUser> CreateUser::attempt(const Admin& admin, const NewUser& wanted) {
    const auto tenant = TRY(ports_.tenants.snapshot(admin.tenant));
    const auto& upn   = wanted.user_principal_name;
    if (const auto problem = upn_problem(upn, tenant->tenant.domain)) {
        return Error{ErrorCode::invalidRequest, fmt::format("`{}` cannot be a user principal name: {}", upn, *problem)};
    }
    const auto key = ports_.text.upn_key(upn);
    if (!key) return Error{ErrorCode::invalidRequest, fmt::format("`{}` cannot be a user principal name", upn)};
    if (TRY(ports_.directory.account_named(admin.tenant, *key))) {
        return Error{ErrorCode::conflict, fmt::format("there is a user `{}` already", upn)};
    }

    Account account;
    account.user = {.id                          = ports_.random.new_id<UserId>(admin.now),
                    .user_principal_name         = upn,
                    .display_name                = wanted.display_name.empty() ? upn.substr(0, upn.find('@')) : wanted.display_name,
                    .given_name                  = wanted.given_name,
                    .surname                     = wanted.surname,
                    .mail                        = wanted.mail.empty() ? upn : wanted.mail,
                    .phone_number                = wanted.phone_number,
                    .preferred_language          = wanted.preferred_language,
                    .type                        = wanted.type,
                    .created_at                  = admin.now,
                    .deleted_at                  = {},
                    .sign_in_sessions_valid_from = admin.now,
                    .mfa_registration_deadline   = {},
                    .version                     = 1};
    CreatedUser created{.user = account.user, .temporary_password = {}};
    std::vector<std::string> would_be_refused;
    if (wanted.password) {
        auto verdict = TRY(passwords_.judge(*tenant, account, *wanted.password));
        if (!verdict.objections.empty()) return refused(verdict.objections);
        would_be_refused = std::move(verdict.would_be_refused);
    } else {
        created.temporary_password = passwords_.temporary();
    }
    const auto& chosen = wanted.password ? *wanted.password : *created.temporary_password;
    const auto kind    = wanted.password ? PasswordSetter::Kind::permanent : PasswordSetter::Kind::temporary;
    auto record        = TRY(passwords_.record(*tenant, account, chosen, kind, admin.now));
    TRY(commit_act(ports_, admin, "CreateUser", {UserCreated{account.user, *key}, PasswordSet{std::move(record), std::move(would_be_refused)}}));
    return created;
}

}  // namespace portcullis::app
