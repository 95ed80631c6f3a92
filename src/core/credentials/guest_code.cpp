#include "core/credentials/guest_code.h"

namespace portcullis::credentials {

bool signs_in_by_mail(const GuestFacts& facts) {
    const auto& user = facts.user;
    if (user.type != identity::UserType::guest || user.deleted_at || facts.has_password) return false;
    return facts.policy.allows_guest_code({user.id, facts.groups});
}

}  // namespace portcullis::credentials
