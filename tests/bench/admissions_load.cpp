// The load of executors on a running scheduler service, over raw Unix sockets with keep-alive.
//
//   admissions_load SOCKET PID FOLDER
//
// Prints a table; FOLDER is on the disk of the service's state, for the reference. Never fails on timing.
#include "platform/unique_fd.hpp"

#include <sqlite3.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace runneriq::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;
using platform::UniqueFd;

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "admissions_load: %s\n", why.c_str());
  std::exit(1);
}

// ---- requests -----------------------------------------------------------------------------------

struct Job {
  int number = 0;
  int host = 0;
};

std::string submission(const Job& job) {
  const std::string number = std::to_string(job.number);
  const std::string body = R"({"host":{"host":"host-)" + std::to_string(job.host) +
                           R"(","slots":4,"runner":7},"job":{"gitlab":"https://gitlab.example.com","job":)" +
                           number + R"(,"attempt":"/builds/runner-7/)" + number +
                           R"(","project":42,"name":"unit tests","stage":"test","class":"MEDIUM","score":)" +
                           std::to_string(40 + job.number % 40) +
                           R"(,"queued_seconds":12.5,"max_hold_seconds":600}})";
  return "POST /api/v1/admissions HTTP/1.1\r\nHost: runneriq\r\nContent-Type: application/json\r\n"
         "Content-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string place_of(const Job& job) {
  const std::string number = std::to_string(job.number);
  return "/api/v1/admissions?gitlab=https%3A%2F%2Fgitlab.example.com&job=" + number +
         "&attempt=%2Fbuilds%2Frunner-7%2F" + number;
}

std::string departure(const Job& job) {
  return "DELETE " + place_of(job) + " HTTP/1.1\r\nHost: runneriq\r\n\r\n";
}

std::string outcome(const Job& job) {
  const std::string number = std::to_string(job.number);
  const std::string body =
      R"({"host":{"host":"host-)" + std::to_string(job.host) +
      R"(","slots":4,"runner":7},"outcomes":[{"gitlab":"https://gitlab.example.com","job":)" + number +
      R"(,"attempt":"/builds/runner-7/)" + number +
      R"(","project":42,"name":"unit tests","stage":"test","class":"MEDIUM","score":50,"ran_seconds":60,)" +
      R"("succeeded":true,"exit_code":0,"finished":"2026-01-01T00:00:00Z"}]})";
  return "POST /api/v1/outcomes HTTP/1.1\r\nHost: runneriq\r\nContent-Type: application/json\r\n"
         "Content-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string long_poll(const Job& job, std::string_view version) {
  return "GET " + place_of(job) + "&version=" + std::string(version) +
         "&wait=30 HTTP/1.1\r\nHost: runneriq\r\n\r\n";
}

// ---- connections --------------------------------------------------------------------------------

class Connection {
 public:
  explicit Connection(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    path.copy(to.sun_path, sizeof to.sun_path - 1);
    if (::connect(fd_.get(), reinterpret_cast<sockaddr*>(&to), sizeof to) != 0)
      give_up("cannot connect to " + path);
  }
  [[nodiscard]] int fd() const { return fd_.get(); }
  void send(const std::string& text) {
    if (::send(fd(), text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size())) {
      give_up("the service does not take a request");
    }
    begun_ = Clock::now();
  }
  // Whether a whole reply is there; reads what has come.
  bool take() {
    char block[4096];
    const ssize_t count = ::recv(fd(), block, sizeof block, 0);
    if (count <= 0) give_up("the service has closed a connection");
    reply_.append(block, static_cast<std::size_t>(count));
    const std::size_t end = reply_.find("\r\n\r\n");
    return end != std::string::npos && reply_.size() >= end + 4 + length_of_body(end);
  }
  std::string ask(const std::string& request) {
    send(request);
    while (!take()) continue;
    return reply();
  }
  std::string reply() {
    std::string whole = std::move(reply_);
    reply_.clear();
    if (!whole.starts_with("HTTP/1.1 20")) give_up("the service answers " + whole);
    return whole;
  }
  [[nodiscard]] Milliseconds waited() const { return Clock::now() - begun_; }

 private:
  [[nodiscard]] std::size_t length_of_body(std::size_t end) const {
    constexpr std::string_view kName = "Content-Length: ";
    const std::size_t at = reply_.find(kName);
    return at < end ? std::strtoul(reply_.c_str() + at + kName.size(), nullptr, 10) : 0;
  }

