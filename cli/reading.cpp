#include "cli/reading.hpp"

#include "cli/numbers.hpp"
#include "cli/progress.hpp"
#include "cli/words.hpp"

#include <utility>

namespace runneriq::cli {
namespace {

Result<SourceRequest> source_of(const Invocation& invocation) {
  if (invocation.has("--mock") && invocation.has("--snapshot")) {
    return fail(Errc::invalid_argument, "--mock and --snapshot name two fleets: give one of them");
  }
  SourceRequest request;
  if (invocation.has("--mock")) request.kind = SourceRequest::Kind::mock;
  if (invocation.has("--snapshot")) {
    request.kind = SourceRequest::Kind::snapshot;
    request.snapshot_file = invocation.value("--snapshot");
  }
  const std::string_view mode = invocation.value("--mode");
  if (mode == "analyze-only") request.depth = scheduler::Depth::analyze_only;
  if (mode == "monitor-only") request.depth = scheduler::Depth::monitor_only;
  return request;
}

Result<std::optional<PipelineId>> pipeline_of(const Invocation& invocation) {
  if (!invocation.has("--pipeline")) return std::optional<PipelineId>{};
  const auto id = parse_id("--pipeline", invocation.value("--pipeline"));
  if (!id) return fail(id.error());
  return std::optional{PipelineId{*id}};
}

std::string_view what_takes_time(SourceRequest::Kind kind) {
  switch (kind) {
    case SourceRequest::Kind::gitlab:
      return "reading GitLab …";
    case SourceRequest::Kind::mock:
      return "reading the simulated GitLab …";
    case SourceRequest::Kind::snapshot:
      break;
  }
  return "reading the snapshot …";
}

}  // namespace

Result<Look> look_of(const Session& session, const Invocation& invocation) {
  auto source = source_of(invocation);
  if (!source) return fail(source.error());
  const auto pipeline = pipeline_of(invocation);
  if (!pipeline) return fail(pipeline.error());
  const TickView view{.depth = source->depth, .pipeline = *pipeline, .run = session.run};
  return Look{.source = *std::move(source), .view = view};
}

std::optional<Exit> refuse_bad_configuration(Session& session) {
  for (const config::Problem& problem : session.problems) {
    session.out.talk("runneriq: " + on_one_line(problem.where + ": " + problem.message));
  }
  if (session.problems.empty()) return std::nullopt;
  return Exit::usage;
}

Result<Reading> read_once(Session& session, const SourceRequest& request) {
  const Progress progress{session.out, std::string(what_takes_time(request.kind))};
  auto source = session.open_source(request);
  if (!source) return fail(source.error());
  auto tick = (*source)->tick(session.waiter.now());
  if (!tick) return fail(tick.error());
  return Reading{.source = *std::move(source), .tick = *std::move(tick)};
}

Exit tell(Session& session, const Error& error, SourceRequest::Kind kind) {
  session.out.talk("runneriq: " + on_one_line(error.message));
  if (kind == SourceRequest::Kind::snapshot) return Exit::usage;
  switch (error.code) {
    case Errc::permission:
    case Errc::not_found:
    case Errc::unavailable:
    case Errc::timed_out:
      return Exit::gitlab;
    case Errc::invalid_argument:
    case Errc::corrupt:
    case Errc::newer_schema:
    case Errc::conflict:
      break;
  }
  return Exit::usage;
}

bool wants_json(const Invocation& invocation) {
  return invocation.value("--output") == "json";
}

Colour colour_of(const Session& session) {
  return session.out.colour() ? Colour::on : Colour::off;
}

}  // namespace runneriq::cli
