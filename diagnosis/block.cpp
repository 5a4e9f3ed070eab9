#include "diagnosis/block.hpp"

#include "diagnosis/extractors_of_runs.hpp"
#include "diagnosis/extractors_of_tools.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace runneriq::diagnosis {
namespace {

constexpr std::array<std::string_view, kExtractors> kNames{"compiler", "test",      "trace", "package",
                                                           "lint",     "assertion", "tool",  "generic"};

using AddRunBlocks = void (*)(const RunLines& lines, std::vector<Block>& blocks);

// In this order, before those of tools.
constexpr std::array kOfRuns{
    std::pair{Extractor::test, AddRunBlocks{add_test_blocks}},
    std::pair{Extractor::trace, AddRunBlocks{add_trace_blocks}},
    std::pair{Extractor::assertion, AddRunBlocks{add_assertion_blocks}},
};

using AddBlocks = void (*)(const ReadLog& log, std::vector<Block>& blocks);

// In this order; the last fills what the others leave.
constexpr std::array kOfTools{
    std::pair{Extractor::compiler, AddBlocks{add_compiler_blocks}},
    std::pair{Extractor::lint, AddBlocks{add_lint_blocks}},
    std::pair{Extractor::package, AddBlocks{add_package_blocks}},
    std::pair{Extractor::tool, AddBlocks{add_tool_blocks}},
    std::pair{Extractor::generic, AddBlocks{add_generic_blocks}},
};

}  // namespace

std::string_view to_text(Extractor extractor) {
  return kNames.at(static_cast<std::size_t>(extractor));
}

std::vector<Block> blocks_of(const ReadLog& log, const ExtractorSet& extractors) {
  std::vector<Block> blocks;
  const auto is_used = [&](const auto& row) { return extractors.use[static_cast<std::size_t>(row.first)]; };
  if (std::ranges::any_of(kOfRuns, is_used)) {
    const RunLines lines(log);
    for (const auto& row : kOfRuns) {
      if (is_used(row)) row.second(lines, blocks);
    }
  }
  for (const auto& row : kOfTools) {
    if (is_used(row)) row.second(log, blocks);
  }
  std::ranges::stable_sort(blocks, {}, &Block::first);
  return blocks;
}

}  // namespace runneriq::diagnosis
