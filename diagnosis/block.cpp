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

using AddBlocks = void (*)(const ReadLog& log, std::vector<Block>& blocks);

// In this order; the last fills what the others leave.
constexpr std::array kAll{
    std::pair{Extractor::test, AddBlocks{add_test_blocks}},
    std::pair{Extractor::trace, AddBlocks{add_trace_blocks}},
    std::pair{Extractor::assertion, AddBlocks{add_assertion_blocks}},
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
  for (const auto& [extractor, add] : kAll) {
    if (extractors.use[static_cast<std::size_t>(extractor)]) add(log, blocks);
  }
  std::ranges::stable_sort(blocks, {}, &Block::first);
  return blocks;
}

}  // namespace runneriq::diagnosis
