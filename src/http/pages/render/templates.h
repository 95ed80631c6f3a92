#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <kainjow/mustache.hpp>

#include "base/embedded.h"
#include "http/pages/render/messages.h"

/// The templates of web/pages: mustache, logic-less, always escaped. Beyond mustache there are, resolved once per
/// language when the program starts:
///   {{> name}}   the file web/pages/name.mustache
///   {{> content}}, {{> title}} in layout.mustache: the screen's own file, and its heading: the message NAME.title where
///                there is one, else {{heading}}
///   [[key]]      a message, escaped; its arguments `{app}` become the variables {{app}}
/// Names that end in `?` are questions (sections only) and may be absent; every other name must be given.
namespace portcullis::pages {

/// The source of one page in one language: no partials and no messages left in it.
std::string expand_template(const embedded::Files& web, std::string_view name, const Messages& messages);

/// One page in one language, compiled. Rendering changes nothing, so it may run in many threads: kainjow's render is
/// not const only because partials and lambdas may report errors late, and expand_template leaves neither.
class Template {
public:
    /// Stops the process when the template is wrong.
    Template(std::string_view name, const std::string& source);

    struct Rendered {
        std::string html;
        std::vector<std::string> missing;  ///< names that were asked for and not given: a bug, which tests look for
    };
    Rendered render(const kainjow::mustache::data& data) const;

private:
    std::unique_ptr<kainjow::mustache::mustache> compiled_;
};

}  // namespace portcullis::pages
