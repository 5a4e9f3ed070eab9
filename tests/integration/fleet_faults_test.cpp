// Every fault, in every call: what is decided rests on whole readings, and says how old they are.
#include "scheduler/fleet_watch.hpp"
#include "tests/support/faulty_wire.hpp"
#include "tests/support/fleet_fakes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using platform::HttpCall;
using platform::HttpReply;

constexpr std::uint64_t kSeed = 20250301;
const Time kStart{std::chrono::sys_days{std::chrono::year{2025} / 3 / 1}};

// ---- the fleet ----------------------------------------------------------------------------

simulator::SimulatedJob waiting(std::string name, std::vector<std::string> tags, int parallel = 1) {
  return {.name = std::move(name),
          .stage = "test",
          .tags = std::move(tags),
          .takes = 5000h,
          .parallel = parallel};
}

// 104 runners (two pages) of which two really take jobs; three projects, one with two pages of jobs.
simulator::Scenario scenario() {
  simulator::Scenario fleet{.start = kStart, .seed = kSeed, .users = {"ann", "bob"}};
  fleet.runners = {{.description = "idle", .tags = {"docker", "gpu", "off"}, .slots = 0, .copies = 94},
                   {.description = "working", .tags = {"docker"}, .copies = 6},
                   {.description = "gpu", .tags = {"docker", "gpu"}, .run_untagged = false},
                   {.description = "safe", .tags = {"deploy"}, .run_untagged = false, .protected_only = true},
                   {.description = "busy", .tags = {"real"}, .run_untagged = false, .slots = 1, .copies = 2}};
  for (const auto& [id, path] :
       {std::pair{1, "acme/shop"}, std::pair{2, "acme/web"}, std::pair{3, "acme/docs"}}) {
    fleet.projects.push_back(
        {.id = id, .path = path, .protected_tags = {"v*"}, .members = {{"ann", 40}, {"bob", 30}}});
  }
  fleet.merge_requests = {
      {.project = "acme/web", .iid = 5, .source_branch = "x", .labels = {"priority::high"}}};
  auto by_hand = waiting("deploy it", {"deploy"});
  by_hand.manual = true;
  by_hand.parallel = 3;
  fleet.pipelines = {
      {.project = "acme/shop", .ref = "feature/a", .user = "ann", .jobs = {waiting("unit", {"docker"}, 120)}},
      {.project = "acme/shop", .ref = "main", .user = "ann", .jobs = {by_hand, waiting("train", {"gpu"})}},
      {.project = "acme/web",
       .ref = "v1",
       .is_tag = true,
       .user = "bob",
       .jobs = {waiting("build", {"docker", "gpu", "off"})}},
      {.project = "acme/web",
       .merge_request = 5,
       .source = "merge_request_event",
       .user = "bob",
       .jobs = {waiting("lint", {"off"})}},
      {.project = "acme/docs", .ref = "main", .user = "ann", .jobs = {waiting("pages", {"real"}, 4)}}};
  return fleet;
}

// ---- the faults ---------------------------------------------------------------------------

FaultKind of_status(int status, json more = json::object()) {
  more.update({{"kind", "status"}, {"status", status}});
  return {.name = std::to_string(status), .fault = std::move(more)};
}

void set_link(HttpReply& reply, const std::string& value) {
  std::erase_if(reply.headers, [](const platform::HttpHeader& header) { return header.name == "link"; });
  reply.headers.push_back({"link", value});
}

