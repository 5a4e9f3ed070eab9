#include "core/trimmed.hpp"
#include "diagnosis/extractors_of_runs.hpp"

#include <algorithm>
#include <array>

namespace runneriq::diagnosis {
namespace {

constexpr std::string_view kTraceback = "Traceback (most recent call last):";
constexpr std::string_view kChained =
    "During handling of the above exception, another exception occurred:|"
    "The above exception was the direct cause of the following exception:";
constexpr std::size_t kMostMessage = 8;  // lines of an exception's text that are taken

bool begins_traceback(const RunLine& line) {
  return line.text.ends_with(kTraceback);
}

// The column of the text that a traceback's lines are measured against.
std::uint32_t column_of(const RunLine& line) {
  return line.indent;
}

struct Traceback {
  std::size_t exception = 0;  // its line
  std::size_t last = 0;
};

// Frames stand to the right of the title, the exception below it; its text may go on.
Traceback end_of_traceback(const RunLines& lines, std::size_t title) {
  std::size_t at = title + 1;
  const std::uint32_t column = column_of(lines[title]);
  const auto deeper = [&] {
    return lines[at].text.empty() || lines[at].indent > column || like(lines[at].text, "File \"%\", line #%");
  };
  while (at < lines.size() && !lines.breaks_at(at) && deeper()) ++at;
  if (at == lines.size() || lines.breaks_at(at)) return {.exception = at - 1, .last = at - 1};
  const std::size_t exception = at;
  while (at + 1 < lines.size() && at < exception + kMostMessage && !lines.breaks_at(at + 1) &&
         !lines[at + 1].text.empty() &&
         lines[at + 1].text.find_first_not_of("-=") != std::string_view::npos &&
         lines[at + 1].indent > column) {
    ++at;
  }
  return {.exception = exception, .last = at};
}

// With the tracebacks that are chained to it.
Traceback whole_traceback(const RunLines& lines, std::size_t title) {
  Traceback traceback = end_of_traceback(lines, title);
  for (;;) {
    const std::size_t chained = lines.next_text(traceback.last + 1);
    if (chained >= lines.size() || !like(lines[chained].text, kChained)) return traceback;
    const std::size_t next = lines.next_text(chained + 1);
    if (next >= lines.size() || !begins_traceback(lines[next])) return traceback;
    traceback = end_of_traceback(lines, next);
  }
}

void add_tracebacks(const RunLines& lines, std::vector<Block>& blocks) {
  for (std::size_t at = 0; at < lines.size(); ++at) {
    if (!begins_traceback(lines[at])) continue;
    const Traceback traceback = whole_traceback(lines, at);
    Block block{.first = at,
                .last = traceback.last,
                .head = traceback.exception,
                .extractor = Extractor::trace,
                .kind = "python-traceback",
                .weight = 0.8,
                .failure_class = FailureClass::unknown,
                .why = "traceback of Python"};
    without_rulers(lines, block);
    blocks.push_back(block);
    at = traceback.last;
  }
}

bool is_syntax_error(std::string_view text) {
  return text.starts_with("SyntaxError: ") || text.starts_with("IndentationError: ") ||
         text.starts_with("TabError: ");
}

// "  File "cart.py", line 3", the line, a caret, "SyntaxError: …", without a traceback above.
void add_syntax_errors(const RunLines& lines, std::vector<Block>& blocks) {
  constexpr std::size_t kLines = 6;
  for (std::size_t at = 0; at < lines.size(); ++at) {
    if (!is_syntax_error(lines[at].text)) continue;
    std::size_t first = at;
    while (first > 0 && at - first < kLines && !like(lines[first].text, "File \"%\", line #%")) --first;
    if (!like(lines[first].text, "File \"%\", line #%")) first = at;
    blocks.push_back({.first = first,
                      .last = at,
                      .head = at,
                      .extractor = Extractor::trace,
                      .kind = "python-syntax",
                      .weight = 0.8,
                      .failure_class = FailureClass::compile,
                      .why = "Python cannot parse a file"});
  }
}

}  // namespace

void add_trace_blocks(const RunLines& lines, std::vector<Block>& blocks) {
  add_tracebacks(lines, blocks);
  add_syntax_errors(lines, blocks);
  add_frame_blocks(lines, blocks);
  const std::array families{shapes_of_traces(), shapes_of_crashes()};
  add_shaped_blocks(lines, families, Extractor::trace, blocks);
}

}  // namespace runneriq::diagnosis
