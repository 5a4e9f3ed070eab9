#include "alerting/flaky.hpp"

#include "alerting/stable_hash.hpp"
#include "core/printable.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <optional>

namespace runneriq::alerting {
namespace {

// First letter of the keys under which records are kept, before 16 hexadecimal digits.
constexpr char kSubject = 's', kCommit = 'c', kStreak = 'r';

std::uint64_t subject_of(const Event& event) {
  return StableHash{}
      .add(event.gitlab)
      .add(event.project)
      .add(static_cast<std::uint64_t>(event.kind))
      .add(event.name)
      .value();
}

std::uint64_t with(std::uint64_t subject, std::string_view text) {
  return StableHash{subject}.add(text).value();
}

FlipPrior prior(const FlakyTerms& terms) {
  return {terms.prior_flips, terms.prior_steady};
}

// What has commits on which it fails and passes.
bool is_followed(const Event& event) {
  return !event.sha.empty() && (event.kind == EventKind::job || event.kind == EventKind::pipeline);
}

std::string name_of(const Event& event) {
  return event.project + ": " +
         (event.kind == EventKind::pipeline ? std::string{to_text(event.kind)} : event.name);
}

std::string key_of(char kind, std::uint64_t number) {
  std::array<char, 18> text{};
  std::snprintf(text.data(), text.size(), "%c%016llx", kind, static_cast<unsigned long long>(number));
  return text.data();
}

std::optional<std::uint64_t> number_of(std::string_view key) {
  std::uint64_t number = 0;
  if (key.size() != 17) return std::nullopt;
  const auto [end, error] = std::from_chars(key.data() + 1, key.data() + key.size(), number, 16);
  if (error != std::errc{} || end != key.data() + key.size()) return std::nullopt;
  return number;
}

template <class Record>
Result<void> restore_into(BoundedBook<Record>& book, std::uint64_t number, std::string_view document) {
  auto record = record_of<Record>(document);
  if (!record) return fail(std::move(record.error()));
  book.restore(number, *std::move(record));
  return {};
}

}  // namespace

FlakyDetector::FlakyDetector(FlakyTerms terms, OutageTerms outages) : terms_(terms), outages_(outages) {}

void FlakyDetector::set_terms(FlakyTerms terms, OutageTerms outages) {
  terms_ = terms;
  outages_.set_terms(outages);
}

FlakyDetector::Place FlakyDetector::place_of(std::uint64_t subject, const Event& event) {
  // Another start for refs, so that a branch that is named like a commit is not taken for one.
  return {subject, with(subject, event.sha), with(~subject, event.ref)};
}

FlakyVerdict FlakyDetector::failed(const Classified& of) {
  const Event& event = of.event;
  const std::uint64_t subject = subject_of(event);
  if (event.kind == EventKind::job) outages_.ended(subject, true, event.time);
  if (!is_followed(event)) return {};
  const Place place = place_of(subject, event);
  FlakySubject& known = fell(place, event);
  if (known.name.empty()) known.name = name_of(event);
  if (!is_active(known, event.time) || !is_evidence(event)) return {};
  if (!known.score) known.score = score(known);
  using Kind = FlakyVerdict::Kind;
  return {.kind = is_broken(place) ? Kind::broken : Kind::flaky,
          .until = event.time + terms_.hold,
          .score = *known.score,
          .runs = known.runs,
          .flips = known.total_flips};
}

bool FlakyDetector::passed(const Classified& of) {
  const Event& event = of.event;
  const std::uint64_t subject = subject_of(event);
  if (event.kind == EventKind::job) outages_.ended(subject, false, event.time);
  return is_followed(event) && passed_at(place_of(subject, event), event.time);
}

void FlakyDetector::test_ended(const Classified& job, std::string_view test, bool failed) {
  const Event& event = job.event;
  if (!is_followed(event)) return;
  const Place place = place_of(with(subject_of(event), test), event);
  if (!failed) {
    if (subjects_.find(place.subject) != nullptr) passed_at(place, event.time);
    return;
  }
  FlakySubject& known = fell(place, event);
  if (known.name.empty()) known.name = name_of(event).append(" › ").append(test);
}

bool FlakyDetector::is_flaky_test(const Classified& job, std::string_view test) const {
  if (!is_followed(job.event)) return false;
  const Place place = place_of(with(subject_of(job.event), test), job.event);
  const FlakySubject* const known = subjects_.find(place.subject);
  return known != nullptr && is_active(*known, job.event.time) && !is_broken(place);
}

// Books a failure; gives what it is of.
FlakySubject& FlakyDetector::fell(const Place& place, const Event& event) {
  FlakySubject& subject = subjects_.find_or_add(place.subject);
  FlakyCommit& commit = commits_.find_or_add(place.commit);
  subjects_.changed(place.subject);
  commits_.changed(place.commit);
  ++subject.runs;
  commit.failed = std::max(commit.failed, event.time);
  if (!is_evidence(event)) return subject;
  commit.first_evidence =
      commit.first_evidence == kNever ? event.time : std::min(commit.first_evidence, event.time);
  commit.last_evidence = std::max(commit.last_evidence, event.time);
  if (commit.passed != kNever && event.time < commit.passed) {  // told late
    count(subject, commit, commit.passed);
  } else if (++commit.attempts == 1) {
    ++streaks_.find_or_add(place.streak).commits;
    streaks_.changed(place.streak);
  }
  return subject;
}

bool FlakyDetector::passed_at(const Place& place, Time time) {
  FlakySubject& subject = subjects_.find_or_add(place.subject);
  FlakyCommit& commit = commits_.find_or_add(place.commit);
  subjects_.changed(place.subject);
  ++subject.runs;
  const bool had_failed = commit.failed != kNever && commit.failed > commit.passed && commit.failed <= time &&
                          time - commit.failed <= terms_.same_commit;
  commit.passed = std::max(commit.passed, time);
  commit.attempts = 0;
  count(subject, commit, time);
  if (commit.failed != kNever) commits_.changed(place.commit);
  FlakyStreak* const streak = streaks_.find(place.streak);
  if (streak != nullptr && streak->commits > 0) {
    streak->commits = 0;
    streaks_.changed(place.streak);
  }
  return had_failed;
}

// The commit is green: it counts once. One that was steady becomes flipped when it falls over later and
// passes again.
void FlakyDetector::count(FlakySubject& subject, FlakyCommit& commit, Time passed) {
  using Counted = FlakyCommit::Counted;
  if (commit.counted == Counted::flipped) return;
  if (is_flip(commit, passed)) {
    if (commit.counted == Counted::steady) {
      add(subject.evidence, 0, -1, commit.counted_at, terms_.half_life);
    }
    commit.counted = Counted::flipped;
    flip(subject, passed);
  } else if (commit.counted == Counted::no) {
    commit.counted = Counted::steady;
    commit.counted_at = passed;
    add(subject.evidence, 0, 1, passed, terms_.half_life);
  }
}

void FlakyDetector::flip(FlakySubject& subject, Time time) {
  add(subject.evidence, 1, 0, time, terms_.half_life);
  const bool after_pause = subject.last_flip != kNever && time - subject.last_flip >= terms_.recovery;
  if (after_pause) {
    if (subject.was_active) subject.since = subject.last_flip + terms_.recovery;
    subject.was_active = false;
    subject.recent_flips = 0;
  }
  ++subject.total_flips;
  ++subject.recent_flips;
  subject.last_flip = std::max(subject.last_flip, time);
  subject.score.reset();
  if (subject.was_active || subject.recent_flips < terms_.least_flips) return;
  if (!is_score_above(terms_.threshold, prior(terms_), subject.evidence, terms_.quantile)) return;
  subject.was_active = true;
  subject.since = time;
}

bool FlakyDetector::is_evidence(const Event& event) const {
  return !is_of_infrastructure(event.failure_reason) && !outages_.holds(event.time);
}

bool FlakyDetector::is_flip(const FlakyCommit& commit, Time passed) const {
  return std::ranges::any_of(std::array{commit.first_evidence, commit.last_evidence}, [&](Time failed) {
    return failed != kNever && failed <= passed && passed - failed <= terms_.same_commit &&
           !outages_.holds(failed);
  });
}

bool FlakyDetector::is_active(const FlakySubject& subject, Time at) const {
  return terms_.enabled && subject.was_active && at - subject.last_flip < terms_.recovery;
}

bool FlakyDetector::is_broken(const Place& place) const {
  const FlakyCommit* const commit = commits_.find(place.commit);
  const FlakyStreak* const streak = streaks_.find(place.streak);
  return (commit != nullptr && commit->attempts >= terms_.broken_after) ||
         (streak != nullptr && streak->commits >= terms_.broken_after);
}

double FlakyDetector::score(const FlakySubject& subject) const {
  return flip_score(prior(terms_), subject.evidence, terms_.quantile);
}

FlakyRecord FlakyDetector::record(const FlakySubject& subject, Time now) const {
  FlipEvidence evidence = subject.evidence;
  add(evidence, 0, 0, std::max(now, evidence.as_of), terms_.half_life);
  return {.subject = subject.name,
          .flips = evidence.flips,
          .steady = evidence.steady,
          .as_of = evidence.as_of,
          .last_flip = subject.last_flip,
          .active = true,
          .since = subject.since,
          .runs = subject.runs,
          .total_flips = subject.total_flips};
}

std::vector<FlakyRecord> FlakyDetector::active(std::size_t most, Time now) const {
  std::vector<std::pair<double, const FlakySubject*>> found;
  subjects_.for_each([&](const FlakySubject& subject) {
    if (is_active(subject, now)) found.emplace_back(score(subject), &subject);
  });
  std::ranges::sort(found, [](const auto& one, const auto& other) {
    return one.first != other.first ? one.first > other.first : one.second->name < other.second->name;
  });
  if (found.size() > most) found.resize(most);
  std::vector<FlakyRecord> records;
  for (const auto& [score, subject] : found) records.push_back(record(*subject, now));
  return records;
}

std::vector<FlakyDetector::Kept> FlakyDetector::take_changes() {
  std::vector<Kept> kept;
  const auto keep = [&kept](char kind) {
    return [&kept, kind](std::uint64_t number, const auto* record) {
      kept.push_back({key_of(kind, number), record == nullptr ? "" : document_of(*record)});
    };
  };
  subjects_.take_changes(keep(kSubject));
  commits_.take_changes(keep(kCommit));
  streaks_.take_changes(keep(kStreak));
  return kept;
}

Result<void> FlakyDetector::restore(std::string_view key, std::string_view document) {
  const auto number = number_of(key);
  if (number && key.front() == kSubject) return restore_into(subjects_, *number, document);
  if (number && key.front() == kCommit) return restore_into(commits_, *number, document);
  if (number && key.front() == kStreak) return restore_into(streaks_, *number, document);
  return fail(Errc::corrupt, quoted_text(key) + " is no key of what is kept of flaky jobs");
}

}  // namespace runneriq::alerting
