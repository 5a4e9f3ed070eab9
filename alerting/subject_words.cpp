#include "alerting/subject_words.hpp"

#include "core/printable.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>

namespace runneriq::alerting {
namespace {

constexpr std::size_t kLongestName = 120;  // bytes

// Different ones among the alerts that a title speaks of.
struct Subjects {
  std::unordered_set<std::string_view> names, projects, refs;
  std::unordered_set<int> kinds;
  const Event* one = nullptr;
  bool all = true;  // no alert is missing here
};

Subjects subjects_of(const Notification& notification) {
  Subjects found;
  int told = 0;
  for (const AlertEntry& alert : notification.alerts) {
    if (alert.firing != (notification.firing > 0)) continue;
    ++told;
    if (alert.events.empty()) continue;
    const Event& event = alert.events.back();
    if (found.one == nullptr) found.one = &event;
    found.names.insert(event.name);
    found.projects.insert(event.project);
    found.refs.insert(event.ref);
    found.kinds.insert(static_cast<int>(event.kind));
  }
  found.all = told >= (notification.firing > 0 ? notification.firing : notification.resolved);
  return found;
}

std::string several(const Subjects& subjects, std::size_t number, std::string_view nouns) {
  return std::to_string(number) + (subjects.all ? " " : "+ ") + std::string(nouns);
}

// "the lease of" x "has expired": what is empty is left out.
std::string sentence(std::string_view noun, const std::string& subject, std::string_view verb) {
  std::string words(noun);
  for (const std::string_view next : {std::string_view(subject), verb}) {
    if (!words.empty() && !next.empty()) words += ' ';
    words += next;
  }
  return words;
}

std::string name_words(const Subjects& subjects, bool fires) {
  const KindWords& words = words_of(subjects.one->kind);
  if (subjects.kinds.size() > 1) return several(subjects, subjects.kinds.size(), "kinds of trouble");
  if (subjects.names.size() == 1)
    return sentence(words.noun, subject_of(*subjects.one), fires ? words.failed : "");
  return sentence(several(subjects, subjects.names.size(), words.nouns), "", fires ? words.failed_all : "");
}

std::string place_words(const Subjects& subjects) {
  std::string place;
  if (subjects.projects.size() > 1) return " in " + several(subjects, subjects.projects.size(), "projects");
  if (!subjects.one->project.empty()) place += " in " + shown(subjects.one->project);
  if (subjects.refs.size() > 1) return place + " on " + several(subjects, subjects.refs.size(), "refs");
  if (!subjects.one->ref.empty()) place += " on " + shown(subjects.one->ref);
  return place;
}

std::string status_words(const Notification& notification) {
  const std::string number = std::to_string(notification.firing);
  if (notification.reason == Reason::digest) return "[DIGEST:" + number + "] ";
  return notification.firing > 0 ? "[FIRING:" + number + "] " : "[RESOLVED] ";
}

}  // namespace

const KindWords& words_of(EventKind kind) {
  static constexpr std::array<KindWords, 8> kWords{{
      {"", "failed", "jobs", "failed"},
      {"pipeline", "failed", "pipelines", "failed"},
      {"runner", "is offline", "runners", "are offline"},
      {"job", "is stuck", "jobs", "are stuck"},
      {"the lease of", "has expired", "leases", "have expired"},
      {"the audit trail", "is broken", "audit trails", "are broken"},
      {"the budget", "is exceeded", "budgets", "are exceeded"},
      {"", "is in trouble", "things", "are in trouble"},
  }};
  return kWords.at(static_cast<std::size_t>(kind));
}

std::string subject_of(const Event& event) {
  if (!event.name.empty()) return shown(event.name);
  if (!event.runner.empty()) return shown(event.runner);
  if (event.kind == EventKind::pipeline && event.pipeline_id != 0) return std::to_string(event.pipeline_id);
  if (event.kind == EventKind::job && event.job_id != 0) return "job " + std::to_string(event.job_id);
  return event.kind == EventKind::other ? shown(event.kind_word) : "";
}

std::string shown(std::string_view theirs) {
  return printable(theirs, kLongestName);
}

std::string title_of(const Notification& notification) {
  const Subjects subjects = subjects_of(notification);
  const bool fires = notification.firing > 0;
  const std::string severity = fires ? std::string(to_text(notification.severity)) + ": " : "";
  const std::string start = status_words(notification) + severity;
  if (subjects.one == nullptr)
    return start + counted(fires ? notification.firing : notification.resolved, "alert", "alerts") +
           (notification.group_words.empty() ? "" : " of " + printable(notification.group_words));
  return start + name_words(subjects, fires) + place_words(subjects);
}

std::string counted(long long number, std::string_view noun, std::string_view nouns) {
  return std::to_string(number) + " " + std::string(number == 1 ? noun : nouns);
}

}  // namespace runneriq::alerting
