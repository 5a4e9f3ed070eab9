#include "cli/json_text.hpp"

#include "core/json_text.hpp"

#include <nlohmann/json.hpp>

namespace runneriq::cli {
namespace {

using nlohmann::json;

constexpr int kDeepest = 32;

const json& member_at(const json& object, const char* key) {
  static const json kNone = nullptr;
  if (!object.is_object()) return kNone;
  const auto found = object.find(key);
  return found == object.end() ? kNone : *found;
}

}  // namespace

std::string pretty(const json& document) {
  return ascii_json_lines(document);
}

std::string one_line(const json& document) {
  return ascii_json_line(document);
}

Result<json> parse_document(std::string_view text) {
  json document = shallow_json_in(text, kDeepest);
  if (!document.is_object()) return fail(Errc::corrupt, "no document of RunnerIQ");
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
