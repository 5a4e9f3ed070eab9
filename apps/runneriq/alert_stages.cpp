#include "apps/runneriq/alert_stages.hpp"

#include "platform/system_waiter.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::app {
namespace {

using alerting::AlertState;
using alerting::Event;
using alerting::Outcome;

// How often the silences are looked at, and a failing file is tried.
constexpr Duration kLookAgain = std::chrono::seconds{5};
constexpr Duration kExaminedEvery = std::chrono::hours{1};
// With so many behind it, or after so long, an event goes without evidence.
constexpr std::size_t kMostBehind = 100;
constexpr Duration kLongestWait = std::chrono::seconds{30};
// All logs of what is urgent at the same moment together.
constexpr Duration kUrgentPatience = std::chrono::seconds{1};
// Of what had ended when alerting began.
constexpr Duration kLookedBack = std::chrono::hours{1};
constexpr Duration kForgotEvery = std::chrono::hours{1};

bool is_urgent(const alerting::Classifier& classifier, const Event& event) {
  return outcome_of(event) == Outcome::failed &&
         classifier.classify(event).severity == alerting::Severity::critical;
}

}  // namespace

AlertStages::AlertStages(Parts parts, const alerting::Classifier& classifier)
    : parts_(std::move(parts)), file_(parts_.path, *parts_.log), classifier_(classifier) {}

Result<std::unique_ptr<AlertStages>> AlertStages::start(Parts parts, Terms terms) {
  std::unique_ptr<AlertStages> stages{
      new AlertStages{std::move(parts), alerting::Classifier{terms.rules.classifier}}};
  if (auto claimed = stages->claim(); !claimed) return fail(std::move(claimed.error()));
  auto stop = platform::WakeUp::make();
  if (!stop) return fail(std::move(stop.error()));
  stages->stop_.emplace(*std::move(stop));
  auto work = stages->open_work(std::move(terms));
  if (!work) return fail(std::move(work.error()));
  stages->gather_by_ = std::move(work->gathering);
  stages->prompt_ = std::move(work->staging.evidence);
  stages->noise_ = std::make_unique<alerting::NoiseReduction>(std::move(work->staging.rules),
                                                              *stages->parts_.zones, stages->book_);
  stages->gathering_ = std::thread{[raw = stages.get()] { raw->gather_evidence(); }};
  stages->staging_ = std::thread{[raw = stages.get()] { raw->run_stages(); }};
  return stages;
}

// A folder that cannot be written is trouble of the file, which is told where it is used.
Result<void> AlertStages::claim() {
  auto claimed = scheduler::LoopClaim::take(parts_.path);
  if (claimed) {
    claim_.emplace(*std::move(claimed));
  } else if (claimed.error().code == Errc::conflict) {
    return fail(std::move(claimed.error()));
  }
  return {};
}

Result<AlertStages::Work> AlertStages::open_work(Terms terms) const {
  terms.evidence.stop_fd = stop_->fd();
  auto ordinary = JobEvidence::open(terms.evidence);
  if (!ordinary) return fail(std::move(ordinary.error()));
  terms.evidence.urgency = Urgency::critical;
  auto critical = JobEvidence::open(terms.evidence);
  if (!critical) return fail(std::move(critical.error()));
  return Work{.gathering = {.evidence = *std::move(ordinary), .examine = std::move(terms.examine)},
              .staging = {.rules = std::move(terms.rules), .evidence = *std::move(critical)}};
}

AlertStages::~AlertStages() {
  {
    const std::lock_guard lock{guard_};
    stopped_ = true;
  }
  changed_.notify_all();
  if (stop_) stop_->signal();
  if (gathering_.joinable()) gathering_.join();
  if (staging_.joinable()) staging_.join();
}

void AlertStages::hear(Event event) {
  const Time now = platform::wall_clock();
  const std::lock_guard lock{guard_};
  const bool urgent = is_urgent(classifier_, event);
  waiting_.hear({.event = std::move(event), .heard = now, .urgent = urgent});
  changed_.notify_all();
}

