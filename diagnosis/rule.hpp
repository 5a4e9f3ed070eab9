// What a line of a log says of a failure: rules as data. Pure.
#pragma once

#include "diagnosis/failure_class.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace runneriq::diagnosis {

// A rule looks at one cleaned line (diagnosis/log_cleaner), anywhere within it. `pattern` is an expression of
// RE2 without captures.
struct Rule {
  std::string_view id;       // "npm-no-such-version": words with hyphens, stable, shown and kept
  std::string_view pattern;  // "npm ERR! code ETARGET"
  FailureClass failure_class = FailureClass::unknown;
  // Of rules that match, the highest decides the class: what names a cause (no space left) stands above what
  // names its effect (a test that failed). 0..100.
  int precedence = 50;
  double confidence = 0.5;        // 0..1: how often the class is right where this rule decides
  double weight = 0.5;            // 0..1: how likely the line is among those that say why the job failed
  std::string_view why;           // what it means, a few words: "npm finds no such version"
  std::string_view suggestion{};  // what to do, one sentence; "" = that of the class
  // Whole lines that it must match, and such that look alike and that it must not match. Tests.
  std::array<std::string_view, 3> examples{};
  std::array<std::string_view, 2> counterexamples{};
};

// One file per family, diagnosis/rules_<family>.cpp; all together in all_rules(). Ids are unique.
using RuleIndex = std::uint16_t;  // in all_rules()
std::span<const Rule* const> all_rules();

}  // namespace runneriq::diagnosis
