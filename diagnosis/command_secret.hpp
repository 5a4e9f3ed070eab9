// Secrets that a command line, a .netrc or a header tells by the word before them, without a sign between.
// Pure.
#pragma once

#include "diagnosis/secret.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace runneriq::diagnosis {

// First bytes of all that tells one.
inline constexpr std::array<std::string_view, 34> kCommandStarts{
    "--a", "--b", "--c", "--d", "--e", "--f", "--g", "--h", "--i", "--j", "--k", "--l",
    "--m", "--n", "--o", "--p", "--q", "--r", "--s", "--t", "--u", "--v", "--w", "--x",
    "--y", "--z", "-u ", "-p ", "-st", "-ke", "Bea", "bea", "BEA", "pas"};

// The value behind the word that begins at `at`: "--password VALUE", "curl -u user:VALUE",
// "docker login … -p VALUE", "sshpass -p VALUE", "-storepass VALUE", "Bearer VALUE", and of a .netrc
// "login … password VALUE". Reads a bounded part behind `floor` and before `at`.
std::optional<Secret> command_secret_at(std::string_view text, std::size_t at, std::size_t floor);

}  // namespace runneriq::diagnosis
