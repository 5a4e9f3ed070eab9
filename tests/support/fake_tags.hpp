// Runners' tags in memory, for commands that change them.
#pragma once

#include "cli/session.hpp"

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::cli {

class MemoryTags final : public gitlab::RunnerTagAccess {
 public:
  std::vector<Result<gitlab::RunnerTags>> read(std::span<const RunnerId> ids, Time) override {
    std::vector<Result<gitlab::RunnerTags>> all;
    for (const RunnerId id : ids) all.push_back(read_one(id));
    return all;
  }
  std::vector<gitlab::WriteOutcome> write(std::span<const gitlab::TagWrite> asked, Time) override {
    before_write();
    std::vector<gitlab::WriteOutcome> all;
    for (const gitlab::TagWrite& one : asked) all.push_back(write_one(one));
    return all;
  }

  void add(std::int64_t id, std::vector<std::string> tags, bool run_untagged = true) {
    runners[RunnerId{id}] = {RunnerId{id}, std::move(tags), run_untagged};
  }
  [[nodiscard]] std::vector<std::string> tags_of(std::int64_t id) const {
    return runners.at(RunnerId{id}).tags;
  }

  std::map<RunnerId, gitlab::RunnerTags> runners;
  std::map<RunnerId, Error> refusals;          // of writes
  std::vector<gitlab::TagWrite> writes;        // all that arrived
  std::function<void()> before_write = [] {};  // what others do meanwhile

 private:
  [[nodiscard]] Result<gitlab::RunnerTags> read_one(RunnerId id) const {
    const auto found = runners.find(id);
    if (found == runners.end()) return fail(Errc::not_found, "404 Runner Not Found");
    return found->second;
  }
  gitlab::WriteOutcome write_one(const gitlab::TagWrite& one) {
    writes.push_back(one);
    const auto refusal = refusals.find(one.runner);
    if (refusal != refusals.end()) {
      return {.kind = gitlab::WriteOutcome::Kind::refused, .after = {}, .error = refusal->second};
    }
    runners[one.runner].tags = one.tags;
    return {.kind = gitlab::WriteOutcome::Kind::applied, .after = runners[one.runner], .error = {}};
  }
};

class FixedReading final : public gitlab::FleetReader {
 public:
  Result<gitlab::FleetReading> read(Time) override {
    if (outage) return fail(*outage);
    return reading;
  }
  gitlab::FleetReading reading;
  std::optional<Error> outage;
};

class MemoryAudit final : public scheduler::AuditSink {
 public:
  Result<void> append_all(std::span<const scheduler::AuditEntry> some) override {
    if (outage) return fail(*outage);
    entries.insert(entries.end(), some.begin(), some.end());
    return {};
  }
  std::vector<scheduler::AuditEntry> entries;
  std::optional<Error> outage;
};

// One GitLab with its runners.
struct FakeGitLab {
  GitLabUrl url{"https://gitlab.example.com"};
  MemoryTags tags;
  FixedReading reader;
  MemoryAudit audit;
  bool has_trail = true;
  scheduler::Lanes lanes;

  void add(std::int64_t id, std::string description, std::vector<std::string> with,
           bool run_untagged = true) {
    gitlab::Runner runner;
    runner.id = RunnerId{id};
    runner.description = std::move(description);
    runner.traits.emplace();
    runner.traits->tags = with;
    reader.reading.gitlab = url;
    reader.reading.runners.push_back(std::move(runner));
    tags.add(id, std::move(with), run_untagged);
  }
  void add_job(std::int64_t id, std::string name, std::vector<std::string> with) {
    gitlab::Job job;
    job.id = JobId{id};
    job.project = ProjectId{7};
    job.name = std::move(name);
    job.tags = std::move(with);
    reader.reading.finished.push_back(std::move(job));
  }
};

class FakeDesks final : public TagDesks {
 public:
  explicit FakeDesks(FakeGitLab& gitlab)
      : gitlab_(gitlab), all_{{gitlab.url, &gitlab.reader, &gitlab.tags}} {}
  [[nodiscard]] const std::vector<TagDesk>& all() const override { return all_; }
  [[nodiscard]] const scheduler::Lanes& lanes() const override { return gitlab_.lanes; }
  [[nodiscard]] scheduler::AuditSink* audit() override {
    return gitlab_.has_trail ? &gitlab_.audit : nullptr;
  }

 private:
  FakeGitLab& gitlab_;
  std::vector<TagDesk> all_;
};

class MemorySteering final : public scheduler::SteeringStore {
 public:
  Result<scheduler::SteeringMemory> load(Time) override {
    if (outage) return fail(*outage);
    return memory;
  }
  Result<void> record(const scheduler::LeaseChanges&, Time) override { return {}; }
  Result<void> record(scheduler::ProposalChanges& changes, Time) override {
    for (const scheduler::Proposal& changed : changes.changed) {
      for (scheduler::Proposal& known : memory.proposals) {
        if (known.id == changed.id) known = changed;
      }
    }
    return {};
  }
  Result<void> record(const scheduler::TrustRecord&) override { return {}; }
  Result<std::vector<scheduler::Proposal>> proposals(Time) override { return memory.proposals; }
  Result<std::vector<scheduler::Pool>> pools(std::span<const scheduler::Pool>, Time) override {
    return std::vector<scheduler::Pool>{};
  }

  scheduler::SteeringMemory memory;
  std::optional<Error> outage;
};

}  // namespace runneriq::cli
