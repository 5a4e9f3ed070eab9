#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace runneriq::executor {

// The command that runs a script of gitlab-runner from standard input: the shell that the
// script's first line names (`#!/usr/bin/env bash`), PowerShell for *.ps1, else bash. Never a
// login shell: a profile could take longer than the job. gitlab-runner's scripts read nothing
// from standard input themselves.
std::vector<std::string> interpreter_for(std::string_view script_path, std::string_view first_line);

}  // namespace runneriq::executor
