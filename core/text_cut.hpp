// Making text as short as a vendor takes it. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace runneriq {

// The longest start of `text` of at most `most` characters (code points; a byte that is no UTF-8 counts as
// one), ending in "…" where it was cut; never within a character. As `escaped` it is never cut within an
// escape either: "&amp;", "\*".
std::string cut_characters(std::string_view text, std::size_t most);
std::string cut_escaped(std::string_view text, std::size_t most);
std::size_t characters(std::string_view text);

// How many of the lines of these lengths, from the first, can be shown within `most` when the last one is
// shown in any case; `mark` stands once for those between. All of them where all fit.
std::size_t leading_lines(std::span<const std::size_t> lengths, std::size_t most, std::size_t mark);

}  // namespace runneriq
