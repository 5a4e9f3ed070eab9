#include "cli/progress.hpp"

#include "tests/support/poll.hpp"
#include "tests/support/run_command.hpp"
#include "tests/support/sample_tick.hpp"

#include <atomic>
#include <chrono>

namespace runneriq::cli {
namespace {

using namespace std::chrono_literals;

class CountingOutput final : public Output {
 public:
  explicit CountingOutput(bool watched) : watched_(watched) {}
  void result(std::string_view) override {}
  void talk(std::string_view) override { ++talked; }
  [[nodiscard]] bool colour() const override { return false; }
  [[nodiscard]] bool somebody_watches() const override { return watched_; }

  std::atomic<int> talked = 0;

 private:
  bool watched_;
};

TEST(Progress, SpeaksOnceToWhoWaitsLong) {
  CountingOutput out{true};
  const Progress progress{out, "reading GitLab …", 1ms};
  EXPECT_TRUE(wait_until([&] { return out.talked == 1; }));
}

TEST(Progress, IsSilentWhenItIsOverSoon) {
  CountingOutput out{true};
  { const Progress progress{out, "reading GitLab …", 1h}; }
  EXPECT_EQ(out.talked, 0);
}

TEST(Progress, IsSilentWhereNobodyWatches) {
  CountingOutput out{false};
  const Progress progress{out, "reading GitLab …", 0ms};
  CountingOutput other{true};
  const Progress heard{other, "reading GitLab …", 1ms};
  EXPECT_TRUE(wait_until([&] { return other.talked == 1; }));
  EXPECT_EQ(out.talked, 0);
}

TEST(Progress, IsMadeWhileGitLabIsRead) {
  FakeSession fake{kSampleNow};
  fake.source.ticks = {sample_tick()};
  fake.out.watched = true;
  fake.source.meanwhile = [&] { EXPECT_TRUE(wait_until([&] { return fake.out.has_talked(); })); };
  EXPECT_EQ(run_words(fake, {"run", "--once"}), Exit::fine);
  EXPECT_EQ(fake.out.talked, std::vector<std::string>{"reading GitLab …"});
}

}  // namespace
}  // namespace runneriq::cli
