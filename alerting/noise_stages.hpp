// The inside of NoiseReduction: what it knows, and each stage's part.
#pragma once

#include "alerting/alert_book.hpp"
#include "alerting/alert_group.hpp"
#include "alerting/noise_reduction.hpp"
#include "alerting/recent_ends.hpp"
#include "alerting/recent_greens.hpp"
#include "alerting/test_reports.hpp"
#include "alerting/timetable.hpp"
#include "alerting/young_alerts.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq::alerting {

class NoiseStages {
 public:
  NoiseStages(NoiseRules rules, const TimeZones& zones, NoiseSink& sink);

  // As NoiseReduction says.
  std::int64_t take(Event event, Time now);
  void advance(Time now);
  void finish(Time now);
  [[nodiscard]] std::optional<Time> due() const;
  void test_ended(const Event& job, std::string_view test, bool failed);
  void set_silences(std::vector<Silence> silences) { silences_ = std::move(silences); }
  void set_rules(NoiseRules rules);
  [[nodiscard]] const Totals& totals() const { return totals_; }
  [[nodiscard]] std::vector<FlakyRecord> flaky(std::size_t most, Time now) const;
  [[nodiscard]] std::vector<NoiseReduction::Firing> firing();
  [[nodiscard]] std::vector<NoiseReduction::Kept> take_changes();
  std::vector<std::string> restore(const std::vector<NoiseReduction::Kept>& rows);

 private:
  // As what the totals count a failure.
  struct Standing {
    Fate fate = Fate::waiting;
    Stage stage = Stage::intake;
  };
  // A failure on its way through the stages.
  struct Arrival {
    Classified event;
    std::int64_t number = 0;
    std::uint64_t subject = 0, alert = 0, commit = 0;  // keys
    Steps steps{};
    bool is_noted = false;  // its alert counts it already
    bool was_flaky = false;
    bool was_hidden = false;
    std::optional<Standing> standing{};  // none = it is new
    PackedEvent packed{};                // as soon as it is kept
  };

  // ---- verdicts
  void decide(const Verdict& verdict, std::optional<Standing> before, const Classified& event);
  void suppress(Arrival& arrival, Stage stage, std::string reason);
  void suppress(const Pending& pending, Standing before, Stage stage, std::string reason);
  void wait(Arrival& arrival, Stage stage, std::string reason, std::string group);
  void count(const Standing& standing, int by);

  // ---- intake
  Arrival arrival_of(Classified event, std::int64_t number) const;
  Arrival arrival_of(const Alert& alert, Pending pending) const;
  void take_failure(Event event, std::int64_t number);
  void take_pass(Event event, std::int64_t number);

  // ---- flaky
  FlakyVerdict flaky_verdict(const Classified& event);
  void judge(Arrival arrival, const FlakyVerdict& verdict);
  bool hold(Arrival& arrival, const FlakyVerdict& verdict);
  void release_held(Alert& alert, Time until, std::string_view why);
  void release_all_held(const Arrival& broken);
  void passed_on_commit(const Green& green);
  int drop_retried(Alert& alert, const Green& green);

  // ---- suppression
  void go_on(Arrival arrival);
  [[nodiscard]] std::optional<std::string> unwanted(const LabelValues& labels) const;
  void hide(Arrival& arrival, const Inhibitor& inhibitor);
  void inhibit(Alert& alert, const Classified& event);
  void stop_inhibiting(Alert& alert);
  void hide_late(const Alert& inhibitor, const Classified& event);
  void hide_untold(Alert& alert, const Inhibitor& inhibitor);
  void reconsider(Alert& hidden, bool is_green);
  void set_hiding(Alert& alert, const Inhibitor& inhibitor, Pending newest);

  // ---- alerts
  Alert& failing(Arrival& arrival);
  Alert& add_alert(const Arrival& arrival);
  void note(Alert& alert, Arrival& arrival);
  [[nodiscard]] bool is_late(const Alert& alert, Time time) const;
  using Which = std::function<bool(const Pending&)>;
  int drop_untold(Alert& alert, const Which& which, Stage stage, const std::string& reason);
  void remember_untold(Alert& alert);
  void passed_subject(const Green& green, std::int64_t pipeline);
  [[nodiscard]] static bool is_outdated(std::int64_t pipeline, const Green& green, const Alert& alert);
  [[nodiscard]] static bool clears(const Green& green, std::uint64_t subject, Severity severity);
  [[nodiscard]] Duration forgotten_after(const Alert& alert) const;
  void resolve(Alert& alert, Time at, std::string why);
  void forget(Alert& alert);
  void end(Alert& alert);
  void remove(Alert& alert);
  void wake(Alert& alert);
  void reschedule(Alert& alert);
  [[nodiscard]] std::optional<Time> due(const Alert& alert) const;
  Pending pending_of(Arrival& arrival) const;
  const PackedEvent& packed(Arrival& arrival) const;
  [[nodiscard]] std::size_t most_excerpt() const;

