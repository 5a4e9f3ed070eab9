#include "executor/stage_records.hpp"

#include "core/lines.hpp"
#include "core/printable.hpp"
#include "executor/contract.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace runneriq::executor {
namespace {

constexpr std::string_view kStarted = "started";

std::string decimal_text(double value) {
  std::array<char, 32> digits{};
  const auto [end, ec] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  return {digits.data(), end};
}

std::string text_of(const StageEnergy& energy) {
  return "," + decimal_text(energy.package_joules) + "," + std::to_string(energy.host_busy_cpu.count()) +
         "," + std::to_string(energy.wall.count());
}

// Takes a comma and the number behind it off `text`.
template <class Number>
std::optional<Number> take_number(std::string_view& text) {
  if (!text.starts_with(',')) return std::nullopt;
  Number number{};
  const auto [end, ec] = std::from_chars(text.data() + 1, text.data() + text.size(), number);
  if (ec != std::errc{} || !(number >= Number{})) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::optional<StageEnergy> parse_energy(std::string_view text) {
  const auto joules = take_number<double>(text);
  const auto busy = take_number<Duration::rep>(text);
  const auto wall = take_number<Duration::rep>(text);
  if (!joules || !busy || !wall || !std::isfinite(*joules) || !text.empty()) return std::nullopt;
  return StageEnergy{*joules, Duration{*busy}, Duration{*wall}};
}

std::optional<StageRecord> parse_line(std::string_view line) {
  const std::size_t space = line.rfind(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const std::string_view result = line.substr(space + 1);
  StageRecord record{std::string(line.substr(0, space)), std::nullopt};
  if (result == kStarted) return record;
  int code = 0;
  const auto [end, ec] = std::from_chars(result.data(), result.data() + result.size(), code);
  const std::string_view rest = result.substr(static_cast<std::size_t>(end - result.data()));
  if (ec != std::errc{} || (!rest.empty() && !rest.starts_with(','))) return std::nullopt;
  record.exit_code = code;
  record.energy = parse_energy(rest);
  return record;
}

}  // namespace

std::string to_line(const StageRecord& record) {
  const std::string result = record.exit_code ? std::to_string(*record.exit_code) : std::string(kStarted);
  const std::string energy = record.exit_code && record.energy ? text_of(*record.energy) : "";
  return printable(record.sub_stage) + " " + result + energy + "\n";
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
