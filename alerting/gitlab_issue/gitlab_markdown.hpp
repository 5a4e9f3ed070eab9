// Messages in GitLab's Markdown. Pure text.
#pragma once

#include "alerting/message_text.hpp"

#include <cstddef>
#include <string>

namespace runneriq::alerting {

// At most `most` characters, cut between lines; then a last line says so. What is not ours does nothing in it
// (gitlab/markdown).
std::string markdown_of(const MessageText& text, std::size_t most);

}  // namespace runneriq::alerting