std::vector<FaultKind> kinds() {
  std::vector<FaultKind> all;
  for (const int status : {401, 403, 404, 409, 429, 500, 502, 503}) all.push_back(of_status(status));
  all.push_back(of_status(429, {{"retry_after", 2}}));
  all.back().name = "429 with Retry-After";
  for (const char* kind : {"reset", "reply_lost", "slow", "garbage", "empty_page"})
    all.push_back({.name = kind, .fault = {{"kind", kind}}});
  all.push_back({.name = "latency", .fault = {{"kind", "latency"}, {"milliseconds", 5000}}});
  for (const char* link : {"loop", "elsewhere", "beyond"})
    all.push_back({.name = std::string("link ") + link, .fault = {{"kind", "wrong_link"}, {"link", link}}});
  for (const char* to : {"http://elsewhere.invalid/", "itself", "/api/v4/version"})
    all.push_back({.name = std::string("redirect ") + to, .fault = {{"kind", "redirect"}, {"location", to}}});
  all.push_back(
      {.name = "half of it", .spoil = [](HttpReply& reply) { reply.body.resize(reply.body.size() / 2); }});
  for (const char* text :
       {"[1, 2]", "[{\"id\": \"seven\"}]", "[null]", "{\"data\": 3}", "\"text\"", "{\"id\": []}", ""})
    all.push_back({.name = std::string("wrong types ") + text, .spoil = [text](HttpReply& reply) {
                     reply.body = text;
                     set_link(reply, "");
                   }});
  all.push_back({.name = "link to garbage", .spoil = [](HttpReply& reply) {
                   set_link(reply, "<http://[::not an address\x01>; rel=\"next\", <<;;,rel=next");
                 }});
  return all;
}

std::vector<Endpoint> endpoints() {
  const std::string pending = "/jobs?scope%5B%5D=pending";
  return {{"list of runners", "GET", "runners/all?", "page=2", ""},
          {"second page of runners", "GET", "page=2", "/jobs", ""},
          {"details by GraphQL", "POST", "/api/graphql", "", "CiRunnerConnection"},
          {"details of a runner", "GET", "/api/v4/runners/", "/all", ""},
          {"projects", "GET", "/projects?", "", ""},
          {"open jobs", "GET", "jobs?scope%5B%5D=pending", "cursor=", ""},
          {"second page of open jobs", "GET", "cursor=", "success", ""},
          {"finished jobs", "GET", "jobs?scope%5B%5D=success", "", ""},
          {"protected branches", "GET", "/protected_branches", "", ""},
          {"protected tags", "GET", "/protected_tags", "", ""},
          {"members", "GET", "/members/all", "", ""},
          {"merge requests", "GET", "/merge_requests", "", ""},
          {"jobs by GraphQL", "POST", "/api/graphql", "", "manualJob"}};
}

// A whole empty list is a possible answer here, and is believed for as long as that list is kept: that
// it is false can be told of lists only that are never empty at once.
bool may_be_empty(const Endpoint& endpoint) {
  static const std::set<std::string> kMay{"open jobs",      "finished jobs", "protected branches",
                                          "protected tags", "members",       "merge requests"};
  return kMay.contains(endpoint.name);
}

// ---- what is seen, piece by piece ---------------------------------------------------------

std::string text_of(const Runner& runner) {
  return std::to_string(runner.id.value()) + (runner.paused ? " paused " : " ") +
         std::string(to_text(runner.status)) + " " + runner.description;
}
std::string text_of(const RunnerTraits& traits) {
  std::string text = traits.run_untagged ? "u" : "-";
  text += traits.protected_only ? "p" : "-";
  for (const std::string& tag : traits.tags) text += " " + tag;
  return text;
}
std::string text_of(const Job& job) {
  return std::to_string(job.id.value()) + job.name;
}

// Names as RunnerIQ gives them in `stale`, so that each piece finds its own excuse.
std::map<std::string, std::set<std::string>> pieces(const FleetReading& reading) {
  std::map<std::string, std::set<std::string>> all;
  auto& runners = all["the list of runners"];
  for (const Runner& runner : reading.runners) {
    runners.insert(text_of(runner));
    if (runner.traits) all["details of"].insert(std::to_string(runner.id.value()) + text_of(*runner.traits));
  }
  std::map<ProjectId, std::string> path;
  for (const Project& project : reading.projects) {
    all["the list of projects"].insert(project.path);
    path[project.id] = project.path;
    all["jobs of project " + project.path];
  }
  for (const auto* jobs : {&reading.pending, &reading.running}) {
    for (const Job& job : *jobs) {
      const std::string name = "jobs of project " + path[job.project];
      all[name].insert(text_of(job));
      if (job.manual == true) all[name + " that were started by hand"].insert(text_of(job));
    }
  }
  for (const auto& [id, refs] : reading.protected_refs) {
    for (const auto& one : refs.branches) all["protected branches of project " + path[id]].insert(one);
    for (const auto& one : refs.tags) all["protected tags of project " + path[id]].insert(one);
  }
  for (const auto& [key, level] : reading.access_levels)
    all["roles in project " + path[key.first]].insert(std::to_string(key.second.value()) + ":" +
                                                      std::to_string(level));
  for (const auto& [key, request] : reading.merge_requests)
    all["merge requests of project " + path[key.first]].insert(request.target_branch +
                                                               std::to_string(request.labels.size()));
  return all;
}

