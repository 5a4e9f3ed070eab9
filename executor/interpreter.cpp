#include "executor/interpreter.hpp"

namespace runneriq::executor {
namespace {

std::string_view last_word(std::string_view line) {
  while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.remove_suffix(1);
  const std::size_t start = line.find_last_of("/ ");
  return start == std::string_view::npos ? line : line.substr(start + 1);
}

}  // namespace

std::vector<std::string> interpreter_for(std::string_view script_path, std::string_view first_line) {
  const std::string_view shell = first_line.starts_with("#!") ? last_word(first_line) : "";
  if (shell == "pwsh" || shell == "powershell" || script_path.ends_with(".ps1")) {
    return {"pwsh",   "-NoProfile", "-NoLogo", "-NonInteractive", "-ExecutionPolicy",
            "Bypass", "-Command",   "-"};
  }
  if (shell == "sh" || shell == "dash" || shell == "ash") return {"sh"};
  return {"bash"};
}

}  // namespace runneriq::executor
