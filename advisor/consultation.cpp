#include "advisor/consultation.hpp"

#include "advisor/plain_text.hpp"
#include "core/printable.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::advisor {

// What came of one or two attempts.
struct Consultation::Outcome {
  std::optional<Answer> answer{};  // none: failure says why
  Failure failure = Failure::stopped;
  std::string words{};
  bool try_again = false;
  std::optional<Duration> wait{};
  std::int64_t tokens = 0;  // spent, or not known to be unspent
  int sent = 0;             // attempts
  std::string model{}, request_id{};
};

namespace {

constexpr std::size_t kLongestWords = 200, kLongestModel = 60, kLongestReason = 300;
constexpr Duration kPause = std::chrono::milliseconds{250};           // before a second attempt
constexpr Duration kLeastForAnswer = std::chrono::milliseconds{500};  // for it to make sense
constexpr std::int64_t kMostTokens = 1'000'000'000;

std::size_t index_of(QuestionKind kind) {
  return static_cast<std::size_t>(kind);
}

Errc code_of(Failure failure) {
  switch (failure) {
    case Failure::unauthorised:
    case Failure::spend_limit:
    case Failure::no_such_model:
      return Errc::permission;
    case Failure::late:
      return Errc::timed_out;
    case Failure::over_budget:
      return Errc::conflict;
    case Failure::cut:
    case Failure::malformed:
      return Errc::corrupt;
    case Failure::refused:
    case Failure::too_large:
    case Failure::throttled:
    case Failure::overloaded:
    case Failure::unreachable:
    case Failure::invalid:
    case Failure::stopped:
      break;
  }
  return Errc::unavailable;
}

// None: not known. Nobody answers for nothing: a reply with an answer that costs none has not been counted.
std::optional<std::int64_t> tokens_of(const ModelReply& reply) {
  if (reply.usage) {
    const std::int64_t tokens = std::clamp<std::int64_t>(reply.usage->input, 0, kMostTokens) +
                                std::clamp<std::int64_t>(reply.usage->output, 0, kMostTokens);
    if (tokens > 0) return tokens;
  }
  if (!reply.charged && !reply.text) return 0;
  return std::nullopt;
}

std::string why(Failure failure, const std::string& words) {
  return std::string(to_text(failure)) + (words.empty() ? "" : " (" + words + ")");
}

}  // namespace

Consultation::Consultation(ConsultationPorts ports, BudgetTerms terms,
                           std::array<std::string, kQuestionKinds> models)
    : ports_(std::move(ports)), terms_(terms), models_(std::move(models)) {}

Result<Consulted> Consultation::ask(const Question& question) {
  if (auto kept = remembered(question)) return *std::move(kept);
  const std::string& model = models_.at(index_of(question.kind));
  if (model.empty()) return fail(Errc::unavailable, "no model is set for this kind of question");
  if (!lets_through()) return fail(Errc::unavailable, "the model is not asked for now: " + complaint());
  const Time deadline = ports_.clock() + form_of(question.kind).limit;
  Outcome outcome = attempt(question, model, deadline);
  if (!outcome.answer && outcome.try_again && pauses_for(outcome, deadline)) {
    Outcome second = attempt(question, model, deadline);
    second.tokens += outcome.tokens;
    second.sent += outcome.sent;
    // What the budget keeps from being asked again has failed as it did.
    if (second.sent > outcome.sent) outcome = std::move(second);
  }
  note(question, outcome);
  if (!outcome.answer) {
    return fail(code_of(outcome.failure), "the model gave no answer: " + why(outcome.failure, outcome.words));
  }
  return Consulted{*std::move(outcome.answer), std::move(outcome.model), outcome.tokens};
}

std::optional<Consulted> Consultation::remembered(const Question& question) {
  if (question.key.empty()) return std::nullopt;
  auto kept = ports_.ledger.remembered(question, ports_.clock());
  if (!kept || !*kept || !has_labels_of(question.kind, (*kept)->answer)) return std::nullopt;
  Answer& answer = (*kept)->answer;
  answer.lines.clear();
  answer.reason = plain_line(answer.reason, kLongestReason);
  const std::lock_guard lock{mutex_};
  ++counts_.remembered;
  return Consulted{std::move(answer), printable((*kept)->model, kLongestModel), 0};
}

bool Consultation::lets_through() {
  const Time now = ports_.clock();
  const std::lock_guard lock{mutex_};
  return breaker_.lets_through(now);
}

std::string Consultation::complaint() const {
  const std::lock_guard lock{mutex_};
  return complaint_;
}