std::string in_words(const std::set<std::string>& piece) {
  std::string text = std::to_string(piece.size()) + ":";
  for (const std::string& one : piece) {
    if (text.size() < 200) text += " [" + one + "]";
  }
  return text;
}

std::string decisions_of(const scheduler::Tick& tick) {
  std::string text;
  for (const auto& decision : tick.decisions.jobs) {
    const auto& chosen = decision.assignment.chosen;
    text += std::to_string(tick.snapshot.jobs[decision.job].key.job.value()) + " " +
            std::to_string(decision.priority.score) + " " +
            std::to_string(static_cast<int>(decision.job_class)) + " " +
            (chosen ? std::to_string(tick.snapshot.runners[chosen->runner].key.runner.value()) : "-") + "\n";
  }
  return text;
}

// Hands on what it reads, and keeps it.
class KeepingFleet final : public FleetReader {
 public:
  KeepingFleet(RestSettings settings, platform::HttpTransport& transport)
      : fleet_(std::move(settings), transport) {}
  Result<FleetReading> read(Time now) override {
    auto reading = fleet_.read(now);
    last = reading ? std::optional(*reading) : std::nullopt;
    return reading;
  }
  std::optional<FleetReading> last;

 private:
  RestFleet fleet_;
};

struct Seen {
  Time now;
  std::optional<FleetReading> reading{};
  std::string decisions{};
  std::vector<std::string> degraded{};
  std::string error{};
};

// ---- the bench ----------------------------------------------------------------------------

class FleetFaults : public testing::Test {
 protected:
  FleetFaults() {
    auto started = simulator::Simulator::start(scenario(), {.time_factor = 0});
    EXPECT_TRUE(started);
    simulator_ = std::move(*started);
    wire_ = std::make_unique<FaultyWire>(simulator_->url(), clock_);
    truth_wire_ = std::make_unique<FaultyWire>(simulator_->url(), clock_);
    ours_ = std::make_unique<KeepingFleet>(settings(), *wire_);
    watch_ = std::make_unique<scheduler::FleetWatch>(ports(*ours_), scheduler::MonitorOptions{},
                                                     scheduler::TickRules{}, scheduler::Depth::full);
    // So that runners that do not work are offline: details of some minutes ago cannot tell that a runner
    // was lost since (see RunnerRoll::merged), which is no fault of a call.
    pass(3h);
  }
  ~FleetFaults() override { EXPECT_EQ(simulator_->mutating_calls(), 0); }

  RestSettings settings() {
    ClientOptions client;
    client.calls_per_minute = 6000;
    client.call_limit = 10s;
    client.graphql = graphql_;
    return {.fleet = {.url = simulator_->url()},
            .client = client,
            .token = Secret(std::string("glpat-simulator")),
            .now = [this] { return clock_.now(); },
            .jitter = [] { return 1.0; },
            .wait_until = [this](Time when) { clock_.move_to(when); }};
  }
  void without_graphql() {
    graphql_ = false;
    ours_ = std::make_unique<KeepingFleet>(settings(), *wire_);
    watch_ = std::make_unique<scheduler::FleetWatch>(ports(*ours_), scheduler::MonitorOptions{},
                                                     scheduler::TickRules{}, scheduler::Depth::full);
  }

