// Compares a text with the one that is kept in tests/golden or in docs, or writes it there when
// RUNNERIQ_WRITE_GOLDEN or RUNNERIQ_WRITE_REFERENCE is set.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace runneriq {

inline void expect_text_of_file(const std::string& path, const std::string& text, const char* variable) {
  if (std::getenv(variable) != nullptr) std::ofstream{path} << text;
  std::ifstream file{path};
  std::ostringstream kept;
  kept << file.rdbuf();
  EXPECT_EQ(kept.str(), text) << "run this test with " << variable << "=1 to write " << path;
}

inline void expect_golden(const std::string& name, const std::string& text) {
  expect_text_of_file(RUNNERIQ_SOURCE_DIR "/tests/golden/" + name, text, "RUNNERIQ_WRITE_GOLDEN");
}

// A page of docs/ that is made from tables of the programs.
inline void expect_reference(const std::string& name, const std::string& text) {
  expect_text_of_file(RUNNERIQ_SOURCE_DIR "/docs/" + name, text, "RUNNERIQ_WRITE_REFERENCE");
}

}  // namespace runneriq