  UniqueFd fd_;
  std::string reply_;
  Clock::time_point begun_;
};

using Connections = std::vector<std::unique_ptr<Connection>>;

Connections connect_many(const std::string& path, int count) {
  Connections all;
  for (int each = 0; each < count; ++each) all.push_back(std::make_unique<Connection>(path));
  return all;
}

// ---- loads --------------------------------------------------------------------------------------

struct Times {
  std::vector<double> waits;  // of submissions, milliseconds
  double seconds = 0;
  [[nodiscard]] double quantile(double part) {
    std::ranges::sort(waits);
    return waits[static_cast<std::size_t>(part * static_cast<double>(waits.size() - 1))];
  }
  [[nodiscard]] double rate() const { return static_cast<double>(waits.size()) / seconds; }
};

// What a client says next; "" = nothing more.
using Script = std::function<std::string(std::size_t client)>;

// All clients at once, each with one request under way. Only submissions count.
Times run_clients(const Connections& clients, const Script& next) {
  Times times;
  const UniqueFd epoll{::epoll_create1(EPOLL_CLOEXEC)};
  std::vector<bool> counted(clients.size());
  std::size_t busy = 0;
  const auto begun = Clock::now();
  const auto go_on = [&](std::size_t client) {
    const std::string request = next(client);
    if (request.empty()) return void(--busy);
    counted[client] = request.starts_with("POST /api/v1/admissions");
    clients[client]->send(request);
  };
  for (std::size_t client = 0; client < clients.size(); ++client) {
    epoll_event event{.events = EPOLLIN, .data = {.u64 = client}};
    ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, clients[client]->fd(), &event);
    ++busy;
    go_on(client);
  }
  while (busy > 0) {
    epoll_event events[64];
    const int count = ::epoll_wait(epoll.get(), events, 64, 10'000);
    if (count <= 0) give_up("no answer for ten seconds");
    for (int each = 0; each < count; ++each) {
      const std::size_t client = events[each].data.u64;
      if (!clients[client]->take()) continue;
      if (counted[client]) times.waits.push_back(clients[client]->waited().count());
      (void)clients[client]->reply();
      go_on(client);
    }
  }
  times.seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  return times;
}

int next_number = 1;

// Each client is the executors of a host of its own, one after the other: each asks, takes its slot and ends.
Script come_and_go(int rounds, std::size_t clients) {
  auto left = std::make_shared<std::vector<int>>(clients, rounds * 3);
  auto jobs = std::make_shared<std::vector<Job>>(clients);
  return [left, jobs](std::size_t client) -> std::string {
    if (left->at(client) == 0) return "";
    const int step = left->at(client)-- % 3;
    Job& job = jobs->at(client);
    if (step == 0) job = {.number = next_number++, .host = static_cast<int>(client)};
    return step == 0 ? submission(job) : step == 2 ? departure(job) : outcome(job);
  };
}

// Each client only asks, for one job after the other; `then` takes them away again.
Script come(int each, std::size_t clients, std::vector<Job>& asked) {
  auto left = std::make_shared<std::vector<int>>(clients, each);
  return [left, &asked](std::size_t client) -> std::string {
    if (left->at(client)-- == 0) return "";
    ++next_number;
    asked.push_back({.number = next_number, .host = next_number % 500});
    return submission(asked.back());
  };
}

void take_away(const Connections& clients, std::vector<Job>& jobs) {
  (void)run_clients(clients, [&](std::size_t) -> std::string {
    if (jobs.empty()) return "";
    const Job job = jobs.back();
    jobs.pop_back();
    return outcome(job);
  });
}

