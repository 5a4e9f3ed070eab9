#include "executor/remedy.hpp"

#include <gtest/gtest.h>

namespace runneriq::executor {
namespace {

TEST(Remedy, WritesAnOptionAsAMappingThatCanBePasted) {
  EXPECT_EQ(write_option("/etc/r.yaml", "executor.driver", "bubblewrap"),
            "below `runneriq:` in /etc/r.yaml write `executor: {driver: bubblewrap}`; if `executor:` stands "
            "there already, write `driver: bubblewrap` below it");
  EXPECT_EQ(write_option("/f", "executor.chain.run", "[/opt/x, run]"),
            "below `runneriq:` in /f write `executor: {chain: {run: [/opt/x, run]}}`; if `executor:` stands "
            "there already, write `chain: {run: [/opt/x, run]}` below it");
}

TEST(Remedy, QuotesForTheShellOnlyWhatNeedsIt) {
  EXPECT_EQ(shell_word("/var/lib/runneriq-executor/host.db"), "/var/lib/runneriq-executor/host.db");
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("/a b"), "'/a b'");
  EXPECT_EQ(shell_word("/it's"), "'/it'\\''s'");
  EXPECT_EQ(shell_word("$(x)"), "'$(x)'");
  EXPECT_EQ(shell_word("/a\nb"), "'/a'$'\\x0a''b'");
}

}  // namespace
}  // namespace runneriq::executor
