// What programs that run write when they fail: reports of tests, traces, assertions. Internal to diagnosis;
// pure. All of it is O(bytes of the log), whatever the log says.
#pragma once

#include "diagnosis/block.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {

// Lines as the program wrote them: without what build tools, containers and monorepos put before each line
// ("[info] ", "    [junit] ", "#12 3.45 ", "web_1  | ").
struct RunLine {
  std::string_view text;     // without blanks at both ends
  std::uint32_t indent = 0;  // of the program's own line; a tabulator counts 8
  bool parted = false;       // another command, part of the log or gap begins here
};

// Of a log that outlives them.
class RunLines {
 public:
  explicit RunLines(const ReadLog& log);
  [[nodiscard]] std::size_t size() const { return lines_.size(); }
  const RunLine& operator[](std::size_t index) const { return lines_[index]; }
  // The next line that is not blank, from `index` on; size() if there is none within ten.
  [[nodiscard]] std::size_t next_text(std::size_t index) const;
  // Whether what was said before cannot go on here: something else begins, or a tool sums up that it failed.
  [[nodiscard]] bool breaks_at(std::size_t index) const;

 private:
  std::vector<RunLine> lines_;
};

void add_test_blocks(const RunLines& lines, std::vector<Block>& blocks);
void add_trace_blocks(const RunLines& lines, std::vector<Block>& blocks);
void add_assertion_blocks(const RunLines& lines, std::vector<Block>& blocks);

// Patterns of whole lines: '%' any text, '#' a number, '@' a number but 0, '?' any byte, '\' takes the next
// as it is; '|' between alternatives. None matches nothing. O(line × pattern).
bool like(std::string_view text, std::string_view patterns);

// How a report goes on after its title.
enum class RunBody {
  line,       // not at all
  same,       // while lines are like the title
  deeper,     // while lines are blank or stand further to the right
  commented,  // while lines are blank, begin with '#' or stand further to the right
  paragraph,  // to the next blank line
  until,      // to a line of `stop`, or to the next title
};

// The shape of a report. Patterns are of like(), on RunLine::text.
struct RunShape {
  std::string_view kind{}, why{};
  std::string_view title{};
  std::string_view except{};    // what looks like a title and is none
  std::string_view previous{};  // which the line before must match; "" = any
  std::string_view next{};      // which the next line with text must match; "" = any
  std::string_view top{};       // of a line above with which it begins, if no line of `stop` is between
  std::string_view before{};    // of lines right above that belong to it, at most kMostBefore
  RunBody body = RunBody::line;
  std::string_view stop{};  // of the line that does not belong to it any more
  std::string_view end{};   // of the last line that does
  std::string_view head{};  // of the line that says it best; "" or none = the title
  double weight = 0.5;
  FailureClass failure_class = FailureClass::test;
};
inline constexpr std::size_t kMostBefore = 40;
inline constexpr std::size_t kLongestReport = 1000;  // lines that are looked through for an end

using RunShapes = std::span<const RunShape>;
RunShapes shapes_of_python_tests();
RunShapes shapes_of_jvm_tests();
RunShapes shapes_of_script_tests();   // JavaScript, Ruby, PHP, Perl, Lua, shells
RunShapes shapes_of_native_tests();   // C, C++, Go, Rust, Swift
RunShapes shapes_of_further_tests();  // .NET, BEAM, functional languages, R, Julia, editors
RunShapes shapes_of_summaries();      // what counts or lists failed tests
RunShapes shapes_of_traces();
RunShapes shapes_of_crashes();
RunShapes shapes_of_assertions();

void add_shaped_blocks(const RunLines& lines, std::span<const RunShapes> families, Extractor extractor,
                       std::vector<Block>& blocks);
// Reports as numbered lists, "1) it adds": Mocha, Jasmine, RSpec, PHPUnit, ExUnit, HSpec, NUnit, Playwright …
void add_numbered_failures(const RunLines& lines, std::vector<Block>& blocks);
// Frames one below the other, with what was thrown above them: JVM, JavaScript, .NET, Ruby, native code.
void add_frame_blocks(const RunLines& lines, std::vector<Block>& blocks);

// Without blank lines and rulers at both ends; `block.head` stays within.
void without_rulers(const RunLines& lines, Block& block);

}  // namespace runneriq::diagnosis