  scheduler::FleetPorts ports(FleetReader& fleet) { return {.fleets = {&fleet}, .advisor = &advisor_}; }

  // Time goes on, for the simulator too.
  void pass(Duration time) {
    clock_.move(time);
    const double behind = std::chrono::duration<double>(clock_.now() - kStart).count() - simulated_;
    if (behind <= 0) return;
    wire_->steer("POST", "/sim/advance", {{"seconds", behind}});
    simulated_ += behind;
  }

  // What a client sees that was started just now and meets no trouble.
  void look_at_truth(Time now) {
    KeepingFleet fresh(settings(), *truth_wire_);
    scheduler::FleetWatch watch(ports(fresh), {}, {}, scheduler::Depth::full);
    auto tick = watch.tick(now);
    ASSERT_TRUE(tick) << tick.error().message;
    ASSERT_TRUE(tick->degraded.empty()) << tick->degraded.front();
    truth_[now] = pieces(*fresh.last);
    true_decisions_ = decisions_of(*tick);
  }

  Seen look() {
    wire_->steer("DELETE", "/sim/faults", {});  // what is left of the tick before
    const Time now = clock_.now();
    Seen seen{.now = now};
    look_at_truth(now);
    auto tick = watch_->tick(now);
    seen.reading = ours_->last;
    if (!tick) {
      seen.error = tick.error().message;
      return seen;
    }
    seen.decisions = decisions_of(*tick);
    seen.degraded = tick->degraded;
    EXPECT_EQ(tick->calls.mutating, 0);
    return seen;
  }

  static const Stale* excuse(const FleetReading& reading, const std::string& piece) {
    const auto found = std::ranges::find_if(reading.stale, [&](const Stale& stale) {
      return stale.what == piece || (piece.ends_with("by hand") && piece.starts_with(stale.what)) ||
             (piece == "details of" && stale.what.starts_with(piece));
    });
    return found == reading.stale.end() ? nullptr : &*found;
  }

  // By a person, so that GraphQL is asked about it.
  void add_job_by_hand() {
    wire_->steer("POST", "/sim/pipelines",
                 {{"project", "acme/web"},
                  {"user", "ann"},
                  {"jobs", {{{"name", "ship"}, {"tags", {"off"}}, {"manual", true}}}}});
  }

  // The first promise: each piece is the true one of now, or of the time that `degraded` states.
  void expect_whole(const Seen& seen) {
    const auto now_seen = pieces(*seen.reading);
    for (const auto& [name, truth] : truth_.at(seen.now)) {
      const Stale* stale = excuse(*seen.reading, name);
      const auto found = now_seen.find(name);
      const std::set<std::string> ours = found == now_seen.end() ? std::set<std::string>{} : found->second;
      if (ours == truth) continue;
      if (name == "details of" && is_part_of_the_past(ours)) continue;
      ASSERT_NE(stale, nullptr) << name << " is wrong and nothing says so: " << in_words(ours)
                                << " instead of " << in_words(truth);
      expect_old(name, ours, seen, *stale);
    }
  }
  // Details hold for five minutes, and count one by one.
  bool is_part_of_the_past(const std::set<std::string>& ours) {
    std::set<std::string> known;
    for (const auto& [when, all] : truth_)
      known.insert(all.at("details of").begin(), all.at("details of").end());
    return std::ranges::includes(known, ours);
  }
  void expect_old(const std::string& name, const std::set<std::string>& ours, const Seen& seen,
                  const Stale& stale) {
    if (name.ends_with("by hand")) return;
    if (!stale.age) {
      EXPECT_TRUE(ours.empty()) << name << " is said to be unknown, and is " << in_words(ours);
    }
    if (!stale.age) return;
    const auto then = truth_.find(seen.now - *stale.age);
    ASSERT_NE(then, truth_.end()) << name << ": nothing was read at that age: " << stale.age->count()
                                  << " ms";
    const auto& truth = then->second[name];
    EXPECT_TRUE(std::ranges::includes(truth, ours))
        << name << ": " << in_words(ours) << " is not of that age";
    // A job that is known to have ended since may be missing, no other.
    for (const std::string& one : truth) {
      if (ours.contains(one)) continue;
      EXPECT_TRUE(name.starts_with("jobs of") && !truth_.at(seen.now)[name].contains(one))
          << name << " lacks " << one;
    }
  }

