#include "scheduler/snapshot_fields.hpp"

#include "core/json_text.hpp"
#include "core/option.hpp"
#include "core/printable.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace runneriq::scheduler {
namespace {

using nlohmann::json;

constexpr std::size_t kMostUnknown = 20;
constexpr double kLongestSeconds = 315'360'000;     // ten years
constexpr double kLatestSeconds = 253'402'300'799;  // the end of the year 9999

std::string shown(const json& value) {
  return quoted_text(json_line(value));
}

std::optional<std::int64_t> integer_in(const json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
    return static_cast<std::int64_t>(number);
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  return std::nullopt;
}

std::optional<std::int64_t> digits_in(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::int64_t> id_in(const json& value) {
  const auto number = value.is_string() ? digits_in(value.get_ref<const std::string&>()) : integer_in(value);
  return number && *number >= 0 ? number : std::nullopt;
}

std::optional<double> real_in(const json& value, double low, double high) {
  if (!value.is_number()) return std::nullopt;
  const double number = value.get<double>();
  return number >= low && number <= high ? std::optional{number} : std::nullopt;
}

// "jobs[12].tags" as "jobs[].tags": the same for all jobs.
std::string without_numbers(std::string_view path) {
  std::string pattern;
  for (std::size_t i = 0; i < path.size(); ++i) {
    pattern += path[i];
    if (path[i] == '[') i = std::min(path.find(']', i), path.size()) - 1;
  }
  return pattern;
}

template <class Value>
std::vector<Value> sorted_once(std::vector<Value> values) {
  std::ranges::sort(values);
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

}  // namespace

SnapshotFields::SnapshotFields(const json& object, std::string path, SnapshotTrouble& trouble)
    : object_(&object), path_(std::move(path)), trouble_(trouble) {
  if (!object.is_object()) complain("", "must be an object, got " + shown(object));
}

SnapshotFields::~SnapshotFields() {
  if (!object_->is_object()) return;
  for (const auto& [name, value] : object_->items()) {
    if (asked_.contains(name) || trouble_.unknown.size() >= kMostUnknown) continue;
    trouble_.unknown.insert(without_numbers(path_of("")) + (path_.empty() ? "" : ".") + printable(name, 60));
  }
}

bool SnapshotFields::has(std::string_view name) {
  return find(name) != nullptr;
}

std::string SnapshotFields::text(std::string_view name, std::string_view otherwise) {
  return optional_text(name).value_or(std::string(otherwise));
}

std::optional<std::string> SnapshotFields::optional_text(std::string_view name) {
  const json* const value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return value->get<std::string>();
  complain(name, "must be a text, got " + shown(*value));
  return std::nullopt;
}

bool SnapshotFields::flag(std::string_view name, bool otherwise) {
  const json* const value = find(name);
  if (value == nullptr) return otherwise;
  if (value->is_boolean()) return value->get<bool>();
  complain(name, "must be true or false, got " + shown(*value));
  return otherwise;
}

std::int64_t SnapshotFields::number(std::string_view name, std::int64_t otherwise, std::int64_t low,
                                    std::int64_t high) {
  const json* const value = find(name);
  if (value == nullptr) return otherwise;
  const auto number = integer_in(*value);
  if (number && *number >= low && *number <= high) return *number;
  complain(name, "must be a whole number from " + std::to_string(low) + " to " + std::to_string(high) +
                     ", got " + shown(*value));
  return otherwise;
}

double SnapshotFields::real(std::string_view name, double otherwise, double low, double high) {
  const json* const value = find(name);
  if (value == nullptr) return otherwise;
  if (const auto number = real_in(*value, low, high)) return *number;
  complain(name, "must be a number from " + decimal_text(low) + " to " + decimal_text(high) + ", got " +
                     shown(*value));
  return otherwise;
}

std::int64_t SnapshotFields::id(std::string_view name, std::int64_t otherwise) {
  const json* const value = find(name);
  if (value == nullptr) return otherwise;
  if (const auto number = id_in(*value)) return *number;
  complain(name, "must be an id: a whole number, not negative, got " + shown(*value));
  return otherwise;
}

std::optional<Duration> SnapshotFields::seconds(std::string_view name) {
  if (!has(name)) return std::nullopt;
  return Duration{std::llround(real(name, 0, 0, kLongestSeconds) * 1000)};
}

std::optional<double> SnapshotFields::share(std::string_view name) {
  if (!has(name)) return std::nullopt;
  return real(name, 0, 0, 1);
}

std::optional<Time> SnapshotFields::moment(std::string_view name) {
  const json* const value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) {
    if (const auto time = parse_time(value->get_ref<const std::string&>())) return *time;
  } else if (const auto seconds = real_in(*value, 0, kLatestSeconds)) {
    return Time{Duration{std::llround(*seconds * 1000)}};
  }
  complain(name,
           "must be a time such as \"2025-03-01T03:00:00Z\" or seconds since 1970, got " + shown(*value));
  return std::nullopt;
}

template <class Value, class Read>
std::vector<Value> SnapshotFields::values(std::string_view name, std::string_view kind, Read read) {
  std::vector<Value> found;
  const json* const all = list(name);
  for (std::size_t i = 0; all != nullptr && i < all->size(); ++i) {
    if (std::optional<Value> value = read((*all)[i])) {
      found.push_back(std::move(*value));
    } else {
      complain(std::string(name) + "[" + std::to_string(i) + "]",
               "must be " + std::string(kind) + ", got " + shown((*all)[i]));
    }
  }
  return found;
}

std::vector<std::string> SnapshotFields::texts(std::string_view name) {
  return values<std::string>(name, "a text", [](const json& value) {
    return value.is_string() ? std::optional{value.get<std::string>()} : std::nullopt;
  });
}

std::vector<std::string> SnapshotFields::sorted_texts(std::string_view name) {
  return sorted_once(texts(name));
}

std::vector<std::int64_t> SnapshotFields::ids(std::string_view name) {
  return sorted_once(values<std::int64_t>(name, "an id", id_in));
}

std::vector<double> SnapshotFields::reals(std::string_view name) {
  auto found = values<double>(name, "a number from 0 to 100",
                              [](const json& value) { return real_in(value, 0, 100); });
  std::ranges::sort(found);
  return found;
}

bool SnapshotFields::is_object(std::string_view name) {
  const json* const value = find(name);
  return value != nullptr && value->is_object();
}

void SnapshotFields::each(std::string_view name, const std::function<void(SnapshotFields&)>& read) {
  const json* const all = list(name);
  for (std::size_t i = 0; all != nullptr && i < all->size(); ++i) {
    SnapshotFields fields{(*all)[i], path_of(name) + "[" + std::to_string(i) + "]", trouble_};
    if (!trouble_.first) read(fields);
  }
}

void SnapshotFields::one(std::string_view name, const std::function<void(SnapshotFields&)>& read) {
  const json* const value = find(name);
  if (value == nullptr) return;
  SnapshotFields fields{*value, path_of(name), trouble_};
  if (!trouble_.first) read(fields);
}

void SnapshotFields::complain(std::string_view name, std::string_view what) {
  if (trouble_.first) return;
  const std::string path = path_of(name);
  trouble_.first = {Errc::invalid_argument,
                    (path.empty() ? "the document" : path) + ": " + std::string(what)};
}

const json* SnapshotFields::find(std::string_view name) {
  if (!object_->is_object()) return nullptr;
  asked_.emplace(name);
  const auto found = object_->find(std::string(name));
  return found == object_->end() || found->is_null() ? nullptr : &*found;
}

const json* SnapshotFields::list(std::string_view name) {
  const json* const value = find(name);
  if (value == nullptr || value->is_array()) return value;
  complain(name, "must be a list, got " + shown(*value));
  return nullptr;
}

std::string SnapshotFields::path_of(std::string_view name) const {
  if (path_.empty() || name.empty()) return path_ + std::string(name);
  return path_ + "." + std::string(name);
}

}  // namespace runneriq::scheduler
