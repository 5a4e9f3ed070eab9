#include "cli/json_text.hpp"
#include "cli/table.hpp"
#include "cli/tick_text.hpp"
#include "cli/words.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <vector>

namespace runneriq::cli {
namespace {

using nlohmann::json;

std::string weight_text(double weight) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", weight);
  return text;
}

std::string bullets(const json& object, const char* key) {
  std::string text;
  for (const std::string& sentence : sentences_at(object, key)) text += wrapped("  ", sentence);
  return text;
}

std::string head(const json& explanation) {
  const json& job = object_at(explanation, "job");
  std::string where = "stage " + named_at(job, "stage") + ", " + named_at(job, "ref");
  if (flag_at(job, "protected")) where += " (protected)";
  if (!text_at(job, "project").empty()) where = named_at(job, "project") + ", " + where;
  std::string text = wrapped("Job " + whole_at(job, "id") + " ", "'" + named_at(job, "name") + "', " + where);
  if (!text_at(explanation, "decided").empty()) {
    text += "not pending any more; decided at " + named_at(explanation, "decided") + "\n";
  }
  return text + wrapped("", "position " + whole_at(explanation, "position") + " of " +
                                whole_at(explanation, "pending") + ", waited " +
                                to_reading(seconds_at(job, "queued_seconds")) + ", expected to take " +
                                to_reading(seconds_at(job, "expected_seconds")));
}

std::string priority_rows(const json& factors) {
  std::size_t widest = 0;
  for (const json& factor : factors) widest = std::max(widest, width_of(named_at(factor, "name")));
  std::string text;
  for (const json& factor : factors) {
    std::string name = "  " + named_at(factor, "name");
    name.append(widest + 2 - std::min(widest + 2, width_of(name)), ' ');
    const std::string points = one_decimal(number_at(factor, "points"));
    name.append(8 - std::min<std::size_t>(8, points.size()), ' ');
    text += wrapped(name + points + "  ", named_at(factor, "reason"));
  }
  return text;
}

std::string priority_part(const json& job, Colour colour) {
  return "\nPriority " + one_decimal(number_at(job, "score")) + ", " +
         class_text(text_at(job, "class"), colour) + "\n" + priority_rows(list_at(job, "factors")) +
         bullets(job, "class_reasons") + bullets(job, "anomalies");
}

std::string runner_factor_table(const json& factors) {
  std::vector<Row> rows;
  for (const json& factor : factors) {
    rows.push_back({{"  " + named_at(factor, "name")},
                    {"  " + one_decimal(number_at(factor, "value"))},
                    {"  " + weight_text(number_at(factor, "weight"))},
                    {"  " + one_decimal(number_at(factor, "points"))}});
  }
  if (rows.empty()) return "";
  return table_text(
      {{"  FACTOR"}, {"  VALUE", Align::right}, {"  WEIGHT", Align::right}, {"  POINTS", Align::right}},
      rows);
}

std::string scored_runner(std::string_view title, const json& scored) {
  return wrapped(std::string(title) + " " + whole_at(scored, "runner_id") + " ",
                 "'" + named_at(scored, "runner") + "', score " + one_decimal(number_at(scored, "score"))) +
         runner_factor_table(list_at(scored, "factors"));
}

std::string how_decided(const json& assignment) {
  const auto percent = std::lround(number_at(assignment, "margin") * 100);
  const std::string model = named_at(assignment, "model");
  const std::string path = named_at(assignment, "path");
  const bool is_tie_break = path == "advisor" && model.empty();  // no model was asked
  return wrapped("  ", "decided by: " + (is_tie_break ? "tie-break" : path) +
                           (model.empty() ? "" : " (the model " + model + ")") + "; " +
                           counted(integer_at(assignment, "candidates"), "candidate") + ", margin " +
                           std::to_string(percent) + " %");
}

std::string expected_text(const json& assignment) {
  const std::string start = named_at(assignment, "expected_start");
  if (start.empty()) return "";
  const bool waits = flag_at(assignment, "waits_for_slot");
  return "  expected start " + start + (waits ? ", when a slot falls free" : "") + "\n";
}

std::string runner_part(const json& assignment) {
  std::string text = "\n";
  text += assignment.contains("runner_id") ? scored_runner("Runner", assignment)
                                           : std::string("No runner: the job stays queued\n");
  text += wrapped("  ", named_at(assignment, "reason"));
  if (assignment.contains("runner_id")) text += how_decided(assignment) + expected_text(assignment);
  text += bullets(assignment, "anomalies");
  const json& runner_up = object_at(assignment, "runner_up");
  if (!runner_up.empty()) text += "\n" + scored_runner("Runner-up", runner_up);
  return text;
}

std::string number_text(const json& object, const char* key, const char* format) {
  if (!object.contains(key) || !object[key].is_number()) return "-";
  char text[32];
  std::snprintf(text, sizeof text, format, object[key].get<double>());
  return text;
}

// "FIFO's expectation", or the runner.
Row carbon_row(const std::string& name, const json& carbon) {
  const bool is_known = text_at(carbon, "rung") != "none";
  std::string source = is_known ? named_at(carbon, "rung") : "";
  if (!named_at(carbon, "source").empty()) source += ", " + named_at(carbon, "source");
  if (flag_at(carbon, "estimated")) source += ", estimated";
  return {{name},
          {named_at(carbon, "zone")},
          {number_text(carbon, "g_per_kwh", "%.0f")},
          {number_text(carbon, "grams", "%.4f")},
          {std::move(source)}};
}

std::string carbon_part(const json& assignment) {
  const json& carbon = object_at(assignment, "carbon");
  if (carbon.empty()) return "";
  std::vector<Row> rows;
  for (const json& candidate : list_at(carbon, "candidates")) {
    rows.push_back(carbon_row("  runner " + whole_at(candidate, "runner_id"), candidate));
  }
  rows.push_back(carbon_row("  FIFO's expectation", object_at(carbon, "fifo")));
  std::string text = "\nCarbon, " + named_at(carbon, "basis") + "\n" +
                     table_text({{"  RUNNER"},
                                 {"ZONE"},
                                 {"G/KWH", Align::right},
                                 {"GRAMS", Align::right},
                                 {"FROM", Align::left, Cut::end}},
                                rows);
  const std::int64_t further = integer_at(carbon, "further_candidates");
  return further > 0 ? text + "  and " + std::to_string(further) + " more\n" : text;
}

std::string others_part(const json& explanation) {
  const json& exclusions = list_at(explanation, "exclusions");
  if (exclusions.empty()) return "";
  std::string text = "\nNo candidates, of " + whole_at(explanation, "runners") + " runners\n";
  for (const json& excluded : exclusions) {
    text += wrapped("  " + whole_at(excluded, "runners") + ": ", named_at(excluded, "why"));
  }
  return text;
}

std::string alternatives_part(const json& explanation) {
  const auto found = explanation.find("alternatives");
  if (found == explanation.end()) return "";
  std::string text = "\nWhat would have changed it\n";
  for (const json& alternative : list_at(explanation, "alternatives")) {
    text += wrapped("  ", named_at(alternative, "change") + ": " + named_at(alternative, "effect"));
  }
  return found->empty() ? text + "  no single change would have\n" : text;
}

std::string degraded_part(const json& explanation) {
  const std::string sentences = bullets(explanation, "degraded");
  return sentences.empty() ? "" : "\nDegraded\n" + sentences;
}

}  // namespace

std::string explanation_text(const json& explanation, Colour colour) {
  return head(explanation) + priority_part(object_at(explanation, "job"), colour) +
         runner_part(object_at(explanation, "assignment")) +
         carbon_part(object_at(explanation, "assignment")) + others_part(explanation) +
         alternatives_part(explanation) + degraded_part(explanation);
}

}  // namespace runneriq::cli
