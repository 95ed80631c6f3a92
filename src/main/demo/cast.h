#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/identity/application.h"
#include "core/identity/directory_role.h"

/// Who and what the demo begins with. Tables only; `seed.h` brings them about.
namespace portcullis::demo {

inline constexpr std::string_view kDomain = "contoso.example";

/// What may be said against a person from the start.
enum class Trouble { none, leakedCredentials };
/// Where a person stands with the registration of a second method.
enum class Registration { notAsked, over };
/// What is known of a person's earlier sign-ins.
enum class History { none, profile, profileAndLog };
enum class Presence { present, deleted };

struct Person {
    std::string_view key;
    std::string_view name;
    std::optional<identity::DirectoryRole> role = std::nullopt;
    bool has_totp             = false;
    bool has_recovery_mail    = false;
    Trouble trouble           = Trouble::none;
    Registration registration = Registration::notAsked;
    History history           = History::profile;
    Presence presence         = Presence::present;
    bool is_emergency         = false;  // excluded from every policy
};
std::span<const Person> people();
const Person* person(std::string_view key);
/// `alice@contoso.example`
std::string upn_of(const Person& person);
/// `alice@home.example`: where a code for a forgotten password goes.
std::string recovery_mail_of(const Person& person);

struct Place {
    std::string_view key;
    std::string_view address;
};
/// Home comes first: where a request comes from when nothing else is said.
std::span<const Place> places();
const Place* place(std::string_view key);

/// A client of the ready file, and the small application of the demo page, which is not in it.
struct Client {
    std::string_view key;
    std::string_view name;
    identity::ApplicationKind kind    = identity::ApplicationKind::web;
    identity::ClientAuthMethod method = identity::ClientAuthMethod::any_registered;
    std::string_view redirect_uri     = "";   // its own; empty: none
    bool takes_redirect_options       = false;  // `--redirect-uri` is for it
    bool may_use_device_code          = false;
    [[nodiscard]] bool has_secret() const { return method != identity::ClientAuthMethod::none; }
};
std::span<const Client> clients();
inline constexpr std::string_view kSmallApp = "demo";

/// The resources the clients `service` and `graph` are allowed to ask for.
inline constexpr std::string_view kDemoApi = "api://demo";

}  // namespace portcullis::demo
