#include "cli/tick_text.hpp"

#include "cli/json_text.hpp"
#include "cli/status_document.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"
#include "core/json_text.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq::cli {
namespace {

using nlohmann::json;

constexpr std::array<const char*, 4> kClasses{"CRITICAL", "HIGH", "MEDIUM", "LOW"};

// "free 6, paused 1": what there is none of is left out.
std::string counts_text(const json& counts) {
  std::string text;
  for (const auto& [name, number] : counts.items()) {
    if (number == 0) continue;
    text += (text.empty() ? "" : ", ") + name + " " + json_line(number);
  }
  return text;
}

std::string classes_text(const json& by_class, Colour colour) {
  std::string text;
  for (const char* job_class : kClasses) {
    text += (text.empty() ? "" : ", ") + class_text(job_class, colour) + " " + whole_at(by_class, job_class);
  }
  return text;
}

// A sentence per line, the first behind its title.
std::string sentences_text(std::string_view title, const std::vector<std::string>& sentences) {
  std::string text;
  for (const std::string& sentence : sentences) {
    text += wrapped(text.empty() ? title : "           ", sentence);
  }
  return text;
}

std::string runner_name(const json& object) {
  return "runner " + whole_at(object, "runner_id") + " '" + named_at(object, "runner") + "'";
}

std::string tags_text(const json& tags, std::string_view sign) {
  std::string text;
  for (const json& tag : tags) text += " " + std::string(sign) + on_one_line(tag.get<std::string>());
  return text;
}

std::vector<std::string> change_sentences(const json& changes) {
  std::vector<std::string> sentences;
  for (const json& change : changes) {
    sentences.push_back(runner_name(change) + ": " + text_at(change, "kind") +
                        tags_text(list_at(change, "tags_added"), "+") +
                        tags_text(list_at(change, "tags_removed"), "-"));
  }
  return sentences;
}

std::vector<std::string> stuck_sentences(const json& jobs) {
  std::vector<std::string> sentences;
  for (const json& job : jobs) {
    sentences.push_back("job " + whole_at(job, "id") + " '" + named_at(job, "name") + "' " +
                        named_at(job, "reason"));
  }
  return sentences;
}

// What steering did in this tick, a line per runner; nothing where it only advises.
std::string steps_text(const json& steering) {
  constexpr std::array<std::pair<const char*, const char*>, 4> kSteps{{{"applied", "steered    "},
                                                                       {"reverted", "reverted   "},
                                                                       {"planned", "planned    "},
                                                                       {"refused", "refused    "}}};
  std::string text;
  for (const auto& [key, title] : kSteps) {
    for (const json& step : list_at(steering, key)) {
      text += wrapped(title, runner_name(step) + ":" + tags_text(list_at(step, "added"), "+") +
                                 tags_text(list_at(step, "removed"), "-") + ", " + named_at(step, "reason"));
    }
  }
  return text;
}

std::string oldest_text(const json& oldest, Colour colour) {
  if (!oldest.is_object()) return "";
  return "oldest     " + to_reading(seconds_at(oldest, "queued_seconds")) + ": job " +
         whole_at(oldest, "job_id") + " '" + named_at(oldest, "name") + "'" +
         (text_at(oldest, "project").empty() ? "" : " of " + named_at(oldest, "project")) + ", " +
         class_text(text_at(oldest, "class"), colour) + "\n";
}

std::string decided_text(const json& status) {
  if (status["mode"] != "full") return "";
  const json& split = status["split"];
  return "decided    direct " + json_line(split["direct"]) + ", rules " + json_line(split["rules"]) +
         ", tie-break " + json_line(split["advisor"]) + ", queued " + json_line(split["queued"]) + "\n";
}

std::string calls_text(const json& api) {
  if (number_at(api, "calls") == 0) return "";
  return "GitLab     " + counted(integer_at(api, "calls"), "call") + ", failed " + whole_at(api, "failed") +
         ", retried " + whole_at(api, "retried") + ", mutating " + whole_at(api, "mutating") + "\n";
}

std::string runners_line(const json& runners) {
  const std::string states = counts_text(runners["by_state"]);
  return wrapped("runners    " + whole_at(runners, "total") + (states.empty() ? "" : ": "), states);
}

std::string table_of_runners(const json& runners) {
  std::vector<Row> rows;
  for (const json& runner : runners) {
    std::string tags = tags_text(list_at(runner, "tags"), "");
    if (!tags.empty()) tags.erase(0, 1);
    const bool paused = flag_at(runner, "paused");
    rows.push_back(
        {{whole_at(runner, "id")},
         {named_at(runner, "description")},
         {paused ? "paused" : text_at(runner, "status")},
         {whole_at(runner, "active_jobs") + "/" + whole_at(runner, "max_jobs")},
         {runner["contact_age_seconds"].is_null() ? "-"
                                                  : short_reading(seconds_at(runner, "contact_age_seconds"))},
         {tags}});
  }
  return table_text({{"RUNNER", Align::right},
                     {"NAME", Align::left, Cut::end},
                     {"STATE"},
                     {"JOBS", Align::right},
                     {"SEEN", Align::right},
                     {"TAGS", Align::left, Cut::end}},
                    rows);
}

// "now", in how long, or "-" when no runner can take it.
std::string start_text(const json& place, Time now) {
  const auto start = parse_time(text_at(place, "expected_start"));
  if (!start) return "-";
  return *start <= now ? "now" : "in " + short_reading(*start - now);
}

std::string runner_text(const json& place) {
  if (!place.contains("runner_id")) return "-";
  const std::string name = named_at(place, "runner");
  return name.empty() ? whole_at(place, "runner_id") : name;
}

Row queue_row(const json& place, Time now, Colour colour) {
  const std::string job_class = text_at(place, "class");
  const std::string project = named_at(place, "project");
  return {{whole_at(place, "position")},
          {whole_at(place, "job_id")},
          {job_class, paint_of(job_class, colour)},
          {one_decimal(number_at(place, "score"))},
          {named_at(place, "name")},
          {project.empty() ? whole_at(place, "project_id") : project},
          {named_at(place, "ref")},
          {short_reading(seconds_at(place, "queued_seconds"))},
          {start_text(place, now)},
          {runner_text(place)}};
}

std::string table_of_jobs(const json& queue, Time now, Colour colour) {
  std::vector<Row> rows;
  for (const json& place : queue) rows.push_back(queue_row(place, now, colour));
  return table_text({{"#", Align::right},
                     {"JOB", Align::right},
                     {"CLASS"},
                     {"SCORE", Align::right},
                     {"NAME", Align::left, Cut::end},
                     {"PROJECT", Align::left, Cut::start},
                     {"REF", Align::left, Cut::end},
                     {"WAIT", Align::right},
                     {"START"},
                     {"RUNNER", Align::left, Cut::end}},
                    rows);
}

std::string table_of_held(const json& held, Time now, Colour colour) {
  std::vector<Row> rows;
  for (const json& job : held) {
    const std::string job_class = text_at(job, "class");
    rows.push_back({{whole_at(job, "position")},
                    {whole_at(job, "job_id")},
                    {job_class, paint_of(job_class, colour)},
                    {one_decimal(number_at(job, "score"))},
                    {named_at(job, "name")},
                    {short_reading(seconds_at(job, "waited_seconds"))},
                    {start_text(job, now)}});
  }
  return table_text({{"#", Align::right},
                     {"JOB", Align::right},
                     {"CLASS"},
                     {"SCORE", Align::right},
                     {"NAME", Align::left, Cut::end},
                     {"WAIT", Align::right},
                     {"START"}},
                    rows);
}

std::string table_of_running(const json& running) {
  std::vector<Row> rows;
  for (const json& job : running) {
    rows.push_back({{whole_at(job, "job_id")},
                    {short_reading(seconds_at(job, "running_seconds"))},
                    {short_reading(seconds_at(job, "expected_seconds"))}});
  }
  return table_text({{"JOB", Align::right}, {"RUNS FOR", Align::right}, {"EXPECTED", Align::right}}, rows);
}

std::string host_text(const json& host, Time now, Colour colour) {
  if (!host.is_object()) return "";
  const json& running = list_at(host, "running");
  const json& held = list_at(host, "held");
  const std::string slots =
      number_at(host, "slots") == 0 ? "no limit" : counted(integer_at(host, "slots"), "slot");
  std::string text = "\nThis host: " + slots + ", " + std::to_string(running.size()) + " running, " +
                     std::to_string(held.size()) + " held\n";
  if (!running.empty()) text += table_of_running(running);
  if (!held.empty()) text += (running.empty() ? "" : "\n") + table_of_held(held, now, colour);
  return text;
}

Time now_of(const json& document) {
  return parse_time(text_at(document, "now")).value_or(Time{});
}

// "runner 7: -runneriq:long -runneriq:medium for job 4711, 3 min more": a line per runner and job.
std::string leases_text(const json& leases, Time now) {
  std::map<std::string, std::string> tags_of;
  std::map<std::string, Time> end_of;
  for (const json& lease : leases) {
    const std::string sign = text_at(lease, "kind") == "grant" ? " +" : " -";
    const std::string whom =
        "runner " + whole_at(lease, "runner_id") + " for job " + whole_at(lease, "job_id");
    tags_of[whom] += sign + named_at(lease, "tag");
    end_of[whom] = parse_time(text_at(lease, "expires")).value_or(now);
  }
  std::vector<std::string> sentences;
  for (const auto& [whom, tags] : tags_of) {
    sentences.push_back(whom + ":" + tags + ", " + to_reading(end_of[whom] - now) + " more unless renewed");
  }
  return sentences_text("steered    ", sentences);
}

std::string standing_text(const json& standing, Time now) {
  std::string text = leases_text(list_at(standing, "leases"), now);
  const std::int64_t waiting = integer_at(standing, "approvals_waiting");
  if (waiting > 0) {
    text += "approvals  " + std::to_string(waiting) + (waiting == 1 ? " waits" : " wait") +
            ": `runneriq approvals` lists them\n";
  }
  const json& demoted = object_at(standing, "demoted");
  if (demoted.empty()) return text;
  return text + wrapped("demoted    ", "to " + text_at(demoted, "to") + ": " + named_at(demoted, "because"));
}

}  // namespace

