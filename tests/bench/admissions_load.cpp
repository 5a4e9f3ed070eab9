// The load of executors on a running scheduler service, over raw Unix sockets with keep-alive.
//
//   admissions_load SOCKET PID FOLDER ROUNDS
//
// Prints a JSON object of lists, one value for each round, in which everything is measured once: what it
// costs and, in between, what its parts cost alone. FOLDER is on the disk of the service's state. Never fails
// on timing.
#include "platform/unique_fd.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
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
#include <map>
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

// Of `work`, done so often, one after the other: milliseconds each.
template <class Work>
double milliseconds_each(int count, Work work) {
  const auto begun = Clock::now();
  for (int each = 0; each < count; ++each) work();
  return Milliseconds{Clock::now() - begun}.count() / count;
}

// A row as long as a booking, on the disk before the next one begins.
class Commits {
 public:
  explicit Commits(const std::string& folder) {
    const std::string path = folder + "/reference.db";
    if (::sqlite3_open(path.c_str(), &database_) != SQLITE_OK) give_up("no reference database in " + folder);
    run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (a INTEGER PRIMARY KEY, b BLOB)");
  }
  ~Commits() { ::sqlite3_close(database_); }
  Commits(const Commits&) = delete;
  Commits& operator=(const Commits&) = delete;
  double measure() {
    return milliseconds_each(300, [this] { run("INSERT INTO t (b) VALUES (zeroblob(300))"); });
  }

 private:
  void run(const char* text) {
    if (::sqlite3_exec(database_, text, nullptr, nullptr, nullptr) != SQLITE_OK)
      give_up(::sqlite3_errmsg(database_));
  }
  sqlite3* database_ = nullptr;
};

// Answers each whole message of `size` bytes with `reply`, until the other end goes.
void answer(int fd, std::size_t size, const std::string& reply) {
  std::string block(size, ' ');
  while (::recv(fd, block.data(), block.size(), MSG_WAITALL) == static_cast<ssize_t>(size))
    (void)::send(fd, reply.data(), reply.size(), MSG_NOSIGNAL);
}

double exchange(int here, int there, const std::string& request, const std::string& reply) {
  std::thread other([&] { answer(there, request.size(), reply); });
  std::string block(reply.size(), ' ');
  const double each = milliseconds_each(2000, [&] {
    (void)::send(here, request.data(), request.size(), MSG_NOSIGNAL);
    (void)::recv(here, block.data(), block.size(), MSG_WAITALL);
  });
  ::shutdown(here, SHUT_RDWR);
  other.join();
  return each;
}

double unix_echo() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) give_up("no socket pair");
  const UniqueFd here{ends[0]}, there{ends[1]};
  const std::string message(400, 'x');
  return exchange(here.get(), there.get(), message, message);
}

// The bytes of an HTTP request and its reply over loopback, with nobody who reads their words.
double bare_http() {
  const UniqueFd listener{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const UniqueFd here{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof to;
  auto* const address = reinterpret_cast<sockaddr*>(&to);
  if (::bind(listener.get(), address, size) != 0 || ::listen(listener.get(), 1) != 0 ||
      ::getsockname(listener.get(), address, &size) != 0 || ::connect(here.get(), address, size) != 0)
    give_up("no connection over loopback");
  const UniqueFd there{::accept(listener.get(), nullptr, nullptr)};
  for (const int fd : {here.get(), there.get()}) {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  const std::string reply = "HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n" + std::string(200, 'x');
  return exchange(here.get(), there.get(), submission({.number = 1, .host = 1}), reply);
}

double megabytes_of(const std::string& pid, std::string_view field) {
  std::ifstream status("/proc/" + pid + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field)) return std::strtod(line.c_str() + field.size(), nullptr) / 1024;
  }
  give_up("no process " + pid);
}

// ---- the rounds ---------------------------------------------------------------------------------

constexpr int kClients = 64;
constexpr int kHeld = 1000;

using Figures = std::map<std::string, std::vector<double>>;

void measure_round(Figures& figures, const Connections& one, const Connections& many, Commits& commits) {
  std::vector<Job> asked;
  figures["commit_ms"].push_back(commits.measure());
  figures["unix_echo_ms"].push_back(unix_echo());
  figures["bare_http_ms"].push_back(bare_http());
  Times alone = run_clients(one, come(300, 1, asked));
  figures["one_p50_ms"].push_back(alone.quantile(0.5));
  figures["one_p99_ms"].push_back(alone.quantile(0.99));
  take_away(one, asked);
  Times only = run_clients(many, come(30, kClients, asked));
  figures["many_per_second"].push_back(only.rate());
  figures["many_p99_ms"].push_back(only.quantile(0.99));
  take_away(many, asked);
  figures["requests_per_second"].push_back(3 * run_clients(many, come_and_go(30, kClients)).rate());
}

void measure_beside_held(Figures& figures, const std::string& path, const std::string& pid, int rounds,
                         const Connections& many) {
  figures["memory_MB"].push_back(megabytes_of(pid, "VmRSS:"));
  const Connections held = hold(path, kHeld);
  figures["memory_held_MB"].push_back(megabytes_of(pid, "VmRSS:"));
  for (int round = 0; round < rounds; ++round) {
    Times beside = run_clients(many, come_and_go(30, kClients));
    figures["held_p50_ms"].push_back(beside.quantile(0.5));
    figures["held_p99_ms"].push_back(beside.quantile(0.99));
  }
}

void print(const Figures& figures) {
  const char* before = "{";
  for (const auto& [name, values] : figures) {
    std::printf("%s\"%s\": [", before, name.c_str());
    for (std::size_t i = 0; i < values.size(); ++i) std::printf("%s%.6f", i == 0 ? "" : ", ", values[i]);
    std::printf("]");
    before = ", ";
  }
  std::printf("}\n");
}

void measure(const std::string& path, const std::string& pid, const std::string& folder, int rounds) {
  const Connections one = connect_many(path, 1), many = connect_many(path, kClients);
  Commits commits{folder};
  Figures unused, figures;
  measure_round(unused, one, many, commits);
  for (int round = 0; round < rounds; ++round) measure_round(figures, one, many, commits);
  measure_beside_held(figures, path, pid, rounds, many);
  print(figures);
}

}  // namespace
}  // namespace runneriq::bench

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fputs("usage: admissions_load SOCKET PID FOLDER ROUNDS\n", stderr);
    return 2;
  }
  runneriq::bench::measure(argv[1], argv[2], argv[3], std::atoi(argv[4]));
}
