// Energy counters in trees like Linux's, and readings of them while a real child runs.
#include "apps/executor/host_use.hpp"
#include "carbon/rapl/rapl.hpp"
#include "platform/child_process.hpp"
#include "platform/files.hpp"
#include "platform/host_load.hpp"
#include "tests/support/forked.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

namespace runneriq {
namespace {

using namespace std::chrono_literals;
using carbon::RaplCounter;

class EnergyCounters : public testing::Test {
 protected:
  EnergyCounters() {
    std::filesystem::create_directories(powercap());
    std::filesystem::create_directories(proc());
    processor_time(1000);
  }

  [[nodiscard]] std::string sys() const { return folder.path() + "/sys"; }
  [[nodiscard]] std::string proc() const { return folder.path() + "/proc"; }
  [[nodiscard]] std::string powercap() const { return sys() + "/class/powercap"; }

  void write(const std::string& path, const std::string& content) const {
    const auto written = platform::replace_file(path, content);
    ASSERT_TRUE(written) << written.error().message;
  }
  void zone(const std::string& zone, const std::string& name, std::uint64_t microjoules,
            std::uint64_t range = 262'143'328'850) const {
    const std::string place = powercap() + "/" + zone;
    std::filesystem::create_directories(place);
    write(place + "/name", name + "\n");
    write(place + "/energy_uj", std::to_string(microjoules) + "\n");
    write(place + "/max_energy_range_uj", std::to_string(range) + "\n");
  }
  // In ticks of 10 ms.
  void processor_time(std::uint64_t user) const {
    write(proc() + "/stat",
          "cpu  " + std::to_string(user) + " 20 30 999999 888888 4 5 77 6 0\ncpu0 1 2 3 4 5\n");
  }
  [[nodiscard]] std::optional<executor::HostUse> use() const { return app::read_host_use(sys(), proc()); }

