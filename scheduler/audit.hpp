// The audit trail: who did or advised what, when and why, chained so that a change shows.
// Tamper-evident, not immutable: whoever can write the whole file and every checkpoint can write
// another history. Pure; the digest comes from outside.
#pragma once

#include "core/result.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::scheduler {

struct AuditEntry {
  Time at;
  std::string actor;     // "daemon", "user:alice"
  std::string trust;     // "advisory", "supervised", "autonomous"
  std::string event;     // "recommendation", "runner_change", "started", …
  std::string document;  // canonical JSON: keys sorted, no white space
};

struct AuditRecord {
  std::int64_t seq = 0;  // from 1, without gaps
  AuditEntry entry;
  std::string previous;  // digest of the record before; 64 zeros for the first
  std::string digest;    // of the text below
};

using Digest = std::function<std::string(std::string_view)>;

// What is digested: each field with its length before it, so that no two records read the same.
// "1:7" for the number 7; times are milliseconds since 1970.
std::string chained_text(std::int64_t seq, const AuditEntry& entry, std::string_view previous);

// The record after `last` (null: the first of a trail).
AuditRecord chained(const AuditEntry& entry, const AuditRecord* last, const Digest& digest);

// The end of a trail as it was once known, kept elsewhere.
struct Checkpoint {
  std::int64_t seq = 0;
  std::string digest;
};

// What a check finds:
// - fine: every record follows the one before it, and the trail reaches the checkpoint.
// - torn_tail: the very last record, which no checkpoint covers, does not match its own digest: it
//   was written by half. All records before it are good.
// - broken: records were changed, removed, added or exchanged: a number is missing or comes twice, a
//   record is not chained to the one before it, its content does not match its digest, or the
//   record of the checkpoint is another one than it was.
// - truncated: all records are good, but the trail ends before the checkpoint.
// Not to be found: records cut off the end that no checkpoint covers yet, and a whole new trail
// under a new checkpoint.
struct AuditVerdict {
  enum class Kind { fine, torn_tail, broken, truncated };
  Kind kind = Kind::fine;
  std::int64_t seq = 0;  // the last good record; for broken the first place with a bad one
  std::string words;     // one sentence
};

// Checks records as they come, in constant memory.
class AuditCheck {
 public:
  AuditCheck(Digest digest, std::optional<Checkpoint> checkpoint);
  // To be called with the records in order; false once it is broken.
  bool next(const AuditRecord& record);
  [[nodiscard]] AuditVerdict verdict() const;

 private:
  bool break_at(std::int64_t seq, std::string why);
  void accept(const AuditRecord& record);

  Digest digest_;
  std::optional<Checkpoint> checkpoint_;
  std::int64_t seq_ = 0;
  std::string last_;
  bool suspect_ = false;  // the record after seq_ does not match its digest: torn if it is the last
  std::optional<AuditVerdict> broken_;
};

}  // namespace runneriq::scheduler