Result<void> AlertStages::configure(Terms terms) {
  auto work = open_work(std::move(terms));
  if (!work) return fail(std::move(work.error()));
  const std::lock_guard lock{guard_};
  classifier_ = alerting::Classifier{work->staging.rules.classifier};
  fresh_gathering_ = std::move(work->gathering);
  fresh_staging_ = std::move(work->staging);
  changed_.notify_all();
  return {};
}

alerting::Totals AlertStages::totals() const {
  const std::lock_guard lock{guard_};
  return totals_;
}

void AlertStages::gather_evidence() {
  std::unique_lock lock{guard_};
  while (!stopped_) {
    auto heard = waiting_.take_for_evidence();
    const std::size_t behind = waiting_.without_evidence();
    auto fresh = std::exchange(fresh_gathering_, std::nullopt);
    lock.unlock();
    if (fresh) {
      gather_by_ = *std::move(fresh);
      examined_.reset();
    }
    if (heard) gather(*std::move(heard), behind);
    examine();
    lock.lock();
    changed_.wait_for(lock, kExaminedEvery,
                      [&] { return stopped_ || fresh_gathering_ || waiting_.without_evidence() > 0; });
  }
}

// Evidence is worth some seconds: where many wait, or one has waited long, it goes without.
void AlertStages::gather(alerting::HeardEvent heard, std::size_t behind) {
  const Time now = platform::wall_clock();
  if (behind <= kMostBehind && now - heard.heard <= kLongestWait) {
    if (outcome_of(heard.event) == Outcome::failed) gather_by_.evidence->add_log(heard.event);
    heard.tests = gather_by_.evidence->tests_of(heard.event, now);
  }
  const std::lock_guard lock{guard_};
  waiting_.put_ready(std::move(heard));
  changed_.notify_all();
}

void AlertStages::examine() {
  const Time now = platform::wall_clock();
  if (!gather_by_.examine || (examined_ && now - *examined_ < kExaminedEvery)) return;
  examined_ = now;
  for (Event& event : gather_by_.examine(now)) hear(std::move(event));
}

void AlertStages::run_stages() {
  restore();
  std::unique_lock lock{guard_};
  while (true) {
    const Time now = platform::wall_clock();
    const Duration pause = std::clamp<Duration>(*wake_at(now) - now, Duration::zero(), kLookAgain);
    changed_.wait_for(lock, pause,
                      [&] { return stopped_ || fresh_staging_ || (restored_ && waiting_.has_ready()); });
    std::vector<alerting::HeardEvent> heard;
    if (restored_) heard = waiting_.take_ready();
    auto fresh = std::exchange(fresh_staging_, std::nullopt);
    const std::int64_t dropped = waiting_.dropped();
    const bool last = stopped_;
    lock.unlock();
    log_drops(dropped);
    restore();
    if (fresh) {
      noise_->set_rules(std::move(fresh->rules));
      prompt_ = std::move(fresh->evidence);
    }
    take(std::move(heard));
    noise_->advance(platform::wall_clock());
    keep();
    lock.lock();
    totals_ = noise_->totals();
    if (last) return;
  }
}

std::optional<Time> AlertStages::wake_at(Time now) const {
  const auto due = noise_->due();
  return due ? std::min(*due, now + kLookAgain) : now + kLookAgain;
}

// Before the first event: what was told already must not be told again.
void AlertStages::restore() {
  auto state = file_.state();
  if (!state) return log_trouble("open", &state.error());
  if (!restored_) {
    const auto rows = (*state)->state();
    if (!rows) return log_trouble("read", &rows.error());
    begin(*rows);
    notices_ = (*state)->notices();
    restored_ = true;
  }
  heed_silences(**state);
  forget_old(**state);
}

