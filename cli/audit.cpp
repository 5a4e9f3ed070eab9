#include "cli/commands.hpp"
#include "cli/json_text.hpp"
#include "cli/moments.hpp"
#include "cli/numbers.hpp"
#include "cli/reading.hpp"
#include "cli/shared_flags.hpp"
#include "cli/words.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <utility>

namespace runneriq::cli {
namespace {

using nlohmann::json;
using scheduler::AuditRecord;
using scheduler::AuditVerdict;

constexpr std::array kFlags{
    kOutputFlag,
    FlagRow{"--since", "TIME", "Show records from this moment on: an RFC 3339 time, or an age such as 2h."},
    FlagRow{"--job", "ID", "Show records about this job only."},
    FlagRow{"--runner", "ID", "Show records about this runner only."},
};

struct Wanted {
  std::optional<Time> since;
  std::optional<std::int64_t> job, runner;
};

Result<std::optional<std::int64_t>> id_of(const Invocation& invocation, std::string_view flag) {
  if (!invocation.has(flag)) return std::optional<std::int64_t>{};
  const auto id = parse_id(flag, invocation.value(flag));
  if (!id) return fail(id.error());
  return std::optional<std::int64_t>{*id};
}

Result<Wanted> wanted_of(const Invocation& invocation, Time now) {
  const auto since = moment_at(invocation, "--since", now);
  if (!since) return fail(since.error());
  const auto job = id_of(invocation, "--job");
  if (!job) return fail(job.error());
  const auto runner = id_of(invocation, "--runner");
  if (!runner) return fail(runner.error());
  return Wanted{.since = *since, .job = *job, .runner = *runner};
}

bool is_wanted(const Wanted& wanted, const AuditRecord& record, const json& document) {
  if (wanted.since && record.entry.at < *wanted.since) return false;
  if (wanted.job && integer_at(document, "job_id") != *wanted.job) return false;
  return !wanted.runner || integer_at(document, "runner_id") == *wanted.runner;
}

// A document that cannot be read is shown as it is: the trail hides nothing.
json document_of(const AuditRecord& record) {
  return parse_document(record.entry.document).value_or(json{{"unreadable", record.entry.document}});
}

json record_document(const AuditRecord& record, json document) {
  return {{"seq", record.seq},           {"at", to_text(record.entry.at)}, {"actor", record.entry.actor},
          {"trust", record.entry.trust}, {"event", record.entry.event},    {"document", std::move(document)},
          {"previous", record.previous}, {"digest", record.digest}};
}

std::string record_text(const AuditRecord& record, const json& document) {
  return std::to_string(record.seq) + " " + to_text(record.entry.at) + " " + on_one_line(record.entry.actor) +
         " " + on_one_line(record.entry.event) + " " + one_line(document) + "\n";
}

// One JSON document for all records, printed as they come: the trail may be long.
class Listing {
 public:
  Listing(Output& out, const Invocation& invocation) : out_(out), as_json_(wants_json(invocation)) {
    if (as_json_) out_.result("{\"records\":[");
  }
  void add(const AuditRecord& record, const json& document) {
    if (as_json_) {
      out_.result((any_ ? ",\n" : "\n") + one_line(record_document(record, document)));
    } else {
      out_.result(record_text(record, document));
    }
    any_ = true;
  }
  void end() {
    if (as_json_) out_.result("\n]}\n");
  }
  void tell_if_empty() {
    if (!as_json_ && !any_) out_.talk("runneriq: the audit trail has no such record");
  }

 private:
  Output& out_;
  bool as_json_;
  bool any_ = false;
};

Exit list(Session& session, const Invocation& invocation, AuditTrail& trail, const Wanted& wanted) {
  Listing listing{session.out, invocation};
  const auto read = trail.read([&](const AuditRecord& record) {
    const json document = document_of(record);
    if (is_wanted(wanted, record, document)) listing.add(record, document);
    return true;
  });
  listing.end();
  if (!read) return tell(session, read.error(), SourceRequest::Kind::snapshot);
  listing.tell_if_empty();
  return Exit::fine;
}

std::string_view to_text(AuditVerdict::Kind kind) {
  constexpr std::array<std::string_view, 4> kTexts{"fine", "torn_tail", "broken", "truncated"};
  return kTexts.at(static_cast<std::size_t>(kind));
}

Exit verify(Session& session, const Invocation& invocation, AuditTrail& trail) {
  const auto verdict = trail.verify();
  if (!verdict) return tell(session, verdict.error(), SourceRequest::Kind::snapshot);
  const json document{{"verdict", to_text(verdict->kind)}, {"seq", verdict->seq}, {"words", verdict->words}};
  session.out.result(wants_json(invocation) ? pretty(document) : on_one_line(verdict->words) + "\n");
  return verdict->kind == AuditVerdict::Kind::fine ? Exit::fine : Exit::no;
}

Exit audit(Session& session, const Invocation& invocation) {
  const auto wanted = wanted_of(invocation, session.waiter.now());
  if (!wanted) return tell(session, wanted.error(), SourceRequest::Kind::gitlab);
  const auto trail = session.audit();
  // Trouble with the state file is no trouble of GitLab.
  if (!trail) return tell(session, trail.error(), SourceRequest::Kind::snapshot);
  if (!invocation.arguments.empty()) return verify(session, invocation, **trail);
  return list(session, invocation, **trail, *wanted);
}

}  // namespace

CommandRow audit_command() {
  return {
      .name = "audit",
      .arguments = "[verify]",
      .summary = "Print the audit trail, or verify that nobody has changed it.",
      .text =
          "The trail holds what was recommended, what changed in the fleet, and when the program started "
          "and stopped. Each record holds a digest of the one before it: `audit verify` tells a sound "
          "trail from one with a torn tail, a changed record or a missing end, and exits with 1 for all "
          "but the first. The trail is tamper-evident, not immutable: who can write the state file and its "
          "checkpoint can write another history.",
      .flags = kFlags,
      .run = audit};
}

}  // namespace runneriq::cli
