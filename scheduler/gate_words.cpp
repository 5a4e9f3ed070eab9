#include "scheduler/gate_words.hpp"

#include "core/joined.hpp"
#include "core/printable.hpp"

namespace runneriq::scheduler {
namespace {

std::string title(const PendingJob& job) {
  return printable(job.facts.name, 80) + " (job " + std::to_string(job.key.job.value()) + ")";
}

std::string title(const PendingJob& job, JobClass job_class) {
  return std::string(to_text(job_class)) + " " + title(job);
}

std::string title(const Pool& pool) {
  const gitlab::JobTraits& traits = pool.traits;
  const std::string project = traits.project_path.empty()
                                  ? "project " + std::to_string(traits.project.value())
                                  : printable(traits.project_path, 80);
  const std::string tags =
      traits.tags.empty() ? "no other tags" : "tags " + printable(joined(traits.tags, ", "), 80);
  return project + " (" + tags + (traits.ref_protected ? ", protected refs)" : ")");
}

}  // namespace

std::string words_of_cut(const PendingJob& cause, JobClass job_class, const Lanes& lanes, std::size_t rank,
                         std::size_t lane) {
  std::string words = title(cause, job_class) + " waits in lane " + std::string(lanes.name(rank));
  if (lane != rank) words += "; the lanes up to " + std::string(lanes.name(lane)) + " stay";
  return words;
}

std::string words_of_grant(const FleetRunner& runner, const PendingJob& job, JobClass job_class,
                           const std::string& tag) {
  return title(runner) + " is the best choice for " + title(job, job_class) + ", which asks for " +
         printable(tag, 80);
}

std::string words_of_phantom(const FleetRunner& runner, const PendingJob& cause, Duration idle) {
  return title(runner) + " had a free slot for " + to_reading(idle) + " and was not given " + title(cause) +
         " for which it is cut: it is opened, and not cut for this job again";
}

std::string words_of_uncovered(std::span<const Pool> pools) {
  std::string words = title(pools.front());
  if (pools.size() > 1) words += " and " + std::to_string(pools.size() - 1) + " more";
  return "no managed runner in contact carries all lanes for jobs of " + words +
         ": none is kept open for them";
}

}  // namespace runneriq::scheduler
