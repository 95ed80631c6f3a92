// portcullis-login: a person signs in to this machine with their account, in a browser of any device (RFC 8628). For a first
// sign-in on a workstation, by hand or through pam_exec. See docs/workstations.md.
#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "adapters/openssl/jwt_verifier.h"
#include "login/device_key.h"
#include "login/provider.h"
#include "login/web.h"

namespace {

using namespace portcullis;
using namespace portcullis::login;

using Form = std::vector<std::pair<std::string, std::string>>;

enum Exit : int { signedIn = 0, refused = 1, usage = 2, unavailable = 3 };

struct Options {
    std::string issuer, client, user, domain, ca_file, device_file, device_name;
    std::vector<std::string> then;
};

/// What others wrote, for a terminal: nothing but printable ASCII.
std::string plain(std::string text) {
    for (auto& c : text) {
        if (c < ' ' || c > '~') c = '?';
    }
    return text.substr(0, 300);
}

void tell(const DeviceGrant& grant) {
    std::cout << fmt::format("To sign in on this computer, open\n\n    {}\n\nin a browser on any device, and enter the code\n\n    {}\n\n", grant.verification_uri,
                             grant.user_code)
              << std::flush;
}

/// Asks at the provider's pace until the person has answered there. Errors: forbidden, unavailable, invalidRequest.
Result<std::string> wait_for_person(const Web& web, const Provider& provider, const DeviceGrant& grant, const std::string& client) {
    using enum Polled::State;
    const auto end = std::chrono::steady_clock::now() + grant.lives;
    auto interval  = grant.interval;
    while (std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(interval);
        const auto reply = TRY(web.post(provider.token, {{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"},
                                                         {"client_id", client},
                                                         {"device_code", grant.device_code}}));
        auto polled      = TRY(polled_from(reply.status, reply.body));
        if (polled.state == granted) return std::move(polled.id_token);
        if (polled.state == denied) return Error{ErrorCode::forbidden, "the sign-in was refused in the browser"};
        if (polled.state == expired) break;
        if (polled.state == slowDown) interval += std::chrono::seconds{5};
    }
    return Error{ErrorCode::forbidden, "nobody signed in in time"};
}

/// The claims of a token that one of the provider's own keys has signed. Errors: forbidden, unavailable.
Result<json::object> claims_of(const Web& web, const Provider& provider, const std::string& id_token) {
    const auto jwks  = TRY(web.get(provider.jwks));
    const auto* keys = json::array_at(jwks.body, "keys");
    openssl::JwtVerifier verifier;
    std::vector<app::PublicKey> trusted;
    if (keys) {
        for (const auto& key : *keys) {
            auto parsed = key.is_object() ? verifier.parse_jwk(key.as_object()) : Error{ErrorCode::invalidRequest, ""};
            if (parsed) trusted.push_back(std::move(*parsed));
        }
    }
    auto verified = verifier.verify(id_token, {.typ = {"JWT", ""}}, trusted);
    if (!verified) return Error{ErrorCode::forbidden, "the ID token is not signed by the identity provider"};
    return std::move(verified).value().claims;
}

/// What is asked with: who asks, what for, and which machine it is, where that can be told.
Form request_of(const Options& options) {
    Form form{{"client_id", options.client}, {"scope", "openid profile"}};
    const auto key = device_key(options.device_file);
    if (!key) {
        std::cerr << "portcullis-login: " << key.error().message << ", so sign-ins on this machine are not told from others'\n";
        return form;
    }
    form.emplace_back("device_key", std::string(key->reveal()));
    form.emplace_back("device_name", options.device_name.empty() ? host_name() : options.device_name);
    return form;
}

Result<Person> sign_in(const Options& options) {
    const Web web(options.ca_file);
    const auto metadata = TRY(web.get(options.issuer + "/.well-known/openid-configuration"));
    if (metadata.status != 200) return Error{ErrorCode::unavailable, "there is no identity provider at that issuer"};
    const auto provider = TRY(provider_from(metadata.body, options.issuer));
    const auto asked    = TRY(web.post(provider.device_authorization, request_of(options)));
    if (asked.status != 200) {
        return Error{ErrorCode::invalidRequest, plain(json::string_at(asked.body, "error_description").value_or("the provider refuses this client"))};
    }
    const auto grant = TRY(grant_from(asked.body));
    tell(grant);
    const auto token  = TRY(wait_for_person(web, provider, grant, options.client));
    const auto claims = TRY(claims_of(web, provider, token));
    const auto now    = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    return person_from(claims, options.issuer, options.client, now);
}

int exit_of(ErrorCode code) {
    if (code == ErrorCode::unavailable) return Exit::unavailable;
    return code == ErrorCode::forbidden ? Exit::refused : Exit::usage;
}

int run(const Options& options) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): the program has one thread
    if (std::getenv("PAM_TYPE") && options.user.empty()) {
        std::cerr << "portcullis-login: PAM does not say who signs in\n";
        return Exit::refused;
    }
    // NOLINTNEXTLINE(concurrency-mt-unsafe): the program has one thread
    const auto* local = options.user.empty() ? nullptr : getpwnam(options.user.c_str());
    if (options.user == "root" || (local && local->pw_uid == 0)) {
        std::cerr << "portcullis-login: root signs in with its own password, not with somebody's account\n";
        return Exit::refused;
    }
    const auto person = sign_in(options);
    if (!person) {
        std::cerr << "portcullis-login: " << plain(person.error().message) << "\n";
        return exit_of(person.error().code);
    }
    if (!options.user.empty() && !is_called(*person, options.user, options.domain)) {
        std::cerr << fmt::format("portcullis-login: {} signed in, not {}\n", person->user_name, plain(options.user));
        return Exit::refused;
    }
    std::cout << fmt::format("Signed in as {}.\n", person->user_name) << std::flush;
    if (options.then.empty()) return Exit::signedIn;
    std::vector<char*> words;
    for (const auto& word : options.then) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    setenv("PORTCULLIS_USER", person->user_name.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): the program has one thread
    execvp(words.front(), words.data());
    std::cerr << fmt::format("portcullis-login: `{}` does not start\n", options.then.front());
    return Exit::unavailable;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Signs a person in to this machine with their account, through a browser on any device", "portcullis-login");
    app.add_option("--issuer", options.issuer, "The issuer, as in its metadata")->required()->envname("PORTCULLIS_ISSUER");
    app.add_option("--client-id", options.client, "The application that stands for this machine: a native one with the device grant")
        ->required()
        ->envname("PORTCULLIS_CLIENT_ID");
    app.add_option("--user", options.user, "Who must have signed in; under pam_exec the one it names")->envname("PAM_USER");
    app.add_option("--domain", options.domain, "Whose people have short names on this machine: `alice` is then `alice@DOMAIN`")->envname("PORTCULLIS_DOMAIN");
    app.add_option("--ca-file", options.ca_file, "PEM file of the authorities to trust")->envname("PORTCULLIS_CA_FILE");
    app.add_option("--device-file", options.device_file, "Where this machine keeps the key that it is recognised by")->envname("PORTCULLIS_DEVICE_FILE");
    app.add_option("--device-name", options.device_name, "What this machine is called there; its host name when left out")->envname("PORTCULLIS_DEVICE_NAME");
    app.add_option("command", options.then, "What to run then, in place of this program");
    app.positionals_at_end();
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& success) {
        return app.exit(success);
    } catch (const CLI::Error& error) {
        app.exit(error);
        return Exit::usage;
    }
    return run(options);
}