  // The second promise: where nothing is said, the decisions are those of the true fleet.
  void expect_true_unless_said(const Seen& seen) {
    if (seen.degraded.empty()) {
      EXPECT_EQ(seen.decisions, true_decisions_);
    }
  }
  void expect_sound(const Seen& seen) {
    if (!seen.reading) return;
    expect_whole(seen);
    expect_true_unless_said(seen);
    // The third: what is old is said with its age.
    for (const Stale& stale : seen.reading->stale) EXPECT_FALSE(stale.why.empty()) << stale.what;
    EXPECT_EQ(seen.degraded.empty(), seen.reading->stale.empty());
  }
  // The fourth: the tick after the trouble knows nothing of it.
  void expect_recovered() {
    const Seen seen = look();
    EXPECT_EQ(seen.error, "");
    if (!seen.reading) return;
    EXPECT_TRUE(seen.degraded.empty()) << "still: " << seen.degraded.front();
    expect_whole(seen);
    EXPECT_EQ(seen.decisions, true_decisions_);
  }

  ShiftedClock clock_{kStart};
  double simulated_ = 0;
  bool graphql_ = true;
  std::unique_ptr<simulator::Simulator> simulator_;
  std::unique_ptr<FaultyWire> wire_, truth_wire_;
  scheduler::RulesAdvisor advisor_;
  std::unique_ptr<KeepingFleet> ours_;
  std::unique_ptr<scheduler::FleetWatch> watch_;
  std::map<Time, std::map<std::string, std::set<std::string>>> truth_;
  std::string true_decisions_;
};

TEST_F(FleetFaults, OfEveryKindInEveryCallLeaveNoHalfReadPage) {
  const auto all = kinds();
  expect_recovered();
  for (const Endpoint& endpoint : endpoints()) {
    for (const FaultKind& kind : all) {
      SCOPED_TRACE(kind.name + " in " + endpoint.name);
      while (truth_.size() > 4) truth_.erase(truth_.begin());
      pass(61min);
      if (endpoint.name == "jobs by GraphQL") add_job_by_hand();
      wire_->forget_counts();
      wire_->strike([&](const HttpCall& call) { return is_call_of(endpoint, call) ? &kind : nullptr; });
      const Seen seen = look();
      if (endpoint.name != "details of a runner") {
        EXPECT_GT(wire_->struck(), 0);
      }
      const bool is_gitlabs_word = kind.name == "empty_page" && may_be_empty(endpoint);
      if (!is_gitlabs_word) expect_sound(seen);
      wire_->heal();
      pass(is_gitlabs_word ? 61min : 30s);
      expect_recovered();
    }
  }
}

// Some trouble at some calls for some ticks; jobs come and end meanwhile.
class RandomTrouble : public FleetFaults {
 protected:
  struct Struck {
    Endpoint endpoint;
    FaultKind kind;
  };