void AlertStages::heed_silences(AlertState& state) {
  const auto revision = state.silence_revision();
  if (!revision || silences_ == *revision) return;
  auto silences = state.silences();
  if (!silences) return log_trouble("read", &silences.error());
  noise_->set_silences(*std::move(silences));
  silences_ = *revision;
  for (const std::string& notice : state.notices()) {
    if (std::ranges::find(notices_, notice) != notices_.end()) continue;
    notices_.push_back(notice);
    parts_.log->write(LogLevel::warning, "state_file", {{"notice", notice}});
  }
}

// At the start, and once an hour, also where it fails.
void AlertStages::forget_old(AlertState& state) {
  const Time now = platform::wall_clock();
  if (forgot_ && now - *forgot_ < kForgotEvery) return;
  forgot_ = now;
  const Result<void> done = state.forget(now);
  if (!done) log_trouble("write", &done.error());
}

// What is urgent is kept, and so on its way, before anything else is looked at.
void AlertStages::take(std::vector<alerting::HeardEvent> heard) {
  const Time patient_until = platform::wall_clock() + kUrgentPatience;
  for (alerting::HeardEvent& one : heard) {
    const bool urgent = one.urgent;
    if (urgent && platform::wall_clock() < patient_until) prompt_->add_log(one.event);
    take(std::move(one));
    if (urgent) keep();
  }
}

void AlertStages::take(alerting::HeardEvent heard) {
  if (!is_news(heard.event)) return;
  for (const alerting::TestEnd& test : heard.tests) {
    noise_->test_ended(heard.event, test.name, test.failed);
  }
  noise_->take(std::move(heard.event), platform::wall_clock());
}

// A first look at a fleet shows the failures of days, which people know.
bool AlertStages::is_news(const Event& event) const {
  return !begun_ || event.time >= *begun_ - kLookedBack;
}

// Our own row beside those of the stages.
void AlertStages::begin(const std::vector<alerting::NoiseReduction::Kept>& rows) {
  std::vector<alerting::NoiseReduction::Kept> theirs;
  for (const alerting::NoiseReduction::Kept& row : rows) {
    if (row.table != alerting::kBegunTable) {
      theirs.push_back(row);
    } else if (const auto time = parse_time(row.document)) {
      begun_ = *time;
    }
  }
  if (!begun_ && theirs.empty()) {
    begun_ = platform::wall_clock();
    book_.keep_row({std::string(alerting::kBegunTable), "fleet", runneriq::to_text(*begun_)});
  }
  for (const std::string& lost : noise_->restore(theirs)) {
    parts_.log->write(LogLevel::warning, "alert_state_lost", {{"what", lost}});
  }
}

// What cannot be kept now is kept with what follows.
void AlertStages::keep() {
  if (!restored_) return;
  const alerting::Round& round = book_.round(*noise_);
  if (round.events.empty() && round.notifications.empty() && round.state.empty()) return;
  auto state = file_.state();
  if (!state) return log_trouble("open", &state.error());
  const Result<void> kept = (*state)->keep(round, platform::wall_clock());
  if (!kept) return log_trouble("write", &kept.error());
  log_trouble("write", nullptr);
  const bool tells = !round.notifications.empty();
  book_.kept();
  if (tells && parts_.kept) parts_.kept();
}

void AlertStages::log_drops(std::int64_t dropped) {
  const auto news = drops_.take(dropped, platform::wall_clock());
  if (!news) return;
  parts_.log->write(LogLevel::warning, "alert_events_dropped",
                    {{"events", *news}, {"since_the_start", dropped}});
}

void AlertStages::log_trouble(std::string_view what, const Error* error) {
  const std::string trouble = error == nullptr ? "" : error->message;
  if (std::exchange(trouble_, trouble) == trouble) return;
  if (error == nullptr) {
    parts_.log->write(LogLevel::info, "alert_file_recovered", {});
  } else {
    parts_.log->write(LogLevel::error, "alert_file_unavailable",
                      {{"what", std::string(what)}, {"why", trouble}});
  }
}

}  // namespace runneriq::app
