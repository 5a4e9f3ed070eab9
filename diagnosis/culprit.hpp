// Which change a failure follows from: evidence against the diffs since the last green pipeline. Pure.
#pragma once

#include "core/result.hpp"
#include "diagnosis/root_cause.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {

struct ChangedFile {
  std::string path{};                      // after the change; before it where it was deleted
  std::string old_path{};                  // "" = the same
  std::vector<std::pair<int, int>> added;  // runs of new lines, 1-based, inclusive
  std::vector<std::string> symbols;        // names in added and removed lines: functions, types, keys
  std::string commit{};                    // that changed it last; "" = not known
};

// A unified diff of one or more files (git diff, diff -u). What is no diff gives none. Bounded: 1,000 files,
// 200 symbols each. Any bytes; O(length). A hunk has the lines that its head counts, so that none of them can
// be taken for another file's head.
std::vector<ChangedFile> changed_files(std::string_view unified_diff);
// The hunks of one file, as GitLab's API gives them (`diff`, `new_path`, `old_path`).
ChangedFile changed_file(std::string_view new_path, std::string_view old_path, std::string_view hunks);

// A place that a log names: "src/cart.cpp:41:7", "File \"a/b.py\", line 3", "at Foo.java:12", "a.ts(3,4)".
struct LogPlace {
  std::string path;
  int line = 0;  // 0 = none
};
std::vector<LogPlace> places_in(std::string_view cleaned_line);

struct Culprit {
  std::string path;
  int line = 0;           // of the file, as the log says; 0 = none
  std::string symbol;     // in both; "" = none
  std::string commit;     // "" = not known
  double confidence = 0;  // 0..1
  std::string why;        // "line 41 of src/cart.cpp, which the log names, was changed"
};

// The most likely; none where nothing in the evidence fits a change, or all fit alike. A place whose very
// line was changed counts most, then its file, then a symbol that is rare in the log; and for dependencies
// and configuration the files that say which (lock files, .gitlab-ci.yml). O(log + evidence × changes).
std::optional<Culprit> culprit_of(const ReadLog& log, const RootCause& cause,
                                  std::span<const ChangedFile> changes,
                                  FailureClass failure_class = FailureClass::unknown);

}  // namespace runneriq::diagnosis