  std::size_t below(std::size_t count) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(chance_);
  }

  std::vector<Struck> some_trouble() {
    std::vector<Struck> trouble;
    const auto where = endpoints();
    const auto what = kinds();
    while (trouble.size() < 1 + below(3)) {
      Struck struck{where[below(where.size())], what[below(what.size())]};
      if (struck.kind.name != "empty_page" || !may_be_empty(struck.endpoint))
        trouble.push_back(std::move(struck));
    }
    return trouble;
  }
  void bring_jobs() {
    wire_->steer(
        "POST", "/sim/pipelines",
        {{"project", below(2) == 0 ? "acme/docs" : "acme/web"},
         {"user", "bob"},
         {"ref", "main"},
         {"jobs",
          {{{"name", "go"}, {"tags", {"real"}}, {"takes", 100}}, {{"name", "stay"}, {"tags", {"off"}}}}}});
  }
  void meet(const std::vector<Struck>& trouble) {
    wire_->strike([&](const HttpCall& call) -> const FaultKind* {
      for (const Struck& one : trouble) {
        if (is_call_of(one.endpoint, call) && below(4) != 0) return &one.kind;
      }
      return nullptr;
    });
  }

  // The ticks that could be compared.
  int go_on(int ticks) {
    int compared = 0;
    expect_recovered();
    for (int tick = 0; tick < ticks && !HasFailure(); ++tick) {
      const auto trouble = some_trouble();
      std::string names = "tick " + std::to_string(tick);
      for (const Struck& one : trouble) names += ", " + one.kind.name + " in " + one.endpoint.name;
      SCOPED_TRACE(names);
      meet(trouble);
      // A list of all runners that is refused twice running is believed to be, for an hour.
      const bool believed =
          names.find("403 in list of") != names.npos || names.find("403 in second page of r") != names.npos;
      for (std::size_t last = believed ? 1 : below(3) + 1; last > 0; --last, ++tick) {
        bring_jobs();
        pass(std::chrono::seconds(20 + below(400)));
        const Seen seen = look();
        expect_sound(seen);
        compared += seen.reading && seen.degraded.empty() ? 1 : 0;
      }
      wire_->heal();
      pass(30s);
      expect_recovered();
    }
    return compared;
  }

  std::mt19937_64 chance_{kSeed};
};

TEST_F(RandomTrouble, For200TicksNeverMisleads) {
  std::printf("seed %llu\n", static_cast<unsigned long long>(kSeed));
  EXPECT_GT(go_on(200), 20) << "ticks that were not degraded, so that the decisions were compared";
}

TEST_F(RandomTrouble, WithoutGraphqlNeverMisleads) {
  without_graphql();
  EXPECT_GT(go_on(60), 5);
}

TEST_F(FleetFaults, AGraphqlRefusalCostsNothingWhenItIsAnAccidentAndAnHourWhenItIsNot) {
  const FaultKind refusal = of_status(403);
  const Endpoint details = endpoints()[2];
  const auto asked_now = [&] {
    wire_->forget_counts();
    wire_->strike([&](const HttpCall& call) { return is_call_of(details, call) ? &refusal : nullptr; });
    look();
    const int asked = wire_->struck();
    wire_->heal();
    pass(30s);
    return asked;
  };
  expect_recovered();
  EXPECT_EQ(asked_now(), 1);
  expect_recovered();  // in between it works
  EXPECT_EQ(asked_now(), 1);
  EXPECT_EQ(asked_now(), 1) << "refused once before";
  EXPECT_EQ(asked_now(), 0) << "refused twice running";
  expect_recovered();
  pass(1h);
  EXPECT_EQ(asked_now(), 1);
}

TEST_F(FleetFaults, RetryAfterBeyondTheTickIsObeyedAndSaid) {
  const FaultKind later = of_status(429, {{"retry_after", 100}});
  const Endpoint jobs = endpoints()[5];
  expect_recovered();
  wire_->strike([&](const HttpCall& call) { return is_call_of(jobs, call) ? &later : nullptr; });
  pass(30s);
  expect_sound(look());
  wire_->heal();
  for (int tick = 0; tick < 2; ++tick) {
    pass(30s);
    wire_->forget_counts();
    const Seen seen = look();
    expect_sound(seen);
    EXPECT_EQ(wire_->calls(), 0) << "GitLab asked for no calls";
    EXPECT_FALSE(seen.degraded.empty());
  }
  pass(1min);
  expect_recovered();
}

TEST_F(FleetFaults, AClockThatJumpsByADayMisleadsNobody) {
  expect_recovered();
  for (const Duration jump : {24h, -24h, -24h, 24h, 48h, -48h}) {
    SCOPED_TRACE(jump.count());
    clock_.move(jump);
    const Seen seen = look();
    EXPECT_EQ(seen.error, "");
    ASSERT_TRUE(seen.reading);
    EXPECT_TRUE(seen.degraded.empty());
    expect_whole(seen);
    for (const auto& runner : seen.reading->runners) {
      if (runner.contacted_at && runner.status == RunnerStatus::online && jump < 0h) {
        EXPECT_LE(*runner.contacted_at - seen.now, 72h);
      }
    }
  }
}

