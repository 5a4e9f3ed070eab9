#include "diagnosis/diagnosis.hpp"

#include "core/printable.hpp"
#include "core/trimmed.hpp"
#include "diagnosis/class_advice.hpp"
#include "diagnosis/redacted_lines.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace runneriq::diagnosis {
namespace {

constexpr std::size_t kLinesAround = 4;       // of a shown block, for a model and for redaction
constexpr std::size_t kLongestShown = 500;    // bytes of a shown line
constexpr std::size_t kLongestCommand = 300;  // bytes

std::string cut_line(std::string_view text, std::size_t most = kLongestShown) {
  if (text.size() <= most) return std::string(text);
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return std::string(text.substr(0, end)) + "…";
}

// Not joined(): an empty line at the beginning stays one, since lines are numbered.
std::string shown(const std::vector<std::string>& lines) {
  std::string text;
  for (std::size_t at = 0; at < lines.size(); ++at) text += (at > 0 ? "\n" : "") + cut_line(lines[at]);
  return text;
}

// "make test" of "$ make test", "+ make test" and "##[group]Run make test".
std::string_view without_prompt(std::string_view line) {
  for (const std::string_view prompt : {"$ ", "+ ", "##[group]Run "}) {
    if (line.starts_with(prompt)) return line.substr(prompt.size());
  }
  return line;
}

// Makes one Diagnosis of what its parts say.
class Diagnosing {
 public:
  Diagnosing(const ReadLog& log, const DiagnosisInputs& inputs)
      : log_(log),
        inputs_(inputs),
        cause_(root_cause_of(log, {.history = inputs.history})),
        classification_(class_by_reason(inputs.job.failure_reason).value_or(class_of(log, cause_))) {}

  Diagnosis diagnosis() && {
    made_.log_lines = log_.line_count;
    made_.log_bytes = log_.byte_count;
    made_.whole_log = log_.whole;
    made_.exit_code = log_.exit_code;
    take_classification();
    take_evidence();
    take_headline();
    take_command();
    ask();
    take_culprit();
    return std::move(made_);
  }

 private:
  // Whole lines, and those around them: what is cut off from a secret could not be seen to be a part of one.
  [[nodiscard]] std::vector<std::string> redacted(std::size_t first, std::size_t last) const {
    const std::size_t begin = first - std::min(first, kLinesAround);
    const std::size_t end = std::min(last + kLinesAround + 1, log_.lines.size());
    std::vector<std::string_view> lines;
    for (std::size_t at = begin; at < end; ++at) lines.push_back(log_.lines[at].text);
    std::vector<std::string> all = redacted_lines(lines, inputs_.redaction);
    all.resize(last - begin + 1);
    all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(first - begin));
    return all;
  }

  void take_classification() {
    made_.path = class_by_reason(inputs_.job.failure_reason) ? DiagnosisPath::reason : DiagnosisPath::rules;
    made_.failure_class = made_.class_by_rules = classification_.failure_class;
    made_.confidence = made_.confidence_by_rules = classification_.confidence;
    made_.decided_by = classification_.decided_by;
    made_.suggestion = classification_.suggestion;
  }

  void take_evidence() {
    for (const ShownBlock& block : cause_.blocks) {
      made_.evidence.push_back({.start_line = log_.lines[block.first].number,
                                .end_line = log_.lines[block.last].number,
                                .text = shown(redacted(block.first, block.last)),
                                .why = std::string(block.why),
                                .score = block.score});
    }
  }

  void take_headline() {
    const FailedJob& job = inputs_.job;
    if (cause_.blocks.empty()) {
      made_.signature = signature_of(job.project, job.name, job.failure_reason);
      return;
    }
    made_.headline =
        cut_line(trimmed(redacted(cause_.blocks.front().head, cause_.blocks.front().head).front()));
    made_.signature = signature_of(Headline{made_.headline, normalised(made_.headline)});
  }

