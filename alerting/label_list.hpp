// The labels by which a route groups, as people write them.
#pragma once

#include "alerting/labels.hpp"
#include "core/result.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::alerting {

// "project, signature"; "none" for none, which makes one group of a route. Error: invalid_argument for a word
// that is no label, or one that is there twice.
Result<std::vector<Label>> parse_labels(std::string_view text);
// As parse_labels() reads it.
std::string to_text(std::span<const Label> labels);

}  // namespace runneriq::alerting
