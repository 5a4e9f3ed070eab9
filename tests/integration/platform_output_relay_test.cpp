// What a child prints reaches our reader, in the order in which it was printed, and never holds us.
#include "platform/output_relay.hpp"
#include "platform/pipe.hpp"
#include "tests/support/forked.hpp"
#include "tests/support/poll.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <future>
#include <string>

namespace runneriq::platform {
namespace {

using namespace std::chrono_literals;

ExitStatus run_relayed(const std::string& script, const ProcessTree& tree) {
  auto output = OutputRelay::make();
  ChildSpec spec;
  spec.argv = {"/bin/sh", "-c", script};
  spec.environment = {"PATH=/usr/bin:/bin"};
  output->connect(spec);
  auto child = start(spec);
  output->child_started();
  Termination termination;
  ProcessTree relayed = tree;
  relayed.output = &*output;
  return supervise(*child, relayed, termination, 1s).status;
}

ProcessTree only_the_child() {
  return {[](int) {}, [] { return true; }};
}

std::string all_of(UniqueFd reader) {
  std::string text;
  char block[4096];
  for (ssize_t count = 0; (count = ::read(reader.get(), block, sizeof block)) > 0;)
    text.append(block, static_cast<std::size_t>(count));
  return text;
}

// What the reader of both streams gets where they are one pipe.
std::string printed_into_one_pipe(const std::string& script) {
  return answer_of_fork([&] {
    auto pipe = make_pipe();
    ::dup2(pipe->write.get(), STDOUT_FILENO);
    ::dup2(pipe->write.get(), STDERR_FILENO);
    pipe->write = UniqueFd{};
    (void)run_relayed(script, only_the_child());
    ::close(STDOUT_FILENO);
    ::close(STDERR_FILENO);
    return all_of(std::move(pipe->read));
  });
}

TEST(OutputRelay, KeepsTheOrderOfTwoStreamsThatAreOne) {
  EXPECT_EQ(printed_into_one_pipe("for i in 1 2 3 4 5; do echo out $i; echo err $i >&2; done"),
            "out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\nout 4\nerr 4\nout 5\nerr 5\n");
}

TEST(OutputRelay, KeepsTwoStreamsApart) {
  EXPECT_EQ(answer_of_fork([] {
              auto out = make_pipe();
              auto err = make_pipe();
              ::dup2(out->write.get(), STDOUT_FILENO);
              ::dup2(err->write.get(), STDERR_FILENO);
              out->write = UniqueFd{};
              err->write = UniqueFd{};
              (void)run_relayed("echo out; echo err >&2", only_the_child());
              ::close(STDOUT_FILENO);
              ::close(STDERR_FILENO);
              return all_of(std::move(out->read)) + all_of(std::move(err->read));
            }),
            "out\nerr\n");
}

// Whoever is out of our reach, as of another user, goes on writing.
TEST(OutputRelay, IsNotHeldByWhoGoesOnWriting) {
  EXPECT_EQ(answer_of_fork([] {
              const UniqueFd null{::open("/dev/null", O_WRONLY | O_CLOEXEC)};
              ::dup2(null.get(), STDOUT_FILENO);
              const ExitStatus end = run_relayed("yes & exit 3", only_the_child());
              return "ended with " + std::to_string(end.shell_code());
            }),
            "ended with 3");
}

// More than the reader's pipe holds: it is waited for until it has taken all.
TEST(OutputRelay, CarriesAllToASlowReader) {
  EXPECT_EQ(answer_of_fork([] {
              auto pipe = make_pipe();
              ::dup2(pipe->write.get(), STDOUT_FILENO);
              pipe->write = UniqueFd{};
              auto reader = std::async(std::launch::async, [from = std::move(pipe->read)]() mutable {
                (void)wait_until([&] {
                  int bytes = 0;
                  return ::ioctl(from.get(), FIONREAD, &bytes) == 0 && bytes >= (1 << 16);
                });
                return all_of(std::move(from)).size();
              });
              (void)run_relayed("head -c 120000 /dev/zero", only_the_child());
              ::close(STDOUT_FILENO);
              return std::to_string(reader.get());
            }),
            "120000");
}

}  // namespace
}  // namespace runneriq::platform
