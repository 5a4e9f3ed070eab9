// Reads a .gitlab-ci.yml with the places of its values. Aliases stay aliases, so that none of them
// can make a small file large; GitLab's own tags (!reference) are kept.
#pragma once

#include "core/result.hpp"
#include "gitlab/ci_config.hpp"

#include <string_view>

namespace runneriq::config {

// Of two documents the first is the header (`spec:`) and the second is read. The places count from the
// first byte of `text`.
// Error: invalid_argument with the line, for what is no YAML in UTF-8, larger than 2 MiB, deeper than 64
// levels, of more than 100,000 values, or no mapping. Never throws.
Result<gitlab::CiNode> parse_ci_config(std::string_view text);

}  // namespace runneriq::config