// `count` jobs of 50 hosts, each with a long poll open; their hosts' slots are taken.
Connections hold(const std::string& path, int count) {
  Connections held = connect_many(path, count);
  for (auto& connection : held) {
    const int number = next_number++;
    const Job job{.number = number, .host = 10'000 + number % 50};
    const std::string reply = connection->ask(submission(job));
    const std::size_t at = reply.find(R"("version":)") + 10;
    connection->send(long_poll(job, reply.substr(at, reply.find_first_not_of("0123456789", at) - at)));
  }
  return held;
}

// ---- references ---------------------------------------------------------------------------------

double commits_per_second(const std::string& folder) {
  sqlite3* database = nullptr;
  const std::string path = folder + "/reference.db";
  if (::sqlite3_open(path.c_str(), &database) != SQLITE_OK) give_up("no reference database in " + folder);
  const auto run = [&](const char* text) {
    if (::sqlite3_exec(database, text, nullptr, nullptr, nullptr) != SQLITE_OK)
      give_up(::sqlite3_errmsg(database));
  };
  run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)");
  constexpr int kCommits = 2000;
  const auto begun = Clock::now();
  for (int each = 0; each < kCommits; ++each)
    run("INSERT INTO t (b) VALUES ('a row as long as a booking is')");
  const double seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  ::sqlite3_close(database);
  return kCommits / seconds;
}

double round_trips_per_second() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) give_up("no socket pair");
  UniqueFd here{ends[0]}, there{ends[1]};
  std::thread echo([&] {
    char block[512];
    for (ssize_t got = 0; (got = ::recv(there.get(), block, sizeof block, 0)) > 0;)
      (void)::send(there.get(), block, static_cast<std::size_t>(got), MSG_NOSIGNAL);
  });
  constexpr int kTrips = 20'000;
  char block[400] = {};
  const auto begun = Clock::now();
  for (int each = 0; each < kTrips; ++each) {
    (void)::send(here.get(), block, sizeof block, MSG_NOSIGNAL);
    (void)::recv(here.get(), block, sizeof block, MSG_WAITALL);
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  ::shutdown(here.get(), SHUT_RDWR);
  echo.join();
  return kTrips / seconds;
}

double megabytes_of(const std::string& pid, std::string_view field) {
  std::ifstream status("/proc/" + pid + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field)) return std::strtod(line.c_str() + field.size(), nullptr) / 1024;
  }
  give_up("no process " + pid);
}

// ---- the table ----------------------------------------------------------------------------------

constexpr int kClients = 64;
constexpr int kHeld = 1000;

void row(const char* what, double value, const char* unit, const char* budget) {
  std::printf("%-58s %10.2f %-6s %s\n", what, value, unit, budget);
  std::fflush(stdout);
}

void measure(const std::string& path, const std::string& pid, const std::string& folder) {
  row("reference: SQLite commits, WAL, FULL", commits_per_second(folder), "/s", "");
  row("reference: round trips over a Unix socket", round_trips_per_second(), "/s", "");
  Connections one = connect_many(path, 1);
  std::vector<Job> asked;
  (void)run_clients(one, come(100, 1, asked));
  Times alone = run_clients(one, come(1000, 1, asked));
  take_away(one, asked);
  row("one client: p50 of a durable admission", alone.quantile(0.5), "ms", "<= 0.5");
  row("one client: p99", alone.quantile(0.99), "ms", "");
  Connections many = connect_many(path, kClients);
  (void)run_clients(many, come_and_go(20, kClients));
  Times coming = run_clients(many, come_and_go(200, kClients));
  row("64 clients: admissions, each with leave and outcome", coming.rate(), "/s", "");
  row("64 clients: durable requests of these three kinds", 3 * coming.rate(), "/s", "");
  Times only = run_clients(many, come(100, kClients, asked));
  row("64 clients: durable admissions", only.rate(), "/s", ">= 4000");
  row("64 clients: p99", only.quantile(0.99), "ms", "");
  take_away(many, asked);
  const double before = megabytes_of(pid, "VmRSS:");
  const Connections held = hold(path, kHeld);
  row("memory before 1,000 are held", before, "MB", "");
  row("memory with 1,000 held and their long polls", megabytes_of(pid, "VmRSS:"), "MB", "<= 60");
  Times beside = run_clients(many, come_and_go(100, kClients));
  row("64 clients beside 1,000 held: p50", beside.quantile(0.5), "ms", "");
  row("64 clients beside 1,000 held: p99", beside.quantile(0.99), "ms", "<= 20");
  row("64 clients beside 1,000 held: all three kinds", 3 * beside.rate(), "/s", "");
  row("memory at the end", megabytes_of(pid, "VmRSS:"), "MB", "");
  row("threads", megabytes_of(pid, "Threads:") * 1024, "", "");
}

}  // namespace
}  // namespace runneriq::bench

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: admissions_load SOCKET PID FOLDER\n", stderr);
    return 2;
  }
  runneriq::bench::measure(argv[1], argv[2], argv[3]);
}
