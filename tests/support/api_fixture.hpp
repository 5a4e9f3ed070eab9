// The service's API on a clock and threads that the test moves, with ledgers that can fail on request.
#pragma once

#include "service/fleet_api.hpp"
#include "tests/support/admission_maker.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::service {

inline constexpr Time kApiStart = Time{std::chrono::sys_days{std::chrono::year{2025} / 3 / 1}};

// Proposals in memory.
class FakeApprovals final : public ApprovalDesk {
 public:
  std::vector<scheduler::Proposal> all;
  std::optional<scheduler::Verdict> last;

  Result<std::vector<scheduler::Proposal>> proposals(ApprovalsShown shown) override {
    std::vector<scheduler::Proposal> found;
    for (const auto& each : all) {
      if (shown == ApprovalsShown::all || each.state == scheduler::Proposal::State::open)
        found.push_back(each);
    }
    return found;
  }
  Result<scheduler::Proposal> decide(std::int64_t id, const scheduler::Verdict& verdict) override {
    last = verdict;
    for (auto& each : all) {
      if (each.id != id) continue;
      if (each.state != scheduler::Proposal::State::open)
        return fail(Errc::conflict, "it is not open any more");
      each.state =
          verdict.approve ? scheduler::Proposal::State::approved : scheduler::Proposal::State::rejected;
      each.decided_by = verdict.by;
      return each;
    }
    return fail(Errc::not_found, "there is no approval " + std::to_string(id));
  }
};

class ApiFixture : public testing::Test {
 protected:
  using Reply = platform::ServedReply;

  // Of one request: its answer once it is given, and how often it was.
  struct Asked {
    std::optional<Reply> reply;
    int answers = 0;
    std::function<void()> gone;
    [[nodiscard]] int status() const { return reply ? reply->status : 0; }
    [[nodiscard]] std::string header(std::string_view name) const {
      for (const auto& each : reply ? reply->headers : std::vector<platform::HttpHeader>{}) {
        if (each.name == name) return each.value;
      }
      return "";
    }
  };

  std::shared_ptr<Asked> begin(std::string method, std::string target, std::string body = "",
                               std::string type = "application/json") {
    auto asked = std::make_shared<Asked>();
    platform::ServedRequest request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.body = std::move(body);
    request.connection.kind = platform::ServedConnection::Kind::unix_socket;
    if (!type.empty()) request.headers.push_back({"content-type", std::move(type)});
    api().serve(
        std::move(request),
        [asked](Reply reply) {
          asked->reply = std::move(reply);
          ++asked->answers;
        },
        [asked](std::function<void()> act) { asked->gone = std::move(act); });
    return asked;
  }
  // The same, with everything that follows from it.
  std::shared_ptr<Asked> ask(std::string method, std::string target, std::string body = "",
                             std::string type = "application/json") {
    auto asked = begin(std::move(method), std::move(target), std::move(body), std::move(type));
    turn();
    return asked;
  }
  std::shared_ptr<Asked> submit(const scheduler::AdmissionQuestion& question) {
    return ask("POST", "/api/v1/admissions", scheduler::to_json(question));
  }
  std::shared_ptr<Asked> poll(std::int64_t job, std::int64_t version, Duration wait) {
    return ask("GET",
               "/api/v1/admissions?" + scheduler::to_query({scheduler::admission_key(job), version, wait}));
  }
  std::shared_ptr<Asked> leave(std::int64_t job) {
    return ask("DELETE", "/api/v1/admissions?" + scheduler::to_query(scheduler::admission_key(job)));
  }
  static scheduler::AdmissionStanding standing(const Asked& asked) {
    auto parsed = scheduler::parse_admission_standing(asked.reply ? asked.reply->body : "");
    EXPECT_TRUE(parsed) << (asked.reply ? asked.reply->body : "no answer");
    return parsed ? *parsed : scheduler::AdmissionStanding{};
  }

  // All threads do what they have to, until nothing is left.
  void turn() {
    while (!work.empty()) {
      auto next = std::move(work.front());
      work.pop_front();
      next();
    }
  }

  FleetApi& api() {
    if (!api_) api_ = std::make_unique<FleetApi>(ports(), settings, kept);
    return *api_;
  }
  ApiPorts ports() {
    ApiPorts made = extra;
    const auto later = [this](SideThread::Work each) { work.push_back(std::move(each)); };
    made.now = [this] { return now; };
    made.threads = {.book = later, .remember = later, .come_back = later};
    made.read = later;
    made.reports = &reports;
    made.hint = [this](const GitLabUrl&, ProjectId project) { hints.insert(project.value()); };
    made.ledgers.bookings = [this](std::span<const scheduler::BookChange> changes) -> Result<void> {
      if (disk_trouble) return fail(Errc::unavailable, *disk_trouble);
      ++commits;
      for (const auto& change : changes) rows[change.key] = change.after;
      return {};
    };
    made.ledgers.history = [this](std::span<const scheduler::FinishedJob> jobs) -> Result<void> {
      if (disk_trouble) return fail(Errc::unavailable, *disk_trouble);
      for (const auto& job : jobs) finished.try_emplace(job.key, job);
      return {};
    };
    return made;
  }

  Time now = kApiStart;
  std::deque<SideThread::Work> work;
  HostReports reports;
  ApiPorts extra;
  ApiSettings settings{.poll_interval = std::chrono::seconds{30}, .version = "0.1.0"};
  std::vector<scheduler::Booking> kept;
  std::optional<std::string> disk_trouble;
  int commits = 0;
  std::map<scheduler::AdmissionKey, std::optional<scheduler::Booking>> rows;
  std::map<scheduler::JobKey, scheduler::FinishedJob> finished;
  std::set<std::int64_t> hints;

 private:
  std::unique_ptr<FleetApi> api_;
};

}  // namespace runneriq::service
