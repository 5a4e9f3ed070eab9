// Names of tests that failed, as the programs that run tests write them. Pure; one line at a time.
#pragma once

#include <optional>
#include <string_view>

namespace runneriq::diagnosis {

// The name of the failed test that one cleaned line tells of; part of `line`. Known are CTest, GoogleTest,
// Go, pytest, unittest, TAP, JUnit by Maven and Gradle, Jest, Vitest, RSpec, Minitest, Cargo, PHPUnit,
// ExUnit: "Cart.adds" of
// "[  FAILED  ] Cart.adds (3 ms)". None of lines that only count. O(length).
std::optional<std::string_view> failed_test_in(std::string_view line);

}  // namespace runneriq::diagnosis
