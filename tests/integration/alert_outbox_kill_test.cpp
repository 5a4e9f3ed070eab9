// The outbox under kill -9, and between two senders: nothing lost, nothing out of order, hardly anything
// twice.
//
// A sender is a process of its own that claims, appends the id of the message to the receiver's file,
// durably, and settles. Time is data: the clock of all processes stands still while they run, and passes the
// end of every claim when those that had one are dead.
#include "tests/support/alert_state_fixture.hpp"
#include "tests/support/poll.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <random>
#include <vector>

namespace runneriq::alerting {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t kSeed = 2026;
constexpr int kSenders = 2, kGroups = 12;
constexpr int kRounds = 100;            // in each of which both senders and the adder are killed
constexpr std::int64_t kAtFirst = 300;  // messages that are queued before the first kill
constexpr std::int64_t kBacklog = kAtFirst + 40;

// What the processes of a test tell each other.
struct Shared {
  std::atomic<std::int64_t> now{kNow.time_since_epoch().count()};  // Unix milliseconds
  std::atomic<std::int64_t> added{0};                              // messages that keep() has confirmed
  std::atomic<std::int64_t> settled{0};
  std::atomic<std::int64_t> postponed{0};
  std::atomic<int> idle{0};  // senders that found nothing due
  std::atomic<bool> end{false};
};

class SharedMemory {
 public:
  SharedMemory() {
    void* memory = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    shared_ = new (memory) Shared;
  }
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  ~SharedMemory() { ::munmap(shared_, sizeof(Shared)); }
  Shared* operator->() { return shared_; }

 private:
  Shared* shared_;
};

// "group/number in the group"
std::string id_of(std::int64_t message) {
  return std::to_string(message % kGroups) + "/" + std::to_string(message / kGroups);
}

struct Received {
  std::map<std::string, std::int64_t> deliveries;  // of each message
  std::int64_t duplicates = 0, most_of_one = 0;
  std::vector<std::string>
      out_of_order;  // ids that came before an older one of their group, or after a newer
};

class OutboxProcesses : public AlertStateFile {
 protected:
  [[nodiscard]] std::string inbox() const { return folder.path() + "/inbox"; }
  [[nodiscard]] Time now() { return Time{Duration{shared->now}}; }

