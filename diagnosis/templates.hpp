// What the log of a run that passed, or of earlier failures of the job, says as well. Pure.
#pragma once

#include "diagnosis/read_log.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_set>

namespace runneriq::diagnosis {

// The templates of lines: what stays of them when numbers, times, paths and hashes are taken out
// (normalised()), as hashes of 64 bits. Bounded: at most kMost, then further ones are left out.
class Templates {
 public:
  static constexpr std::size_t kMost = 200'000;
  void add(const ReadLog& log);
  void add(std::string_view cleaned_line);
  [[nodiscard]] bool knows(std::string_view cleaned_line) const;
  [[nodiscard]] bool empty() const { return known_.empty(); }

 private:
  std::unordered_set<std::uint64_t> known_;
};

struct LogHistory {
  Templates green;   // of the project's last logs of the same job that passed
  Templates failed;  // headlines and evidence of earlier failures of the same job
};

}  // namespace runneriq::diagnosis
