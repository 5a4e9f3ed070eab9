#include "executor/interpreter.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace runneriq::executor {
namespace {

struct ScriptCase {
  const char* path;
  const char* first_line;
  const char* program;
};

TEST(Interpreter, IsTheShellThatTheScriptNames) {
  const ScriptCase cases[] = {{"/t/script", "#!/usr/bin/env bash", "bash"},
                              {"/t/script", "#!/usr/bin/env sh", "sh"},
                              {"/t/script", "#!/bin/bash", "bash"},
                              {"/t/script", "#!/bin/sh", "sh"},
                              {"/t/script", "#! /bin/sh", "sh"},
                              {"/t/script", "#!/bin/dash", "sh"},
                              {"/t/script", "#!/usr/bin/env sh\r", "sh"},
                              {"/t/script", "#!/usr/bin/env sh  ", "sh"},
                              {"/t/script", "#!/usr/bin/env pwsh", "pwsh"},
                              {"/t/script", "#!/usr/bin/env powershell", "pwsh"},
                              {"/t/script.ps1", "$ErrorActionPreference = 'Stop'", "pwsh"},
                              {"/t/script.ps1", "", "pwsh"},
                              {"/t/script", "", "bash"},
                              {"/t/script", "echo sh", "bash"},
                              {"/t/script", "# /bin/sh", "bash"},
                              {"/t/script", "#!", "bash"},
                              {"/t/script", "#!/", "bash"},
                              {"/t/sh", "", "bash"},
                              {"/t/script", "#!/tmp/evil", "bash"},
                              {"", "", "bash"}};
  for (const auto& [path, first_line, program] : cases) {
    EXPECT_EQ(interpreter_for(path, first_line).front(), program) << path << ": " << first_line;
  }
}

TEST(Interpreter, IsAskedForNoLoginShellAndReadsStandardInput) {
  EXPECT_EQ(interpreter_for("/t/script", "#!/usr/bin/env bash"), std::vector<std::string>{"bash"});
  EXPECT_EQ(interpreter_for("/t/script", "#!/usr/bin/env sh"), std::vector<std::string>{"sh"});
  const auto pwsh = interpreter_for("/t/script.ps1", "");
  EXPECT_EQ(pwsh.back(), "-");
  EXPECT_EQ(std::ranges::count(pwsh, "-NoProfile"), 1);
  EXPECT_EQ(std::ranges::count(pwsh, "-NonInteractive"), 1);
}

}  // namespace
}  // namespace runneriq::executor
