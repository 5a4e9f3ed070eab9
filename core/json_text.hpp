// JSON documents as text, and text as documents. In one place also because nothing is compiled as slowly.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace runneriq {

// On one line. Of bytes that are no UTF-8 U+FFFD is made.
std::string json_line(const nlohmann::json& value);
std::string json_line(const nlohmann::ordered_json& value);

// The same in ASCII, for what may go to a terminal: other characters as \u1234.
std::string ascii_json_line(const nlohmann::json& value);
std::string ascii_json_line(const nlohmann::ordered_json& value);

// Indented by two, with a line end.
std::string json_lines(const nlohmann::json& value);
std::string json_lines(const nlohmann::ordered_json& value);
std::string ascii_json_lines(const nlohmann::json& value);

// is_discarded() where `text` is no JSON.
nlohmann::json json_in(std::string_view text);
nlohmann::ordered_json ordered_json_in(std::string_view text);
// Also where it is nested deeper than `deepest`; what is deeper costs no memory. For text of others.
nlohmann::json shallow_json_in(std::string_view text, int deepest);

}  // namespace runneriq