  // As a receiver that has a message once it has said so.
  void deliver(const std::string& id) const {
    const int file = ::open(inbox().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const std::string line = id + "\n";
    if (::write(file, line.data(), line.size()) != static_cast<ssize_t>(line.size()) || ::fsync(file) != 0) {
      ::_exit(3);
    }
    ::close(file);
  }

  // Every twentieth attempt is turned away, so that groups have to wait. False = nothing was due.
  bool send_one(AlertState& state, const std::string& owner, std::mt19937& chance) {
    const auto given = state.claim("default", owner, now(), terms.claim);
    if (!given) ::_exit(4);
    if (!*given) return false;
    DeliveryReply reply;
    if (chance() % 20 == 0) {
      reply.kind = DeliveryReply::Kind::later;
      ++shared->postponed;
    } else {
      deliver((*given)->notification.id);
    }
    if (!state.settle((*given)->number, owner, reply, after(**given, reply, terms, now(), 0), now()))
      ::_exit(5);
    shared->settled += reply.kind == DeliveryReply::Kind::delivered;
    return true;
  }

  void send_on(const std::string& owner, std::uint32_t seed) {
    AlertState state = open();
    std::mt19937 chance(seed);
    while (!shared->end) {
      if (!send_one(state, owner, chance)) ::poll(nullptr, 0, 1);
    }
  }

  // One message at a time; one whose keeping was cut off is kept again.
  void add_on() {
    AlertState state = open();
    while (!shared->end) {
      if (shared->added - shared->settled > kBacklog) {
        ::poll(nullptr, 0, 1);
        continue;
      }
      const std::int64_t next = shared->added;
      const Round round{.events = {failed_job(next + 1)},
                        .notifications = {message_of(id_of(next), std::to_string(next % kGroups))},
                        .state = {}};
      if (!state.keep(round, now())) ::_exit(6);
      ++shared->added;
    }
  }

  void queue_all(std::int64_t count) const {
    AlertState state = open();
    std::vector<Notification> messages;
    for (std::int64_t one = 0; one < count; ++one) {
      messages.push_back(message_of(id_of(one), std::to_string(one % kGroups)));
    }
    queue(state, messages);
  }

  static pid_t start(const std::function<void()>& work) {
    const pid_t child = ::fork();
    if (child != 0) return child;
    work();
    ::_exit(0);
  }

  static int ended(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
  }

  // Of a kill: at any time, half of them while messages are on their way, however slow this host is.
  void await_moment(std::mt19937& chance) {
    const std::int64_t before = shared->settled;
    if (chance() % 2 == 0) (void)wait_until([&] { return shared->settled != before; }, 200ms);
    ::poll(nullptr, 0, static_cast<int>(chance() % 12));
  }

  // What the dead had to themselves.
  [[nodiscard]] std::vector<std::string> claimed() {
    std::vector<std::string> ids;
    auto file = database();
    auto row =
        file.query("SELECT id FROM messages WHERE state = 0 AND claimed_until > ?", shared->now.load());
    while (row && row->step().value_or(false)) ids.push_back(row->text(0));
    return ids;
  }

  // What is left, without kills, by a clock that jumps to whatever is due next.
  void drain() {
    AlertState state = open();
    std::mt19937 chance(7);
    while (const auto due = *state.next_due("default")) {
      shared->now = std::max(now(), *due).time_since_epoch().count();
      ASSERT_TRUE(send_one(state, "last", chance)) << "next_due() told of nothing that could be claimed";
    }
  }

  [[nodiscard]] Received received() const {
    Received all;
    std::map<std::string, std::int64_t> newest;
    std::ifstream file(inbox());
    for (std::string id; std::getline(file, id);) {
      const std::size_t slash = id.find('/');
      auto [last, first_of_group] = newest.try_emplace(id.substr(0, slash), -1);
      const std::int64_t number = std::stoll(id.substr(slash + 1));
      const bool again = all.deliveries[id]++ > 0;
      if (number != (again ? last->second : last->second + 1)) all.out_of_order.push_back(id);
      last->second = std::max(last->second, number);
      all.duplicates += again;
      all.most_of_one = std::max(all.most_of_one, all.deliveries[id]);
    }
    return all;
  }

  SharedMemory shared;
  DeliveryTerms terms;
};

TEST_F(OutboxProcesses, KilledAtAnyMomentTheyLoseNothing) {
  std::mt19937 chance(kSeed);
  std::cout << "seed " << kSeed << "\n";
  queue_all(kAtFirst);
  shared->added = kAtFirst;
  std::map<std::string, std::int64_t> interrupted;  // how often a sender of it was killed
  int kills = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<pid_t> children{start([this] { add_on(); })};
    for (int sender = 0; sender < kSenders; ++sender) {
      const std::string owner = std::to_string(round) + "-" + std::to_string(sender);
      const auto own = static_cast<std::uint32_t>(chance());
      children.push_back(start([&] { send_on(owner, own); }));
    }
    std::shuffle(children.begin(), children.end(), chance);
    for (const pid_t child : children) {
      await_moment(chance);
      ::kill(child, SIGKILL);
      const int status = ended(child);
      ASSERT_TRUE(WIFSIGNALED(status)) << "a process ended by itself with " << WEXITSTATUS(status);
      ++kills;
    }
    for (const std::string& id : claimed()) ++interrupted[id];
    shared->now += terms.claim.count();
  }
  drain();
  const Received all = received();
  const auto found = static_cast<std::int64_t>(all.deliveries.size());
  std::cout << "messages " << shared->added << ", kills " << kills << ", postponed " << shared->postponed
            << ", duplicates " << all.duplicates << ", most of one message " << all.most_of_one << ", lost "
            << std::max<std::int64_t>(shared->added - found, 0) << "\n";
  EXPECT_GE(kills, 200);
  EXPECT_GE(found, shared->added) << "a message was never received";
  EXPECT_LE(found, shared->added + 1) << "more than the one whose adder was killed before it counted";
  EXPECT_TRUE(all.out_of_order.empty()) << all.out_of_order.front();
  for (const auto& [id, deliveries] : all.deliveries) {
    EXPECT_LE(deliveries - 1, interrupted[id]) << id << " was received again without a kill";
  }
}

TEST_F(OutboxProcesses, TwoSendersShareOneOutboxWithoutSendingTwice) {
  constexpr std::int64_t kMessages = 400;
  terms.claim = 24h;  // no claim ends, however slow this host is
  queue_all(kMessages);
  std::vector<pid_t> children;
  for (std::uint32_t sender = 0; sender < kSenders; ++sender) {
    children.push_back(start([&] { send_on(std::to_string(sender), sender); }));
  }
  const bool all_sent = wait_until(
      [&] {
        shared->now += 50;
        return shared->settled == kMessages;
      },
      1min);
  shared->end = true;
  for (const pid_t child : children) EXPECT_EQ(ended(child), 0) << "a sender failed";
  EXPECT_TRUE(all_sent) << shared->settled << " of " << kMessages;
  const Received all = received();
  std::cout << "messages " << all.deliveries.size() << ", postponed " << shared->postponed << ", duplicates "
            << all.duplicates << "\n";
  EXPECT_EQ(static_cast<std::int64_t>(all.deliveries.size()), kMessages);
  EXPECT_EQ(all.duplicates, 0);
  EXPECT_TRUE(all.out_of_order.empty()) << all.out_of_order.front();
}

}  // namespace
}  // namespace runneriq::alerting
