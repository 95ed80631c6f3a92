#include "main/demo/cast.h"

#include <algorithm>
#include <array>

namespace portcullis::demo {
namespace {

using identity::ApplicationKind;
using identity::ClientAuthMethod;
using enum identity::DirectoryRole;

// clang-format off
constexpr auto kPeople = std::to_array<Person>({
    {.key = "alice",       .name = "Alice",    .has_totp = true, .history = History::profileAndLog},
    {.key = "bob",         .name = "Bob"},
    {.key = "carol",       .name = "Carol",    .has_totp = true, .has_recovery_mail = true, .trouble = Trouble::leakedCredentials},
    {.key = "dave",        .name = "Dave",     .trouble = Trouble::leakedCredentials},
    {.key = "erin",        .name = "Erin",     .has_totp = true, .has_recovery_mail = true},
    {.key = "frank",       .name = "Frank",    .registration = Registration::over},
    {.key = "gina",        .name = "Gina",     .trouble = Trouble::leakedCredentials, .history = History::none, .presence = Presence::deleted},
    {.key = "henry",       .name = "Henry",    .has_totp = true},
    {.key = "admin",       .name = "Administrator",          .role = globalAdministrator,   .has_totp = true, .has_recovery_mail = true},
    {.key = "secadmin",    .name = "Security administrator", .role = securityAdministrator, .has_totp = true},
    {.key = "secop",       .name = "Security operator",      .role = securityOperator,      .has_totp = true},
    {.key = "reader",      .name = "Security reader",        .role = securityReader,        .has_totp = true},
    {.key = "helpdesk",    .name = "Help desk",              .role = helpdeskAdministrator, .has_totp = true},
    {.key = "breakglass1", .name = "Break glass 1", .role = globalAdministrator, .history = History::none, .is_emergency = true},
    {.key = "breakglass2", .name = "Break glass 2", .role = globalAdministrator, .history = History::none, .is_emergency = true},
});

constexpr auto kPlaces = std::to_array<Place>({
    {"home",        "192.0.2.10"},
    {"abroad",      "198.51.100.20"},
    {"tor",         "203.0.113.9"},
    {"threatActor", "203.0.113.166"},
});

// Nobody listens on port 9 (discard): these applications are test suites and other programs, which bring their own.
constexpr auto kClients = std::to_array<Client>({
    {.key = "web",     .name = "Contoso Portal",  .redirect_uri = "http://localhost:9/web/callback", .takes_redirect_options = true},
    {.key = "web2",    .name = "Contoso Reports", .redirect_uri = "http://localhost:9/web2/callback", .takes_redirect_options = true},
    {.key = "webPost", .name = "Contoso Intranet", .method = ClientAuthMethod::client_secret_post,
     .redirect_uri = "http://localhost:9/webpost/callback", .takes_redirect_options = true},
    {.key = "spa",     .name = "Contoso Notes",   .kind = ApplicationKind::spa, .method = ClientAuthMethod::none,
     .redirect_uri = "http://localhost:9/spa/callback", .takes_redirect_options = true},
    {.key = "native",  .name = "Contoso Desktop", .kind = ApplicationKind::native, .method = ClientAuthMethod::none,
     .redirect_uri = "http://localhost", .may_use_device_code = true},
    {.key = "service", .name = "Contoso Nightly Import", .kind = ApplicationKind::service},
    {.key = "graph",   .name = "Contoso Administration", .kind = ApplicationKind::service},
    {.key = kSmallApp, .name = "Small Application"},
});
// clang-format on

template <class Rows>
auto found(const Rows& rows, std::string_view key) -> decltype(rows.data()) {
    const auto row = std::ranges::find_if(rows, [&](const auto& r) { return r.key == key; });
    return row == rows.end() ? nullptr : &*row;
}

}  // namespace

std::span<const Person> people() { return kPeople; }
const Person* person(std::string_view key) { return found(kPeople, key); }
std::string recovery_mail_of(const Person& person) { return std::string(person.key) + "@home.example"; }
std::string upn_of(const Person& person) { return std::string(person.key) + "@" + std::string(kDomain); }

std::span<const Place> places() { return kPlaces; }
const Place* place(std::string_view key) { return found(kPlaces, key); }

std::span<const Client> clients() { return kClients; }

}  // namespace portcullis::demo
