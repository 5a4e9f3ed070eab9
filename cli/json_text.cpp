#include "cli/json_text.hpp"

#include <nlohmann/json.hpp>

namespace runneriq::cli {
namespace {

using nlohmann::json;

constexpr int kDeepest = 32;
constexpr auto kReplace = json::error_handler_t::replace;

const json& member_at(const json& object, const char* key) {
  static const json kNone = nullptr;
  if (!object.is_object()) return kNone;
  const auto found = object.find(key);
  return found == object.end() ? kNone : *found;
}

}  // namespace

std::string pretty(const json& document) {
  return document.dump(2, ' ', true, kReplace) + "\n";
}

std::string one_line(const json& document) {
  return document.dump(-1, ' ', true, kReplace);
}

Result<json> parse_document(std::string_view text) {
  bool too_deep = false;
  const auto within_depth = [&](int depth, json::parse_event_t, const json&) {
    too_deep = too_deep || depth > kDeepest;
    return !too_deep;
  };
  json document = json::parse(text, within_depth, false);
  if (too_deep || !document.is_object()) return fail(Errc::corrupt, "no document of RunnerIQ");
  return document;
}

std::string text_at(const json& object, const char* key) {
  const json& member = member_at(object, key);
  return member.is_string() ? member.get<std::string>() : "";
}

std::int64_t integer_at(const json& object, const char* key) {
  const json& member = member_at(object, key);
  return member.is_number_integer() ? member.get<std::int64_t>() : 0;
}

double number_at(const json& object, const char* key) {
  const json& member = member_at(object, key);
  return member.is_number() ? member.get<double>() : 0;
}

bool flag_at(const json& object, const char* key) {
  const json& member = member_at(object, key);
  return member.is_boolean() && member.get<bool>();
}

const json& list_at(const json& object, const char* key) {
  static const json kNone = json::array();
  const json& member = member_at(object, key);
  return member.is_array() ? member : kNone;
}

const json& object_at(const json& object, const char* key) {
  static const json kNone = json::object();
  const json& member = member_at(object, key);
  return member.is_object() ? member : kNone;
}

}  // namespace runneriq::cli
