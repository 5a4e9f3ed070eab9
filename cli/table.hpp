// Aligned columns that fit a terminal, and paragraphs that are wrapped to it. Text of a cell must be
// printable already.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::cli {

inline constexpr std::size_t kTextWidth = 80;

enum class Align { left, right };

// What is dropped of a text that is too long; never: the line grows instead.
enum class Cut { never, end, start };

struct Column {
  std::string title;
  Align align = Align::left;
  Cut cut = Cut::never;
};

struct Cell {
  std::string text;
  std::string_view paint = "";  // an escape sequence to put before it; "" = none
};

using Row = std::vector<Cell>;

// A line per row below a line of titles (none when all are empty). Columns that may be cut give way,
// the widest first, until the lines have at most kTextWidth characters.
std::string table_text(const std::vector<Column>& columns, const std::vector<Row>& rows);

// `first` and then `text` in lines of at most kTextWidth; all but the first line are indented as wide
// as `first`.
std::string wrapped(std::string_view first, std::string_view text);

// Characters, not bytes, of UTF-8.
std::size_t width_of(std::string_view text);

}  // namespace runneriq::cli
