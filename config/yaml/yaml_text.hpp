// What is looked for in the text of a YAML document itself, since the parser says nothing of it.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace runneriq::config {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Whether the quote at the start of `text` is closed. The parser takes the end of the file for
// the end of the quote.
bool is_closed(std::string_view text);

// The place of the first byte that no YAML of ours holds: the parser takes some of them for the end
// of the text.
std::optional<std::size_t> find_garbage(std::string_view text);

// Where, from the line that begins at `from` on, a tab indents something: the parser reads on as if it
// was part of the line before.
std::optional<std::size_t> find_tab_indentation(std::string_view text, std::size_t from = 0);

// From 1.
int line_at(std::string_view text, std::size_t place);

}  // namespace runneriq::config
