#include "service/fleet_service.hpp"

#include "tests/support/raw_socket.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>

namespace runneriq::service {
namespace {

using scheduler::AdmissionKey;
using scheduler::Booking;

constexpr Time kStart{std::chrono::hours{24 * 365 * 50}};

std::string place(int job) {
  return "/api/v1/admissions?gitlab=https%3A%2F%2Fgitlab.test&job=" + std::to_string(job) +
         "&attempt=%2Ftmp%2Fa";
}

std::string submission(int job, const std::string& host) {
  const std::string body =
      R"({"host":{"host":")" + host + R"(","slots":1},"job":{"gitlab":"https://gitlab.test","job":)" +
      std::to_string(job) +
      R"(,"attempt":"/tmp/a","project":7,"name":"unit","stage":"test","class":"LOW","score":1}})";
  return "POST /api/v1/admissions HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

std::string get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n";
}

int status_of(RawSocket& socket, const std::string& request) {
  if (!socket.send(request)) return 0;
  const std::string head = socket.receive_until("\r\n\r\n");
  if (head.size() < 12) return 0;
  const std::size_t at = head.find("Content-Length: ");
  const std::size_t length = at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
  for (std::string body; body.size() < length;) {
    char each = 0;
    if (::recv(socket.fd(), &each, 1, 0) != 1) return 0;
    body += each;
  }
  return std::stoi(head.substr(9, 3));
}

class FleetServiceTest : public ::testing::Test {
 protected:
  Result<std::unique_ptr<FleetService>> start() {
    FleetServiceSettings settings;
    settings.http.listen = "unix:" + folder.path() + "/s";
    settings.kept = kept;
    settings.ports.now = [] { return kStart; };
    settings.ports.ledgers.bookings = [this](std::span<const scheduler::BookChange> changes) -> Result<void> {
      for (const auto& change : changes) rows[change.key] = change.after;  // of the booking thread alone
      return {};
    };
    settings.ports.ledgers.history = [this](std::span<const scheduler::FinishedJob> jobs) -> Result<void> {
      remembered += jobs.size();
      return {};
    };
    settings.ports.decision = [](const GitLabUrl&, JobId) -> Result<std::string> { return "{}"; };
    settings.wake = [this] { ++wakes; };
    return FleetService::start(std::move(settings));
  }
  [[nodiscard]] std::string address() const { return "unix:" + folder.path() + "/s"; }

  TemporaryFolder folder;
  std::vector<Booking> kept;
  std::map<AdmissionKey, std::optional<Booking>> rows;
  std::size_t remembered = 0;
  std::atomic<int> wakes = 0;
};

TEST_F(FleetServiceTest, AnswersManyClientsWhileTheLoopPublishesAndTakesHints) {
  auto service = start();
  ASSERT_TRUE(service) << service.error().message;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> clients;
  for (int client = 0; client < 4; ++client) {
    clients.emplace_back([&, client] {
      RawSocket socket = RawSocket::connect(address());
      for (int job = client * 1000 + 1; job <= client * 1000 + 50; ++job) {
        wrong += status_of(socket, submission(job, "host-" + std::to_string(client))) != 200;
        wrong += status_of(socket, get(place(job))) != 200;
        wrong += status_of(socket, get("/api/v1/decisions?job=7")) != 200;
        wrong += status_of(socket, get("/metrics")) != 200;
      }
    });
  }
  scheduler::Hints hints;
  for (int look = 0; look < 50; ++look) {
    scheduler::Tick tick;
    tick.now = kStart + std::chrono::seconds{look};
    (*service)->publish(tick, nullptr, std::chrono::milliseconds{5});
    (*service)->publish_failure({Errc::unavailable, "away"});
    for (auto& [gitlab, projects] : (*service)->take_hints()) hints[gitlab].merge(projects);
    (void)(*service)->recent_reports(kStart);
  }
  for (std::thread& each : clients) each.join();
  for (auto& [gitlab, projects] : (*service)->take_hints()) hints[gitlab].merge(projects);
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(hints[GitLabUrl{"https://gitlab.test"}], (std::set{ProjectId{7}}));
  EXPECT_GE(wakes, 1);
  EXPECT_EQ((*service)->recent_reports(kStart).size(), 4U);
  service->reset();
  EXPECT_EQ(rows.size(), 200U);
}

TEST_F(FleetServiceTest, EndsInTheMiddleOfCallsAndLongPolls) {
  for (int round = 0; round < 10; ++round) {
    auto service = start();
    ASSERT_TRUE(service) << service.error().message;
    std::atomic<bool> asked = false;
    std::thread client([&] {
      RawSocket socket = RawSocket::connect(address());
      for (int job = 1; status_of(socket, submission(job, "a")) == 200; ++job) asked = true;
    });
    std::thread poller([&] {
      RawSocket socket = RawSocket::connect(address());
      (void)status_of(socket, submission(9999, "b"));
      for (int version = 0;
           status_of(socket, get(place(9999) + "&wait=30&version=" + std::to_string(version))) == 200;) {
      }
    });
    ASSERT_TRUE(wait_until([&] { return asked.load(); }));
    service->reset();
    client.join();
    poller.join();
  }
}

TEST_F(FleetServiceTest, ARequestThatWaitsOnAnOlderSocketIsServed) {
  // As a manager hands it over: clients are there before the service is.
  platform::UniqueFd listener{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  address().copy(at.sun_path, sizeof at.sun_path - 1, 5);
  ASSERT_EQ(::bind(listener.get(), reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
  ASSERT_EQ(::listen(listener.get(), 16), 0);
  RawSocket early = RawSocket::connect(address());
  ASSERT_TRUE(early.send(submission(1, "a")));
  FleetServiceSettings settings;
  platform::HttpListen handed;
  handed.descriptor = listener.get();
  settings.http.listeners.push_back(std::move(handed));
  settings.ports.now = [] { return kStart; };
  settings.ports.ledgers.bookings = [](auto) -> Result<void> { return {}; };
  settings.ports.ledgers.history = [](auto) -> Result<void> { return {}; };
  auto service = FleetService::start(std::move(settings));
  ASSERT_TRUE(service) << service.error().message;
  (void)listener.release();  // the server's now
  EXPECT_TRUE(early.receive_until("\r\n").starts_with("HTTP/1.1 200"));
}

}  // namespace
}  // namespace runneriq::service
