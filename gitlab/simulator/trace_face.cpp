// The logs of jobs.
#include "gitlab/simulator/visit.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace runneriq::gitlab::simulator {
namespace {

// What a machine that the simulator plays has written so far.
std::string played_trace(const Visit& visit, const JobRecord& job) {
  if (!job.started_at) return {};
  const auto runner = visit.world.runners().find(job.runner);
  std::string text = "Running with gitlab-runner 17.10.0 (00000000)\n  on " +
                     (runner == visit.world.runners().end() ? "?" : runner->second.description) + "\n";
  text += "$ echo \"" + job.name + "\"\n" + job.name + "\n";
  if (job.status == JobStatus::success) text += "\x1b[32;1mJob succeeded\x1b[0;m\n";
  if (job.status == JobStatus::failed)
    text += "\x1b[31;1mERROR: Job failed: " +
            std::string(job.failure_reason == "script_failure" ? "exit code 1" : job.failure_reason) +
            "\x1b[0;m\n";
  return text;
}

std::string log_of(const Visit& visit, const JobRecord& job) {
  if (!job.trace.empty()) return job.trace;
  if (!job.planned_trace.empty()) return job.started_at ? job.planned_trace : "";
  return job.played ? played_trace(visit, job) : "";
}

struct Range {
  std::size_t begin = 0, end = 0;
};

// "bytes=7-", "bytes=7-9", "bytes=-3" of so many bytes. None: no range that is understood, or none at all.
std::optional<Range> range_of(std::string_view header, std::size_t bytes) {
  constexpr std::string_view kUnit = "bytes=";
  const std::size_t dash = header.find('-');
  if (!header.starts_with(kUnit) || dash == std::string_view::npos) return std::nullopt;
  const auto number = [](std::string_view text) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional{value} : std::nullopt;
  };
  const auto first = number(header.substr(kUnit.size(), dash - kUnit.size()));
  const auto last = number(header.substr(dash + 1));
  if (first) return Range{*first, last ? std::min(*last + 1, bytes) : bytes};
  return last ? std::optional(Range{bytes - std::min(*last, bytes), bytes}) : std::nullopt;
}

ServedReply part_of(const std::string& log, const Range& range) {
  const std::string all = std::to_string(log.size());
  if (range.begin >= range.end) {
    ServedReply reply = text_reply(416, "");
    reply.headers.push_back({"Content-Range", "bytes */" + all});
    return reply;
  }
  ServedReply reply = text_reply(206, log.substr(range.begin, range.end - range.begin));
  reply.headers.push_back({"Content-Range", "bytes " + std::to_string(range.begin) + "-" +
                                                std::to_string(range.end - 1) + "/" + all});
  return reply;
}

// As GitLab does: all of it, whatever range was asked for, unless the scenario wants otherwise.
ServedReply trace(Visit& visit) {
  const auto found = job_in(visit, kGuest);
  if (!found) return refusal(found.error());
  std::string log = log_of(visit, **found);
  log.resize(visit.world.read_trace((*found)->id, log.size()));
  const auto range = range_of(visit.call.request->header("range"), log.size());
  return visit.world.trace_ranges() && range ? part_of(log, *range) : text_reply(200, std::move(log));
}

constexpr std::array kRoutes{
    Route{"GET", "/api/v4/projects/:id/jobs/:job/trace", Needs::read, trace},
};

}  // namespace

std::span<const Route> trace_routes() {
  return kRoutes;
}

}  // namespace runneriq::gitlab::simulator
