#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "app/registrant.h"
#include "http/browser.h"

/// What the pages of a person's own account share: who is here, and how they are asked for more.
namespace portcullis::http {

/// `below` the tenant, as a path.
std::string path_of(const Call& call, std::string_view below);

/// A place as it is shown: `Oslo, Norway`, the country alone, or nothing.
struct Place {
    std::string city, country;  // country: ISO 3166-1 alpha-2
};
std::string place_text(const Web& web, const Place& place, std::string_view language);

/// A value of the query; empty when it is absent or repeated.
std::string query_text(const Call& call, std::string_view name);

/// Whoever is here, proven as the page asks.
struct Visit {
    app::LiveSession live;
    app::Registrant who;
};

/// Whether a method is registered, or open to them elsewhere, but none can be asked for now: they prove nothing beyond their first factor.
bool is_unprovable(const Call& call, const app::LiveSession& live);

/// How a page wants its person proven.
enum class Proof {
    mfa,       // MFA in this session, for those who have a method
    freshMfa,  // and at most five minutes ago; the first factor, for those who have none
};

/// The visit, or the answer that comes instead: sign-in, MFA, or trouble. Each leads back to `page_path`, below the tenant.
using Entered = std::variant<Visit, Response>;
Entered enter(Web& web, const Call& call, Proof proof, std::string_view page_path);

/// The first half of it: whoever is here, however they are proven.
Entered arrive(Web& web, const Call& call, std::string_view page_path);
/// The second: the visit, when it is proven so, or the way there.
Entered proven(Web& web, const Call& call, Visit visit, Proof proof, std::string_view page_path);

/// Leads the person through what is missing and back to `page_path`.
Response prove(Web& web, const Call& call, const Visit& visit, Proof proof, std::string_view page_path);
/// From the first factor on, with all the person has, and back to `page_path`.
Response sign_in_again(Web& web, const Call& call, const Visit& visit, std::string_view page_path);
/// Asks who is there, and comes back to `page_path`.
Response sign_in_first(Web& web, const Call& call, std::string_view page_path);

/// The frame of a page whose forms post to `below`, in the language the person chose.
PageView view_of(const Web& web, const Call& call, const Visit& visit, std::string_view below);
/// Nothing here; its button signs out.
Response stopped(const Web& web, const Call& call, const Visit& visit, pages::Stopped::Reason because);

}  // namespace portcullis::http
