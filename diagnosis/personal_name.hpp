// Names of people as they stand in logs. Pure.
#pragma once

#include "diagnosis/secret.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace runneriq::diagnosis {

// The name in "/home/NAME", "/Users/NAME", "\Users\NAME", whose first sign is at `at`. None, too: names that
// runners and images give their users ("runner", "root", "node", …).
std::optional<Secret> home_at(std::string_view text, std::size_t at);

// The name behind "…-by: " whose '-' is at `at`, or behind "Author: ", "Committer: ", "Commit: " and before
// the address of mail, whose first letter is at `at`.
std::optional<Secret> trailer_at(std::string_view text, std::size_t at);

// The value behind the '=' at `at` of a variable that holds a name: "GITLAB_USER_NAME=". Looks back to
// `floor` at most.
std::optional<Secret> named_variable_at(std::string_view text, std::size_t at, std::size_t floor);

}  // namespace runneriq::diagnosis
