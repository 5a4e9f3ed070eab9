#include "carbon/deferral.hpp"
#include "carbon/deferral_words.hpp"
#include "carbon/starts.hpp"

#include <algorithm>
#include <cstddef>
#include <tuple>

namespace runneriq::carbon {
namespace {

using JobKey = std::pair<GitLabUrl, JobId>;

JobKey key_of(const auto& one) {
  return {one.gitlab, one.job};
}

// What was planned of a job may stand: neither too early nor too late, nor in a zone that it has left.
bool may_stand(const Deferral& before, const DeferrableJob& job, const DeferralTerms& terms, Time now) {
  const bool too_early = job.ready > now && before.start < job.ready;
  const bool too_late = before.start > std::max(latest_start(job, terms), earliest_start(job, now));
  const bool anywhere = before.zone.value().empty();
  const bool zone_left =
      !anywhere && std::find(job.zones.begin(), job.zones.end(), before.zone) == job.zones.end();
  return !too_early && !too_late && !zone_left;
}

// A job whose start is open, and how urgent its choice is.
struct Open {
  const DeferrableJob* job;
  const Deferral* before;  // null: nothing stands
  std::size_t index;       // of the job in the order given
  bool late;
  double gain;  // grams that it would save if it were alone
};

bool chooses_first(const Open& a, const Open& b) {
  if (a.late != b.late) return a.late;
  if (a.gain != b.gain) return a.gain > b.gain;
  return key_of(*a.job) < key_of(*b.job);
}

class Planning {
 public:
  Planning(std::span<const DeferrableJob> jobs, const GridOutlook& grid, const DeferralTerms& terms, Time now)
      : jobs_(jobs), grid_(grid), terms_(terms), now_(now) {}

  std::vector<Deferral> plan(std::span<const Deferral> before) {
    recall(before);
    std::sort(open_.begin(), open_.end(), chooses_first);
    for (const Open& open : open_) {
      planned_[open.index] = open.before == nullptr ? defer(*open.job, grid_, terms_, now_, reserved_)
                                                    : choose_again(*open.job, *open.before);
    }
    return planned_;
  }

 private:
  // Reserves what stands, and tells apart what is open.
  void recall(std::span<const Deferral> before);
  void recall(std::size_t index, const Deferral* before);
  void reserve(const Deferral& deferral) {
    if (!deferral.zone.value().empty()) reserved_.add(deferral.zone, step_of(deferral.start, terms_));
  }
  [[nodiscard]] Open open(std::size_t index, const Deferral* before) const;
  // Elsewhere when that gains enough over what stands; else as it was, also when nothing is known of it now.
  Deferral choose_again(const DeferrableJob& job, const Deferral& before);

  std::span<const DeferrableJob> jobs_;
  const GridOutlook& grid_;
  const DeferralTerms& terms_;
  Time now_;
  Reservations reserved_;
  std::vector<Open> open_;
  std::vector<Deferral> planned_;
};

void Planning::recall(std::span<const Deferral> before) {
  std::map<JobKey, const Deferral*> standing;
  for (const Deferral& deferral : before) standing[key_of(deferral)] = &deferral;
  planned_.resize(jobs_.size());
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    const auto found = standing.find(key_of(jobs_[i]));
    recall(i, found == standing.end() ? nullptr : found->second);
    if (found != standing.end()) standing.erase(found);
  }
  // The rest are over; those that were started have used their steps.
  for (const auto& [key, deferral] : standing) {
    if (deferral->start <= now_) reserve(*deferral);
  }
}

void Planning::recall(std::size_t index, const Deferral* before) {
  const DeferrableJob& job = jobs_[index];
  if (before == nullptr || !may_stand(*before, job, terms_, now_)) {
    open_.push_back(open(index, nullptr));
    return;
  }
  reserve(*before);
  planned_[index] = *before;
  planned_[index].latest_start = latest_start(job, terms_);
  const bool due = before->start < now_ + step_length(terms_);
  if (!due) open_.push_back(open(index, before));
}

Open Planning::open(std::size_t index, const Deferral* before) const {
  const DeferrableJob& job = jobs_[index];
  Open open{&job, before, index, latest_start(job, terms_) <= earliest_start(job, now_), 0};
  const std::vector<Start> starts = possible_starts(job, grid_, terms_, now_, {});
  if (starts.empty()) return open;
  const Start& otherwise = first_of(starts);
  if (const Start* const better = better_than(otherwise, starts, terms_)) {
    open.gain = otherwise.grams - better->grams;
  }
  return open;
}

Deferral Planning::choose_again(const DeferrableJob& job, const Deferral& before) {
  Deferral kept = before;
  kept.latest_start = latest_start(job, terms_);
  // As it was chosen, without its wave's pause.
  const Time step = step_of(before.start, terms_);
  const auto otherwise = start_at(job, grid_, terms_, std::max(step, earliest_start(job, now_)), before.zone);
  if (!otherwise) return kept;
  reserved_.remove(before.zone, step);
  const std::vector<Start> possible = possible_starts(job, grid_, terms_, now_, reserved_);
  const std::vector<Start> starts = with_room(possible, terms_);
  if (const Start* const better = better_than(*otherwise, starts, terms_)) {
    kept = deferral_of(job, *better, possible, terms_, now_);
    kept.why = reason_of(kept, job, grid_, now_);
  }
  reserve(kept);
  return kept;
}

}  // namespace

std::vector<Deferral> plan_deferrals(std::span<const DeferrableJob> jobs, std::span<const Deferral> before,
                                     const GridOutlook& grid, const DeferralTerms& terms, Time now) {
  return Planning{jobs, grid, terms, now}.plan(before);
}

}  // namespace runneriq::carbon