// ---- large fleets -------------------------------------------------------------------------

// A fleet of its own, read at the usual budget.
class LargeFleet : public testing::Test {
 protected:
  void begin(simulator::Scenario fleet) {
    fleet.start = kStart;
    auto started = simulator::Simulator::start(std::move(fleet), {.time_factor = 0});
    ASSERT_TRUE(started);
    simulator_ = std::move(*started);
    wire_ = std::make_unique<FaultyWire>(simulator_->url(), clock_);
    RestSettings settings{.fleet = {.url = simulator_->url()},
                          .client = {},
                          .token = Secret(std::string("glpat-simulator")),
                          .now = [this] { return clock_.now(); },
                          .jitter = {}};
    fleet_ = std::make_unique<RestFleet>(std::move(settings), *wire_);
  }
  FleetReading look() {
    wire_->forget_counts();
    auto reading = fleet_->read(clock_.now());
    EXPECT_TRUE(reading) << reading.error().message;
    EXPECT_EQ(simulator_->mutating_calls(), 0);
    return reading ? std::move(*reading) : FleetReading{};
  }
  static simulator::SimulatedProject project(int number) {
    return {.id = number, .path = "acme/p" + std::to_string(number)};
  }
  static simulator::SimulatedPipeline pipeline(int number, int jobs) {
    return {.project = "acme/p" + std::to_string(number), .jobs = {waiting("unit", {"off"}, jobs)}};
  }

  ShiftedClock clock_{kStart};
  std::unique_ptr<simulator::Simulator> simulator_;
  std::unique_ptr<FaultyWire> wire_;
  std::unique_ptr<RestFleet> fleet_;
};

TEST_F(LargeFleet, OfManyPagesIsReadToItsEnd) {
  simulator::Scenario fleet;
  fleet.runners = {{.description = "r", .tags = {"docker"}, .slots = 0, .copies = 1200}};
  fleet.projects = {project(1)};
  for (int pipelines = 0; pipelines < 3; ++pipelines) fleet.pipelines.push_back(pipeline(1, 1000));
  begin(std::move(fleet));
  const FleetReading reading = look();
  EXPECT_EQ(reading.runners.size(), 1200U);
  EXPECT_EQ(reading.pending.size(), 3000U);
  EXPECT_LE(wire_->calls(), 120) << "a minute's calls, and as many on credit";
}

TEST_F(LargeFleet, OfTenThousandJobsIsWholeOrSaysWhatIsNotKnown) {
  simulator::Scenario fleet;
  for (int number = 1; number <= 20; ++number) {
    fleet.projects.push_back(project(number));
    fleet.pipelines.push_back(pipeline(number, 500));
  }
  begin(std::move(fleet));
  std::map<std::int64_t, int> most;
  for (int tick = 0; tick < 12; ++tick) {
    const FleetReading reading = look();
    std::map<ProjectId, int> jobs;
    for (const Job& job : reading.pending) ++jobs[job.project];
    for (const Project& project : reading.projects) {
      const bool said = std::ranges::any_of(
          reading.stale, [&](const Stale& stale) { return stale.what == "jobs of project " + project.path; });
      const int seen = jobs[project.id];
      EXPECT_TRUE(seen == 500 || (seen == 0 && said)) << project.path << ": " << seen;
      most[project.id.value()] = std::max(most[project.id.value()], seen);
    }
    EXPECT_LE(wire_->calls(), 120);
    clock_.move(30s);
  }
  for (const auto& [project, seen] : most) EXPECT_EQ(seen, 500) << "project " << project << " is never read";
}

