// All that looks like a secret in a text without colours. Pure.
#pragma once

#include "diagnosis/secret.hpp"

#include <string_view>
#include <vector>

namespace runneriq::diagnosis {

// In their order, apart from each other. Linear.
std::vector<Secret> secrets_in(std::string_view text);

}  // namespace runneriq::diagnosis
