// Reads a YAML configuration document into entries, refusing what YAML makes dangerous:
// aliases, duplicate keys, several documents, depth over 16, scalars over 64 KiB, files over
// 1 MiB, more than 10,000 entries.
#pragma once

#include "config/configuration.hpp"
#include "core/result.hpp"

#include <string_view>
#include <vector>

namespace runneriq::config {

// The scalars below the top key `runneriq:` in the order of the text. An empty document gives
// none. Scalars are taken as written: `010` is the text "010".
// Error: invalid_argument, with the line and the remedy. Never throws.
Result<std::vector<DocumentEntry>> parse_yaml_document(std::string_view text);

}  // namespace runneriq::config
