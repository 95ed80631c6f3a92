#include "app/change_language.h"

#include <algorithm>

#include "app/commit_own.h"
#include "app/notice_texts.h"

namespace portcullis::app {

Result<void> ChangeLanguage::operator()(const TenantSnapshot& tenant, const LiveSession& live, std::string_view language, const RequestFacts& facts) {
    const auto known = mail_languages();
    if (!language.empty() && std::ranges::find(known, language) == known.end()) {
        return Error{ErrorCode::invalidRequest, "there are no texts in this language"};
    }
    auto user = live.account.user;
    if (user.preferred_language == language) return {};
    user.preferred_language = language;
    return commit_own(ports_, tenant.tenant.id, user.id, "ChangeLanguage", {UserChanged{user}}, facts);
}

}  // namespace portcullis::app
