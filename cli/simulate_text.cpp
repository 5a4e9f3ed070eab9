#include "cli/simulate_text.hpp"

#include "cli/json_text.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

namespace runneriq::cli {
namespace {

using nlohmann::json;

std::string decimals(double number, int digits) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, number);
  return text.data();
}

std::string seconds_text(double seconds) {
  return decimals(seconds, seconds < 100 ? 1 : 0);
}

std::string percent(double share) {
  return decimals(share * 100, share < 0.01 ? 2 : 1) + " %";
}

std::string ratio_at(const json& policy, const char* key) {
  const json& ratios = object_at(policy, "to_fifo");
  return ratios.contains(key) ? decimals(number_at(ratios, key), 2) : "";
}

// ---- parameters ---------------------------------------------------------------------------

std::string load_words(const json& load) {
  if (load.contains("trace")) return "the jobs of " + named_at(load, "trace");
  std::string text = std::to_string(integer_at(load, "jobs")) + " jobs, " + text_at(load, "arrivals");
  if (const double share = number_at(load, "special_share"); share > 0)
    text += ", " + percent(share) + " special";
  for (const json& row : list_at(load, "classes")) {
    text += "; " + percent(number_at(row, "share")) + " " + text_at(row, "class") + " of " +
            seconds_text(number_at(row, "mean_seconds")) + " s (sigma " +
            decimals(number_at(row, "sigma"), 1) + ")";
  }
  return text + "; estimates err by log sigma " + decimals(number_at(load, "estimate_error"), 2);
}

std::string fleet_words(const json& fleet) {
  std::string text = counted(integer_at(fleet, "hosts"), "host") + " with " +
                     counted(integer_at(fleet, "slots"), "slot") + " each, polling every " +
                     seconds_text(number_at(fleet, "runner_poll_seconds")) + " s";
  if (const auto special = integer_at(fleet, "special_hosts"); special > 0) {
    text += ", " + std::to_string(special) + " of them special";
  }
  if (const auto window = integer_at(fleet, "window"); window > 0) {
    text += ", accepting " + std::to_string(window) + " more than slots";
  }
  return text;
}

std::string lanes_words(const json& lanes) {
  std::string text;
  for (const json& name : list_at(lanes, "names"))
    text += (text.empty() ? "" : ", ") + name.get<std::string>();
  text += "; one per " + text_at(lanes, "per");
  if (const double without = number_at(lanes, "unlaned"); without > 0) {
    text += "; " + percent(without) + " of the jobs below HIGH without one";
  }
  return text;
}

std::string gate_words(const json& steering) {
  const std::string found =
      flag_at(steering, "webhooks") ? "after an event" : "after a poll that finds an event";
  return "acts " + seconds_text(number_at(steering, "reaction_seconds")) + " s " + found + ", polls every " +
         seconds_text(number_at(steering, "poll_seconds")) + " s, makes at most " +
         std::to_string(integer_at(steering, "cuts_per_minute")) + " cuts a minute and " +
         std::to_string(integer_at(steering, "most_cut")) + " at once";
}

std::string parameters_text(const json& parameters) {
  const auto first = integer_at(parameters, "first_seed");
  std::string text = wrapped("Load:  ", load_words(object_at(parameters, "load")));
  text += wrapped("Seeds: ", std::to_string(first) + " to " +
                                 std::to_string(first + integer_at(parameters, "seeds") - 1));
  text += wrapped("Fleet: ", fleet_words(object_at(parameters, "fleet")));
  text += wrapped("Lanes: ", lanes_words(object_at(parameters, "lanes")));
  text += wrapped("Gate:  ", gate_words(object_at(parameters, "steering")));
  if (const auto phantoms = integer_at(parameters, "phantoms"); phantoms > 0) {
    text += wrapped("Stuck: ", counted(phantoms, "critical job") + " that nobody is given, pending for " +
                                   to_reading(seconds_at(parameters, "phantom_seconds")));
  }
  return text;
}

// ---- results ------------------------------------------------------------------------------

Row wait_row(const json& policy, const std::string& name, const json& wait) {
  return {{text_at(policy, "policy")},
          {name},
          {std::to_string(integer_at(wait, "jobs"))},
          {seconds_text(number_at(wait, "mean"))},
          {seconds_text(number_at(wait, "p50"))},
          {seconds_text(number_at(wait, "p95"))},
          {seconds_text(number_at(wait, "p99"))},
          {seconds_text(number_at(wait, "max"))},
          {ratio_at(policy, name.c_str())}};
}

std::string waits_text(const json& result) {
  std::vector<Row> rows;
  for (const json& policy : list_at(result, "policies")) {
    for (const char* name : {"CRITICAL", "HIGH", "MEDIUM", "LOW", "special", "all"}) {
      const json& waits = object_at(policy, "waits");
      if (waits.contains(name)) rows.push_back(wait_row(policy, name, waits[name]));
    }
  }
  constexpr Align kRight = Align::right;
  return table_text({{"POLICY"},
                     {"WAIT (s) OF"},
                     {"JOBS", kRight},
                     {"MEAN", kRight},
                     {"P50", kRight},
                     {"P95", kRight},
                     {"P99", kRight},
                     {"MAX", kRight},
                     {"× FIFO", kRight}},
                    rows);
}

Row cost_row(const json& policy) {
  const json& pipeline = object_at(policy, "pipeline_time");
  const bool has = pipeline.contains("mean");
  return {{text_at(policy, "policy")},
          {has ? seconds_text(number_at(pipeline, "mean")) : ""},
          {ratio_at(policy, "pipeline_time")},
          {has ? seconds_text(number_at(pipeline, "p95")) : ""},
          {ratio_at(policy, "pipeline_time_p95")},
          {ratio_at(policy, "max")},
          {percent(number_at(policy, "idle_share"))},
          {percent(number_at(policy, "idle_with_work_share"))},
          {decimals(number_at(policy, "writes_per_hour"), 0)}};
}

std::string costs_text(const json& result) {
  std::vector<Row> rows;
  for (const json& policy : list_at(result, "policies")) rows.push_back(cost_row(policy));
  constexpr Align kRight = Align::right;
  return table_text({{"POLICY"},
                     {"PIPELINE", kRight},
                     {"× FIFO", kRight},
                     {"P95", kRight},
                     {"× FIFO", kRight},
                     {"MAX × FIFO", kRight},
                     {"IDLE", kRight},
                     {"WITH WORK", kRight},
                     {"WRITES/H", kRight}},
                    rows);
}

std::string never_started_text(const json& result) {
  std::string text;
  for (const json& policy : list_at(result, "policies")) {
    if (const auto jobs = integer_at(policy, "never_started"); jobs > 0) {
      text += text_at(policy, "policy") + ": " + counted(jobs, "job") + " could not be run by any host\n";
    }
  }
  return text;
}

}  // namespace

std::string simulation_text(const json& document) {
  std::string text = parameters_text(object_at(document, "parameters"));
  for (const json& result : list_at(document, "results")) {
    text += "\n";
    if (result.contains("load")) text += "Load " + decimals(number_at(result, "load"), 2) + "\n";
    text += waits_text(result) + "\n" + costs_text(result) + never_started_text(result);
  }
  return text;
}

}  // namespace runneriq::cli