  TemporaryFolder folder;
};

std::vector<std::string> domains(const std::vector<RaplCounter>& counters) {
  std::vector<std::string> names;
  for (const RaplCounter& counter : counters) names.push_back(counter.domain);
  return names;
}

TEST_F(EnergyCounters, PackagesAndDramsAreReadAndNothingThatCountsTwice) {
  std::filesystem::create_directories(powercap() + "/intel-rapl");  // the control type, a zone it is not
  zone("intel-rapl:0", "package-0", 11);
  zone("intel-rapl:0:0", "core", 5);
  zone("intel-rapl:0:1", "uncore", 1);
  zone("intel-rapl:0:2", "dram", 22, 65'712'999'613);
  zone("intel-rapl:1", "package-1", 33);
  zone("intel-rapl:1:0", "dram", 44);
  zone("intel-rapl:2", "psys", 1000);
  zone("intel-rapl-mmio:0", "package-0", 12);
  zone("dtpm", "package-0", 12);
  const auto counters = carbon::read_rapl(sys());
  ASSERT_TRUE(counters) << counters.error().message;
  EXPECT_EQ(domains(*counters), (std::vector<std::string>{"package-0", "dram", "package-1", "dram"}));
  EXPECT_EQ(counters->at(1).energy_uj, 22U);
  EXPECT_EQ(counters->at(1).range_uj, 65'712'999'613U);
  EXPECT_EQ(counters->at(2).energy_uj, 33U);
}

TEST_F(EnergyCounters, APackageOfSeveralDiesWithoutDramIsRead) {
  zone("intel-rapl:0", "package-0-die-0", 11);
  zone("intel-rapl:1", "package-0-die-1", 12);
  const auto counters = carbon::read_rapl(sys());
  ASSERT_TRUE(counters) << counters.error().message;
  EXPECT_EQ(domains(*counters), (std::vector<std::string>{"package-0-die-0", "package-0-die-1"}));
}

TEST_F(EnergyCounters, AMachineWithoutAnyIsNotFound) {
  for (const std::string& place : {sys(), folder.path() + "/none"}) {
    const auto counters = carbon::read_rapl(place);
    ASSERT_FALSE(counters);
    EXPECT_EQ(counters.error().code, Errc::not_found);
    EXPECT_NE(counters.error().message.find(place), std::string::npos) << counters.error().message;
  }
  zone("intel-rapl:0", "psys", 11);
  EXPECT_EQ(carbon::read_rapl(sys()).error().code, Errc::not_found);
  EXPECT_FALSE(use());
}

TEST_F(EnergyCounters, WhatOnlyRootMayReadIsAnErrorOfPermissionWithItsRemedy) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become another user";
  zone("intel-rapl:0", "package-0", 11);
  const std::string place = powercap() + "/intel-rapl:0";
  ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
  ASSERT_EQ(::chmod((place + "/name").c_str(), 0444), 0);
  ASSERT_EQ(::chmod((place + "/energy_uj").c_str(), 0400), 0);
  const std::string answer = answer_of_ordinary_user([&]() -> std::string {
    const auto counters = carbon::read_rapl(sys());
    if (counters) return "read";
    return counters.error().code == Errc::permission ? counters.error().message
                                                     : "other: " + counters.error().message;
  });
  EXPECT_NE(answer.find("udev rule"), std::string::npos) << answer;
  EXPECT_NE(answer.find("energy_uj"), std::string::npos) << answer;
}

TEST_F(EnergyCounters, WhatIsNoNumberIsAnErrorThatShowsIt) {
  for (const char* text : {"", "\n", "-1\n", "12x\n", "1e9\n", "99999999999999999999\n"}) {
    zone("intel-rapl:0", "package-0", 11);
    write(powercap() + "/intel-rapl:0/energy_uj", text);
    const auto counters = carbon::read_rapl(sys());
    ASSERT_FALSE(counters) << text;
    EXPECT_EQ(counters.error().code, Errc::invalid_argument) << counters.error().message;
  }
}

TEST_F(EnergyCounters, WhatTheHostUsedIsCountersAndProcessorTimeOfAll) {
  zone("intel-rapl:0", "package-0", 11);
  const auto before = use();
  ASSERT_TRUE(before);
  EXPECT_EQ(before->busy_cpu, Duration{(1000 + 20 + 30 + 4 + 5) * 1000 / ::sysconf(_SC_CLK_TCK)});
  EXPECT_EQ(before->counters.size(), 1U);
  EXPECT_GE(use()->at, before->at);
}

TEST_F(EnergyCounters, WithoutProcessorTimeNothingIsMeasured) {
  zone("intel-rapl:0", "package-0", 11);
  for (const char* text :
       {"", "cpu\n", "cpu  1 2 3 4 5 6\n", "cpu  1 2 3 4 5 6 x\n", "cpu0 1 2 3 4 5 6 7\n"}) {
    write(proc() + "/stat", text);
    EXPECT_FALSE(use()) << text;
  }
}

TEST_F(EnergyCounters, OfThisMachineProcessorTimeIsTold) {
  const auto busy = platform::read_busy_time();
  ASSERT_TRUE(busy);
  EXPECT_GT(*busy, Duration::zero());
  EXPECT_GE(platform::online_processors(), 1);
}

// The script moves the counter on and begins it anew; only readings meanwhile see both rounds.
TEST_F(EnergyCounters, AreReadAgainAndAgainWhileAChildRuns) {
  constexpr std::uint64_t kRange = 1'000'000'000;  // a kilojoule
  zone("intel-rapl:0", "package-0", 0, kRange);
  const std::string counter = powercap() + "/intel-rapl:0/energy_uj";
  const std::string seen = folder.path() + "/seen";
  const auto answer = answer_of_fork([&]() -> std::string {
    platform::Termination termination;
    platform::ChildSpec spec;
    // Each value waits until it has been read twice, which a mark by the reader tells, or the reader is gone.
    spec.argv = {
        "sh", "-c",
        "for value in 700000000 400000000 100000000; do echo $value > " + counter + ".new; mv " + counter +
            ".new " + counter + "; rm -f " + seen + "; line=; until { read line < " + seen +
            "; } 2>/dev/null; [ ${#line} -ge 2 ] || ! kill -0 $PPID 2>/dev/null; do line=; done; done"};
    auto child = platform::start(spec);
    if (!child) return child.error().message;
    executor::StageMeter meter{[&] { return use(); }};
    int rounds = 0;
    const platform::ProcessTree tree{.signal_all = [&](int number) { child->signal(number); },
                                     .is_gone = [] { return true; },
                                     .each_round =
                                         [&] {
                                           ++rounds;
                                           meter.look();
                                           (void)platform::append_to_file(seen, "x");
                                         },
                                     .round = 5ms};
    (void)platform::supervise(*child, tree, termination, 1s);
    const auto used = meter.end();
    if (!used) return "not measured";
    return std::to_string(static_cast<int>(used->package_joules + 0.5)) + (rounds >= 3 ? " J" : " J in few");
  });
  EXPECT_EQ(answer, "2100 J");
}

}  // namespace
}  // namespace runneriq
