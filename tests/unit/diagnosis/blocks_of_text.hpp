// Blocks of a log that is given as text, and tables of what is expected of them.
#pragma once

#include "diagnosis/block.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {

// Lines are 1-based. What is expected of the first block of a kind.
struct ExpectedBlock {
  std::string_view log;
  std::string_view kind;
  std::int64_t first = 0, last = 0;
};

inline std::vector<Block> blocks_of_text(std::string_view text) {
  static RuleBook rules;
  return blocks_of(read_log(text, rules));
}

inline std::optional<Block> first_of_kind(const std::vector<Block>& blocks, std::string_view kind) {
  const auto found = std::ranges::find(blocks, kind, &Block::kind);
  return found == blocks.end() ? std::nullopt : std::optional{*found};
}

inline void expect_block(const ExpectedBlock& expected, Extractor extractor) {
  SCOPED_TRACE(std::string{expected.log});
  const auto block = first_of_kind(blocks_of_text(expected.log), expected.kind);
  ASSERT_TRUE(block.has_value()) << "no block of kind " << expected.kind;
  EXPECT_EQ(block->extractor, extractor);
  EXPECT_EQ(block->first + 1, static_cast<std::size_t>(expected.first));
  EXPECT_EQ(block->last + 1, static_cast<std::size_t>(expected.last));
  EXPECT_LE(block->first, block->head);
  EXPECT_LE(block->head, block->last);
}

}  // namespace runneriq::diagnosis
