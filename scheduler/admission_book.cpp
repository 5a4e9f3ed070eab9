#include "scheduler/admission_book.hpp"

#include "core/overloaded.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::scheduler {
namespace {

bool same(const AdmissionRequest& a, const AdmissionRequest& b) {
  return a.key == b.key && a.attempt == b.attempt && a.history.gitlab == b.history.gitlab &&
         a.history.project == b.history.project && a.history.job_name == b.history.job_name &&
         a.history.stage == b.history.stage && a.score == b.score && a.job_class == b.job_class &&
         a.max_hold == b.max_hold;
}

// Whether a question asked again says anything new. The time in GitLab's queue is that of the first one.
bool same(const Booking& a, const Booking& b) {
  return a.host == b.host && a.slots == b.slots && a.runner == b.runner && a.arrived == b.arrived &&
         a.started == b.started && same(a.request, b.request);
}

Time end_of_hold(const Booking& booking) {
  return booking.arrived + booking.request.max_hold;
}

std::optional<Duration> expected_of(const KnownJob& known) {
  return known.expected ? std::optional{known.expected->median} : std::nullopt;
}

std::string reason_of(const Admission& admission) {
  return std::visit(Overloaded{[](const Granted& granted) { return granted.reason; },
                               [](const Held& held) { return held.reason; },
                               [](const Bypassed& bypassed) { return bypassed.reason; }},
                    admission);
}

}  // namespace

AdmissionKey key_of(const Booking& booking) {
  return {booking.request.key, booking.request.attempt};
}

AdmissionBook::AdmissionBook(Knowledge knowledge, Time start, GreenWaits green_waits)
    : knowledge_(std::move(knowledge)),
      green_waits_(std::move(green_waits)),
      last_version_(start.time_since_epoch().count()) {}

void AdmissionBook::restore(std::vector<Booking> bookings, Time now) {
  for (Booking& booking : bookings) {
    const AdmissionKey key = key_of(booking);
    put(key, std::move(booking), now);
  }
}

// ---- changes ------------------------------------------------------------------------------

Result<BookChanges> AdmissionBook::submit(const AdmissionQuestion& question, Time now) {
  const AdmissionKey key{question.request.key, question.request.attempt};
  Booking booking = booking_for(question, now);
  const auto known = entries_.find(key);
  if (known != entries_.end() && same(known->second.booking, booking)) {
    known->second.heard = now;
    return BookChanges{};
  }
  if (known == entries_.end() && entries_.size() >= kMostBooked) {
    return fail(Errc::unavailable, "the queue is full: " + std::to_string(kMostBooked) + " jobs wait in it");
  }
  BookChanges changes;
  for (const AdmissionKey& earlier : attempts_of(key.job)) {
    if (earlier != key) changes.push_back(change(earlier, std::nullopt, now));
  }
  changes.push_back(change(key, std::move(booking), now));
  return changes;
}

BookChanges AdmissionBook::leave(const AdmissionKey& key, Time now) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return {};
  const Entry& entry = found->second;
  Host& host = hosts_[entry.booking.host];
  settle(host, now);
  const bool takes_slot = !entry.booking.started && host.queue.slots > 0 &&
                          told_of(host, entry, now).kind == AdmissionStanding::Kind::next;
  if (!takes_slot) return {change(key, std::nullopt, now)};
  Booking after = entry.booking;
  after.started = now;
  return {change(key, std::move(after), now)};
}

BookChanges AdmissionBook::finish(const AdmissionKey& key) {
  if (!entries_.contains(key)) return {};
  return {change(key, std::nullopt, {})};
}

BookChanges AdmissionBook::end(const JobKey& job) {
  BookChanges changes;
  for (const AdmissionKey& key : attempts_of(job)) changes.push_back(change(key, std::nullopt, {}));
  return changes;
}

BookChanges AdmissionBook::expire(Time now) {
  std::vector<AdmissionKey> over;
  for (auto& [key, entry] : entries_) {
    entry.heard = std::min(entry.heard, now);  // the clock was set back
    if (is_over(entry, now)) over.push_back(key);
  }
  BookChanges changes;
  for (const AdmissionKey& key : over) changes.push_back(change(key, std::nullopt, now));
  return changes;
}

void AdmissionBook::take_back(const BookChanges& changes, Time now) {
  for (auto each = changes.rbegin(); each != changes.rend(); ++each) restore_to(each->key, each->before, now);
}

