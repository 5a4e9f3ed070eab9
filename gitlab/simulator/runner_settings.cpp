#include "gitlab/simulator/runner_settings.hpp"

#include "core/option.hpp"
#include "core/trimmed.hpp"
#include "gitlab/simulator/call.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;

constexpr std::size_t kMostTags = 50;
constexpr std::size_t kLongestTag = 255;
constexpr std::size_t kLongestNote = 1024;
constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::int64_t kShortestTimeout = 600;  // seconds

// API::Validations::Types::CommaSeparatedToArray: a list or one text, split at commas.
std::optional<std::vector<std::string>> tags_in(const json& value) {
  std::vector<std::string> tags;
  const json list = value.is_array() ? value : json::array({value});
  for (const json& element : list) {
    if (element.is_null()) continue;
    if (!element.is_string()) return std::nullopt;
    for (const std::string& part : split(element.get_ref<const std::string&>(), ',')) {
      if (std::string tag{trimmed(part, kBlanks)}; !tag.empty()) tags.push_back(std::move(tag));
    }
  }
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  return tags;
}

// Reads the settings into a record; the first bad one stays.
class Change {
 public:
  Change(RunnerRecord& runner, const json& settings) : runner_(runner), settings_(settings) {}

  std::optional<BadParameter> apply() {
    constexpr std::array<std::string_view, 9> kKnown{"description",  "active",          "paused",
                                                     "tag_list",     "run_untagged",    "locked",
                                                     "access_level", "maximum_timeout", "maintenance_note"};
    const bool any = std::any_of(kKnown.begin(), kKnown.end(),
                                 [&](std::string_view key) { return settings_.contains(key); });
    if (!any)
      refuse(
          "description, active, paused, tag_list, run_untagged, locked, access_level, maximum_timeout, "
          "maintenance_note are missing, at least one parameter must be provided");
    if (settings_.contains("active") && settings_.contains("paused"))
      refuse("active, paused are mutually exclusive");
    apply_words();
    apply_flags();
    return bad_;
  }

 private:
  void refuse(std::string words) {
    if (!bad_) bad_ = BadParameter{std::move(words)};
  }
  const json* find(std::string_view key) {
    const auto place = settings_.find(key);
    return place == settings_.end() ? nullptr : &*place;
  }

  void text(std::string_view key, std::string& value) {
    const json* const found = find(key);
    if (found == nullptr) return;
    if (!found->is_string() && !found->is_null()) return refuse(std::string(key) + " is invalid");
    value = found->is_null() ? "" : found->get<std::string>();
  }

  void flag(std::string_view key, bool& value) {
    const json* const found = find(key);
    if (found == nullptr) return;
    if (found->is_boolean()) {
      value = found->get<bool>();
    } else if (const auto word = parse_switch(found->is_string() ? found->get<std::string>() : "")) {
      value = *word;
    } else {
      refuse(std::string(key) + " is invalid");
    }
  }

  void apply_words() {
    text("description", runner_.description);
    text("maintenance_note", runner_.maintenance_note);
    std::string level = runner_.traits.protected_only ? "ref_protected" : "not_protected";
    text("access_level", level);
    if (level != "ref_protected" && level != "not_protected")
      refuse("access_level does not have a valid value");
    runner_.traits.protected_only = level == "ref_protected";
    if (const json* const tags = find("tag_list")) {
      if (auto list = tags_in(*tags)) {
        runner_.traits.tags = *std::move(list);
      } else {
        refuse("tag_list is invalid");
      }
    }
  }

  void apply_flags() {
    bool active = !runner_.paused;
    flag("active", active);
    runner_.paused = !active;
    flag("paused", runner_.paused);
    flag("run_untagged", runner_.traits.run_untagged);
    flag("locked", runner_.locked);
    const json* const timeout = find("maximum_timeout");
    if (timeout == nullptr) return;
    if (timeout->is_null()) {
      runner_.maximum_timeout.reset();
    } else if (timeout->is_number_integer()) {
      runner_.maximum_timeout = timeout->get<std::int64_t>();
    } else {
      refuse("maximum_timeout is invalid");
    }
  }

  RunnerRecord& runner_;
  const json& settings_;
  std::optional<BadParameter> bad_;
};

// Ci::Runner's validations.
std::optional<InvalidRecord> invalid(const RunnerRecord& runner, const RunnerRecord& before) {
  const RunnerTraits& traits = runner.traits;
  if (traits.tags.empty() && !traits.run_untagged)
    return InvalidRecord{"tags_list", "can not be empty when runner is not allowed to pick untagged jobs"};
  if (traits.tags.size() > kMostTags && traits.tags != before.traits.tags)
    return InvalidRecord{"tags_list", "Too many tags specified. Please limit the number of tags to " +
                                          std::to_string(kMostTags)};
  if (std::any_of(traits.tags.begin(), traits.tags.end(),
                  [](const std::string& tag) { return tag.size() > kLongestTag; }))
    return InvalidRecord{"tags.name", "is too long (maximum is 255 characters)"};
  if (runner.maximum_timeout && *runner.maximum_timeout < kShortestTimeout)
    return InvalidRecord{"maximum_timeout", "needs to be at least 10 minutes"};
  if (runner.maintenance_note.size() > kLongestNote)
    return InvalidRecord{"maintenance_note", "is too long (maximum is 1024 characters)"};
  return std::nullopt;
}

}  // namespace

std::variant<RunnerRecord, BadParameter, InvalidRecord> changed(RunnerRecord runner, const json& settings) {
  const RunnerRecord before = runner;
  if (auto bad = Change(runner, settings).apply()) return *std::move(bad);
  if (auto refused = invalid(runner, before)) return *std::move(refused);
  return runner;
}

}  // namespace runneriq::gitlab::simulator
