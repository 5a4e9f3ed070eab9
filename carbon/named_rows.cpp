#include "carbon/named_rows.hpp"

#include "core/joined.hpp"
#include "core/named_rows.hpp"
#include "core/option_rows.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace runneriq::carbon {
namespace {

constexpr std::string_view kZoneCharacters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";
constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kBetweenIds = " ,";
constexpr std::size_t kLongestKey = 64;
constexpr double kMostGrams = 1e12;
constexpr Duration kShortestDeadline = std::chrono::minutes{1};
constexpr Duration kLongestDeadline = std::chrono::days{30};

bool consists_of(std::string_view text, std::string_view characters) {
  return !text.empty() && text.size() <= kLongestKey &&
         text.find_first_not_of(characters) == std::string_view::npos;
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

Result<std::string> parse_pattern(std::string_view text) {
  if (text.empty() || std::any_of(text.begin(), text.end(), is_control)) {
    return not_expected(text, "a pattern, for example nightly-* or acme/*");
  }
  return std::string(text);
}

Result<Duration> parse_deadline(std::string_view text) {
  Result<Duration> deadline = parse_duration(text);
  if (deadline && (*deadline < kShortestDeadline || *deadline > kLongestDeadline)) {
    return not_expected(text, "a duration from 1m to 30d");
  }
  return deadline;
}

Result<double> parse_grams(std::string_view text) {
  return parse_decimal(text, 0, kMostGrams);
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t at = text.find_first_not_of(kBetweenIds); at != std::string_view::npos;
       at = text.find_first_not_of(kBetweenIds, at)) {
    const std::size_t end = std::min(text.find_first_of(kBetweenIds, at), text.size());
    words.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

Result<std::vector<std::string>> parse_projects(std::string_view text) {
  std::vector<std::string> projects = words_of(text);
  const bool right = std::all_of(projects.begin(), projects.end(), [](const std::string& project) {
    return project == "*" || consists_of(project, kDigits);
  });
  if (projects.empty() || !right) return not_expected(text, "a list of project ids, for example 42 43, or *");
  return projects;
}

}  // namespace

Result<std::string> parse_zone(std::string_view text) {
  if (!text.empty() && !consists_of(text, kZoneCharacters)) {
    return not_expected(text, "the key of a zone, for example DE or US-CAL-CISO");
  }
  return std::string(text);
}

Option zones_row(std::map<std::string, std::string>& zones) {
  Option option =
      row("carbon.zones", "mapping of runner to zone",
          "The zone of the power grid of each runner, by its id or description, for example 42: DE; "
          "RUNNER_ZONE_<runner> goes before, a tag zone:<key> behind.");
  option.set_entry = [&zones](std::string_view runner, std::string_view text) -> Result<void> {
    if (runner.empty()) return fail(Errc::invalid_argument, "a runner's id or description must not be empty");
    Result<std::string> zone = parse_zone(text);
    if (!zone) return fail(std::move(zone.error()));
    zones[std::string(runner)] = *std::move(zone);
    return {};
  };
  option.show = [&zones] {
    std::vector<std::string> entries;
    for (const auto& [runner, zone] : zones) entries.push_back(runner + "=" + zone);
    return joined(entries, ",");
  };
  return option;
}

Options rule_rows(std::vector<DeferralRule>& rules) {
  const std::string under = "carbon.deferral.rules.*.";
  return {
      field_row(
          row(under + "project", "id or pattern",
              "For a rule of that name: the projects whose manual jobs it is for, by id or pattern of the "
              "full path."),
          rules, &DeferralRule::project, parse_pattern),
      field_row(row(under + "job", "pattern", "For a rule of that name: the names of the jobs it is for."),
                rules, &DeferralRule::job, parse_pattern),
      field_row(
          row(under + "deadline", "duration from 1m to 30d",
              "For a rule of that name: the jobs are to have ended so long after their pipeline was "
              "created."),
          rules, &DeferralRule::deadline, parse_deadline,
          [](Duration deadline) { return deadline == Duration::zero() ? "" : runneriq::to_text(deadline); }),
  };
}

Options budget_rows(std::vector<CarbonBudget>& budgets) {
  const std::string under = "carbon.budgets.*.";
  return {
      field_row(row(under + "projects", "ids of projects, or *",
                    "For a budget of that name: the projects that share it, with blanks between their ids."),
                budgets, &CarbonBudget::projects, parse_projects,
                [](const std::vector<std::string>& projects) { return joined(projects, " "); }),
      field_row(
          row(under + "grams_per_month", "number 0..1000000000000",
              "For a budget of that name: grams of CO2 in a calendar month (UTC); RunnerIQ warns from 80 % "
              "on."),
          budgets, &CarbonBudget::grams_per_month, parse_grams,
          [](double grams) { return grams == 0 ? "" : decimal_text(grams); }),
  };
}

}  // namespace runneriq::carbon
