#include "cli/table.hpp"

#include "core/utf8.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace runneriq::cli {
namespace {

constexpr std::string_view kUnpainted = "\x1b[0m";
constexpr std::size_t kNarrowest = 4;

std::size_t character_length(std::string_view text) {
  return std::max<std::size_t>(utf8_length(text), 1);
}

std::string_view without_first(std::string_view text, std::size_t characters) {
  for (; characters > 0 && !text.empty(); --characters) text.remove_prefix(character_length(text));
  return text;
}

std::string_view first_of(std::string_view text, std::size_t characters) {
  return text.substr(0, text.size() - without_first(text, characters).size());
}

std::string shortened(std::string_view text, std::size_t width, Cut cut) {
  const std::size_t length = width_of(text);
  if (length <= width || cut == Cut::never) return std::string(text);
  if (cut == Cut::end) return std::string(first_of(text, width - 1)) + "…";
  return "…" + std::string(without_first(text, length - width + 1));
}

std::vector<std::size_t> natural_widths(const std::vector<Column>& columns, const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (const Column& column : columns) widths.push_back(width_of(column.title));
  for (const Row& row : rows) {
    for (std::size_t at = 0; at < columns.size(); ++at) {
      widths[at] = std::max(widths[at], width_of(row[at].text));
    }
  }
  return widths;
}

// One space between columns.
std::size_t line_width(const std::vector<std::size_t>& widths) {
  return std::accumulate(widths.begin(), widths.end(), widths.empty() ? 0 : widths.size() - 1);
}

std::size_t* widest_to_cut(const std::vector<Column>& columns, std::vector<std::size_t>& widths) {
  std::size_t* widest = nullptr;
  for (std::size_t at = 0; at < columns.size(); ++at) {
    if (columns[at].cut == Cut::never || widths[at] <= kNarrowest) continue;
    if (widest == nullptr || widths[at] > *widest) widest = &widths[at];
  }
  return widest;
}

std::vector<std::size_t> fitted_widths(const std::vector<Column>& columns, const std::vector<Row>& rows) {
  std::vector<std::size_t> widths = natural_widths(columns, rows);
  while (line_width(widths) > kTextWidth) {
    std::size_t* const widest = widest_to_cut(columns, widths);
    if (widest == nullptr) break;
    --*widest;
  }
  return widths;
}

std::string painted(const std::string& text, std::string_view paint) {
  return paint.empty() ? text : std::string(paint) + text + std::string(kUnpainted);
}

std::string line_of(const std::vector<Column>& columns, const std::vector<std::size_t>& widths,
                    const Row& row) {
  std::string line;
  std::size_t owed = 0;  // spaces that only a further cell makes visible
  for (std::size_t at = 0; at < columns.size(); ++at) {
    const std::string text = shortened(row[at].text, widths[at], columns[at].cut);
    const std::size_t spare = widths[at] - std::min(widths[at], width_of(text));
    if (columns[at].align == Align::right) owed += spare;
    if (!text.empty()) line += std::string(std::exchange(owed, 0), ' ') + painted(text, row[at].paint);
    owed += 1 + (columns[at].align == Align::left ? spare : 0);
  }
  return line + "\n";
}

}  // namespace

std::string table_text(const std::vector<Column>& columns, const std::vector<Row>& rows) {
  const std::vector<std::size_t> widths = fitted_widths(columns, rows);
  std::string text;
  if (std::ranges::any_of(columns, [](const Column& column) { return !column.title.empty(); })) {
    Row titles;
    for (const Column& column : columns) titles.push_back({column.title});
    text += line_of(columns, widths, titles);
  }
  for (const Row& row : rows) text += line_of(columns, widths, row);
  return text;
}

std::string wrapped(std::string_view first, std::string_view text) {
  const std::string indent(width_of(first), ' ');
  std::string lines, line{first};
  bool begun = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    if (begun && width_of(line) + 1 + width_of(word) > kTextWidth) {
      lines += line + "\n";
      line = indent;
      begun = false;
    }
    line += (begun ? " " : "") + std::string(word);
    begun = true;
  }
  return lines + line + "\n";
}

std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  for (; !text.empty(); ++width) text.remove_prefix(character_length(text));
  return width;
}

}  // namespace runneriq::cli
