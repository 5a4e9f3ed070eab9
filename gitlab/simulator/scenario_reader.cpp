#include "gitlab/simulator/scenario_reader.hpp"

#include "core/joined.hpp"
#include "core/json_text.hpp"
#include "core/option.hpp"
#include "core/printable.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace runneriq::gitlab::simulator {

using nlohmann::json;

ScenarioReader::ScenarioReader(const json& document, std::string path, std::optional<Error>& error)
    : document_(document), path_(std::move(path)), error_(error) {
  if (!document_.is_object()) refuse_value({}, document_, "a mapping");
}

ScenarioReader::~ScenarioReader() {
  if (!document_.is_object() || error_) return;
  for (const auto& [key, value] : document_.items()) {
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
      refuse(key, "unknown key, expected one of " + joined(known_, ", "));
    }
  }
}

std::string ScenarioReader::path_to(std::string_view key) const {
  if (key.empty()) return path_.empty() ? "the document" : path_;
  return (path_.empty() ? "" : path_ + ".") + printable(key);
}

void ScenarioReader::refuse(std::string_view key, const std::string& why) {
  if (!error_) error_ = Error{Errc::invalid_argument, path_to(key) + ": " + why};
}

void ScenarioReader::refuse_value(std::string_view key, const json& value, std::string_view expected) {
  const std::string shown =
      value.is_string() ? quoted_text(value.get_ref<const std::string&>()) : printable(json_line(value), 80);
  refuse(key, shown + " is not " + std::string(expected));
}

const json* ScenarioReader::find(std::string_view key) {
  known_.emplace_back(key);
  if (!document_.is_object()) return nullptr;
  const auto place = document_.find(key);
  return place == document_.end() ? nullptr : &*place;
}

void ScenarioReader::text(std::string_view key, std::string& value) {
  const json* const found = find(key);
  if (found == nullptr) return;
  if (found->is_string()) {
    value = found->get<std::string>();
  } else {
    refuse_value(key, *found, "text (in quotes where it looks like a number)");
  }
}

void ScenarioReader::required_text(std::string_view key, std::string& value) {
  text(key, value);
  if (value.empty()) refuse(key, "is missing");
}

void ScenarioReader::word(std::string_view key, std::string& value,
                          const std::vector<std::string_view>& words) {
  const json* const found = find(key);
  if (found == nullptr) return;
  if (found->is_string() && std::find(words.begin(), words.end(), found->get<std::string>()) != words.end()) {
    value = found->get<std::string>();
    return;
  }
  const std::vector<std::string> choices(words.begin(), words.end());
  refuse_value(key, *found, "one of " + joined(choices, ", "));
}

void ScenarioReader::texts(std::string_view key, std::vector<std::string>& value) {
  const json* const found = find(key);
  if (found == nullptr) return;
  const bool good = found->is_array() && std::all_of(found->begin(), found->end(),
                                                     [](const json& one) { return one.is_string(); });
  if (!good) return refuse_value(key, *found, "a list of texts");
  value = found->get<std::vector<std::string>>();
}

void ScenarioReader::levels(std::string_view key, std::map<std::string, int>& value) {
  const json* const found = find(key);
  if (found == nullptr) return;
  if (!found->is_object()) return refuse_value(key, *found, "a mapping from user name to access level");
  ScenarioReader members(*found, path_to(key), error_);
  for (const auto& [name, level] : found->items()) members.count(name, value[name], 0, 60);
}

void ScenarioReader::named_texts(std::string_view key, std::map<std::string, std::string>& value) {
  const json* const found = find(key);
  if (found == nullptr) return;
  if (!found->is_object()) return refuse_value(key, *found, "a mapping from name to text");
  ScenarioReader members(*found, path_to(key), error_);
  for (const auto& [name, text] : found->items()) members.text(name, value[name]);
}

void ScenarioReader::flag(std::string_view key, bool& value) {
  const json* const found = find(key);
  if (found == nullptr) return;
  if (found->is_boolean()) {
    value = found->get<bool>();
  } else {
    refuse_value(key, *found, "true or false");
  }
}

void ScenarioReader::whole(std::string_view key, std::int64_t& value, std::int64_t lowest,
                           std::int64_t highest) {
  const json* const found = find(key);
  if (found == nullptr) return;
  const bool fits = found->is_number_integer() &&
                    (!found->is_number_unsigned() || found->get<std::uint64_t>() <= INT64_MAX) &&
                    found->get<std::int64_t>() >= lowest && found->get<std::int64_t>() <= highest;
  if (fits) {
    value = found->get<std::int64_t>();
  } else {
    refuse_value(key, *found,
                 "a whole number from " + std::to_string(lowest) + " to " + std::to_string(highest));
  }
}

void ScenarioReader::count(std::string_view key, int& value, int lowest, int highest) {
  std::int64_t number = value;
  whole(key, number, lowest, highest);
  value = static_cast<int>(number);
}

void ScenarioReader::number(std::string_view key, double& value, double lowest, double highest) {
  const json* const found = find(key);
  if (found == nullptr) return;
  const bool fits = found->is_number() && found->get<double>() >= lowest && found->get<double>() <= highest;
  if (fits) {
    value = found->get<double>();
  } else {
    refuse_value(key, *found, "a number from " + decimal_text(lowest) + " to " + decimal_text(highest));
  }
}

void ScenarioReader::duration(std::string_view key, Duration& value) {
  const json* const found = find(key);
  if (found == nullptr) return;
  const std::string written = found->is_string() ? found->get<std::string>() : found->dump();
  if (const auto parsed = parse_duration(written)) {
    value = *parsed;
  } else {
    refuse_value(key, *found, "a duration such as 90s, 10m or 2h");
  }
}

void ScenarioReader::time(std::string_view key, Time& value) {
  const json* const found = find(key);
  if (found == nullptr) return;
  const auto parsed = parse_time(found->is_string() ? found->get<std::string>() : "");
  if (parsed) {
    value = *parsed;
  } else {
    refuse_value(key, *found, "a time such as 2026-03-01T09:00:00Z");
  }
}

void ScenarioReader::objects(std::string_view key, const std::function<void(ScenarioReader&)>& each) {
  const json* const found = find(key);
  if (found == nullptr) return;
  if (!found->is_array()) return refuse_value(key, *found, "a list");
  for (std::size_t at = 0; at < found->size(); ++at) {
    ScenarioReader element((*found)[at], path_to(key) + "[" + std::to_string(at) + "]", error_);
    each(element);
  }
}

}  // namespace runneriq::gitlab::simulator
