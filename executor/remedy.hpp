// The words that remedies are made of: what a person pastes into a file or types. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace runneriq::executor {

// How to write the option `key` ("executor.driver") to the configuration `file`, whether its
// section stands there already or not. `value` is YAML.
std::string write_option(std::string_view file, std::string_view key, std::string_view value);

// The configuration `file` where nothing is wrong with it: "… is right", or that none is needed.
std::string without_problems(std::string_view file, bool absent);

// `path` as one word of a shell's command line; it stays on one line whatever it holds.
std::string shell_word(std::string_view path);

}  // namespace runneriq::executor