std::string status_text(const json& status, Colour colour) {
  const json& slots = status["slots"];
  const json& pending = status["pending"];
  std::string text = "Fleet at " + text_at(status, "now") + "\n\n" + runners_line(status["runners"]);
  text += "slots      " + whole_at(slots, "total") + ": busy " + whole_at(slots, "busy") + "\n";
  if (status["mode"] != "monitor-only") {
    text +=
        "pending    " + whole_at(pending, "total") + ": " + classes_text(pending["by_class"], colour) + "\n";
  }
  text += oldest_text(status["oldest"], colour) + decided_text(status) + calls_text(status["api"]);
  text += sentences_text("changes    ", change_sentences(status["changes"]));
  text += sentences_text("stuck      ", stuck_sentences(status["stuck_jobs"]));
  text += sentences_text("inflation  ", sentences_at(status, "flags"));
  text += standing_text(object_at(status, "steering"), now_of(status));
  return text + sentences_text("degraded   ", sentences_at(status, "degraded"));
}

std::string queue_text(const json& queue, Colour colour) {
  const Time now = now_of(queue);
  const json& places = list_at(queue, "queue");
  std::string text = places.empty() ? "No job is pending.\n" : table_of_jobs(places, now, colour);
  text += host_text(queue["host"], now, colour);
  const std::vector<std::string> degraded = sentences_at(queue, "degraded");
  return degraded.empty() ? text : text + "\n" + sentences_text("degraded   ", degraded);
}

std::string tick_text(const json& tick, Colour colour) {
  const std::string glance =
      status_text(status_document(tick), colour) + steps_text(object_at(tick, "action_bridge")) + "\n";
  if (tick["mode"] == "monitor-only") return glance + table_of_runners(list_at(tick["monitor"], "runners"));
  const json queue = queue_document(tick, std::nullopt, now_of(tick));
  const json& places = list_at(queue, "queue");
  return glance + (places.empty() ? "No job is pending.\n" : table_of_jobs(places, now_of(tick), colour));
}

}  // namespace runneriq::cli