  void take_command() {
    if (cause_.command < 0) return;
    const LogCommand& command = log_.commands[static_cast<std::size_t>(cause_.command)];
    made_.command = cut_line(without_prompt(redacted(command.line, command.line).front()), kLongestCommand);
    if (made_.exit_code.empty() && command.exit_code) made_.exit_code = std::to_string(*command.exit_code);
  }

  // Its symbol is a word of the raw log, and may be a secret: only one that is shown anyway is told.
  void take_culprit() {
    auto culprit = culprit_of(log_, cause_, inputs_.changes, made_.failure_class);
    if (!culprit) return;
    const bool is_shown =
        culprit->symbol.empty() || std::ranges::any_of(made_.evidence, [&](const auto& one) {
          return one.text.find(culprit->symbol) != std::string::npos;
        });
    if (is_shown) made_.culprit = std::move(culprit);
  }

  void ask() {
    const bool unsure = made_.path == DiagnosisPath::rules && made_.confidence < inputs_.ask_below;
    if (!unsure || log_.lines.empty()) return;
    TriageQuestion question = triage_question_of(log_, cause_, classification_, inputs_.job);
    question.known_secrets = inputs_.redaction.known;
    if (inputs_.on_question) inputs_.on_question(question);
    if (inputs_.triage == nullptr) return;
    const auto answer = inputs_.triage->ask(question);
    if (!answer) {
      made_.model_trouble = printable(answer.error().message);
      return;
    }
    take_answer(*answer);
  }

  // Of a model's words the class and its confidence count, and nothing else.
  void take_answer(const TriageAnswer& answer) {
    made_.model = answer;
    if (answer.failure_class == FailureClass::unknown) return;
    made_.path = DiagnosisPath::ai;
    made_.failure_class = answer.failure_class;
    made_.confidence = answer.confidence;
    made_.suggestion = std::string(advice_on(answer.failure_class));
  }

  const ReadLog& log_;
  const DiagnosisInputs& inputs_;
  RootCause cause_;
  Classification classification_;
  Diagnosis made_;
};

}  // namespace

std::string_view to_text(DiagnosisPath path) {
  switch (path) {
    case DiagnosisPath::reason:
      return "reason";
    case DiagnosisPath::rules:
      return "rules";
    case DiagnosisPath::ai:
      return "ai";
  }
  return "rules";
}

TriageQuestion triage_question_of(const ReadLog& log, const RootCause& cause,
                                  const Classification& classification, const FailedJob& job) {
  TriageQuestion question;
  question.gitlab = job.gitlab;
  question.project = job.project;
  question.ref = job.ref;
  question.job_name = job.name;
  question.stage = job.stage;
  question.by_rules = classification.failure_class;
  question.others = classification.others;
  std::set<std::size_t> wanted;
  for (const ShownBlock& block : cause.blocks) {
    const std::size_t first = block.first - std::min(block.first, kLinesAround);
    const std::size_t last = std::min(block.last + kLinesAround, log.lines.size() - 1);
    for (std::size_t at = first; at <= last; ++at) wanted.insert(at);
  }
  for (const std::size_t at : wanted) {
    question.excerpt.push_back({log.lines[at].number, std::string(log.lines[at].text)});
  }
  if (!cause.blocks.empty()) {
    const std::string headline = cut_line(trimmed(log.lines[cause.blocks.front().head].text));
    question.signature = signature_of(Headline{headline, normalised(headline)});
  }
  return question;
}

Diagnosis diagnose(const ReadLog& log, const DiagnosisInputs& inputs) {
  return Diagnosing{log, inputs}.diagnosis();
}

std::optional<Diagnosis> diagnose_by_reason(const FailedJob& job) {
  auto decided = class_by_reason(job.failure_reason);
  if (!decided) return std::nullopt;
  return Diagnosis{.failure_class = decided->failure_class,
                   .confidence = decided->confidence,
                   .path = DiagnosisPath::reason,
                   .decided_by = std::move(decided->decided_by),
                   .signature = signature_of(job.project, job.name, job.failure_reason),
                   .suggestion = std::move(decided->suggestion),
                   .class_by_rules = decided->failure_class,
                   .confidence_by_rules = decided->confidence};
}

}  // namespace runneriq::diagnosis
