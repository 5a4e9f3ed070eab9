// Runs a command of the table on a session, from the words of a command line.
#pragma once

#include "cli/command_line.hpp"
#include "tests/support/fake_session.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>
#include <variant>
#include <vector>

namespace runneriq::cli {

inline Exit run_words(FakeSession& fake, const std::vector<std::string_view>& words) {
  const auto parsed = parse_command_line(words);
  if (!parsed || !std::holds_alternative<Invocation>(*parsed)) {
    ADD_FAILURE() << (parsed ? "an answer, no invocation" : parsed.error().message);
    return Exit::usage;
  }
  const auto& invocation = std::get<Invocation>(*parsed);
  const auto rows = commands();
  return std::ranges::find(rows, invocation.command, &CommandRow::name)->run(fake.session, invocation);
}

}  // namespace runneriq::cli
