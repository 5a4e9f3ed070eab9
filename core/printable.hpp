// Makes text of a job or of a remote machine safe for one line of a log or a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace runneriq {

// Control characters, DEL, C1 controls, bidirectional overrides, line separators and bytes
// that are no UTF-8 become "\n", "\t", "\\" or "\xNN" escapes, so the result is one line
// of valid UTF-8 that cannot move a cursor or imitate a line of ours. A leading '/' is
// escaped as "\/", so that no text of a job reads as a GitLab quick action.
// What is longer than `max_bytes` is cut at a character and ends in "…".
std::string printable(std::string_view text, std::size_t max_bytes = 200);

// The same for a path of ours or of the configuration, or a message that begins with one: a
// leading '/' stays, so that it can be pasted. Not for text of a job.
std::string printable_path(std::string_view path, std::size_t max_bytes = 4096);

// Printable text of at most `max_bytes` in single quotes, for errors that show a bad value.
std::string quoted_text(std::string_view text, std::size_t max_bytes = 80);

}  // namespace runneriq