bool AdmissionBook::is_over(const Entry& entry, Time now) {
  if (entry.booking.started) return now - *entry.booking.started >= kLongestRun;
  return now - entry.heard >= kSilenceKept || now - end_of_hold(entry.booking) >= kSilenceKept;
}

// The place of an earlier attempt that still waits goes on.
Booking AdmissionBook::booking_for(const AdmissionQuestion& question, Time now) const {
  Booking booking{.host = question.host.host,
                  .slots = question.host.slots,
                  .runner = question.host.runner,
                  .request = question.request,
                  .arrived = now,
                  .started = std::nullopt};
  for (const AdmissionKey& key : attempts_of(question.request.key)) {
    const Booking& earlier = entries_.at(key).booking;
    if (earlier.host != booking.host || earlier.started) continue;
    booking.arrived = std::min(booking.arrived, earlier.arrived);
    booking.request.queued_in_gitlab = earlier.request.queued_in_gitlab;
  }
  return booking;
}

std::vector<AdmissionKey> AdmissionBook::attempts_of(const JobKey& job) const {
  std::vector<AdmissionKey> keys;
  for (auto each = entries_.lower_bound({job, AttemptId{}}); each != entries_.end() && each->first.job == job;
       ++each) {
    keys.push_back(each->first);
  }
  return keys;
}

BookChange AdmissionBook::change(const AdmissionKey& key, std::optional<Booking> after, Time now) {
  BookChange made{.key = key, .before = std::nullopt, .after = std::move(after)};
  const auto found = entries_.find(key);
  if (found != entries_.end()) made.before = found->second.booking;
  restore_to(key, made.after, now);
  return made;
}

void AdmissionBook::restore_to(const AdmissionKey& key, const std::optional<Booking>& booking, Time now) {
  if (booking) {
    put(key, *booking, now);
  } else {
    erase(key);
  }
}

// ---- hosts and their order ----------------------------------------------------------------

void AdmissionBook::put(const AdmissionKey& key, Booking booking, Time now) {
  std::int64_t version = 0;
  if (const auto old = entries_.find(key); old != entries_.end()) version = old->second.version;
  erase(key);
  Entry& entry = entries_[key];
  entry.heard = now;
  entry.version = version;
  entry.booking = std::move(booking);
  Host& host = hosts_[entry.booking.host];
  host.queue.slots = entry.booking.slots;
  enter(host, entry, now);
}

void AdmissionBook::enter(Host& host, Entry& entry, Time now) {
  const auto known = knowledge_(entry.booking.request);
  entry.expected = known ? known->expected : std::nullopt;
  host.settled = false;
  if (entry.booking.started) {
    const DurationEstimate expected = entry.expected.value_or(estimate({}));
    host.running.push_back(&entry);
    host.queue.running.push_back({key_of(entry.booking).job, *entry.booking.started, expected});
    ++running_;
    return;
  }
  HeldJob job = held_job(entry.booking, known, now);
  const auto place = std::ranges::upper_bound(
      host.queue.held, job, [now](const HeldJob& a, const HeldJob& b) { return goes_before(a, b, now); });
  host.held.insert(host.held.begin() + (place - host.queue.held.begin()), &entry);
  host.queue.held.insert(place, std::move(job));
}

HeldJob AdmissionBook::held_job(const Booking& booking, const std::optional<KnownJob>& known,
                                Time now) const {
  const AdmissionRequest& request = booking.request;
  HeldJob job{.key = request.key,
              .attempt = request.attempt,
              .job_name = request.history.job_name,
              .score = known ? known->score : request.score,
              .job_class = known ? known->job_class : request.job_class,
              .queued_in_gitlab = request.queued_in_gitlab,
              .expected = kUnknownDuration,
              .arrived = booking.arrived,
              .hold_until = end_of_hold(booking)};
  if (known && known->expected) job.expected = known->expected->median;
  if (green_waits_) job.green = green_waits_(booking, known ? expected_of(*known) : std::nullopt, now);
  return job;
}

void AdmissionBook::erase(const AdmissionKey& key) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return;
  const auto at = hosts_.find(found->second.booking.host);
  Host& host = at->second;
  host.settled = false;
  if (found->second.booking.started) {
    const auto place = std::ranges::find(host.running, &found->second);
    host.queue.running.erase(host.queue.running.begin() + (place - host.running.begin()));
    host.running.erase(place);
    --running_;
  } else {
    const auto place = std::ranges::find(host.held, &found->second);
    host.queue.held.erase(host.queue.held.begin() + (place - host.held.begin()));
    host.held.erase(place);
  }
  if (host.held.empty() && host.running.empty()) hosts_.erase(at);
  if (found->second.version > 0) changed_.push_back(key);
  entries_.erase(found);
}

