#include "core/json_text.hpp"

#include <nlohmann/json.hpp>

namespace runneriq {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr int kOneLine = -1;
constexpr int kIndent = 2;

template <class Json>
std::string text_of(const Json& value, int indent, bool ascii) {
  return value.dump(indent, ' ', ascii, Json::error_handler_t::replace);
}

}  // namespace

std::string json_line(const json& value) {
  return text_of(value, kOneLine, false);
}

std::string json_line(const ordered_json& value) {
  return text_of(value, kOneLine, false);
}

std::string ascii_json_line(const json& value) {
  return text_of(value, kOneLine, true);
}

std::string ascii_json_line(const ordered_json& value) {
  return text_of(value, kOneLine, true);
}

std::string json_lines(const json& value) {
  return text_of(value, kIndent, false) + "\n";
}

std::string json_lines(const ordered_json& value) {
  return text_of(value, kIndent, false) + "\n";
}

std::string ascii_json_lines(const json& value) {
  return text_of(value, kIndent, true) + "\n";
}

json json_in(std::string_view text) {
  return json::parse(text, nullptr, false);
}

ordered_json ordered_json_in(std::string_view text) {
  return ordered_json::parse(text, nullptr, false);
}

json shallow_json_in(std::string_view text, int deepest) {
  bool too_deep = false;
  const auto within = [&](int depth, json::parse_event_t, const json&) {
    too_deep = too_deep || depth > deepest;
    return !too_deep;
  };
  json document = json::parse(text, within, false);
  return too_deep ? json(json::value_t::discarded) : document;
}

}  // namespace runneriq
