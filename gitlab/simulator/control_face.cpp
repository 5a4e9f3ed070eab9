// /sim/…: how tests and people steer the simulator. No token, and none of it is GitLab's.
#include "gitlab/simulator/entities.hpp"
#include "gitlab/simulator/scenario_parts.hpp"
#include "gitlab/simulator/scenario_reader.hpp"
#include "gitlab/simulator/visit.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;

constexpr int kLongestLatency = 600'000;  // milliseconds
constexpr double kLongestStep = 10.0 * 365 * 24 * 3600;

View view_of(const Visit& visit) {
  return {visit.world, visit.call.base};
}

// Reads the body by `read`. Error: the first thing that is wrong.
template <class Read>
Result<void> read_body(const Visit& visit, Read read) {
  const auto body = body_of(visit.call);
  if (!body) return fail(body.error());
  std::optional<Error> error;
  {
    ScenarioReader in(*body, {}, error);
    read(in);
  }
  if (error) return fail(*std::move(error));
  return {};
}

ServedReply calls(Visit& visit) {
  return json_reply(
      200,
      {{"total", visit.calls.total}, {"mutating", visit.calls.mutating}, {"by_route", visit.calls.by_route}});
}

struct NamedKind {
  std::string_view name;
  Fault::Kind kind;
};
constexpr std::array<NamedKind, 10> kKinds{{{"latency", Fault::Kind::latency},
                                            {"status", Fault::Kind::status},
                                            {"reset", Fault::Kind::reset},
                                            {"reply_lost", Fault::Kind::reply_lost},
                                            {"late", Fault::Kind::late},
                                            {"slow", Fault::Kind::slow},
                                            {"wrong_link", Fault::Kind::wrong_link},
                                            {"garbage", Fault::Kind::garbage},
                                            {"empty_page", Fault::Kind::empty_page},
                                            {"redirect", Fault::Kind::redirect}}};

std::string_view name_of(Fault::Kind kind) {
  return std::find_if(kKinds.begin(), kKinds.end(), [&](const NamedKind& one) { return one.kind == kind; })
      ->name;
}

template <class Number>
void optional_count(ScenarioReader& in, std::string_view key, std::optional<Number>& value, int lowest,
                    int highest) {
  int number = -1;
  in.count(key, number, lowest, highest);
  if (number >= 0) value = static_cast<Number>(number);
}