  // ---- routing and grouping
  void route(Arrival& arrival, const LabelValues& labels);
  void group(Arrival& arrival, const std::vector<const Route*>& routes, const LabelValues& labels,
             bool critical);
  void begin_inhibiting(const Arrival& arrival);
  void count_failure(Arrival& arrival, std::string why);
  void count_only(AlertGroup& group);
  Membership* told_lately(Alert* alert, const Route& route, Severity severity);
  void fail_again(Alert& alert, Membership& membership);
  void settle_if_green(Alert& alert);
  AlertGroup& group_for(const Route& route, const LabelValues& labels, bool critical);
  [[nodiscard]] std::string no_room(const AlertGroup& group, const Alert* alert) const;
  void join(AlertGroup& group, Alert& alert, Pending pending);
  void leave(Alert& alert, std::uint64_t group);
  [[nodiscard]] Time not_before(const AlertGroup& group) const;
  void news(AlertGroup& group, Time not_before = {});
  void close_if_empty(AlertGroup& group);
  void reschedule(AlertGroup& group);
  void wake(std::uint64_t group);
  [[nodiscard]] RouteClock route_clock() const { return {zones_, rules_.digest_zone, rules_.digest_minute}; }

  // ---- messages
  // An alert of a group, and what of it is to be told.
  struct Entry {
    Alert* alert;
    Membership* membership;
    enum class What { nothing, failure, green, repeat } what;
  };
  bool flush_all();
  void flush(AlertGroup& group, bool with_repeats);
  void drop_unwanted(AlertGroup& group);
  void drop_silenced(AlertGroup& group);
  void hide_explained(std::uint64_t key);
  void drop_unwanted(Alert& alert, std::uint64_t group, bool is_silent);
  std::vector<Entry> members(AlertGroup& group, bool with_repeats);
  [[nodiscard]] Entry::What news_of(const AlertGroup& group, const Alert& alert, const Membership& membership,
                                    bool with_repeats) const;
  void tell(AlertGroup& group, const std::vector<Entry>& members, const std::vector<Entry>& news);
  Notification notification_of(const AlertGroup& group, const std::vector<Entry>& members,
                               const std::vector<Entry>& news, std::uint64_t id) const;
  AlertEntry alert_entry(const Entry& entry, const Notification& notification);
  void tell_event(Alert& alert, Pending& pending, const Notification& notification, const Classified& event);
  void mark_told(AlertGroup& group, const Entry& entry, std::uint64_t message);
  void plan_rest(AlertGroup& group);
  void plan_repeats(AlertGroup& group);

  // ---- what is kept
  using Kept = NoiseReduction::Kept;
  bool restore_row(const Kept& row);
  void tie(Alert& alert);
  void tie_all();
  void renew_inhibitors();
  void restore_young(const Alert& alert);
  [[nodiscard]] std::string counters_document() const;
  bool restore_counters(const std::string& document);
  [[nodiscard]] const Route& route_for(const Alert& alert) const;
  void renew_routes(const std::vector<std::pair<std::uint64_t, std::string>>& paths);

  NoiseRules rules_;
  const TimeZones& zones_;
  NoiseSink& sink_;
  Classifier classifier_;
  FlakyDetector detector_;
  InhibitorBook inhibitors_;
  std::vector<Silence> silences_;

  Time clock_{};
  Totals totals_;
  std::int64_t inhibitions_ = 0;        // order of inhibitors
  std::int64_t other_rules_until_ = 0;  // the last event that was taken under other rules than now
  std::size_t untold_ = 0;              // failures kept in memory: held, and in groups
  RecentEnds ends_;
  RecentGreens greens_;
  TestReports reports_;
  AlertBook alerts_;
  GroupBook groups_;
  YoungAlerts young_;
  Timetable timetable_;
  std::vector<std::uint64_t> lost_routes_;  // groups, while they are restored
  bool counters_changed_ = false;
  bool flushing_ = false;  // a group, which is closed when that is done
};

}  // namespace runneriq::alerting
