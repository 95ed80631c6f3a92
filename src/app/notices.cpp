#include "app/notices.h"

#include <fmt/format.h>

namespace portcullis::app {
namespace {

struct Wording {
    Notice notice;
    std::string_view language;
    std::string_view subject;
    std::string_view text;  // {0}: name, {1}: organisation, {2}: time, {3}: how to reach help
};

// clang-format off
constexpr auto kWordings = std::to_array<Wording>({
    {Notice::passwordChanged, "en", "Your password was changed",
     "Hello {0},\n\nthe password of your {1} account was changed on {2}. Every other session was signed out.\n\n"
     "If this was you, there is nothing to do.\nIf it wasn't, contact {3} now. This message contains no links.\n"},
    {Notice::passwordChanged, "de", "Ihr Kennwort wurde geändert",
     "Guten Tag {0},\n\ndas Kennwort Ihres Kontos bei {1} wurde am {2} geändert. Alle anderen Sitzungen wurden beendet.\n\n"
     "Wenn Sie das waren, ist nichts zu tun.\nWenn nicht, wenden Sie sich sofort an {3}. Diese Nachricht enthält keine Links.\n"},
    {Notice::temporaryPassword, "en", "Your password was reset",
     "Hello {0},\n\nan administrator of {1} gave your account a temporary password on {2}. You will choose your own at the next sign-in.\n\n"
     "If you did not ask for this, contact {3}. This message contains no links.\n"},
    {Notice::temporaryPassword, "de", "Ihr Kennwort wurde zurückgesetzt",
     "Guten Tag {0},\n\neine Administratorin oder ein Administrator von {1} hat Ihrem Konto am {2} ein vorläufiges Kennwort gegeben. "
     "Bei der nächsten Anmeldung wählen Sie ein eigenes.\n\n"
     "Wenn Sie nicht darum gebeten haben, wenden Sie sich an {3}. Diese Nachricht enthält keine Links.\n"},
    {Notice::methodAdded, "en", "A new way to sign in was added",
     "Hello {0},\n\nan authenticator app was added to your {1} account on {2}.\n\n"
     "If this was you, there is nothing to do.\nIf it wasn't, contact {3} now. This message contains no links.\n"},
    {Notice::methodAdded, "de", "Eine neue Anmeldemöglichkeit wurde hinzugefügt",
     "Guten Tag {0},\n\nIhrem Konto bei {1} wurde am {2} eine Authenticator-App hinzugefügt.\n\n"
     "Wenn Sie das waren, ist nichts zu tun.\nWenn nicht, wenden Sie sich sofort an {3}. Diese Nachricht enthält keine Links.\n"},
});
// clang-format on

const Wording& wording_of(Notice notice, std::string_view language) {
    const Wording* english = nullptr;
    for (const auto& wording : kWordings) {
        if (wording.notice != notice) continue;
        if (wording.language == language) return wording;
        if (wording.language == "en") english = &wording;
    }
    return *english;
}

}  // namespace

void add_notice(std::vector<Change>& changes, Random& random, const TenantSnapshot& tenant, const identity::User& user, Notice notice,
                Instant now) {
    if (user.mail.empty()) return;
    const auto& settings = tenant.tenant.settings;
    const auto language  = user.preferred_language.empty() ? settings.language : user.preferred_language;
    const auto& wording  = wording_of(notice, language);
    const auto name      = user.given_name.empty() ? user.display_name : user.given_name;
    const auto help      = !settings.branding.help_desk.empty() ? settings.branding.help_desk
                           : language == "de"                   ? std::string("Ihren Helpdesk")
                                                                : std::string("your help desk");
    changes.push_back(MessageQueued{{.id      = random.new_id<MailId>(now),
                                     .channel = "email",
                                     .to      = user.mail,
                                     .subject = std::string(wording.subject),
                                     .text    = fmt::format(fmt::runtime(wording.text), name, settings.branding.display_name, to_rfc3339(now), help)}});
}

}  // namespace portcullis::app