void read_fault(ScenarioReader& in, Fault& fault) {
  std::string kind;
  std::vector<std::string_view> kinds;
  for (const NamedKind& one : kKinds) kinds.push_back(one.name);
  in.text("route", fault.route);
  in.word("kind", kind, kinds);
  if (kind.empty()) in.refuse("kind", "is missing");
  for (const NamedKind& one : kKinds) {
    if (one.name == kind) fault.kind = one.kind;
  }
  in.count("status", fault.status, 200, 599);
  optional_count(in, "retry_after", fault.retry_after, 0, 86'400);
  in.word("body", fault.body, {"html", "json", "text"});
  int milliseconds = 0;
  in.count("milliseconds", milliseconds, 0, kLongestLatency);
  fault.late = Duration{milliseconds};
  optional_count(in, "bytes", fault.bytes, 0, 1 << 30);
  in.word("link", fault.link, {"loop", "elsewhere", "beyond"});
  in.text("location", fault.location);
  optional_count(in, "times", fault.times, 1, 1'000'000);
  in.number("probability", fault.probability, 0, 1);
}

ServedReply add_fault(Visit& visit) {
  Fault fault;
  const auto read = read_body(visit, [&](ScenarioReader& in) { read_fault(in, fault); });
  if (!read) return bad_parameter(read.error().message);
  return json_reply(201, {{"id", visit.faults.add(std::move(fault))}});
}

ServedReply clear_faults(Visit& visit) {
  visit.faults.clear();
  return {.status = 204};
}

ServedReply faults(Visit& visit) {
  json list = json::array();
  for (const Fault& fault : visit.faults.all()) {
    list.push_back({{"id", fault.id},
                    {"route", fault.route},
                    {"kind", name_of(fault.kind)},
                    {"times", fault.times ? json(*fault.times) : json()}});
  }
  return json_reply(200, list);
}

ServedReply advance(Visit& visit) {
  double seconds = 0;
  const auto read =
      read_body(visit, [&](ScenarioReader& in) { in.number("seconds", seconds, 0, kLongestStep); });
  if (!read) return bad_parameter(read.error().message);
  visit.clock.advanced += std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
  visit.world.move_to(visit.clock.at(visit.real_now));
  return json_reply(200, {{"now", stamp(visit.world.now())}});
}

ServedReply add_pipeline(Visit& visit) {
  const auto body = body_of(visit.call);
  if (!body) return refusal(body.error());
  const auto pipeline = parse_pipeline_part(*body);
  if (!pipeline) return refusal(pipeline.error());
  const auto id = visit.world.add_pipeline(*pipeline);
  if (!id) return refusal(id.error());
  json jobs = json::array();
  for (const JobId job : visit.world.pipelines().at(*id).jobs) jobs.push_back(job.value());
  return json_reply(201, {{"id", id->value()}, {"sha", visit.world.pipelines().at(*id).sha}, {"jobs", jobs}});
}

ServedReply add_runner(Visit& visit) {
  const auto body = body_of(visit.call);
  if (!body) return refusal(body.error());
  const auto runner = parse_runner_part(*body);
  if (!runner) return refusal(runner.error());
  const auto id = visit.world.add_runner(*runner);
  if (!id) return refusal(id.error());
  return json_reply(201, {{"id", id->value()}, {"token", visit.world.runners().at(*id).token}});
}

// `tags` replaces them all; `add_tags` and `remove_tags` leave the others as they are by then.
void read_tags(ScenarioReader& in, std::vector<std::string>& tags) {
  std::vector<std::string> added, removed;
  in.texts("tags", tags);
  in.texts("add_tags", added);
  in.texts("remove_tags", removed);
  tags.insert(tags.end(), added.begin(), added.end());
  std::erase_if(tags, [&](const std::string& tag) {
    return std::find(removed.begin(), removed.end(), tag) != removed.end();
  });
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
}

void read_machine(ScenarioReader& in, RunnerRecord& runner, bool& online, Duration& after) {
  in.duration("after", after);
  in.flag("online", online);
  in.flag("paused", runner.paused);
  read_tags(in, runner.traits.tags);
  in.flag("run_untagged", runner.traits.run_untagged);
  in.flag("protected_only", runner.traits.protected_only);
  in.text("description", runner.description);
  in.count("slots", runner.slots, 0, 10'000);
  in.number("speed", runner.speed, 0.01, 100);
}

struct MachineEdit {
  RunnerRecord runner;
  bool online = true;
  Duration after{};
};

// Error: not_found, invalid_argument.
Result<MachineEdit> edit_of(const World& world, RunnerId id, const json& body) {
  const auto place = world.runners().find(id);
  if (place == world.runners().end()) return fail(Errc::not_found, "Runner Not Found");
  MachineEdit edit{.runner = place->second, .online = place->second.machine_on};
  std::optional<Error> error;
  {
    ScenarioReader in(body, {}, error);
    read_machine(in, edit.runner, edit.online, edit.after);
  }
  if (error) return fail(*std::move(error));
  return edit;
}

void put(World& world, MachineEdit edit) {
  const RunnerId id = edit.runner.id;
  const bool switched = edit.online != edit.runner.machine_on;
  world.put_runner(std::move(edit.runner));
  if (switched) world.switch_machine(id, edit.online);
}

// With `after` it is made on the runner as it is then; one that is gone by then stays gone.
ServedReply change_runner(Visit& visit) {
  const RunnerId id{number_in(visit, 0)};
  const auto body = body_of(visit.call);
  if (!body) return refusal(body.error());
  auto edit = edit_of(visit.world, id, *body);
  if (!edit) return refusal(edit.error());
  if (edit->after > Duration{}) {
    World& world = visit.world;
    const Time at = world.now() + edit->after;
    world.later(at, [&world, id, body = *body] {
      if (auto then = edit_of(world, id, body)) put(world, *std::move(then));
    });
    return json_reply(202, {{"at", stamp(at)}});
  }
  put(visit.world, *std::move(edit));
  return json_reply(200, runner_details(view_of(visit), visit.world.runners().at(id)));
}

ServedReply remove_runner(Visit& visit) {
  if (!visit.world.remove_runner(RunnerId{number_in(visit, 0)})) return refusal(404, "404 Runner Not Found");
  return {.status = 204};
}

// Also of a job that has ended: its log and tests are then those that are told last.
ServedReply change_job(Visit& visit) {
  const JobId id{number_in(visit, 0)};
  if (!visit.world.jobs().contains(id)) return refusal(404, "404 Job Not Found");
  const auto body = body_of(visit.call);
  if (!body) return refusal(body.error());
  auto end = parse_end_part(*body, visit.world.planned_end(id));
  if (!end) return refusal(end.error());
  visit.world.set_end(id, *std::move(end));
  return json_reply(200, job_row(view_of(visit), visit.world.jobs().at(id)));
}

ServedReply add_token(Visit& visit) {
  std::string secret, user;
  Token token{.name = "added", .scopes = {"read_api"}, .created_at = visit.world.now()};
  Time expiry{};
  const auto read = read_body(visit, [&](ScenarioReader& in) {
    in.required_text("token", secret);
    in.text("name", token.name);
    in.texts("scopes", token.scopes);
    in.time("expires_at", expiry);
    in.text("user", user);
  });
  if (!read) return bad_parameter(read.error().message);
  const UserRecord* const owner = visit.world.user_by_name(user.empty() ? "root" : user);
  if (owner == nullptr) return bad_parameter("user: there is none called " + user);
  token.secret = Secret(secret);
  token.user = owner->id;
  token.administrator = user.empty() || user == "root";
  if (expiry != Time{}) token.expires_at = expiry;
  return json_reply(201, {{"id", visit.tokens.add(std::move(token)).id}});
}

json state_of_runner(const World& world, const RunnerRecord& runner) {
  return {{"id", runner.id.value()},
          {"description", runner.description},
          {"status", to_text(world.status_of(runner))},
          {"paused", runner.paused},
          {"tags", runner.traits.tags},
          {"running", world.running_on(runner.id)},
          {"slots", runner.slots},
          {"token", runner.token}};
}

ServedReply state(Visit& visit) {
  const World& world = visit.world;
  json runners = json::array();
  for (const auto& [id, runner] : world.runners()) runners.push_back(state_of_runner(world, runner));
  json pending = json::array();
  for (const JobId id : world.pending()) pending.push_back(id.value());
  std::map<std::string, int> jobs;
  for (const auto& [id, job] : world.jobs()) ++jobs[std::string(to_text(job.status))];
  return json_reply(
      200, {{"now", stamp(world.now())}, {"runners", runners}, {"pending", pending}, {"jobs", jobs}});
}

Route control(std::string_view method, std::string_view pattern, ServedReply (*handler)(Visit&)) {
  return {method, pattern, Needs::nothing, handler, Kind::control};
}

const std::array kRoutes{
    control("GET", "/sim/calls", calls),
    control("GET", "/sim/faults", faults),
    control("POST", "/sim/faults", add_fault),
    control("DELETE", "/sim/faults", clear_faults),
    control("POST", "/sim/advance", advance),
    control("POST", "/sim/pipelines", add_pipeline),
    control("PATCH", "/sim/jobs/:id", change_job),
    control("POST", "/sim/runners", add_runner),
    control("PATCH", "/sim/runners/:id", change_runner),
    control("DELETE", "/sim/runners/:id", remove_runner),
    control("POST", "/sim/tokens", add_token),
    control("GET", "/sim/state", state),
};

}  // namespace

std::span<const Route> control_routes() {
  return kRoutes;
}

}  // namespace runneriq::gitlab::simulator
