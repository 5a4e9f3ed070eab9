// What the detector keeps of jobs, tests and commits, and its form in a state file. Pure.
#pragma once

#include "alerting/flip_score.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace runneriq::alerting {

inline constexpr Time kNever = Time::min();

// A job of a project, or a test of one, on all commits.
struct FlakySubject {
  std::string name{};  // "acme/shop: unit"; "" until it fails
  FlipEvidence evidence{};
  Time last_flip = kNever;
  bool was_active = false;  // at the last flip; it is until `recovery` is over
  Time since{};             // when it became active or steady
  int runs = 0, total_flips = 0;
  std::optional<double> score{};  // at the last flip, once it has been asked for; not kept
  int recent_flips = 0;           // without a pause of `recovery` between two of them
};

// A subject on one commit. Small: there are many.
struct FlakyCommit {
  enum class Counted { no, steady, flipped };
  Time first_evidence = kNever, last_evidence = kNever;  // failures that count
  Time failed = kNever, passed = kNever;                 // the last of any kind
  Time counted_at = kNever;
  int attempts = 0;  // failures that count, since it last passed
  Counted counted = Counted::no;
};

// A subject on one ref.
struct FlakyStreak {
  int commits = 0;  // different ones that failed in a row
};

// JSON, on one line.
std::string document_of(const FlakySubject& subject);
std::string document_of(const FlakyCommit& commit);
std::string document_of(const FlakyStreak& streak);

// Error: corrupt.
template <class Record>
Result<Record> record_of(std::string_view document);
template <>
Result<FlakySubject> record_of(std::string_view document);
template <>
Result<FlakyCommit> record_of(std::string_view document);
template <>
Result<FlakyStreak> record_of(std::string_view document);

}  // namespace runneriq::alerting
