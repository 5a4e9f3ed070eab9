#include "scheduler/audit.hpp"

#include <utility>

namespace runneriq::scheduler {
namespace {

std::string start_of_chain() {
  return std::string(64, '0');
}

void add_field(std::string& text, std::string_view field) {
  text += std::to_string(field.size());
  text += ':';
  text += field;
}

std::string record_words(std::int64_t seq) {
  return "record " + std::to_string(seq);
}

std::string up_to(std::int64_t seq) {
  return seq == 0 ? "the trail is empty" : "the trail is sound up to " + record_words(seq);
}

}  // namespace

std::string chained_text(std::int64_t seq, const AuditEntry& entry, std::string_view previous) {
  std::string text;
  text.reserve(entry.document.size() + 256);
  add_field(text, std::to_string(seq));
  add_field(text, std::to_string(entry.at.time_since_epoch().count()));
  for (const std::string* field : {&entry.actor, &entry.trust, &entry.event, &entry.document})
    add_field(text, *field);
  add_field(text, previous);
  return text;
}

AuditRecord chained(const AuditEntry& entry, const AuditRecord* last, const Digest& digest) {
  AuditRecord record{.seq = last == nullptr ? 1 : last->seq + 1,
                     .entry = entry,
                     .previous = last == nullptr ? start_of_chain() : last->digest,
                     .digest = {}};
  record.digest = digest(chained_text(record.seq, record.entry, record.previous));
  return record;
}

AuditCheck::AuditCheck(Digest digest, std::optional<Checkpoint> checkpoint)
    : digest_(std::move(digest)), checkpoint_(std::move(checkpoint)), last_(start_of_chain()) {}

bool AuditCheck::next(const AuditRecord& record) {
  if (broken_) return false;
  if (suspect_) return break_at(seq_ + 1, "its content does not match its digest");
  if (record.seq != seq_ + 1) return break_at(seq_ + 1, record_words(record.seq) + " stands in its place");
  if (record.digest != digest_(chained_text(record.seq, record.entry, record.previous))) {
    suspect_ = true;
    return true;
  }
  if (record.previous != last_) return break_at(record.seq, "it does not follow the record before it");
  if (checkpoint_ && checkpoint_->seq == record.seq && checkpoint_->digest != record.digest) {
    return break_at(record.seq, "it is another one than the checkpoint knows");
  }
  accept(record);
  return true;
}

AuditVerdict AuditCheck::verdict() const {
  using Kind = AuditVerdict::Kind;
  if (broken_) return *broken_;
  const bool covered = checkpoint_ && checkpoint_->seq > seq_;
  if (suspect_ && covered) {
    return {Kind::broken, seq_ + 1,
            "broken at " + record_words(seq_ + 1) +
                ": its content does not match its digest, though a checkpoint covers it"};
  }
  if (suspect_) {
    return {Kind::torn_tail, seq_, up_to(seq_) + "; one more was written by half"};
  }
  if (covered) {
    return {Kind::truncated, seq_,
            up_to(seq_) + ", but the checkpoint knows " + record_words(checkpoint_->seq) +
                ": the end was cut off"};
  }
  return {Kind::fine, seq_, up_to(seq_)};
}

bool AuditCheck::break_at(std::int64_t seq, std::string why) {
  broken_ = {AuditVerdict::Kind::broken, seq, "broken at " + record_words(seq) + ": " + std::move(why)};
  return false;
}

void AuditCheck::accept(const AuditRecord& record) {
  seq_ = record.seq;
  last_ = record.digest;
}

}  // namespace runneriq::scheduler
