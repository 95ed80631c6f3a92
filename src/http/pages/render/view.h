#pragma once

#include <string>
#include <string_view>

#include <kainjow/mustache.hpp>

#include "http/pages/render/dates.h"
#include "http/pages/render/messages.h"
#include "http/pages/render/pages.h"

/// A screen as a template sees it: which template, and the values of its names. Decides nothing about HTML.
namespace portcullis::pages {

/// What a view may say: the language's texts, and dates in it.
struct Voice {
    const Messages& messages;
    const Dates& dates;
};

struct View {
    std::string_view name;  ///< of the template
    kainjow::mustache::data data;
    std::string_view script = {};  ///< the file of web/static that helps on this page; empty: none
    bool is_sent_once = false;      ///< a step of a sign-in with a secret in it: once.js keeps a double click from sending it twice
};

/// The templates that screens are drawn with, all of them.
const std::vector<std::string_view>& template_names();

/// `data` has the screen's own names only; Pages adds those of the frame.
View view_of(const Screen& screen, const PageFrame& frame, const Voice& voice);

}  // namespace portcullis::pages
