// Ports of the advisor for tests: a ledger in memory, a wire and a carrier that answer as they are told, a
// clock that only they move.
#pragma once

#include "advisor/consultation.hpp"
#include "core/event_log.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq::advisor {

inline const Time kStart = std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + std::chrono::hours{10};

class MemoryLedger final : public BudgetLedger {
 public:
  struct Entry {
    std::int64_t day = 0;
    QuestionKind kind = QuestionKind::tie_break;
    std::string project;
    std::int64_t tokens = 0;
    bool settled = false;
  };

  Result<std::int64_t> reserve(const BudgetTerms& terms, const Question& question, std::int64_t tokens,
                               Time now) override {
    if (is_broken) return fail(Errc::unavailable, "the disk is full");
    if (auto words = hindrance(terms, *use(now, question.project), question.kind, tokens)) {
      return fail(Errc::conflict, *std::move(words));
    }
    entries.push_back({day_of(now), question.kind, question.project, tokens, false});
    return static_cast<std::int64_t>(entries.size()) - 1;
  }
  Result<void> settle(std::int64_t reserve, std::int64_t tokens) override {
    if (is_broken) return fail(Errc::unavailable, "the disk is full");
    Entry& entry = entries.at(static_cast<std::size_t>(reserve));
    if (entry.settled) return fail(Errc::conflict, "settled twice");
    entry.tokens = tokens;
    entry.settled = true;
    return {};
  }
  Result<DayUse> use(Time now, std::string_view project) override {
    DayUse use;
    for (const Entry& entry : entries) {
      if (entry.day != day_of(now)) continue;
      use.spent += entry.tokens;
      use.by_kind.at(static_cast<std::size_t>(entry.kind)) += entry.tokens;
      if (entry.project == project) use.by_project += entry.tokens;
      ++use.calls;
    }
    return use;
  }
  Result<std::optional<Remembered>> remembered(const Question& question, Time) override {
    const auto kept = answers.find(question.key);
    return kept == answers.end() ? std::nullopt : std::optional{kept->second};
  }
  Result<void> remember(const Question& question, const Remembered& answer, Time) override {
    if (is_broken) return fail(Errc::unavailable, "the disk is full");
    answers[question.key] = answer;
    return {};
  }

  static std::int64_t day_of(Time now) {
    return std::chrono::floor<std::chrono::days>(now).time_since_epoch().count();
  }

  std::vector<Entry> entries;
  std::map<std::string, Remembered> answers;
  bool is_broken = false;
};

// Hands the carrier's body to the test's judge.
class ScriptedWire final : public Wire {
 public:
  [[nodiscard]] ProviderKind kind() const override { return ProviderKind::anthropic; }
  [[nodiscard]] WireCall call(const Question& question, std::string_view model) const override {
    return {.url = std::string(model), .body = question.document};
  }
  [[nodiscard]] ModelReply judge(const WireReply& reply, Time) const override {
    return judged ? judged(reply) : ModelReply{};
  }
  [[nodiscard]] WireCall probe(std::string_view) const override { return {}; }
  [[nodiscard]] std::vector<std::string> complaints_of_probe(const WireReply&,
                                                             std::string_view) const override {
    return {};
  }
  std::function<ModelReply(const WireReply&)> judged;
};

class ScriptedCarrier final : public Carrier {
 public:
  WireReply carry(const WireCall& call, Time deadline) override {
    calls.push_back(call);
    deadlines.push_back(deadline);
    if (during) during();
    return {.status = 200};
  }
  std::vector<WireCall> calls;
  std::vector<Time> deadlines;
  std::function<void()> during;
};

class AdvisorEvents final : public EventLog {
 public:
  void write(LogLevel level, std::string_view event, std::vector<LogField> fields) override {
    names.emplace_back(event);
    if (level == LogLevel::debug) return;
    std::string line{event};
    for (const LogField& field : fields) {
      if (const auto* text = std::get_if<std::string>(&field.value)) line += " " + field.name + "=" + *text;
    }
    told.push_back(std::move(line));
  }
  std::vector<std::string> names, told;  // told: above debug, with their texts
};

inline ModelReply answered(std::string text, std::optional<Usage> usage = Usage{.input = 900, .output = 60}) {
  return {.text = std::move(text), .usage = usage, .model = "claude-haiku-5-5"};
}
inline ModelReply failed_with(Failure failure) {
  return {.failure = failure, .words = "as told"};
}
inline std::string tie_break_text(const std::string& choice, const std::string& reason = "more slots") {
  return R"({"reason":")" + reason + R"(","choice":")" + choice + R"(","confidence":"high"})";
}
inline std::string triage_text(const std::string& choice, const std::string& lines = "[]") {
  return R"({"reason":"the linker says so","lines":)" + lines + R"(,"choice":")" + choice +
         R"(","confidence":"medium"})";
}

// All of it together, with 50,000 tokens a day.
struct AdvisorFixture {
  explicit AdvisorFixture(BudgetTerms terms = {})
      : consultation{{wire, carrier, ledger, events, [this] { return now; },
                      [this](Time when) {
                        pauses.push_back(when - now);
                        now = std::max(now, when);
                      }},
                     terms,
                     {"claude-haiku-5-5", "claude-haiku-5-5", "claude-haiku-5-5"}} {}
  // One answer after the other; the last one for ever.
  void reply_with(std::vector<ModelReply> replies) {
    wire.judged = [this, replies = std::move(replies), next = std::size_t{0}](const WireReply&) mutable {
      const ModelReply& reply = replies.at(std::min(next, replies.size() - 1));
      ++next;
      return reply;
    };
  }
  Time now = kStart;
  std::vector<Duration> pauses;
  ScriptedWire wire;
  ScriptedCarrier carrier;
  MemoryLedger ledger;
  AdvisorEvents events;
  Consultation consultation;
};

inline Question triage_of(std::string project = "acme/shop", std::string key = "") {
  return {.kind = QuestionKind::triage,
          .project = std::move(project),
          .key = std::move(key),
          .document = "{}",
          .line_numbers = {3, 4, 5, 9}};
}

}  // namespace runneriq::advisor