void AdmissionBook::sort(Host& host, Time now) {
  host.queue.held = in_order(std::move(host.queue.held), now);
  host.held.clear();
  for (const HeldJob& job : host.queue.held) host.held.push_back(&entries_.at({job.key, job.attempt}));
}

void AdmissionBook::renew_order(Time now) {
  for (auto& [name, host] : hosts_) {
    for (std::size_t at = 0; at < host.held.size(); ++at) {
      const auto known = knowledge_(host.held[at]->booking.request);
      host.held[at]->expected = known ? known->expected : std::nullopt;
      host.queue.held[at] = held_job(host.held[at]->booking, known, now);
    }
    sort(host, now);
    host.settled = false;
  }
}

// ---- standings ----------------------------------------------------------------------------

AdmissionBook::Told AdmissionBook::told_of(const Host& host, const Entry& entry, Time now) {
  const HeldJob& job = host.queue.held[entry.position - 1];
  const bool next =
      host.queue.slots <= 0 || now >= job.hold_until ||
      (!waits_for_green(job, now) && entry.position <= std::max<std::size_t>(free_slots(host.queue), 1));
  return {.kind = next ? AdmissionStanding::Kind::next : AdmissionStanding::Kind::held,
          .position = entry.position,
          .score = job.score,
          .job_class = job.job_class,
          .expected = entry.expected ? std::optional{entry.expected->median} : std::nullopt,
          .green_until = waits_for_green(job, now) ? std::optional{job.green->until} : std::nullopt};
}

void AdmissionBook::tell(Host& host, Entry& entry, Time now) {
  const Told told = told_of(host, entry, now);
  if (entry.version > 0 && told == entry.told) return;
  const bool urgent = entry.version == 0 || told.kind != entry.told.kind;
  if (!urgent && now - entry.told_at < kMovesTold && now >= entry.told_at) {
    host.settled = false;
    return;
  }
  entry.told = told;
  entry.told_at = now;
  entry.version = ++last_version_;
  changed_.push_back(key_of(entry.booking));
}

void AdmissionBook::settle(Host& host, Time now) {
  if (host.settled) return;
  host.settled = true;
  for (std::size_t at = 0; at < host.held.size(); ++at) {
    host.held[at]->position = at + 1;
    tell(host, *host.held[at], now);
  }
}

std::optional<AdmissionStanding> AdmissionBook::standing(const AdmissionKey& key, Time now) {
  const auto found = entries_.find(key);
  if (found == entries_.end() || found->second.booking.started) return std::nullopt;
  const Entry& entry = found->second;
  Host& host = hosts_.find(entry.booking.host)->second;
  settle(host, now);
  const Told told = told_of(host, entry, now);
  const Admission admission = decide_in_order(host.queue, entry.position, now);
  AdmissionStanding standing{.kind = told.kind,
                             .position = told.position,
                             .queue_length = host.held.size(),
                             .score = told.score,
                             .job_class = told.job_class,
                             .expected = told.expected,
                             .expected_start = std::nullopt,
                             .reason = reason_of(admission),
                             .version = entry.version};
  if (const Held* waits = std::get_if<Held>(&admission)) standing.expected_start = waits->expected_start;
  return standing;
}

std::vector<AdmissionKey> AdmissionBook::take_changed(Time now) {
  for (auto& [name, host] : hosts_) settle(host, now);
  return std::exchange(changed_, {});
}

void AdmissionBook::hear(const AdmissionKey& key, Time now) {
  const auto found = entries_.find(key);
  if (found != entries_.end()) found->second.heard = now;
}

std::size_t AdmissionBook::held() const {
  return entries_.size() - running_;
}

std::vector<Booking> AdmissionBook::bookings() const {
  std::vector<Booking> all;
  for (const auto& [key, entry] : entries_) all.push_back(entry.booking);
  return all;
}

bool AdmissionBook::has(const JobKey& job) const {
  const auto found = entries_.lower_bound({job, AttemptId{}});
  return found != entries_.end() && found->first.job == job;
}

}  // namespace runneriq::scheduler
