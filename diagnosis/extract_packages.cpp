#include "diagnosis/extractors_of_tools.hpp"
#include "diagnosis/tool_shapes.hpp"

#include <array>

namespace runneriq::diagnosis {
namespace {

constexpr std::size_t kLongestTogether = 15;  // lines of one kind, one below the other, that are shown as one

}  // namespace

void add_package_blocks(const ReadLog& log, std::vector<Block>& blocks) {
  const std::array families{shapes_of_packages()};
  add_blocks_of_shapes(log, families, Extractor::package, kLongestTogether, blocks);
}

}  // namespace runneriq::diagnosis
