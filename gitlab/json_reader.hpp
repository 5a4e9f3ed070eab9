// GitLab's JSON, read within bounds: a body that is too deep, or holds more values than GitLab
// ever sends, is an error and costs no memory. Of a member that stands twice the last one counts;
// text is UTF-8 (see ScreenedJson).
#pragma once

#include "core/result.hpp"
#include "core/time.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::gitlab {

// Hands over the elements of a list one by one. They have to be dropped on an error (corrupt).
Result<void> read_list(std::string_view json, const std::function<void(const nlohmann::json&)>& take);

// One object; or, for read_value(), whatever it is. Error: corrupt.
Result<nlohmann::json> read_object(std::string_view json);
Result<nlohmann::json> read_value(std::string_view json);

// GitLab's own names, refs and paths have at most 255 characters, its runners and jobs 50 tags: what
// is longer is cut, for whoever answers in its place.
inline constexpr std::size_t kLongestText = 1024;  // bytes
inline constexpr std::size_t kMostTexts = 100;     // of one list

// `text` within kLongestText, cut at a character.
std::string bounded(std::string_view text);

// The members of an object. What is missing, null, or of another kind reads as its default; so
// does every member of what is no object.
const nlohmann::json& member(const nlohmann::json& object, std::string_view key);  // null
std::int64_t id_in(const nlohmann::json& object, std::string_view key);            // 0; never negative
std::string text_in(const nlohmann::json& object, std::string_view key);
// The address of a page: http or https, of printable characters and whole; else "".
std::string page_in(const nlohmann::json& object, std::string_view key);
std::optional<bool> switch_in(const nlohmann::json& object, std::string_view key);
std::optional<Time> time_in(const nlohmann::json& object, std::string_view key);
// A number of seconds, at most ten years; none when negative.
std::optional<Duration> seconds_in(const nlohmann::json& object, std::string_view key);
std::optional<int> count_in(const nlohmann::json& object, std::string_view key);
// A list of texts, or one text with commas; blanks around and empty texts are dropped.
std::optional<std::vector<std::string>> texts_in(const nlohmann::json& object, std::string_view key);

// Sorted, each once.
std::vector<std::string> as_set(std::vector<std::string> texts);

}  // namespace runneriq::gitlab