Consultation::Outcome Consultation::attempt(const Question& question, const std::string& model,
                                            Time deadline) {
  const Time now = ports_.clock();
  Outcome outcome{.tokens = most_tokens(question), .model = model};
  const auto reserve = ports_.ledger.reserve(terms_, question, outcome.tokens, now);
  if (!reserve) {
    const bool over = reserve.error().code == Errc::conflict;
    return {.failure = over ? Failure::over_budget : Failure::stopped,
            .words = printable(reserve.error().message, kLongestWords)};
  }
  outcome.sent = 1;
  const WireReply came = ports_.carrier.carry(ports_.wire.call(question, model), deadline);
  const ModelReply reply = ports_.wire.judge(came, ports_.clock());
  if (const auto tokens = tokens_of(reply)) {
    // Where this fails the reserve stays spent, which is the safe side.
    if (ports_.ledger.settle(*reserve, *tokens)) outcome.tokens = *tokens;
  }
  judge(outcome, question, reply);
  return outcome;
}

void Consultation::judge(Outcome& outcome, const Question& question, const ModelReply& reply) {
  outcome.request_id = printable(reply.request_id, kLongestWords);
  if (!reply.model.empty()) outcome.model = printable(reply.model, kLongestModel);
  if (!reply.text) {
    outcome.failure = reply.failure;
    outcome.words = printable(reply.words, kLongestWords);
    outcome.try_again = reply.try_again;
    outcome.wait = reply.wait;
    return;
  }
  auto answer = answer_of(question, *reply.text);
  if (answer) {
    outcome.answer = *std::move(answer);
  } else {
    outcome.failure = Failure::malformed;
    outcome.words = std::move(answer.error().message);
  }
}

// Waits as long as asked, where time for an answer is left behind that; false: there is none.
bool Consultation::pauses_for(const Outcome& outcome, Time deadline) const {
  const bool wanted = outcome.wait && *outcome.wait > Duration::zero();
  if (!ports_.sleep_until) return !wanted && ports_.clock() + kLeastForAnswer <= deadline;
  const Duration room = deadline - ports_.clock() - kLeastForAnswer;
  const Duration pause = wanted ? *outcome.wait : kPause;
  if (pause > room) return false;
  ports_.sleep_until(ports_.clock() + pause);
  return ports_.clock() + kLeastForAnswer <= deadline;
}

void Consultation::note(const Question& question, const Outcome& outcome) {
  const Time now = ports_.clock();
  std::string before, after;
  {
    const std::lock_guard lock{mutex_};
    counts_.asked += outcome.sent;
    counts_.tokens += outcome.tokens;
    before = complaint_;
    if (outcome.answer) {
      ++counts_.answered;
      breaker_.succeeded();
      complaint_.clear();
    } else {
      ++counts_.failures[outcome.failure];
      breaker_.failed(outcome.failure, outcome.wait, now);
      complaint_ = to_text(outcome.failure);
    }
    after = complaint_;
  }
  tell(question, outcome, before, after);
  if (!outcome.answer || question.key.empty()) return;
  if (const auto kept = ports_.ledger.remember(question, {*outcome.answer, outcome.model}, now); !kept) {
    ports_.log.write(LogLevel::debug, "advisor_answer_not_kept", {{"why", kept.error().message}});
  }
}

void Consultation::tell(const Question& question, const Outcome& outcome, const std::string& before,
                        const std::string& after) {
  if (outcome.sent > 0) {
    ports_.log.write(LogLevel::debug, "advisor_asked",
                     {{"question", std::string(to_text(question.kind))},
                      {"project", question.project},
                      {"model", outcome.model},
                      {"attempts", std::int64_t{outcome.sent}},
                      {"tokens", outcome.tokens},
                      {"answered", outcome.answer.has_value()},
                      {"request_id", outcome.request_id}});
  }
  if (after.empty() && !before.empty()) {
    ports_.log.write(LogLevel::info, "advisor_restored", {{"model", outcome.model}});
  }
  if (!after.empty() && after != before) {
    ports_.log.write(
        LogLevel::warning, "advisor_failed",
        {{"failure", after}, {"why", outcome.words}, {"model", models_.at(index_of(question.kind))}});
  }
}

ConsultationCounts Consultation::counts() const {
  const std::lock_guard lock{mutex_};
  return counts_;
}

Result<DayUse> Consultation::use(std::string_view project) const {
  return ports_.ledger.use(ports_.clock(), project);
}

}  // namespace runneriq::advisor
