#include "core/loopback.hpp"

#include <gtest/gtest.h>

namespace runneriq {
namespace {

TEST(LoopbackHost, IsOneByItsUsualSpellings) {
  for (const char* host : {"localhost", "LocalHost", "[::1]", "127.0.0.1", "127.0.0.0", "127.255.1.20"})
    EXPECT_TRUE(is_loopback_host(host)) << host;
}

TEST(LoopbackHost, IsNoneByAnythingElse) {
  for (const char* host : {"",
                           "127",
                           "127.",
                           "127.1",
                           "127.0.0",
                           "127.0.0.",
                           "127.0.0.1.",
                           "127.0.0.256",
                           "127.0.0.01",
                           "127.0.0.+1",
                           "127.0.0.0x1",
                           "127.0.0.1.evil.example",
                           "127.evil.example",
                           "1270.0.0.1",
                           "128.0.0.1",
                           "0.0.0.0",
                           "::1",
                           "[::2]",
                           "[::1].evil",
                           "localhost.",
                           "localhost.evil.example",
                           "127.0.0.1@evil.example"})
    EXPECT_FALSE(is_loopback_host(host)) << host;
}

TEST(LoopbackHost, OfAServerStandsBeforeThePort) {
  EXPECT_EQ(host_of_server("mail.example.com:587"), "mail.example.com");
  EXPECT_EQ(host_of_server("localhost"), "localhost");
  EXPECT_EQ(host_of_server("[::1]:80"), "[::1]");
  EXPECT_EQ(host_of_server("[::1]"), "[::1]");
  EXPECT_EQ(host_of_server("[::1"), "[::1");
  EXPECT_EQ(host_of_server("localhost:80@evil.example"), "");
  EXPECT_EQ(host_of_server(""), "");
}

}  // namespace
}  // namespace runneriq
