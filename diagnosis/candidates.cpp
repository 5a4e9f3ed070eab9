#include "diagnosis/candidates.hpp"

#include "diagnosis/block_extents.hpp"

#include <algorithm>
#include <array>

namespace runneriq::diagnosis {
namespace {

constexpr std::size_t kMostWrapperLines = 80;
constexpr std::size_t kLongestParagraph = 12;
constexpr std::size_t kMostCompared = 5000;     // lines, the last of the failing command
constexpr std::size_t kMostNews = 40;           // blocks of new lines, the last
constexpr std::size_t kFurthestStatement = 10;  // lines behind the end of the command

constexpr std::array<std::string_view, 38> kWrappers{
    "npm ERR!",
    "npm error",
    "npm verb",
    "error Command failed",
    "info Visit ",
    "error Command \"",
    "ELIFECYCLE",
    "make: ***",
    "make[",
    "gmake",
    "mingw32-make",
    "ninja: build stopped",
    "rake aborted!",
    "Tasks: TOP =>",
    "(See full trace by",
    "[ERROR] ",
    "[ERROR]",
    "[INFO] ---",
    "[INFO] BUILD",
    "[INFO] Total time",
    "[INFO] Finished at",
    "[INFO] Final Memory",
    "[INFO]",
    "BUILD FAILED",
    "FAILURE: Build failed",
    "* Try:",
    "* Get more help",
    "> Run with --",
    "Run with --",
    "Total time:",
    "travis_time:",
    "travis_fold:",
    "Error: Process completed with exit code",
    "##[error]Process",
    "lerna ERR!",
    "error: Recipe `",
    "make: Leaving",
    "make: Entering",
};

}  // namespace

bool is_of_a_wrapper(const LogLine& line) {
  const std::string_view text = unindented(line.text);
  if (text.empty() || line.reading == Reading::runner) return true;
  return std::ranges::any_of(kWrappers, [&](std::string_view start) { return text.starts_with(start); });
}

namespace {

void insert(std::vector<Block>& blocks, const Block& block) {
  blocks.insert(std::ranges::upper_bound(blocks, block.first, {}, &Block::first), block);
}

std::size_t behind_own_words(const ReadLog& log, const FailingSpan& span) {
  const std::size_t least = std::max(span.begin, span.end - std::min(span.end, kMostWrapperLines));
  std::size_t end = span.end;
  while (end > least && is_of_a_wrapper(log.lines[end - 1])) --end;
  return end;
}

bool is_known(const std::vector<Block>& blocks, std::size_t line) {
  return std::ranges::any_of(blocks, [&](const Block& b) { return b.kind == kLastOutput && b.last == line; });
}

void add_last_paragraph(const ReadLog& log, const FailingSpan& span, std::size_t end, std::string_view kind,
                        std::vector<Block>& blocks) {
  if (end <= span.begin || is_known(blocks, end - 1) || is_border(log.lines[end - 1])) return;
  std::size_t first = end - 1;
  while (first > span.begin && end - first < kLongestParagraph && !is_blank_line(log.lines[first - 1].text) &&
         !is_border(log.lines[first - 1]))
    --first;
  insert(blocks, {.first = first,
                  .last = end - 1,
                  .head = end - 1,
                  .extractor = Extractor::generic,
                  .kind = kind,
                  .weight = kind == kOwnWords ? 0.3 : 0.2,
                  .failure_class = FailureClass::unknown,
                  .why = kind == kOwnWords ? "the last that the failing command said itself"
                                           : "the last output before it failed"});
}

void add_last_output(const ReadLog& log, const FailingSpan& span, std::vector<Block>& blocks) {
  std::size_t end = span.end;
  while (end > span.begin && is_blank_line(log.lines[end - 1].text)) --end;
  const std::size_t own = behind_own_words(log, span);
  add_last_paragraph(log, span, end, kLastOutput, blocks);
  if (own < end) add_last_paragraph(log, span, own, kOwnWords, blocks);
}

// `The command "make check" exited with 2.`: where a command says nothing, its name is all there is.
void add_statement(const ReadLog& log, const FailingSpan& span, std::vector<Block>& blocks) {
  if (!span.told || span.end == 0) return;
  const std::size_t limit = std::min(log.lines.size(), span.end + kFurthestStatement);
  for (std::size_t i = span.end - 1; i < limit; ++i) {
    if (!log.lines[i].text.starts_with("The command \"")) continue;
    insert(blocks, {.first = i,
                    .last = i,
                    .head = i,
                    .extractor = Extractor::generic,
                    .kind = kStatement,
                    .weight = 0.1,
                    .failure_class = FailureClass::unknown,
                    .why = "the command that failed"});
    return;
  }
}

// The runner's last word on the job where it says more than an exit code.
void add_verdict(const ReadLog& log, std::vector<Block>& blocks) {
  if (reading_of(log.last_words) != Reading::verdict) return;
  for (std::size_t i = log.lines.size(); i-- > 0;) {
    if (log.lines[i].text != log.last_words) continue;
    insert(blocks, {.first = i,
                    .last = i,
                    .head = i,
                    .extractor = Extractor::tool,
                    .kind = kVerdict,
                    .weight = 0.95,
                    .failure_class = FailureClass::unknown,
                    .why = "why the runner gave the job up"});
    return;
  }
}

// Runs of lines of the failing command that no log that passed has.
void add_new_lines(const ReadLog& log, const FailingSpan& span, const Templates& green,
                   std::vector<Block>& blocks) {
  const std::size_t begin = std::max(span.begin + 1, span.end - std::min(span.end, kMostCompared));
  std::vector<Block> found;
  for (std::size_t i = begin; i < span.end; ++i) {
    const std::string_view text = log.lines[i].text;
    if (is_blank_line(text) || is_border(log.lines[i]) || green.knows(text)) continue;
    append(found,
           {.first = i,
            .last = i,
            .head = i,
            .extractor = Extractor::generic,
            .kind = kNewLines,
            .weight = 0.3,
            .failure_class = FailureClass::unknown,
            .why = "new against the last log that passed"},
           kLongestParagraph);
  }
  const std::size_t skipped = found.size() - std::min(found.size(), kMostNews);
  blocks.insert(blocks.end(), found.begin() + static_cast<std::ptrdiff_t>(skipped), found.end());
  std::ranges::stable_sort(blocks, {}, &Block::first);
}

}  // namespace

std::vector<Block> candidates_of(const ReadLog& log, const FailingSpan& span, const ExtractorSet& extractors,
                                 const LogHistory* history) {
  std::vector<Block> blocks = blocks_of(log, extractors);
  if (extractors.use[static_cast<std::size_t>(Extractor::tool)]) add_verdict(log, blocks);
  if (!extractors.use[static_cast<std::size_t>(Extractor::generic)]) return blocks;
  add_last_output(log, span, blocks);
  add_statement(log, span, blocks);
  if (history != nullptr && !history->green.empty()) add_new_lines(log, span, history->green, blocks);
  return blocks;
}

}  // namespace runneriq::diagnosis
