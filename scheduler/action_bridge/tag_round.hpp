// One round over the runners of one GitLab: read, revert, change, verify, tell.
#pragma once

#include "scheduler/action_bridge/action_bridge.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::scheduler {

// What rounds of several GitLabs share.
struct RoundContext {
  const BridgePorts& ports;
  LeaseBook& book;
  BridgeMemory& memory;
  TrustMode mode = TrustMode::advisory;
  BridgeRound& round;  // filled
};

class TagRound {
 public:
  TagRound(const RoundContext& context, gitlab::RunnerTagAccess& access, Time deadline)
      : context_(context), access_(access), deadline_(deadline) {}

  void run(const GitLabUrl& gitlab, std::span<const RunnerId> runners);
  // After it: everything could be written down, and no runner is cut that should not be.
  [[nodiscard]] bool may_change() const { return sound_ && all_open_; }

 private:
  enum class Fate { none, held_back, applied, refused, unknown };
  struct Subject {
    RunnerKey key;
    gitlab::RunnerTags before;  // as read in this round
    std::optional<gitlab::TagWrite> write;
    bool reverts = false;
    Fate fate = Fate::none;
    std::string trouble;  // why it was held back, or failed
    SteeringStep step;
    std::string decision;
  };
  using Subjects = std::vector<Subject*>;

  void read(const GitLabUrl& gitlab, std::span<const RunnerId> runners);
  void take_unread(const RunnerKey& runner, const Error& error, std::vector<Error>& troubles);
  void look(const RunnerKey& runner, const gitlab::RunnerTags& tags);
  void note_person(std::string_view event, const RunnerKey& runner, const Seen& seen);
  void notice_late_write(const RunnerKey& runner, const gitlab::RunnerTags& tags);
  void record_looks();

  void plan();
  void step_back_first(Subject& subject);
  void refuse(const Subject& subject);
  void describe(Subject& subject);
  [[nodiscard]] Subjects those_to(bool revert);

  void change(Subjects subjects);
  [[nodiscard]] std::string hindrance();
  [[nodiscard]] Subjects within_budget(Subjects subjects);
  [[nodiscard]] bool announce(const Subjects& subjects);
  [[nodiscard]] Subjects still_wanted(const Subjects& subjects);
  static void hold_back(const Subjects& subjects, const std::string& why);

  void send(const Subjects& subjects);
  void take_outcome(Subject& subject, const gitlab::WriteOutcome& outcome);
  void check_users_tags(const Subject& subject, const gitlab::RunnerTags& after);

  void verify();
  void take_verification(Subject& subject, const Result<gitlab::RunnerTags>& after);
  void close();
  void keep_account(const Subject& subject);
  void report(Subject& subject, std::vector<AuditEntry>& entries);

  void append(std::span<const AuditEntry> entries);
  void breach(Breach breach, std::string sentence);
  [[nodiscard]] Moment now() const { return context_.ports.now(); }

  const RoundContext& context_;
  gitlab::RunnerTagAccess& access_;
  Time deadline_;
  std::vector<Subject> subjects_;
  LeaseChanges changes_;             // of looks, not recorded yet
  std::vector<AuditEntry> persons_;  // as above
  bool sound_ = true;                // everything could be written down
  bool all_open_ = true;             // no runner may still be cut that should not be
};

}  // namespace runneriq::scheduler
