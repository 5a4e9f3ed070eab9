#include "alerting/event_keys.hpp"

#include "alerting/stable_hash.hpp"

namespace runneriq::alerting {
namespace {

std::uint64_t word(EventKind kind) {
  return static_cast<std::uint64_t>(kind);
}

bool is_of_code(const Event& event) {
  return event.kind == EventKind::job || event.kind == EventKind::pipeline;
}

// Of the fleet's conditions what is concerned.
std::uint64_t condition_key(const Event& event) {
  StableHash hash;
  hash.add(event.gitlab).add(word(event.kind));
  if (event.kind == EventKind::other) hash.add(event.kind_word);
  if (event.kind == EventKind::stuck) hash.add(event.project);
  return hash.add(event.name.empty() ? event.runner : event.name).value();
}

}  // namespace

std::uint64_t subject_key(const Event& event) {
  if (!is_of_code(event)) return condition_key(event);
  StableHash hash;
  hash.add(event.gitlab).add(event.project).add(event.ref).add(word(event.kind));
  // A tag may have the name of a branch, and is another thing.
  if (event.is_tag) hash.add("tag");
  if (event.kind == EventKind::job) hash.add(event.name);
  return hash.value();
}

std::uint64_t alert_key(std::uint64_t subject, const Classified& event) {
  return StableHash{}.add(subject).add(event.signature).value();
}

std::uint64_t commit_key(const Event& event) {
  if (event.sha.empty() || !is_of_code(event)) return 0;
  StableHash hash;
  hash.add(event.gitlab).add(event.project).add(word(event.kind)).add(event.sha);
  if (event.kind == EventKind::job) hash.add(event.name);
  return hash.value();
}

std::uint64_t end_key(const Event& event, Outcome outcome) {
  StableHash hash;
  hash.add(event.gitlab).add(event.project).add(word(event.kind)).add(static_cast<std::uint64_t>(outcome));
  if (event.job_id != 0) return hash.add(static_cast<std::uint64_t>(event.job_id)).value();
  hash.add(event.ref).add(event.sha).add(static_cast<std::uint64_t>(event.pipeline_id)).add(event.name);
  hash.add(event.kind_word).add(event.runner).add(event.status);
  return hash.add(static_cast<std::uint64_t>(event.time.time_since_epoch().count())).value();
}

}  // namespace runneriq::alerting
