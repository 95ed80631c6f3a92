#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/embedded.h"
#include "base/id.h"
#include "base/time.h"
#include "http/pages/render/brand.h"
#include "http/pages/render/screens.h"

namespace portcullis::pages {

/// What a tenant may change of a page: its name, its mark, its colour (design: "and nothing else").
struct Branding {
    std::string display_name;
    std::optional<std::string> logo_path;  ///< on our own origin (PROTO-812); absent: the Portcullis mark
    std::optional<Rgb> colour;             ///< as configured; readable() is applied to it
    std::string help_desk;                 ///< telephone number or address people can use; empty: not told
};

/// The lines under "Details for the help desk" (contracts §4). Nil ids are left out.
struct Trace {
    CorrelationId correlation;
    RequestId request;
    Instant when;  ///< now, as the request's edge read it; shown in UTC, and what "days left" counts from
};

/// Where in a flow of more than two steps we are: 1-based.
struct Steps {
    int current = 1, total = 1;
};

/// All that a page needs and that is not its own question. The same for every screen of one request.
struct PageFrame {
    Branding branding;
    std::string language  = "en";   ///< from Pages::choose_language
    std::string time_zone = "UTC";  ///< IANA name; unknown names count as UTC
    std::string form_action;        ///< path the page's forms post to: `/{tenant}/login`
    std::string flow;               ///< hidden field `flow`
    std::string csrf;               ///< hidden field `csrf`
    Trace trace;
    std::optional<std::string> user;  ///< who we are talking to; shown as the pill, which posts `action=other`
    std::optional<Steps> steps;       ///< drawn as bars when there are more than two
};

/// What a browser says about languages, best source first.
struct LanguageWishes {
    std::string_view person;           ///< one tag: what the person signed in has chosen
    std::string_view cookie;           ///< one tag, chosen earlier in this browser
    std::string_view ui_locales;       ///< OIDC Core §3.1.2.1: BCP 47 tags, space separated
    std::string_view accept_language;  ///< RFC 9110 §12.5.4
};

/// Renders every screen of the product: templates and texts of web/, compiled once per language.
/// Immutable after construction; render may be called from many threads.
class Pages {
public:
    /// `web` outlives this. A template or catalogue that is wrong stops the process: it is part of the program.
    explicit Pages(const embedded::Files& web);
    ~Pages();
    Pages(const Pages&)            = delete;
    Pages& operator=(const Pages&) = delete;

    /// A whole HTML document, UTF-8. Everything that came from outside is escaped (PROTO-812).
    std::string render(const Screen& screen, const PageFrame& frame) const;
    /// Names that the screen's template asks for and render would leave blank. Always empty; tests look.
    std::vector<std::string> missing_names(const Screen& screen, const PageFrame& frame) const;

    /// The best language we speak; English when none fits. Header text of any length and form is safe to pass.
    std::string choose_language(const LanguageWishes& wishes) const;
    /// `de`, `en`, ...
    std::vector<std::string> languages() const;

private:
    class State;
    std::unique_ptr<const State> state_;
};

}  // namespace portcullis::pages
