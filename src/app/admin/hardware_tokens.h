#pragma once

#include <string_view>
#include <variant>
#include <vector>

#include "app/admin/admin.h"
#include "core/credentials/token_file.h"

/// The inventory of hardware OATH tokens (credentials.md §6.2, CRED-020): a token is in the drawer, then somebody's, then proven by them.
/// All of it is an Authentication Administrator's; tokens of somebody with a directory role are a Global Administrator's.
namespace portcullis::app {

/// What came into the inventory, in the order of the file.
struct TokensImported {
    std::vector<identity::HardwareToken> tokens;
};
/// Everything that is wrong with the file, by line; nothing of it was imported.
struct TokensRejected {
    std::vector<credentials::LineProblem> problems;
};
using TokenImport = std::variant<TokensImported, TokensRejected>;

/// Brings a file of tokens into the inventory, all of it or nothing (`credentials/token_file.h`). One with a user principal name is
/// that person's at once.
class ImportTokens {
public:
    explicit ImportTokens(Ports& ports) : ports_(ports) {}

    /// `hash`: how all tokens of the file make their codes; the file does not say it. Errors: forbidden, unavailable; conflict when
    /// the inventory or an account moves again and again.
    Result<TokenImport> operator()(const Admin& admin, std::string_view file, identity::HashFunction hash);

private:
    Result<TokenImport> attempt(const Admin& admin, const credentials::TokenFile& file, identity::HashFunction hash);
    Ports& ports_;
};

/// A part of the inventory. Errors: forbidden, unavailable.
Result<std::vector<ListedToken>> list_tokens(const Ports& ports, const Admin& admin, const TokenPage& page);

/// What is done with one token, named by its serial number. Errors of all: forbidden, also for oneself (but to take one back) and for
/// somebody above; notFound; conflict when the token does not stand as it must, or the account is deleted; unavailable.
class AssignToken {
public:
    explicit AssignToken(Ports& ports) : ports_(ports) {}
    /// An available token becomes the user's, who has five OATH methods and tokens at most (conflict).
    Result<void> operator()(const Admin& admin, std::string_view serial_number, UserId user);

private:
    Ports& ports_;
};

/// In its owner's place, who told the code: somebody without another way in, at the help desk. The owner is told.
class ActivateTokenFor {
public:
    explicit ActivateTokenFor(Ports& ports) : ports_(ports) {}
    /// Errors besides: invalidRequest when the token does not show this code now, or too many were wrong.
    Result<void> operator()(const Admin& admin, std::string_view serial_number, std::string_view code);

private:
    Ports& ports_;
};

/// Back to the inventory; an activated one proves nothing any more, and its owner is told.
class UnassignToken {
public:
    explicit UnassignToken(Ports& ports) : ports_(ports) {}
    Result<void> operator()(const Admin& admin, std::string_view serial_number);

private:
    Ports& ports_;
};

/// Out of the inventory, with its seed. Only one that is nobody's.
class DeleteToken {
public:
    explicit DeleteToken(Ports& ports) : ports_(ports) {}
    Result<void> operator()(const Admin& admin, std::string_view serial_number);

private:
    Ports& ports_;
};

}  // namespace portcullis::app
