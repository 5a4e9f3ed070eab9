// What the replies of all providers have in common: JSON within bounds, members that may be of any kind, and
// points of which some cannot be used. Pure.
#pragma once

#include "carbon/provider.hpp"
#include "core/time.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::carbon {

// Error: corrupt, when it is no JSON object, is nested deeper than 32 levels or holds more than 100,000
// values.
Result<nlohmann::json> reply_object(std::string_view body);

// What is missing or of another kind reads as none; so does every member of what is no object.
const nlohmann::json& member(const nlohmann::json& object, std::string_view key);  // null
std::optional<std::string> text_in(const nlohmann::json& object, std::string_view key);
bool is_true_in(const nlohmann::json& object, std::string_view key);
std::optional<Intensity> intensity_in(const nlohmann::json& object, std::string_view key);
// As parse_time(), and the form without seconds, "2026-01-01T10:30Z".
std::optional<Time> time_in(const nlohmann::json& object, std::string_view key);

// The answer with the steps that could be made of `told` points, in the order of time. A sample that is from
// more than an hour ahead is wrong, and is left out: it would pass for the newest one until its time has
// come. Error: not_found, when no step is left.
Result<ProviderAnswer> answer_of(const Basis& basis, Want want, std::vector<Step> steps, std::size_t told,
                                 Time now);

}  // namespace runneriq::carbon
