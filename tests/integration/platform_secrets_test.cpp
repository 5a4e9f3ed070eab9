// Digests, chance, and a process that keeps its memory to itself.
#include "platform/digest.hpp"
#include "platform/process_secrecy.hpp"
#include "platform/random.hpp"
#include "tests/support/forked.hpp"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <set>
#include <string>

namespace runneriq::platform {
namespace {

TEST(Sha256, GivesTheDigestsOfTheStandard) {
  // FIPS 180-4, examples.
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, CountsZeroBytes) {
  EXPECT_NE(sha256_hex(std::string_view("a\0b", 3)), sha256_hex("a"));
}

TEST(Chance, NamesAreSixteenDigitsAndDiffer) {
  std::set<std::string> names;
  for (int number = 0; number < 1000; ++number) names.insert(random_name());
  EXPECT_EQ(names.size(), 1000U);
  for (const std::string& name : names) {
    EXPECT_EQ(name.size(), 16U);
    EXPECT_EQ(name.find_first_not_of("0123456789abcdef"), std::string::npos) << name;
  }
}

TEST(Chance, EveryBitOfANumberTurns) {
  std::uint64_t ones = 0, zeros = 0;
  for (int number = 0; number < 200; ++number) {
    const std::uint64_t value = random_number();
    ones |= value;
    zeros |= ~value;
  }
  EXPECT_EQ(ones & zeros, ~std::uint64_t{0});
}

TEST(ProcessSecrecy, NoCoreAndNoOtherReader) {
  EXPECT_EQ(answer_of_fork([]() -> std::string {
              const rlimit before{1 << 20, 1 << 20};
              ::setrlimit(RLIMIT_CORE, &before);
              keep_memory_private();
              rlimit core{1, 1};
              ::getrlimit(RLIMIT_CORE, &core);
              return std::to_string(::prctl(PR_GET_DUMPABLE)) + " " + std::to_string(core.rlim_cur) + " " +
                     std::to_string(core.rlim_max);
            }),
            "0 0 0");
}

TEST(ProcessSecrecy, AnotherProcessOfTheSameUserCannotReadTheMemory) {
  EXPECT_EQ(answer_of_ordinary_user([]() -> std::string {
              keep_memory_private();
              const std::string memory = "/proc/" + std::to_string(::getpid()) + "/mem";
              return answer_of_fork([&]() -> std::string {
                ::prctl(PR_SET_DUMPABLE, 1);
                return ::open(memory.c_str(), O_RDONLY) < 0 ? "closed" : "open";
              });
            }),
            "closed");
}

}  // namespace
}  // namespace runneriq::platform
