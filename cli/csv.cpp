#include "cli/csv.hpp"

#include "cli/words.hpp"
#include "core/json_text.hpp"

#include <nlohmann/json.hpp>

namespace runneriq::cli {
namespace {

using nlohmann::json;

constexpr std::string_view kLineEnd = "\r\n";

bool begins_formula(std::string_view text) {
  return !text.empty() && std::string_view{"=+-@\t\r"}.find(text.front()) != std::string_view::npos;
}

std::string in_quotes(std::string_view text) {
  std::string field = "\"";
  for (const char c : text) field += c == '"' ? std::string("\"\"") : std::string(1, c);
  return field + "\"";
}

std::string field_of(const json& object, std::string_view pointer) {
  const json::json_pointer place{std::string(pointer)};
  if (!object.contains(place)) return "";
  const json& value = object.at(place);
  if (value.is_null()) return "";
  return value.is_string() ? csv_field(value.get<std::string>()) : json_line(value);
}

}  // namespace

std::string csv_field(std::string_view text) {
  std::string safe = (begins_formula(text) ? "'" : "") + on_one_line(text);
  return safe.find_first_of(",\"'") == std::string::npos ? safe : in_quotes(safe);
}

std::string csv_titles(std::span<const CsvColumn> columns) {
  std::string line;
  for (const CsvColumn& column : columns) line += (line.empty() ? "" : ",") + std::string(column.title);
  return line + std::string(kLineEnd);
}

std::string csv_line(std::span<const CsvColumn> columns, const json& object) {
  std::string line;
  for (const CsvColumn& column : columns) {
    if (&column != columns.data()) line += ',';
    line += field_of(object, column.pointer);
  }
  return line + std::string(kLineEnd);
}

}  // namespace runneriq::cli
