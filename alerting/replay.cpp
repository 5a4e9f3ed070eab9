#include "alerting/replay.hpp"

#include "alerting/event_document.hpp"
#include "core/json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace runneriq::alerting {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostProblems = 20;

// Where a line stands, and when its event was.
struct Place {
  Time time;
  std::size_t start, length;
};

// Keeps what comes out; of each event the last word counts.
class Record final : public NoiseSink {
 public:
  explicit Record(ReplayReport& report) : report_(report) {}
  void decided(const Verdict& verdict, const Classified* event) override {
    if (verdict.fate != Fate::suppressed) {
      suppressed_.erase(verdict.event);
      return;
    }
    SuppressedEvent& last = suppressed_[verdict.event];
    if (event != nullptr) last.event = event->event;
    last.stage = verdict.stage;
    last.reason = verdict.reason;
  }
  void notify(const Notification& notification) override { report_.notifications.push_back(notification); }
  void close() {
    for (auto& [number, event] : suppressed_) report_.suppressed.push_back(std::move(event));
  }

 private:
  ReplayReport& report_;
  std::map<std::int64_t, SuppressedEvent> suppressed_;  // by number
};

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

// What has no time happened with what stands before it.
class Index {
 public:
  Index(std::string_view text, ReplayReport& report, Time now) : text_(text), report_(report), now_(now) {}
  std::vector<Place> places() && {
    for (std::size_t start = 0, number = 1; start < text_.size(); ++number) {
      const std::size_t end = std::min(text_.find('\n', start), text_.size());
      if (!is_blank(text_.substr(start, end - start))) take(start, end - start, number);
      start = end + 1;
    }
    std::ranges::stable_sort(places_, {}, &Place::time);
    return std::move(places_);
  }

 private:
  void take(std::size_t start, std::size_t length, std::size_t number) {
    const Result<Event> event = parse_event(text_.substr(start, length), last_.value_or(now_));
    if (!event) return refuse(number, event.error().message);
    last_ = event->time;
    places_.push_back({event->time, start, length});
  }
  void refuse(std::size_t number, const std::string& why) {
    ++report_.bad_lines;
    if (report_.problems.size() < kMostProblems)
      report_.problems.push_back("line " + std::to_string(number) + ": " + why);
  }

  std::string_view text_;
  ReplayReport& report_;
  Time now_;
  std::optional<Time> last_;
  std::vector<Place> places_;
};

Json totals_document(const ReplayReport& report) {
  const Totals& totals = report.totals;
  Json suppressed = Json::object();
  for (std::size_t stage = 0; stage < totals.suppressed.size(); ++stage)
    suppressed[std::string(to_text(static_cast<Stage>(stage)))] = totals.suppressed.at(stage);
  return {{"events", totals.events},
          {"failures", totals.failures},
          {"passes", totals.passes},
          {"others", totals.others},
          {"notifications", totals.notifications},
          {"sent", totals.sent},
          {"suppressed", std::move(suppressed)},
          {"resolved", totals.resolved},
          {"bad_lines", report.bad_lines}};
}

}  // namespace

ReplayReport replay(std::string_view lines, NoiseRules rules, const TimeZones& zones, Time now) {
  ReplayReport report;
  const Duration ahead = rules.bounds.ahead;
  rules.bounds.oldest = Duration::zero();
  std::vector<Place> places = Index{lines, report, now}.places();
  Record record{report};
  NoiseReduction stages{std::move(rules), zones, record};
  Time last{};
  for (const Place& place : places) {
    Result<Event> event = parse_event(lines.substr(place.start, place.length), place.time);
    if (!event) continue;  // it was one before
    if (event->time > now + ahead) event->time = now;
    last = std::max(last, event->time);
    stages.take(*std::move(event), last);
  }
  stages.finish(last);
  record.close();
  report.totals = stages.totals();
  return report;
}

std::string replay_document(const ReplayReport& report) {
  Json document{{"notifications", Json::array()},
                {"suppressed", Json::array()},
                {"totals", totals_document(report)},
                {"problems", report.problems}};
  for (const Notification& notification : report.notifications)
    document["notifications"].push_back(notification_document(notification));
  for (const SuppressedEvent& one : report.suppressed) {
    document["suppressed"].push_back(
        {{"event", event_document(one.event)}, {"stage", to_text(one.stage)}, {"reason", one.reason}});
  }
  return ascii_json_line(document);
}

}  // namespace runneriq::alerting
