#include "diagnosis/extractors_of_runs.hpp"

#include <array>

namespace runneriq::diagnosis {

void add_test_blocks(const RunLines& lines, std::vector<Block>& blocks) {
  const std::array families{shapes_of_python_tests(), shapes_of_jvm_tests(),     shapes_of_script_tests(),
                            shapes_of_native_tests(), shapes_of_further_tests(), shapes_of_summaries()};
  add_shaped_blocks(lines, families, Extractor::test, blocks);
  add_numbered_failures(lines, blocks);
}

}  // namespace runneriq::diagnosis
