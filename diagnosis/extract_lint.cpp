#include "diagnosis/extractors_of_tools.hpp"
#include "diagnosis/tool_shapes.hpp"

#include <array>

namespace runneriq::diagnosis {
namespace {

constexpr std::size_t kLongestTogether = 30;  // lines of findings, one below the other, that are shown as one

}  // namespace

void add_lint_blocks(const ReadLog& log, std::vector<Block>& blocks) {
  const std::array families{shapes_of_linters()};
  add_blocks_of_shapes(log, families, Extractor::lint, kLongestTogether, blocks);
}

}  // namespace runneriq::diagnosis
