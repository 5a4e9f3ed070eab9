#include "alerting/event.hpp"

#include "core/lower_case.hpp"
#include "gitlab/job_response.hpp"

#include <algorithm>
#include <array>

namespace runneriq::alerting {
namespace {

struct KindWord {
  std::string_view word;
  EventKind kind;
};
// The first word of each kind is the one that is written.
constexpr std::array kKinds{
    KindWord{"job", EventKind::job},
    KindWord{"build", EventKind::job},
    KindWord{"", EventKind::job},
    KindWord{"pipeline", EventKind::pipeline},
    KindWord{"runner_offline", EventKind::runner},
    KindWord{"runner_online", EventKind::runner},
    KindWord{"runner", EventKind::runner},
    KindWord{"job_stuck", EventKind::stuck},
    KindWord{"stuck", EventKind::stuck},
    KindWord{"lease_expired", EventKind::lease},
    KindWord{"lease", EventKind::lease},
    KindWord{"audit_broken", EventKind::audit},
    KindWord{"audit", EventKind::audit},
    KindWord{"budget_exceeded", EventKind::budget},
    KindWord{"budget", EventKind::budget},
};
constexpr std::string_view kBackAgain = "runner_online";

struct StatusWord {
  std::string_view word;
  Outcome outcome;
};
constexpr std::array kStatuses{
    StatusWord{"failed", Outcome::failed},  StatusWord{"success", Outcome::passed},
    StatusWord{"failure", Outcome::failed}, StatusWord{"passed", Outcome::passed},
    StatusWord{"error", Outcome::failed},   StatusWord{"resolved", Outcome::passed},
    StatusWord{"offline", Outcome::failed}, StatusWord{"online", Outcome::passed},
    StatusWord{"firing", Outcome::failed},  StatusWord{"ok", Outcome::passed},
    StatusWord{"fixed", Outcome::passed},
};

bool is_same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, {}, [](char c) { return lower_case(c); }, [](char c) { return lower_case(c); });
}

bool is_of_the_fleet(EventKind kind) {
  return kind != EventKind::job && kind != EventKind::pipeline;
}

Outcome without_status(const Event& event) {
  if (event.kind_word == kBackAgain) return Outcome::passed;
  return is_of_the_fleet(event.kind) || !event.failure_reason.empty() ? Outcome::failed : Outcome::neither;
}

}  // namespace

std::string_view to_text(EventKind kind) {
  const auto* const row = std::ranges::find(kKinds, kind, &KindWord::kind);
  return row == kKinds.end() ? "other" : row->word;
}

EventKind event_kind(std::string_view word) {
  const auto* const row = std::ranges::find(kKinds, word, &KindWord::word);
  return row == kKinds.end() ? EventKind::other : row->kind;
}

std::vector<std::string_view> kind_words() {
  std::vector<std::string_view> words;
  for (const KindWord& row : kKinds) {
    if (!row.word.empty()) words.push_back(row.word);
  }
  return words;
}

Outcome outcome_of(const Event& event) {
  if (event.status.empty()) return without_status(event);
  const auto* const row = std::ranges::find_if(
      kStatuses, [&](const StatusWord& status) { return is_same_word(status.word, event.status); });
  return row == kStatuses.end() ? Outcome::neither : row->outcome;
}

bool is_of_merge_request(const Event& event) {
  return event.source == "merge_request_event" || gitlab::is_merge_request_ref(event.ref);
}

}  // namespace runneriq::alerting
