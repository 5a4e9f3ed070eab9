// Messages in Slack's Block Kit.
#pragma once

#include "alerting/message_text.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace runneriq::alerting {

// Slack's limits, in characters. Block text in all is not documented: 9,597 have passed, 11,341 have not.
// With these no message comes near Slack's 50 blocks.
inline constexpr std::size_t kSlackHeader = 150;
inline constexpr std::size_t kSlackBlock = 3000;
inline constexpr std::size_t kSlackText = 9500;

// A header and as few blocks of rich text as hold the lines; lines that do not fit are left out before the
// last one.
nlohmann::ordered_json slack_blocks(const MessageText& message);

// '&', '<' and '>' as Slack wants them, and a zero-width space behind each '@'.
std::string slack_escaped(std::string_view text);

}  // namespace runneriq::alerting
