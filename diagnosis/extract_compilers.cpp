#include "diagnosis/extractors_of_tools.hpp"
#include "diagnosis/tool_shapes.hpp"

#include <array>

namespace runneriq::diagnosis {
namespace {

// Lines of diagnostics of one kind, one below the other, that are shown as one.
constexpr std::size_t kLongestTogether = 24;

}  // namespace

void add_compiler_blocks(const ReadLog& log, std::vector<Block>& blocks) {
  const std::array families{shapes_of_managed_compilers(), shapes_of_script_compilers(),
                            shapes_of_native_compilers(), shapes_of_build_files()};
  add_blocks_of_shapes(log, families, Extractor::compiler, kLongestTogether, blocks);
}

}  // namespace runneriq::diagnosis
