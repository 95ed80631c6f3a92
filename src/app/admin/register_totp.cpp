#include "app/admin/register_totp.h"

#include "app/notices.h"
#include "app/verify_totp.h"

namespace portcullis::app {
namespace {

constexpr std::size_t kSeedBytesMin = 16;  // RFC 4226 §4, R6
constexpr std::size_t kSeedBytesMax = 64;

}  // namespace

Result<MethodId> RegisterTotp::operator()(const Admin& admin, UserId user, const TotpSeed& seed) {
    TRY(require(admin, Capability::resetMethods));
    TRY(require_other(admin, user));
    if (seed.bytes.size() < kSeedBytesMin || seed.bytes.size() > kSeedBytesMax) {
        return Error{ErrorCode::invalidRequest, "a TOTP seed has 16 to 64 bytes"};
    }
    return decide_again_on_conflict([&]() -> Result<MethodId> {
        const auto account = TRY(present_account(ports_, admin, user));
        TRY(require_above(admin, account));
        const auto id = ports_.random.new_id<MethodId>(admin.now);
        auto sealed   = TRY(ports_.sealer.seal(seed.bytes, seed_context(admin.tenant, to_string(id))));
        identity::AuthenticationMethod method{.id            = id,
                                              .user          = user,
                                              .kind          = AuthMethod::softwareOath,
                                              .display_name  = seed.display_name,
                                              .sealed_secret = std::move(sealed),
                                              .created_at    = admin.now};
        std::vector<Change> changes{MethodRegistered{std::move(method)}};
        const auto tenant = TRY(ports_.tenants.snapshot(admin.tenant));
        const Words words{{"method", std::string(to_string(AuthMethod::softwareOath))}};
        const Told told{.notice = Notice::methodAdded, .at = admin.now, .from = nullptr, .words = words, .other_addresses = {}};
        TRY(add_notice(changes, ports_, *tenant, account.user, told));
        TRY(commit_act(ports_, admin, "RegisterTotp", std::move(changes)));
        return id;
    });
}

}  // namespace portcullis::app
