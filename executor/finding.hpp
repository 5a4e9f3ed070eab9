// One line of `doctor`, and how the doctors of all programs print their lines.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace runneriq::executor {

enum class FindingStatus { ok, warn, fail, skipped };
std::string_view to_text(FindingStatus status);  // "ok", "warn", "fail", "skipped"

struct Finding {
  std::string name;  // stable, for programs: "state-file", "runner-2.limit"
  FindingStatus status = FindingStatus::ok;
  std::string what;    // a sentence without a full stop at its end
  std::string remedy;  // the line to write or the command to type; "" when nothing is to be done
  friend bool operator==(const Finding&, const Finding&) = default;
};

// 1 when anything failed, else 0.
int exit_code(std::span<const Finding> findings);

// One line per finding and, indented below it, its remedy; a count at the end.
std::string as_text(std::span<const Finding> findings);
// {"findings": [{"name", "status", "what", "remedy"}], "failed": N, "warned": N}
std::string as_json(std::span<const Finding> findings);

}  // namespace runneriq::executor
