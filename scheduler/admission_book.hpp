// The service's queue: which job of which host goes next, and who has to be told. Pure.
#pragma once

#include "scheduler/admission_service.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::scheduler {

// A place in the queue, or in a slot, as the state file keeps it.
struct Booking {
  std::string host;
  int slots = 0;    // of the host; 0 = no limit
  RunnerId runner;  // as HostReport has it
  AdmissionRequest request;
  Time arrived;                 // first attempt of the job on this host
  std::optional<Time> started;  // left the queue to take a slot
};
AdmissionKey key_of(const Booking& booking);

// One step of the book: durable before anybody is told of it. Neither before nor after: nothing.
struct BookChange {
  AdmissionKey key;
  std::optional<Booking> before;  // none: it was not there
  std::optional<Booking> after;   // none: it is gone
};
using BookChanges = std::vector<BookChange>;

// What the fleet's loop knows of a job better than its host does.
struct KnownJob {
  double score = 0;
  JobClass job_class = JobClass::low;        // calibrated, before escalation
  std::optional<DurationEstimate> expected;  // none: no run is known
};
// Cleaner power that a job of this length should wait for on the host that has accepted it; none = it waits
// for none.
using GreenWaits =
    std::function<std::optional<GreenWait>(const Booking&, std::optional<Duration> expected, Time now)>;
using Knowledge = std::function<std::optional<KnownJob>(const AdmissionRequest&)>;

// A job of which nothing was heard for so long waits no more; every wait of an executor is shorter.
inline constexpr Duration kSilenceKept = std::chrono::minutes{2};
// A slot that no outcome has given back in this time is not counted any more.
inline constexpr Duration kLongestRun = std::chrono::hours{24};
// A mere move in the queue is told at most so often; being next is told at once.
inline constexpr Duration kMovesTold = std::chrono::seconds{5};
inline constexpr std::size_t kMostBooked = 20'000;

class AdmissionBook {
 public:
  // `start` lets versions of this book be higher than those of any earlier one.
  AdmissionBook(Knowledge knowledge, Time start, GreenWaits green_waits = {});
  AdmissionBook(const AdmissionBook&) = delete;
  AdmissionBook& operator=(const AdmissionBook&) = delete;

  // What an earlier program left. Its jobs count as heard of now.
  void restore(std::vector<Booking> bookings, Time now);

  // Idempotent by key: the same question again changes nothing. A new attempt of a job takes the place
  // that an earlier one had on the host. Error: unavailable when the book is full.
  Result<BookChanges> submit(const AdmissionQuestion& question, Time now);
  // Whoever was next has taken a slot: it is counted until its outcome comes. Others are gone, and so is
  // what had a slot already.
  BookChanges leave(const AdmissionKey& key, Time now);
  // The attempt is over.
  BookChanges finish(const AdmissionKey& key);
  // GitLab says that the job has ended: all its attempts.
  BookChanges end(const JobKey& job);
  // Who was not heard of for kSilenceKept, whose hold is over for as long, and slots after kLongestRun.
  BookChanges expire(Time now);
  // The last of these changes could not be made durable: as before them.
  void take_back(const BookChanges& changes, Time now);

  // The executor of this job is alive.
  void hear(const AdmissionKey& key, Time now);
  // Asks the knowledge anew for every job, and lets waiting raise classes.
  void renew_order(Time now);

  // None: it does not wait here. The version is that of the last change that is to be told.
  [[nodiscard]] std::optional<AdmissionStanding> standing(const AdmissionKey& key, Time now);
  // Jobs with a new version since the last call, each at least once; some may be gone.
  [[nodiscard]] std::vector<AdmissionKey> take_changed(Time now);

  [[nodiscard]] std::size_t held() const;
  [[nodiscard]] std::size_t running() const { return entries_.size() - held(); }
  [[nodiscard]] std::vector<Booking> bookings() const;  // by key
  [[nodiscard]] bool has(const JobKey& job) const;

 private:
  // What a new version tells.
  struct Told {
    AdmissionStanding::Kind kind = AdmissionStanding::Kind::held;
    std::size_t position = 0;
    double score = 0;
    JobClass job_class = JobClass::low;
    std::optional<Duration> expected;
    std::optional<Time> green_until;
    friend bool operator==(const Told&, const Told&) = default;
  };
  struct Entry {
    Booking booking;
    std::optional<DurationEstimate> expected;  // of the fleet's history
    Time heard;
    std::size_t position = 0;  // as of the last settling; 0 = has a slot
    Told told;
    Time told_at;
    std::int64_t version = 0;  // 0 = never told
  };
  struct Host {
    HostQueue queue;              // held in order
    std::vector<Entry*> held;     // the same jobs in the same order
    std::vector<Entry*> running;  // as queue.running
    bool settled = true;
  };

  void put(const AdmissionKey& key, Booking booking, Time now);
  void erase(const AdmissionKey& key);
  void restore_to(const AdmissionKey& key, const std::optional<Booking>& booking, Time now);
  BookChange change(const AdmissionKey& key, std::optional<Booking> after, Time now);
  [[nodiscard]] Booking booking_for(const AdmissionQuestion& question, Time now) const;
  [[nodiscard]] std::vector<AdmissionKey> attempts_of(const JobKey& job) const;
  static bool is_over(const Entry& entry, Time now);
  void enter(Host& host, Entry& entry, Time now);
  void settle(Host& host, Time now);
  void tell(Host& host, Entry& entry, Time now);
  [[nodiscard]] HeldJob held_job(const Booking& booking, const std::optional<KnownJob>& known,
                                 Time now) const;
  static Told told_of(const Host& host, const Entry& entry, Time now);
  void sort(Host& host, Time now);

  Knowledge knowledge_;
  GreenWaits green_waits_;
  std::int64_t last_version_;
  std::map<AdmissionKey, Entry> entries_;
  std::map<std::string, Host, std::less<>> hosts_;
  std::vector<AdmissionKey> changed_;
  std::size_t running_ = 0;
};

}  // namespace runneriq::scheduler
