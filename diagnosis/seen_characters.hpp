// Which characters of a log a person sees. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace runneriq::diagnosis {

// Whether one UTF-8 character shows: no control character but the tabulator, none that has no width, turns
// the direction of writing, separates lines, or is a tag (U+E0000 to U+E007F).
bool is_seen(std::string_view character);

// Whether a text is valid UTF-8 of characters that are seen. One look at each byte of ASCII, eight at once.
bool is_plain_text(std::string_view text);

// How many bytes at the start of a text are ASCII that is seen.
std::size_t length_of_plain_ascii(std::string_view text);

// At most `most` bytes of valid UTF-8, cut at a character.
std::string_view cut_text(std::string_view text, std::size_t most);

// Of valid UTF-8 that is not empty.
std::size_t start_of_last_character(std::string_view text);

}  // namespace runneriq::diagnosis
