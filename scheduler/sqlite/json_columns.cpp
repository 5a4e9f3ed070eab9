#include "scheduler/sqlite/json_columns.hpp"

#include "core/json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>

namespace runneriq::scheduler {
namespace {

using nlohmann::json;

// A list whose items all become values.
template <class Value, class Read>
std::optional<std::vector<Value>> list_in(const json& list, Read read) {
  if (!list.is_array()) return std::nullopt;
  std::vector<Value> values;
  for (const json& item : list) {
    std::optional<Value> value = read(item);
    if (!value) return std::nullopt;
    values.push_back(std::move(*value));
  }
  return values;
}

std::optional<std::string> word_in(const json& item) {
  return item.is_string() ? std::optional{item.get<std::string>()} : std::nullopt;
}

std::optional<RunnerKey> runner_in(const json& item) {
  if (!item.is_array() || item.size() != 2 || !item[0].is_string() || !item[1].is_number_integer()) {
    return std::nullopt;
  }
  return RunnerKey{GitLabUrl{item[0].get<std::string>()}, RunnerId{item[1].get<std::int64_t>()}};
}

bool are_flags(const json& list, std::size_t first) {
  return std::all_of(list.begin() + static_cast<std::ptrdiff_t>(first), list.end(),
                     [](const json& flag) { return flag.is_boolean(); });
}

}  // namespace

std::string column_of_words(std::span<const std::string> words) {
  return json_line(json(std::vector<std::string>(words.begin(), words.end())));
}

std::optional<std::vector<std::string>> words_in(const std::string& column) {
  return list_in<std::string>(json_in(column), word_in);
}

std::string column_of_runners(std::span<const RunnerKey> runners) {
  json list = json::array();
  for (const RunnerKey& runner : runners) {
    list.push_back(json::array({runner.gitlab.value(), runner.runner.value()}));
  }
  return json_line(list);
}

std::optional<std::vector<RunnerKey>> runners_in(const std::string& column) {
  return list_in<RunnerKey>(json_in(column), runner_in);
}

std::string column_of_traits(const gitlab::JobTraits& traits) {
  return json_line(
      json::array({traits.project.value(), traits.project_path, traits.tags, traits.ref_protected,
                   traits.takes_instance_runners, traits.takes_group_runners}));
}

std::optional<gitlab::JobTraits> traits_in(const std::string& column) {
  const json list = json_in(column);
  if (!list.is_array() || list.size() != 6 || !are_flags(list, 3)) return std::nullopt;
  if (!list[0].is_number_integer() || !list[1].is_string()) return std::nullopt;
  auto tags = list_in<std::string>(list[2], word_in);
  if (!tags) return std::nullopt;
  return gitlab::JobTraits{.project = ProjectId{list[0].get<std::int64_t>()},
                           .project_path = list[1].get<std::string>(),
                           .tags = std::move(*tags),
                           .ref_protected = list[3].get<bool>(),
                           .takes_instance_runners = list[4].get<bool>(),
                           .takes_group_runners = list[5].get<bool>()};
}

}  // namespace runneriq::scheduler
