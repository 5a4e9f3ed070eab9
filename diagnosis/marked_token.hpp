// Tokens without a prefix, which a mark within them tells. Pure.
#pragma once

#include "diagnosis/secret.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace runneriq::diagnosis {

// First bytes of all marks.
inline constexpr std::array<std::string_view, 9> kTokenMarks{":AA", "-us", ".at", "8Q~", "7Q~",
                                                             "1/1", "1/0", "2/1", "2/0"};

// The token that has its mark at `at` and begins at or behind `floor`: of Telegram's bots, Mailchimp,
// Terraform Cloud, Entra (Azure), Asana. Reads a bounded part before `at`.
std::optional<Secret> marked_token_at(std::string_view text, std::size_t at, std::size_t floor);

// Of a Discord bot: its first part is a number in base64, digits alone.
std::optional<Secret> discord_token_at(std::string_view text, std::size_t at);

}  // namespace runneriq::diagnosis
