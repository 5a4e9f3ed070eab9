#include "executor/stage_records.hpp"

#include "core/lines.hpp"
#include "core/printable.hpp"
#include "executor/contract.hpp"

#include <algorithm>
#include <charconv>

namespace runneriq::executor {
namespace {

constexpr std::string_view kStarted = "started";

std::optional<StageRecord> parse_line(std::string_view line) {
  const std::size_t space = line.rfind(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const std::string_view result = line.substr(space + 1);
  StageRecord record{std::string(line.substr(0, space)), std::nullopt};
  if (result == kStarted) return record;
  int code = 0;
  const auto [end, ec] = std::from_chars(result.data(), result.data() + result.size(), code);
  if (ec != std::errc{} || end != result.data() + result.size()) return std::nullopt;
  record.exit_code = code;
  return record;
}

}  // namespace

std::string to_line(const StageRecord& record) {
  const std::string result = record.exit_code ? std::to_string(*record.exit_code) : std::string(kStarted);
  return printable(record.sub_stage) + " " + result + "\n";
}

std::vector<StageRecord> parse_stage_records(std::string_view text) {
  std::vector<StageRecord> records;
  for (const std::string_view line : lines_of(text)) {
    if (auto record = parse_line(line)) records.push_back(std::move(*record));
  }
  return records;
}

JobResult result_of(std::span<const StageRecord> records) {
  std::vector<StageRecord> last;  // one per sub-stage, in order of first appearance
  for (const StageRecord& record : records) {
    const auto known = std::ranges::find(last, record.sub_stage, &StageRecord::sub_stage);
    if (known == last.end()) {
      last.push_back(record);
    } else {
      *known = record;
    }
  }
  for (const StageRecord& record : last) {
    const int code = record.exit_code.value_or(kSystemFailure);
    if (code != 0 && decides_the_job(record.sub_stage)) return {false, code, record.sub_stage};
  }
  return {};
}

}  // namespace runneriq::executor
