#pragma once

#include <map>
#include <string>
#include <utility>

#include "http.h"
#include "passkey.h"

namespace load {

struct Target {
    int port = 0;
    std::string host;           ///< authority, as in the Host field
    std::string path;           ///< of the token endpoint
    std::string headers;        ///< sent with every request, each line ended
    std::string authorize;      ///< path and query of the authorization request
    std::string redirect_uri;
    std::string verifier;
    std::string user_pattern;   ///< `bench{}@contoso.example`
    std::string password;
    int users = 1;
};

enum class Outcome { done, busy, failed };

/// One person signs in: authorization request, user name, password, a skipped registration, code, tokens.
/// A page that answers 503 is tried again until the person is in; `busy` counts how often that was.
class Person {
public:
    Person(const Target& target, Connection& connection, int number);

    Outcome sign_in();
    /// Likewise with a passkey, which needs no name: authorization request, challenge, assertion, code, tokens. Nobody is signed in
    /// at first; from the second time on the browser is known.
    Outcome sign_in_with(const Passkey& passkey);
    /// How often since it was last asked.
    int take_turned_away() { return std::exchange(turned_away_, 0); }
    [[nodiscard]] const std::string& last() const { return last_; }

private:
    Answer send(std::string_view method, const std::string& where, const std::string& form);
    Answer follow(Answer answer);
    std::string answer_page(const std::string& page, std::string& action) const;
    Outcome redeem(const std::string& location);

    const Target& target_;
    Connection& connection_;
    std::string upn_;
    std::string at_;
    std::map<std::string, std::string> cookies_;
    std::string last_;
    int turned_away_ = 0;
};

}  // namespace load
