// `simulate` as a command: its flags, its document, its text and its plot.
#include "cli/json_text.hpp"
#include "cli/simulate_document.hpp"
#include "cli/simulate_text.hpp"
#include "tests/support/run_command.hpp"
#include "tests/support/sample_tick.hpp"
#include "tests/support/temporary_folder.hpp"

#include <nlohmann/json.hpp>

#include <fstream>
#include <regex>
#include <string>

namespace runneriq::cli {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using simulation::Arrivals;
using simulation::Policy;

Result<SimulationRequest> request_of(const std::vector<std::string_view>& flags) {
  std::vector<std::string_view> words{"simulate"};
  words.insert(words.end(), flags.begin(), flags.end());
  const auto parsed = parse_command_line(words);
  if (!parsed) return fail(parsed.error());
  return simulation_of(std::get<Invocation>(*parsed));
}

// ---- flags ----------------------------------------------------------------------------------

TEST(SimulateFlags, WithoutAnyIsTheFleetOfTenOnThreePolicies) {
  const SimulationRequest request = request_of({}).value();
  EXPECT_EQ(request.loads, std::vector<double>{0.8});
  EXPECT_EQ(request.policies, (std::vector<Policy>{Policy::fifo, Policy::strict, Policy::gate}));
  EXPECT_EQ(request.seeds.first, 1U);
  EXPECT_EQ(request.seeds.count, 4);
  const simulation::Scenario& scenario = request.scenario;
  EXPECT_EQ(scenario.load.jobs, 20'000);
  EXPECT_EQ(scenario.load.slots, 10);
  EXPECT_EQ(scenario.load.special_share, 0);
  EXPECT_EQ(scenario.lanes.duration_lanes, 3);
  EXPECT_EQ(scenario.steering.reaction, 15s);
  EXPECT_EQ(scenario.fleet.runner_poll, 3s);
  EXPECT_EQ(scenario.steering.gate.most_cut, 20U);
  EXPECT_TRUE(scenario.steering.webhooks);
}

TEST(SimulateFlags, SetWhatTheySay) {
  const SimulationRequest request = request_of({"--load",
                                                "0.7,0.95",
                                                "--jobs",
                                                "500",
                                                "--seeds",
                                                "2",
                                                "--first-seed",
                                                "9",
                                                "--arrivals",
                                                "batches",
                                                "--hosts",
                                                "6",
                                                "--slots",
                                                "2",
                                                "--window",
                                                "3",
                                                "--special",
                                                "2",
                                                "--policy",
                                                "gate,fifo,gate",
                                                "--lanes",
                                                "4",
                                                "--per-pipeline",
                                                "--unlaned",
                                                "0.25",
                                                "--phantoms",
                                                "1",
                                                "--reaction",
                                                "35s",
                                                "--no-webhooks",
                                                "--poll",
                                                "1m",
                                                "--runner-poll",
                                                "5s",
                                                "--cuts-per-minute",
                                                "60",
                                                "--plot",
                                                "w.svg"})
                                        .value();
  EXPECT_EQ(request.loads, (std::vector<double>{0.7, 0.95}));
  EXPECT_EQ(request.policies, (std::vector<Policy>{Policy::gate, Policy::fifo}));
  EXPECT_EQ(request.seeds.first, 9U);
  EXPECT_EQ(request.seeds.count, 2);
  EXPECT_EQ(request.plot_file, "w.svg");
  const simulation::Scenario& scenario = request.scenario;
  EXPECT_EQ(scenario.load.arrivals, Arrivals::batches);
  EXPECT_EQ(scenario.load.jobs, 500);
  EXPECT_EQ(scenario.load.slots, 12);
  EXPECT_EQ(scenario.load.special_share, 0.1);
  EXPECT_EQ(scenario.fleet.window, 3);
  EXPECT_EQ(scenario.fleet.special_hosts, 2);
  EXPECT_EQ(scenario.fleet.runner_poll, 5s);
  EXPECT_EQ(scenario.lanes.duration_lanes, 4);
  EXPECT_EQ(scenario.lanes.basis, simulation::LaneBasis::pipeline);
  EXPECT_EQ(scenario.lanes.unlaned, 0.25);
  EXPECT_EQ(scenario.phantoms, 1);
  EXPECT_EQ(scenario.steering.reaction, 35s);
  EXPECT_FALSE(scenario.steering.webhooks);
  EXPECT_EQ(scenario.steering.poll, 1min);
  EXPECT_EQ(scenario.steering.cuts_per_minute, 60U);
  EXPECT_EQ(scenario.steering.gate.most_cut, 40U);
}

TEST(SimulateFlags, SayWhatIsWrongWithAValue) {
  struct Wrong {
    std::vector<std::string_view> flags;
    std::string_view says;
  };
  for (const Wrong& wrong :
       {Wrong{{"--load", "0.8,"}, "--load"}, Wrong{{"--load", "2"}, "2"}, Wrong{{"--jobs", "0"}, "--jobs"},
        Wrong{{"--jobs", "many"}, "many"}, Wrong{{"--hosts", "3", "--special", "4"}, "--special"},
        Wrong{{"--policy", "lifo"}, "lifo"}, Wrong{{"--unlaned", "1.5"}, "--unlaned"},
        Wrong{{"--reaction", "-1s"}, "--reaction"}, Wrong{{"--poll", "0s"}, "--poll"},
        Wrong{{"--runner-poll", "25h"}, "24h"},
        Wrong{{"--trace", "t.csv", "--load", "0.8"}, "--trace brings its own jobs"},
        Wrong{{"--trace", "t.csv", "--jobs", "9"}, "--jobs"},
        Wrong{{"--arrivals", "day", "--load", "0.8"}, "200 jobs a day"}}) {
    const auto request = request_of(wrong.flags);
    ASSERT_FALSE(request) << wrong.says;
    EXPECT_NE(request.error().message.find(wrong.says), std::string::npos) << request.error().message;
  }
}

TEST(SimulateFlags, TheWordsOfArrivalsArePrintedAsTheyAreRead) {
  for (const std::string_view word : {"poisson", "batches", "pipelines", "diurnal", "day"}) {
    EXPECT_EQ(to_text(request_of({"--arrivals", word}).value().scenario.load.arrivals), word);
  }
}

// ---- the command ----------------------------------------------------------------------------

struct Simulate : testing::Test {
  FakeSession fake{kSampleNow};

  json document(std::vector<std::string_view> words) {
    words.insert(words.begin(), {"simulate", "--output", "json"});
    EXPECT_EQ(run_words(fake, words), Exit::fine);
    return parse_document(std::exchange(fake.out.results, "")).value();
  }
  std::string refused(const std::vector<std::string_view>& words) {
    EXPECT_EQ(run_words(fake, words), Exit::usage);
    EXPECT_EQ(fake.out.results, "");
    return fake.out.talked.empty() ? "" : fake.out.talked.back();
  }
};

TEST_F(Simulate, PrintsParametersAndResultsOfEachLoad) {
  const json found = document({"--jobs", "300", "--seeds", "1", "--load", "0.5,0.9"});
  EXPECT_EQ(found["parameters"]["load"]["jobs"], 300);
  EXPECT_EQ(found["parameters"]["first_seed"], 1);
  EXPECT_EQ(found["parameters"]["steering"]["reaction_seconds"], 15.0);
  EXPECT_EQ(found["parameters"]["steering"]["acting_seconds"], 1.0);
  ASSERT_EQ(found["results"].size(), 2U);
  EXPECT_EQ(found["results"][1]["load"], 0.9);
  const json& policies = found["results"][1]["policies"];
  ASSERT_EQ(policies.size(), 3U);
  for (const json& policy : policies) {
    EXPECT_EQ(policy["waits"]["all"]["jobs"], 294) << "two percent warm the fleet up";
    EXPECT_EQ(policy["never_started"], 0);
    EXPECT_FALSE(policy.contains("pipeline_time"));
  }
  EXPECT_EQ(policies[0]["to_fifo"]["all"], 1.0);
  EXPECT_LT(policies[1]["to_fifo"]["CRITICAL"], 1.0);
}

TEST_F(Simulate, SaysNoRatioWithoutFifo) {
  const json found = document({"--jobs", "100", "--seeds", "1", "--policy", "gate"});
  EXPECT_FALSE(found["results"][0]["policies"][0].contains("to_fifo"));
}

TEST_F(Simulate, HasPipelineTimesWhereThereArePipelines) {
  const json found = document({"--jobs", "200", "--seeds", "1", "--arrivals", "pipelines"});
  for (const json& policy : found["results"][0]["policies"]) EXPECT_TRUE(policy.contains("pipeline_time"));
}

TEST_F(Simulate, ReactsAtOnceWhereItIsTold) {
  const json found = document({"--jobs", "50", "--seeds", "1", "--reaction", "0s"});
  EXPECT_EQ(found["parameters"]["steering"]["acting_seconds"], 0.0);
}

TEST_F(Simulate, TextIsMadeFromTheDocument) {
  const std::vector<std::string_view> words{"--jobs", "200",        "--seeds", "2",         "--special",
                                            "2",      "--phantoms", "1",       "--unlaned", "0.5"};
  const json found = document(words);
  std::vector<std::string_view> as_text{"simulate"};
  as_text.insert(as_text.end(), words.begin(), words.end());
  EXPECT_EQ(run_words(fake, as_text), Exit::fine);
  EXPECT_EQ(fake.out.results, simulation_text(found));
  const std::string flat = std::regex_replace(fake.out.results, std::regex("\\s+"), " ");
  for (const char* words_of_text :
       {"Seeds: 1 to 2", "10 hosts with 1 slot each, polling every 3.0 s, 2 of them special",
        "critical, high, short, medium, long; one per job; 50.0 % of the jobs below HIGH without one",
        "acts 15.0 s after an event", "at most 30 cuts a minute and 20 at once",
        "1 critical job that nobody is given, pending for 4 h", "Load 0.80", "special", "× FIFO"}) {
    EXPECT_NE(flat.find(words_of_text), std::string::npos) << words_of_text << "\n" << flat;
  }
}

TEST_F(Simulate, ReadsATrace) {
  const TemporaryFolder folder;
  const std::string file = folder.path() + "/jobs.csv";
  std::ofstream(file) << "arrived,duration,class\n0,60,LOW\n1,60,CRITICAL\n2,60,LOW\n";
  const json found = document({"--trace", file, "--hosts", "1", "--seeds", "1"});
  EXPECT_EQ(found["parameters"]["load"]["trace"], file);
  EXPECT_FALSE(found["results"][0].contains("load"));
  EXPECT_EQ(found["results"][0]["policies"][1]["waits"]["CRITICAL"]["mean"], 59.0);
}

TEST_F(Simulate, RefusesATraceThatItCannotRun) {
  const TemporaryFolder folder;
  const std::string file = folder.path() + "/jobs.csv";
  EXPECT_NE(refused({"simulate", "--trace", file}).find(file), std::string::npos);
  std::ofstream(file) << "arrived,duration,class\n0,never,LOW\n";
  EXPECT_NE(refused({"simulate", "--trace", file}).find("line 2"), std::string::npos);
  std::ofstream(file) << "arrived,duration,class,pool\n0,60,LOW,special\n";
  EXPECT_NE(refused({"simulate", "--trace", file}).find("--special"), std::string::npos);
}

TEST_F(Simulate, RefusesWhatCannotBeWritten) {
  fake.writing = fail(Errc::unavailable, "no space left");
  EXPECT_EQ(run_words(fake, {"simulate", "--jobs", "20", "--seeds", "1", "--plot", "w.svg"}), Exit::usage);
  EXPECT_NE(fake.out.talked.back().find("no space left"), std::string::npos);
}

// ---- the plot -------------------------------------------------------------------------------

std::size_t count_of(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

json waits(double mean, double p95) {
  return {{"all", {{"jobs", 1}, {"mean", mean}, {"p50", mean}, {"p95", p95}, {"p99", p95}, {"max", p95}}}};
}

TEST_F(Simulate, DrawsTheWaitsOfEachLoad) {
  EXPECT_EQ(
      run_words(fake, {"simulate", "--jobs", "300", "--seeds", "1", "--load", "0.7,0.9", "--plot", "w.svg"}),
      Exit::fine);
  ASSERT_EQ(fake.written.size(), 1U);
  EXPECT_EQ(fake.written[0].first, "w.svg");
  const std::string& svg = fake.written[0].second;
  EXPECT_EQ(svg.find("<svg xmlns=\"http://www.w3.org/2000/svg\""), 0U);
  EXPECT_NE(svg.find("</svg>"), std::string::npos);
  EXPECT_EQ(count_of(svg, "load 0."), 2U);
  // Background, three of the legend, and two loads of CRITICAL, MEDIUM, LOW and all under three policies.
  EXPECT_EQ(count_of(svg, "<rect"), 1U + 3U + 2U * 4U * 3U);
}

TEST(SimulatePlot, ABarTenTimesAsLongIsADecadeOnTheAxis) {
  const json document{{"results",
                       {{{"load", 0.5},
                         {"policies",
                          {{{"policy", "fifo"}, {"waits", waits(100, 1000)}},
                           {{"policy", "gate"}, {"waits", waits(10, 1000)}}}}}}}};
  const std::string svg = simulation_svg(document);
  const std::regex bar(
      "<rect x=\"110.0\" y=\"[^\"]*\" width=\"([0-9.]+)\" height=\"12.0\" fill=\"(#[^\"]*)\"");
  std::map<std::string, double> widths;
  for (std::sregex_iterator i{svg.begin(), svg.end(), bar}, end; i != end; ++i) {
    if (std::stod((*i)[1]) > 12.5) widths[(*i)[2]] = std::stod((*i)[1]);
  }
  // 860 − 110 − 90 pixels for the three decades up to the longest p95.
  EXPECT_NEAR(widths["#999999"], 440, 0.1);
  EXPECT_NEAR(widths["#d55e00"], 220, 0.1);
}

TEST(SimulatePlot, NoWaitsAreABarAndNoNonsense) {
  const json document{{"results", {{{"policies", {{{"policy", "gate"}, {"waits", waits(0, 0)}}}}}}}};
  const std::string svg = simulation_svg(document);
  EXPECT_EQ(svg.find("nan"), std::string::npos);
  EXPECT_EQ(svg.find("inf"), std::string::npos);
  EXPECT_EQ(svg.find("width=\"-"), std::string::npos);
}

}  // namespace
}  // namespace runneriq::cli
