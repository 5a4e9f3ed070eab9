// Compares a text with the one that is kept in tests/golden, or writes it there when
// RUNNERIQ_WRITE_GOLDEN is set.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace runneriq {

inline void expect_text_of_file(const std::string& path, const std::string& text) {
  if (std::getenv("RUNNERIQ_WRITE_GOLDEN") != nullptr) std::ofstream{path} << text;
  std::ifstream file{path};
  std::ostringstream kept;
  kept << file.rdbuf();
  EXPECT_EQ(kept.str(), text) << "run this test with RUNNERIQ_WRITE_GOLDEN=1 to write " << path;
}

inline void expect_golden(const std::string& name, const std::string& text) {
  expect_text_of_file(RUNNERIQ_SOURCE_DIR "/tests/golden/" + name, text);
}

}  // namespace runneriq
