#include "diagnosis/rule_families.hpp"

#include <array>

namespace runneriq::diagnosis {
namespace {

constexpr auto kRules = std::to_array<Rule>({
    {.id = "says-it-is-flaky",
     .pattern =
         R"((?i)\bflaky test(s)? (failed|detected|found)|\bknown to be flaky\b|\b(known|marked as) flaky\b|^\s*\d+ flaky$|passed (on|after) (a )?(retry|rerun)|intermittent(ly)? fail)",
     .failure_class = FailureClass::flaky,
     .precedence = 35,
     .confidence = 0.55,
     .weight = 0.4,
     .why = "the log itself says that it comes and goes",
     .suggestion = "Retry the job, and put the test on a list of known flaky ones until it is mended.",
     .examples = {"cart_test is known to be flaky"}},
    {.id = "rerun-differs",
     .pattern =
         R"(Flaky tests detected|Run \d+: PASS$|\[WARNING\] Flakes: |Tests run: .*Flakes: [1-9]|FLAKY (TEST|FAILURE))",
     .failure_class = FailureClass::flaky,
     .precedence = 50,
     .confidence = 0.55,
     .weight = 0.55,
     .why = "a test failed and passed",
     .suggestion = "Put the test on a list of known flaky ones until it is mended.",
     .examples = {"[WARNING] Flakes: "}},
});

}  // namespace

std::span<const Rule> rules_flaky() {
  return kRules;
}

}  // namespace runneriq::diagnosis
