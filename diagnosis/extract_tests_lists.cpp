#include "diagnosis/characters.hpp"
#include "diagnosis/extractors_of_runs.hpp"

#include <algorithm>

namespace runneriq::diagnosis {
namespace {

struct ListKind {
  std::string_view kind, why;
  double weight = 0.9;
};

constexpr ListKind kMocha{.kind = "mocha-failure", .why = "failed test of Mocha"};
constexpr ListKind kPhpUnit{.kind = "phpunit-failure", .why = "failed test of PHPUnit"};
constexpr ListKind kRspec{.kind = "rspec-failure", .why = "failed example"};
constexpr ListKind kExUnit{.kind = "exunit-failure", .why = "failed test of ExUnit"};
constexpr ListKind kNUnit{.kind = "nunit-failure", .why = "failed test of NUnit"};
constexpr ListKind kPlaywright{.kind = "playwright-failure", .why = "failed test of Playwright"};
constexpr ListKind kJUnit{.kind = "junit-failure", .why = "failed test of JUnit"};
constexpr ListKind kOther{.kind = "", .why = ""};  // an item that is no failure
constexpr ListKind kCodeception{.kind = "codeception-failure", .why = "failed test of Codeception"};

// What is said above a list of failures, and above lists that look alike.
const ListKind* kind_of_heading(std::string_view text) {
  if (like(text,
           "There was # failure:|There were # failures:|There was # error:|There were # errors:|"
           "There was # PHPUnit error:|There were # PHPUnit errors:|There was # Failure%|Time: %")) {
    return &kPhpUnit;
  }
  if (like(text,
           "@ failing|@ failed|@ failing:|# passing %|✖ @ of # test% failed:|✖ @ test% failed:|✖ @ "
           "error|FAILURES")) {
    return &kMocha;
  }
  if (like(text,
           "Failures:|Failures|Failed examples|Failures & Errors:|Failures and Errors:|===> Failures:|* "
           "Failures *|\\*%Failures%\\*|Failed tests:|Failures/Errors:")) {
    return &kRspec;
  }
  return like(text, "Errors, Failures and Warnings|Errors and Failures%|Errors and Failures:") ? &kNUnit
                                                                                               : nullptr;
}

// Above lists that look like those of failures: what is pending, skipped or merely risky.
bool heads_other_lists(std::string_view text) {
  return like(text,
              "There was # risky %|There were # risky %|There was # skipped %|There were # skipped %|"
              "There was # incomplete %|There were # incomplete %|There was # warning%|There were # warning%|"
              "There was # deprecation%|There were # deprecation%|Tests Not Run|Pending:%|Skipped:|Warnings:|"
              "There was # notice%|There were # notice%|# pending|Pending: (%");
}

bool ends_lists(std::string_view text) {
  return like(text, "Failed examples:|OK (%|OK, but %|Finished in %|FAILURES!|ERRORS!");
}

// "1) …": what stands behind the number; none for what is no item.
std::string_view item_of(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0 || digits > 5 || !text.substr(digits).starts_with(") ")) return {};
  return text.substr(digits + 2);
}

// What an item says of itself, whatever stands above.
const ListKind* kind_of_item(const RunLines& lines, std::size_t at, std::string_view item) {
  if (like(item, "test % (%)|doctest % (%)|property % (%)")) return &kExUnit;
  if (like(item, "Failed : %|Error : %|Invalid : %")) return &kNUnit;
  if (like(item, "[%] › %|%.ts:#:# › %|%.js:#:# › %|%.tsx:#:# › %")) return &kPlaywright;
  const std::size_t next = lines.next_text(at + 1);
  if (next == lines.size()) return nullptr;
  if (like(lines[next].text, "Failure/Error: %|Failure/Error:")) return &kRspec;
  if (like(lines[next].text, "Test  %.php:%|Test  tests/%")) return &kCodeception;
  return nullptr;
}

constexpr std::string_view kEnds =
    "Finished in %|FAILURES!|ERRORS!|Failed examples:|Tests: %|--|Randomized with %|# tests, %|# examples, "
    "%|# example, %|"
    "Executed # %|Ran # %|There was %|There were %|WARNINGS!|OK (%|Time: %|# runs, %|Slow test%|# "
    "doctest%|Coverage%|"
    "# passing%|Result: %|# skipped|# passed (%|# flaky|# did not run|# failed|Legacy deprecation notices "
    "%|Remaining %deprecation%|"
    "Generating code coverage report %|-----%|Run Settings%|Test Run Summary%|Test suite %|Top # slowest "
    "%|Pending:|# specs, %|# spec, %|"
    "Failed: #.  %|TOTAL%|Suites: %|Tests Not Run|Warnings:";

// Reporters put items in a column and what belongs to them further to the right; some do neither.
bool item_goes_on(const RunLines& lines, std::size_t title, std::size_t at) {
  const RunLine& line = lines[at];
  if (lines.breaks_at(at)) return false;
  if (line.text.empty()) return true;
  const std::uint32_t column = lines[title].indent;
  if (!item_of(line.text).empty() && line.indent <= column + 1) return false;
  if (column > 0 && line.indent < column) return false;
  return line.indent > column + 1 || !like(line.text, kEnds);
}

Block block_of_item(const RunLines& lines, std::size_t title, const ListKind& kind) {
  const std::size_t limit = std::min(lines.size(), title + kLongestReport);
  std::size_t at = title + 1;
  while (at < limit && item_goes_on(lines, title, at)) ++at;
  const bool placed = kind.kind == kRspec.kind && title > 0 && like(lines[title - 1].text, "%.hs:#:#:%");
  Block block{.first = placed ? title - 1 : title,
              .last = at - 1,
              .head = title,
              .extractor = Extractor::test,
              .kind = kind.kind,
              .weight = kind.weight,
              .failure_class = FailureClass::test,
              .why = kind.why};
  without_rulers(lines, block);
  return block;
}

// Whether a line is worth a look: headings are short and begin with few letters.
bool may_head(std::string_view text) {
  constexpr std::size_t kLongestHeading = 80;
  constexpr std::string_view kFirst = "TFEOPSWt=*\xE2";
  return text.size() <= kLongestHeading &&
         (is_digit(text.front()) || kFirst.find(text.front()) != std::string_view::npos);
}

// What the lines above say that an item is.
class Headings {
 public:
  void see(std::string_view text) {
    if (!may_head(text)) return;
    if (const ListKind* const kind = kind_of_heading(text)) {
      above_ = kind;
    } else if (heads_other_lists(text)) {
      above_ = &kOther;
    } else if (above_ != nullptr && ends_lists(text)) {
      above_ = nullptr;
    }
  }
  void forget() { above_ = nullptr; }
  [[nodiscard]] const ListKind* above() const { return above_; }

 private:
  const ListKind* above_ = nullptr;
};

const ListKind* kind_of(const RunLines& lines, std::size_t at, std::string_view item, const ListKind* above) {
  if (above == &kOther) return nullptr;
  if (const ListKind* const own = kind_of_item(lines, at, item)) return own;
  return above == &kPhpUnit && like(item, "%(%.%)") && !like(item, "%::%") ? &kJUnit : above;
}

}  // namespace

void add_numbered_failures(const RunLines& lines, std::vector<Block>& blocks) {
  Headings headings;
  for (std::size_t at = 0; at < lines.size(); ++at) {
    const std::string_view text = lines[at].text;
    if (text.empty()) continue;
    if (lines.breaks_at(at)) headings.forget();
    const std::string_view item = item_of(text);
    if (item.empty()) {
      headings.see(text);
      continue;
    }
    const ListKind* const kind = kind_of(lines, at, item, headings.above());
    if (kind == nullptr) continue;
    const Block block = block_of_item(lines, at, *kind);
    // Mocha's tree names what failed before its list tells of it.
    if (block.first == block.last && kind == &kMocha) continue;
    blocks.push_back(block);
    at = block.last;
  }
}

}  // namespace runneriq::diagnosis
