#include "executor/interpreter.hpp"

#include "core/path.hpp"

#include <algorithm>

namespace runneriq::executor {
namespace {

std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  const std::string_view word = line.substr(0, line.find_first_of(" \t\r"));
  line.remove_prefix(word.size());
  return word;
}

// "#!/usr/bin/env bash" and "#!/bin/bash -e" both name bash; "" when the line names nothing.
std::string_view shell_named_by(std::string_view line) {
  if (!line.starts_with("#!")) return {};
  line.remove_prefix(2);
  const std::string_view program = last_part(take_word(line));
  return program == "env" ? last_part(take_word(line)) : program;
}

}  // namespace

std::vector<std::string> interpreter_for(std::string_view script_path, std::string_view first_line) {
  const std::string_view shell = shell_named_by(first_line);
  if (shell == "pwsh" || shell == "powershell" || script_path.ends_with(".ps1")) {
    return {"pwsh",   "-NoProfile", "-NoLogo", "-NonInteractive", "-ExecutionPolicy",
            "Bypass", "-Command",   "-"};
  }
  if (shell == "sh" || shell == "dash" || shell == "ash") return {"sh"};
  return {"bash"};
}

}  // namespace runneriq::executor
