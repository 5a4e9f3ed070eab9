// Which jobs and tests are flaky: both outcomes on the same commit. Pure; time comes in as data.
//
// For each job (project, name), and each test of one, the share of commits on which it fell over and passed
// again without a change is estimated from outcomes alone: a Beta prior, each commit that ended green counted
// once as flipped or not, all of it decayed by age. Flaky while the 5 % quantile of the posterior is above a
// threshold and at least two flips stand behind it that no week without one lies between; flaky no more after
// a week without one (states, so that nothing flaps). A commit on which it never passed is no evidence: it is
// broken, and broken is never hidden. Retries within a pipeline and reruns in another are the same.
#pragma once

#include "alerting/bounded_book.hpp"
#include "alerting/flaky_records.hpp"
#include "alerting/labels.hpp"
#include "alerting/outages.hpp"
#include "core/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::alerting {

struct FlakyTerms {
  bool enabled = true;  // else nothing is said to be flaky; evidence is gathered all the same
  double prior_flips = 0.5, prior_steady = 9.5;  // of the Beta distribution
  double threshold = 0.01;                       // of the quantile, 0..1
  double quantile = 0.05;
  int least_flips = 2;                         // undecayed, without a pause of `recovery` between them
  Duration half_life = std::chrono::days{14};  // of evidence
  Duration recovery = std::chrono::days{7};    // without a flip, until it counts as steady again
  Duration hold = std::chrono::minutes{30};    // how long a failure of a flaky job waits for its retry
  int broken_after = 2;  // failed attempts on one commit, or commits in a row, that are no flake
  Duration same_commit = std::chrono::days{3};  // a pass later than this after the failure is no retry
};

// What is known of one job or test.
struct FlakyRecord {
  std::string subject;           // "acme/shop: unit" or "acme/shop: unit › Cart.adds tax"
  double flips = 0, steady = 0;  // decayed to `as_of`
  Time as_of{};
  std::optional<Time> last_flip{};
  bool active = false;
  Time since{};                   // when it became active or steady
  int runs = 0, total_flips = 0;  // undecayed, for messages
};

struct FlakyVerdict {
  enum class Kind {
    steady,  // nothing is known against it
    flaky,   // may pass when it is run again: wait for that until `until`
    broken,  // has been flaky, but fails on every attempt: told like any other
  } kind = Kind::steady;
  Time until{};
  double score = 0;  // the quantile at its last flip, 0..1
  int tests = 0;     // of the job's report that failed; all of them flaky or the job is not; 0 = not told
  int runs = 0, flips = 0;
};

// Jobs and pipelines with a commit (sha); all else is steady and no evidence.
class FlakyDetector {
 public:
  FlakyDetector(FlakyTerms terms, OutageTerms outages);
  // From now on; what is known stays.
  void set_terms(FlakyTerms terms, OutageTerms outages);

  // A failed job. Failures that the runner, not the job, is to blame for (failure reasons of the runner, of
  // GitLab, or an outage) are no evidence, and steady; those before an outage was seen are left out later.
  FlakyVerdict failed(const Classified& event);
  // A job that passed. Gives whether it had failed on the same commit before, not longer than `same_commit`
  // ago: a flip. It says so, too, where the failure was no evidence, since what passes on the same commit
  // needs nobody.
  bool passed(const Classified& event);
  // A test within a job, of GitLab's test report. A test is known from its first failure on.
  void test_ended(const Classified& job, std::string_view test, bool failed);
  // Whether it is flaky, and not broken on the commit of `job`.
  [[nodiscard]] bool is_flaky_test(const Classified& job, std::string_view test) const;
  // Those that are active, worst first; at most `most`.
  [[nodiscard]] std::vector<FlakyRecord> active(std::size_t most, Time now) const;

  // What is to be kept; each changed record since the last call. Keys are stable.
  struct Kept {
    std::string key;
    std::string document;
  };  // "" = gone
  [[nodiscard]] std::vector<Kept> take_changes();
  // What was kept once. Error: corrupt.
  Result<void> restore(std::string_view key, std::string_view document);

 private:
  // Whose outcome it is: keys of the three books.
  struct Place {
    std::uint64_t subject, commit, streak;
  };
  static Place place_of(std::uint64_t subject, const Event& event);
  FlakySubject& fell(const Place& place, const Event& event);
  bool passed_at(const Place& place, Time time);
  void count(FlakySubject& subject, FlakyCommit& commit, Time passed);
  void flip(FlakySubject& subject, Time time);
  [[nodiscard]] bool is_evidence(const Event& event) const;
  [[nodiscard]] bool is_flip(const FlakyCommit& commit, Time passed) const;
  [[nodiscard]] bool is_active(const FlakySubject& subject, Time at) const;
  [[nodiscard]] bool is_broken(const Place& place) const;
  [[nodiscard]] double score(const FlakySubject& subject) const;
  [[nodiscard]] FlakyRecord record(const FlakySubject& subject, Time now) const;

  FlakyTerms terms_;
  OutageWatch outages_;
  // The oldest go first. Of tests and commits that only passed nothing is kept over a restart.
  BoundedBook<FlakySubject> subjects_{50'000};
  BoundedBook<FlakyCommit> commits_{100'000};
  BoundedBook<FlakyStreak> streaks_{50'000};
};

}  // namespace runneriq::alerting
