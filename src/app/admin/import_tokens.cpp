#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "app/add_totp.h"
#include "app/admin/hardware_tokens.h"
#include "app/verify_totp.h"

namespace portcullis::app {
namespace {

using credentials::LineProblem;
using credentials::TokenRow;
using identity::TokenStanding;

/// Whom tokens of the file are for, each read once.
struct Owner {
    Account account;
    int codes = 0;  // apps and tokens they have, with those of the file
};

/// What the file says, held against the inventory and the accounts.
class Check {
public:
    Check(Ports& ports, const Admin& admin) : ports_(ports), admin_(admin) {}

    /// Whose the token will be; nothing: nobody's, or something is wrong and among the problems. Errors: unavailable.
    Result<std::optional<UserId>> operator()(const TokenRow& row) {
        const auto known = TRY(ports_.directory.token(admin_.tenant, identity::serial_key(row.serial_number)));
        if (known) wrong(row, fmt::format("serial number `{}` is in the inventory already", row.serial_number));
        if (row.upn.empty()) return std::optional<UserId>{};
        auto* owner = TRY(owner_of(row));
        if (!owner) {
            wrong(row, fmt::format("there is no user `{}`", row.upn));
            return std::optional<UserId>{};
        }
        const auto user = owner->account.user.id;
        if (!require_other(admin_, user) || !require_above(admin_, owner->account)) {
            wrong(row, fmt::format("you may not give a token to `{}`", row.upn));
        }
        if (++owner->codes > kTotpMax) wrong(row, fmt::format("`{}` would have more than {} authenticator apps and tokens", row.upn, kTotpMax));
        return std::optional(user);
    }

    std::vector<LineProblem> problems;

    /// The accounts move with their tokens, so that the limit is exact.
    void add_owners(std::vector<Change>& changes) const {
        for (const auto& [id, owner] : owners_) changes.emplace_back(UserChanged{owner.account.user});
    }

private:
    void wrong(const TokenRow& row, std::string what) { problems.push_back({row.line, std::move(what)}); }

    Result<Owner*> owner_of(const TokenRow& row) {
        const auto key = ports_.text.upn_key(row.upn);
        auto account   = key ? TRY(ports_.directory.account_named(admin_.tenant, *key)) : std::nullopt;
        if (!account) return static_cast<Owner*>(nullptr);
        const auto id = account->user.id;
        if (const auto found = owners_.find(id); found != owners_.end()) return &found->second;
        const auto theirs  = TRY(ports_.directory.tokens_of(admin_.tenant, id));
        const auto waiting = std::ranges::count(theirs, TokenStanding::assigned, [](const auto& token) { return standing_of(token); });
        const auto codes   = oath_count(*account) + static_cast<int>(waiting);
        return &owners_.emplace(id, Owner{std::move(*account), codes}).first->second;
    }

    Ports& ports_;
    const Admin& admin_;
    std::map<UserId, Owner> owners_;
};

Result<identity::HardwareToken> token_of(Ports& ports, const Admin& admin, const TokenRow& row, identity::HashFunction hash) {
    identity::HardwareToken token{.id            = ports.random.new_id<HardwareTokenId>(admin.now),
                                  .serial_number = row.serial_number,
                                  .manufacturer  = row.manufacturer,
                                  .model         = row.model,
                                  .hash          = hash,
                                  .interval      = row.interval,
                                  .created_at    = admin.now};
    token.sealed_secret = TRY(ports.sealer.seal(row.seed, token_context(admin.tenant, to_string(token.id))));
    return token;
}

}  // namespace

Result<TokenImport> ImportTokens::operator()(const Admin& admin, std::string_view file, identity::HashFunction hash) {
    TRY(require(admin, Capability::resetMethods));
    const auto parsed = credentials::parse_token_file(file);
    return decide_again_on_conflict([&] { return attempt(admin, parsed, hash); });
}

Result<TokenImport> ImportTokens::attempt(const Admin& admin, const credentials::TokenFile& file, identity::HashFunction hash) {
    Check check(ports_, admin);
    check.problems = file.problems;
    TokensImported imported;
    for (const auto& row : file.rows) {
        const auto owner = TRY(check(row));
        if (!check.problems.empty()) continue;
        auto token = TRY(token_of(ports_, admin, row, hash));
        token.user = owner;
        if (owner) token.assigned_at = admin.now;
        imported.tokens.push_back(std::move(token));
    }
    if (!check.problems.empty()) {
        std::ranges::stable_sort(check.problems, {}, &LineProblem::line);
        return TokenImport{TokensRejected{std::move(check.problems)}};
    }
    std::vector<Change> changes;
    check.add_owners(changes);
    for (const auto& token : imported.tokens) changes.emplace_back(HardwareTokenAdded{token});
    TRY(commit_act(ports_, admin, "ImportTokens", std::move(changes)));
    return TokenImport{std::move(imported)};
}

}  // namespace portcullis::app
