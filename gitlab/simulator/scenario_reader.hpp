// Reads objects of a scenario or of the control interface: each key once, no unknown ones, and
// errors that tell the path, the bad value and what was expected. The first error stays.
#pragma once

#include "core/result.hpp"
#include "core/time.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::gitlab::simulator {

class ScenarioReader {
 public:
  // `document` must outlive this. `path` is that of the document itself: "", "pipelines[2]".
  ScenarioReader(const nlohmann::json& document, std::string path, std::optional<Error>& error);
  ScenarioReader(const ScenarioReader&) = delete;
  ScenarioReader& operator=(const ScenarioReader&) = delete;
  ~ScenarioReader();  // tells the keys that nobody asked for

  // Each leaves `value` as it is where the key is absent.
  void text(std::string_view key, std::string& value);
  void required_text(std::string_view key, std::string& value);
  void word(std::string_view key, std::string& value, const std::vector<std::string_view>& words);
  void texts(std::string_view key, std::vector<std::string>& value);
  void levels(std::string_view key, std::map<std::string, int>& value);
  void named_texts(std::string_view key, std::map<std::string, std::string>& value);
  void flag(std::string_view key, bool& value);
  void whole(std::string_view key, std::int64_t& value, std::int64_t lowest, std::int64_t highest);
  void count(std::string_view key, int& value, int lowest, int highest);
  void number(std::string_view key, double& value, double lowest, double highest);
  void duration(std::string_view key, Duration& value);
  void time(std::string_view key, Time& value);
  // Calls `each` for the objects of a list.
  void objects(std::string_view key, const std::function<void(ScenarioReader&)>& each);
  void refuse(std::string_view key, const std::string& why);

 private:
  const nlohmann::json* find(std::string_view key);
  void refuse_value(std::string_view key, const nlohmann::json& value, std::string_view expected);
  [[nodiscard]] std::string path_to(std::string_view key) const;

  const nlohmann::json& document_;
  std::string path_;
  std::optional<Error>& error_;
  std::vector<std::string> known_;
};

}  // namespace runneriq::gitlab::simulator
