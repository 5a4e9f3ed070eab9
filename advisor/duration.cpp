#include "advisor/duration.hpp"

#include "advisor/plain_text.hpp"
#include "advisor/rounded.hpp"
#include "core/json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace runneriq::advisor {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kLongestName = 120, kLongestPath = 200, kMostPaths = 50;

std::string quoted(const std::string& text, std::size_t most) {
  return redacted_line(text, {}, most);
}

ordered_json paths_of(const std::vector<std::string>& files) {
  ordered_json paths = ordered_json::array();
  for (std::size_t at = 0; at < std::min(files.size(), kMostPaths); ++at) {
    paths.push_back(quoted(files[at], kLongestPath));
  }
  return paths;
}

Expectation expectation_of(std::string_view choice) {
  if (choice == "EXPECTED") return Expectation::expected;
  return choice == "UNEXPECTED" ? Expectation::unexpected : Expectation::unsure;
}

}  // namespace

Question duration_question(const DurationCase& duration) {
  const ordered_json document{{"running_seconds", rounded_seconds(duration.running)},
                              {"usual_seconds", rounded_seconds(duration.usual)},
                              {"lines_added", duration.added},
                              {"lines_removed", duration.removed},
                              {"changed_files", duration.changed_files.size()},
                              {"quoted",
                               {{"job", quoted(duration.job_name, kLongestName)},
                                {"stage", quoted(duration.stage, kLongestName)},
                                {"paths", paths_of(duration.changed_files)}}}};
  Question question{
      .kind = QuestionKind::duration, .project = duration.project, .document = json_line(document)};
  question.key = question.project + "\n" + question.document;
  return question;
}

Result<DurationOpinion> opinion_of(Consultation& consultation, const DurationCase& duration) {
  auto consulted = consultation.ask(duration_question(duration));
  if (!consulted) return fail(std::move(consulted.error()));
  return DurationOpinion{.expectation = expectation_of(consulted->answer.choice),
                         .reason = std::move(consulted->answer.reason),
                         .model = std::move(consulted->model),
                         .tokens = consulted->tokens};
}

}  // namespace runneriq::advisor
