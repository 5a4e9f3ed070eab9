// Comma-separated values as RFC 4180 has them, made safe for spreadsheets.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <span>
#include <string>
#include <string_view>

namespace runneriq::cli {

// A text as one field. What a spreadsheet would take for a formula (it begins with =, +, -, @, a tab or a
// carriage return) gets an apostrophe in front; line ends and other
// control characters are shown as escapes.
std::string csv_field(std::string_view text);

// A column of a table that is made from JSON objects.
struct CsvColumn {
  std::string_view title;
  std::string_view pointer;  // RFC 6901: "/saved/time"
};

std::string csv_titles(std::span<const CsvColumn> columns);
// Numbers as they are, nothing for null and for what is absent.
std::string csv_line(std::span<const CsvColumn> columns, const nlohmann::json& object);

}  // namespace runneriq::cli
