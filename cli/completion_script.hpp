// Completion for shells, made from the table of commands.
#pragma once

#include <string>

namespace runneriq::cli {

std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

}  // namespace runneriq::cli
