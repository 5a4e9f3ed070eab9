#include "gitlab/rest/ci_lint.hpp"

#include "core/percent_encoding.hpp"
#include "gitlab/json_reader.hpp"
#include "gitlab/rest/sender.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace runneriq::gitlab {

Result<CiLint> parse_ci_lint(std::string_view json) {
  const auto object = read_object(json);
  if (!object) return fail(object.error());
  const auto valid = switch_in(*object, "valid");
  if (!valid) return fail(Errc::corrupt, "GitLab's answer does not say whether the configuration is valid");
  CiLint lint{.valid = *valid};
  const nlohmann::json& merged = member(*object, "merged_yaml");
  if (merged.is_string()) lint.merged_yaml = merged.get<std::string>();
  const nlohmann::json& errors = member(*object, "errors");
  if (!errors.is_array()) return lint;
  for (const nlohmann::json& error : errors) {
    if (error.is_string() && lint.errors.size() < kMostTexts) {
      lint.errors.push_back(bounded(error.get_ref<const std::string&>()));
    }
  }
  return lint;
}

Result<CiLint> read_ci_lint(const RestSettings& settings, platform::HttpTransport& transport,
                            std::string_view project) {
  const ApiBase base{settings.fleet.url};
  CallBudget budget{settings.client.calls_per_minute, settings.poll_interval};
  Sender sender{{.token = settings.token,
                 .call_limit = settings.client.call_limit,
                 .now = settings.now,
                 .jitter = settings.jitter ? settings.jitter : [] { return 0.5; },
                 .wait_until = settings.wait_until,
                 .permit = Permit::reads_only},
                base,
                transport,
                budget};
  Result<CiLint> lint = fail(Errc::unavailable, "GitLab was not asked");
  sender.open(settings.now() + settings.client.tick_limit);
  sender.ask(Question::get("/api/v4/projects/" + percent_encoded(project) + "/ci/lint?dry_run=false"),
             [&lint](const Answer& answer) {
               lint = answer.body ? parse_ci_lint(*answer.body) : Result<CiLint>(fail(answer.body.error()));
             });
  sender.run();
  if (!lint)
    return fail(std::move(lint.error()).within("the CI configuration of project " + std::string(project)));
  return lint;
}

}  // namespace runneriq::gitlab
