// One line of `doctor`.
#pragma once

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

}  // namespace runneriq::executor
