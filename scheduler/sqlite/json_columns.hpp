// How lists are kept in columns: as JSON. Reading gives nothing for what is no such list.
#pragma once

#include "scheduler/fleet.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace runneriq::scheduler {

std::string column_of_words(std::span<const std::string> words);
std::optional<std::vector<std::string>> words_in(const std::string& column);

std::string column_of_runners(std::span<const RunnerKey> runners);
std::optional<std::vector<RunnerKey>> runners_in(const std::string& column);

std::string column_of_traits(const gitlab::JobTraits& traits);
std::optional<gitlab::JobTraits> traits_in(const std::string& column);

}  // namespace runneriq::scheduler