TEST_F(LargeFleet, OfMoreProjectsThanCallsTakesTurnsAndTellsTheirAge) {
  constexpr int kProjects = 250;
  simulator::Scenario fleet;
  for (int number = 1; number <= kProjects; ++number) {
    fleet.projects.push_back(project(number));
    if (number <= 40) fleet.pipelines.push_back(pipeline(number, 1));
  }
  begin(std::move(fleet));
  std::map<std::string, int> known;  // readings in which the jobs were read, now or before
  Duration oldest{};
  int calls = 0;
  constexpr int kTicks = 60;  // half an hour
  for (int tick = 0; tick < kTicks; ++tick) {
    const FleetReading reading = look();
    calls += wire_->calls();
    std::map<std::string, const Stale*> stale;
    for (const Stale& one : reading.stale) stale[one.what] = &one;
    for (const Project& project : reading.projects) {
      const auto found = stale.find("jobs of project " + project.path);
      if (found == stale.end() || found->second->age) ++known[project.path];
      if (tick < kTicks / 2) continue;
      ASSERT_TRUE(found == stale.end() || found->second->age) << project.path << " is starved";
      if (found != stale.end()) oldest = std::max(oldest, *found->second->age);
    }
    clock_.move(30s);
  }
  EXPECT_EQ(known.size(), kProjects * 1U);
  EXPECT_LE(calls, 60 * kTicks / 2 + 60 + kTicks);
  EXPECT_LE(oldest, 30min);
  std::printf("%d calls in %d readings, the oldest jobs were of %lld s ago\n", calls, kTicks,
              static_cast<long long>(oldest.count() / 1000));
}

TEST_F(LargeFleet, OfStrangeRunnersAndJobsIsReadAsItIs) {
  simulator::Scenario fleet;
  std::vector<std::string> tags;
  for (int number = 0; number < 50; ++number) tags.push_back("tag" + std::to_string(number));
  fleet.runners = {{.id = (std::int64_t{1} << 53U) + 1, .description = "many", .tags = tags, .slots = 0},
                   {.description = "none", .slots = 0}};
  fleet.projects = {project(1)};
  const std::string name = "a\x1b[31m\x07\t" + std::string(250, 'x') + "\xe2\x80\xae";
  fleet.pipelines = {
      {.project = "acme/p1", .jobs = {{.id = (std::int64_t{1} << 62U) + 3, .name = name, .tags = {"off"}}}}};
  begin(std::move(fleet));
  const FleetReading reading = look();
  ASSERT_EQ(reading.runners.size(), 2U);
  EXPECT_EQ(reading.runners[0].id, RunnerId{(std::int64_t{1} << 53U) + 1});
  ASSERT_TRUE(reading.runners[0].traits && reading.runners[1].traits);
  EXPECT_EQ(reading.runners[0].traits->tags.size(), 50U);
  EXPECT_TRUE(reading.runners[1].traits->tags.empty());
  ASSERT_EQ(reading.pending.size(), 1U);
  EXPECT_EQ(reading.pending[0].id, JobId{(std::int64_t{1} << 62U) + 3});
  EXPECT_EQ(reading.pending[0].name, name);
}

TEST_F(LargeFleet, LosesAndGainsRunnersBetweenReadings) {
  simulator::Scenario fleet;
  fleet.runners = {{.id = 7, .description = "a", .slots = 0}, {.id = 9, .description = "b", .slots = 0}};
  fleet.projects = {project(1)};
  begin(std::move(fleet));
  EXPECT_EQ(look().runners.size(), 2U);
  wire_->steer("DELETE", "/sim/runners/7", {});
  wire_->steer("POST", "/sim/runners", {{"description", "c"}, {"tags", {"new"}}});
  clock_.move(30s);
  const FleetReading reading = look();
  ASSERT_EQ(reading.runners.size(), 2U);
  EXPECT_EQ(reading.runners[0].id, RunnerId{9});
  EXPECT_EQ(reading.runners[1].traits->tags, std::vector<std::string>{"new"});
  EXPECT_TRUE(reading.stale.empty());
}

}  // namespace
}  // namespace runneriq::gitlab
