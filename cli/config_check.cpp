#include "cli/commands.hpp"
#include "cli/json_text.hpp"
#include "cli/reading.hpp"
#include "cli/shared_flags.hpp"
#include "cli/words.hpp"
#include "core/printable.hpp"
#include "executor/remedy.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace runneriq::cli {
namespace {

using nlohmann::json;

constexpr std::array kFlags{kOutputFlag};

json check_document(const Session& session) {
  json problems = json::array();
  for (const config::Problem& problem : session.problems) {
    problems.push_back({{"where", problem.where}, {"message", problem.message}});
  }
  return {{"file", session.config_file}, {"absent", session.config_absent}, {"problems", problems}};
}

std::string check_text(const json& document) {
  const json& problems = list_at(document, "problems");
  if (problems.empty()) {
    return executor::without_problems(printable_path(text_at(document, "file")),
                                      flag_at(document, "absent")) +
           "\n";
  }
  std::string text;
  for (const json& problem : problems) {
    text += on_one_line(text_at(problem, "where") + ": " + text_at(problem, "message")) + "\n";
  }
  return text;
}

Exit check(Session& session, const Invocation& invocation) {
  const json document = check_document(session);
  session.out.result(wants_json(invocation) ? pretty(document) : check_text(document));
  return session.problems.empty() ? Exit::fine : Exit::usage;
}

}  // namespace

CommandRow config_check_command() {
  return {
      .name = "config check",
      .arguments = "",
      .summary = "Check the configuration; exit with 2 when something is wrong with it.",
      .text =
          "Prints one line per problem, with the file and line or the variable that it stands in and, where "
          "one is near, the option that may have been meant.",
      .flags = kFlags,
      .run = check};
}

}  // namespace runneriq::cli
