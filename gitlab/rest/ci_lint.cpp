#include "gitlab/rest/ci_lint.hpp"

#include "core/percent_encoding.hpp"
#include "gitlab/pipeline_pages.hpp"
#include "gitlab/rest/sender.hpp"

#include <utility>

namespace runneriq::gitlab {

Result<CiCheck> read_ci_lint(const RestSettings& settings, platform::HttpTransport& transport,
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
  Result<CiCheck> lint = fail(Errc::unavailable, "GitLab was not asked");
  sender.open(settings.now() + settings.client.tick_limit);
  sender.ask(Question::get("/api/v4/projects/" + percent_encoded(project) + "/ci/lint?dry_run=false"),
             [&lint](const Answer& answer) {
               lint = answer.body ? parse_ci_check(*answer.body) : Result<CiCheck>(fail(answer.body.error()));
             });
  sender.run();
  if (!lint)
    return fail(std::move(lint.error()).within("the CI configuration of project " + std::string(project)));
  return lint;
}

}  // namespace runneriq::gitlab
