// Text for GitLab's issues and notes in which nothing that is not ours does anything: no mention, no
// reference, no quick action, no image, no link. Pure text.
#pragma once

#include <string>
#include <string_view>

namespace runneriq::gitlab {

// In backticks, more of them than stand together anywhere within it.
std::string code_span(std::string_view text);

// In a fence longer than any run of backticks within. Lines that begin with a '/' are set apart from the
// left: older GitLabs look for quick actions in fences, too, when they are longer than three backticks.
std::string code_block(std::string_view lines);

// Our own words: what Markdown or GitLab would read as a mark, or make a link of, is escaped.
std::string escaped_words(std::string_view text);

// A title is no Markdown, but is searched for mentions and references: after what begins one stands a
// character that is not seen (word joiner, U+2060). At most 255 characters.
std::string escaped_title(std::string_view title);

// `words`, which are ours and may be marked up, as a link; without one where the address is none that GitLab
// gives for a page: http or https, of letters, digits and the signs of URLs that Markdown does not read.
std::string link(const std::string& words, std::string_view address);

}  // namespace runneriq::gitlab
