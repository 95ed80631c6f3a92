#pragma once

#include <string>
#include <string_view>

/// What of a text a person sees. Characters without a shape of their own may hide text, turn its direction or steer a terminal.
namespace portcullis {

/// Whether a person would see nothing at all: no text, or only spaces, control characters and characters without a shape.
bool is_blank(std::string_view text);

/// The text for a page or a letter: without what `spelled_out` writes out, but with line ends, tabs and the joiners that scripts and
/// emoji need; a byte that is not UTF-8 becomes U+FFFD. A name could otherwise rewrite the sentence around it. Source: Unicode TR36 §2.1.
std::string visible(std::string_view text);

enum class LineEnds { escaped, kept };
/// The text for a terminal: control characters, those that turn the direction of writing and those that are not seen are written out
/// as JSON escapes them (`\u202e`), and bytes that are not UTF-8 as `\ufffd`. Of a JSON document it makes another with the same meaning.
std::string spelled_out(std::string_view text, LineEnds ends = LineEnds::escaped);

}  // namespace portcullis
