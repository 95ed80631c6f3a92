#include "app/change_language.h"

#include <algorithm>

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
    return ports_.journal.commit({.tenant      = tenant.tenant.id,
                                  .id          = ports_.random.new_id<ActId>(facts.now),
                                  .name        = "ChangeLanguage",
                                  .by          = {risk::ActorKind::user, user.id, ""},
                                  .at          = facts.now,
                                  .correlation = facts.correlation,
                                  .changes     = {UserChanged{user}}});
}

}  // namespace portcullis::app
