#include "executor/toml/runner_config.hpp"

// toml++ returns its errors then instead of throwing them.
#define TOML_EXCEPTIONS 0
#include "core/printable.hpp"
#include "executor/contract.hpp"
#include "platform/files.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace runneriq::executor {
namespace {

constexpr std::size_t kLargestFile = 1 << 20;
constexpr std::array kStages{Stage::config, Stage::prepare, Stage::run, Stage::cleanup};

// Reads the values of one table, noting those of the wrong type.
class TableReader {
 public:
  TableReader(const toml::table& table, std::string place, std::vector<std::string>& oddities)
      : table_(table), place_(std::move(place)), oddities_(oddities) {}

  template <class T>
  std::optional<T> value(const std::string& key, std::string_view expected) {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return std::nullopt;
    auto value = node->value_exact<T>();
    if (!value) odd(key, expected);
    return value;
  }

  std::optional<std::int64_t> number(const std::string& key) {
    return value<std::int64_t>(key, "a whole number");
  }
  std::string text(const std::string& key) { return value<std::string>(key, "a string").value_or(""); }

  std::vector<std::string> texts(const std::string& key) {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return {};
    std::vector<std::string> list;
    if (const toml::array* array = node->as_array()) {
      for (const toml::node& element : *array) {
        if (const auto text = element.value_exact<std::string>()) list.push_back(*text);
      }
      if (list.size() == array->size()) return list;
    }
    odd(key, "a list of strings");
    return {};
  }

  // Null when there is none.
  const toml::table* table(const std::string& key) {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return nullptr;
    if (!node->is_table()) odd(key, "a table");
    return node->as_table();
  }

  const toml::table& whole() const { return table_; }

 private:
  void odd(const std::string& key, std::string_view expected) {
    oddities_.push_back(place_ + printable(key) + " is not " + std::string(expected));
  }

  const toml::table& table_;
  std::string place_;
  std::vector<std::string>& oddities_;
};

bool is_key_of_custom(std::string_view key) {
  constexpr std::array<std::string_view, 13> kKeys{
      "config_exec",       "config_args",          "config_exec_timeout",
      "prepare_exec",      "prepare_args",         "run_exec",
      "run_args",          "prepare_exec_timeout", "cleanup_exec",
      "cleanup_args",      "cleanup_exec_timeout", "graceful_kill_timeout",
      "force_kill_timeout"};
  return std::ranges::find(kKeys, key) != kKeys.end();
}

void read_custom(TableReader custom, RunnerEntry& entry) {
  for (const Stage stage : kStages) {
    const std::string word(to_text(stage));
    entry.commands.at(static_cast<std::size_t>(stage)) = {custom.text(word + "_exec"),
                                                          custom.texts(word + "_args")};
  }
  entry.config_exec_timeout = custom.number("config_exec_timeout");
  entry.prepare_exec_timeout = custom.number("prepare_exec_timeout");
  entry.cleanup_exec_timeout = custom.number("cleanup_exec_timeout");
  entry.graceful_kill_timeout = custom.number("graceful_kill_timeout");
  entry.force_kill_timeout = custom.number("force_kill_timeout");
  for (const auto& [key, value] : custom.whole()) {
    if (!is_key_of_custom(key.str())) entry.unknown_custom_keys.emplace_back(key.str());
  }
}

RunnerEntry read_entry(TableReader table, int number, const std::string& place,
                       std::vector<std::string>& oddities) {
  RunnerEntry entry;
  entry.number = number;
  entry.name = table.text("name");
  entry.builds_dir = table.text("builds_dir");
  entry.cache_dir = table.text("cache_dir");
  entry.limit = table.number("limit");
  entry.request_concurrency = table.number("request_concurrency");
  entry.output_limit = table.number("output_limit");
  entry.strict_check_interval = table.value<bool>("strict_check_interval", "true or false");
  entry.has_docker_section = table.table("docker") != nullptr;
  if (const toml::table* custom = table.table("custom")) {
    read_custom(TableReader(*custom, place + "custom.", oddities), entry);
  }
  return entry;
}

void read_runners(const toml::array& runners, RunnerSettings& settings) {
  int number = 0;
  for (const toml::node& node : runners) {
    const std::string place = "runners[" + std::to_string(++number) + "].";
    const toml::table* runner = node.as_table();
    if (runner == nullptr) {
      settings.oddities.push_back("runners[" + std::to_string(number) + "] is not a table");
      continue;
    }
    TableReader table(*runner, place, settings.oddities);
    if (table.text("executor") == "custom") {
      settings.entries.push_back(read_entry(table, number, place, settings.oddities));
    } else {
      ++settings.other_entries;
    }
  }
}

}  // namespace

Result<RunnerSettings> parse_runner_config(std::string_view text) {
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    return fail(Errc::invalid_argument, "line " + std::to_string(parsed.error().source().begin.line) + ": " +
                                            printable(parsed.error().description()));
  }
  const toml::table& document = parsed.table();
  RunnerSettings settings;
  TableReader top(document, "", settings.oddities);
  settings.concurrent = top.number("concurrent");
  settings.shutdown_timeout = top.number("shutdown_timeout");
  if (const toml::node* runners = document.get("runners")) {
    if (const toml::array* array = runners->as_array()) {
      read_runners(*array, settings);
    } else {
      settings.oddities.emplace_back("runners is not a list of tables; write [[runners]]");
    }
  }
  return settings;
}

Result<RunnerSettings> read_runner_config(const std::string& path) {
  const auto text = platform::read_file(path, kLargestFile);
  if (!text) return fail(text.error());
  auto settings = parse_runner_config(*text);
  if (!settings) return fail(std::move(settings.error()).within(path));
  return settings;
}

}  // namespace runneriq::executor
