// What finds blocks of compilers, linters, package managers and tools, and where nothing knows better. Each
// adds its blocks in the order of the log. Internal to diagnosis.
#pragma once

#include "diagnosis/block.hpp"

#include <vector>

namespace runneriq::diagnosis {

void add_compiler_blocks(const ReadLog& log, std::vector<Block>& blocks);
void add_lint_blocks(const ReadLog& log, std::vector<Block>& blocks);
void add_package_blocks(const ReadLog& log, std::vector<Block>& blocks);
void add_tool_blocks(const ReadLog& log, std::vector<Block>& blocks);

// Lines that read like an error and stand in none of `blocks`, and the last output of commands that failed.
void add_generic_blocks(const ReadLog& log, std::vector<Block>& blocks);

}  // namespace runneriq::diagnosis
