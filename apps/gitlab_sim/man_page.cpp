#include "apps/gitlab_sim/usage.hpp"
#include "core/manual_page.hpp"

#include <array>

namespace runneriq::app {
namespace {

constexpr std::array kDescription{
    "Answers like GitLab where RunnerIQ and gitlab-runner ask it: a part of its REST and GraphQL API, of its "
    "rules and of the runner's protocol. It keeps nothing on disk, speaks to nobody by itself, and is for "
    "demonstrations and tests only.",
    "It prints one line with its address, the administrator's token and its process id, and serves until "
    "SIGTERM or SIGINT. Its time, its faults and its counts are told and changed by HTTP calls below "
    "`/sim`."};

constexpr std::array kExitCodes{
    ManualEntry{"0", "It was asked to end."},
    ManualEntry{"1", "It cannot serve, for example since another program has the port."},
    ManualEntry{
        "2",
        "The command line, the scenario or the token's file is wrong; the bad key of a scenario is named "
        "with its path."},
};

constexpr std::string_view kScenario =
    "runners:\n"
    "  - {description: shared, tags: [docker], slots: 2}\n"
    "projects:\n"
    "  - {path: acme/shop, members: {ann: 40}}\n"
    "pipelines:\n"
    "  - project: acme/shop\n"
    "    user: ann\n"
    "    jobs:\n"
    "      - {name: unit, tags: [docker], takes: 4m, waited: 2m}\n";

constexpr std::array kExamples{
    ManualEntry{"Serve on a fixed port, a minute in each second:",
                "runneriq-gitlab-sim --listen 127.0.0.1:8929 --time-factor 60"},
    ManualEntry{"Ask it, from another terminal:",
                "GITLAB_URL=http://127.0.0.1:8929 GITLAB_TOKEN=glpat-simulator \\\n  runneriq queue"},
};

}  // namespace

std::string simulator_man_page() {
  ManualPage page{"runneriq-gitlab-sim", 1, kSimulatorPurpose};
  page.section("SYNOPSIS")
      .usage("runneriq-gitlab-sim [--scenario FILE] [--listen ADDRESS] [--time-factor N] [--token FILE]");
  page.section("DESCRIPTION");
  for (const std::string_view text : kDescription) page.paragraph(text);
  page.section("OPTIONS");
  for (const SimulatorFlag& flag : simulator_flags()) page.entry(flag.name, flag.value, flag.text);
  page.section("SCENARIO")
      .paragraph("Every key may be left out but names; unknown keys are errors. One runner that takes a job:")
      .example(kScenario);
  page.section("EXIT STATUS").entries(kExitCodes);
  page.section("EXAMPLES").examples(kExamples);
  page.see_also("runneriq(1), runneriq-demo(1)");
  return page.roff();
}

}  // namespace runneriq::app
