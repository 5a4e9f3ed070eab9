// A run of lines that may say why a job failed. Pure.
#pragma once

#include "diagnosis/failure_class.hpp"
#include "diagnosis/read_log.hpp"

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {

// What found a block. Each can be left out, to measure what it is good for.
enum class Extractor {
  compiler,   // diagnostics of compilers and linkers with their source lines, carets and notes
  test,       // reports of failed tests, per ecosystem
  trace,      // tracebacks and stack traces
  package,    // package managers and build tools that say what failed
  lint,       // findings of linters and formatters
  assertion,  // assertion diffs, expected and got
  tool,       // git, docker, registries, network, disk, memory, timeouts: one line or a few
  generic,    // lines that read like an error, where nothing knows better
};
inline constexpr std::size_t kExtractors = 8;
std::string_view to_text(Extractor extractor);

struct Block {
  std::size_t first = 0, last = 0;  // indexes in ReadLog::lines, inclusive
  std::size_t head = 0;             // of the line within that says it best
  Extractor extractor = Extractor::generic;
  std::string_view kind;  // what made it, stable: "pytest-failure", "gcc", "java-trace"
  double weight = 0.5;    // 0..1, before it is ranked: how likely such a block says why
  FailureClass failure_class = FailureClass::unknown;  // what the extractor knows of it
  std::string_view why;                                // a few words for people: "failed test of pytest"
};

struct ExtractorSet {
  bool use[kExtractors] = {true, true, true, true, true, true, true, true};
};

// All blocks of a log, in order of their first lines; they may overlap. O(lines).
std::vector<Block> blocks_of(const ReadLog& log, const ExtractorSet& extractors = {});

}  // namespace runneriq::diagnosis
