#include "diagnosis/token_table.hpp"

#include "diagnosis/redaction.hpp"
#include "tests/evaluation/secret_samples.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {
namespace {

using evaluation::SampleMaker;
using token_table::kShapes;
using token_table::Letters;
using token_table::Shape;

constexpr std::uint32_t kSeed = 20'261'122;

// As short as the row allows.
std::string token_of(const Shape& shape, std::size_t length) {
  constexpr std::string_view kDigits = "7a3f9c1e5b2d8046";
  std::string body;
  while (body.size() < length) body += kDigits[body.size() % kDigits.size()];
  if (shape.letters == Letters::capitals || shape.letters == Letters::dashed)
    for (char& c : body) c = c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
  return std::string{shape.prefix} + body;
}

TEST(TokenTable, HoldsAtLeastNinetyRowsWithTheirSource) {
  EXPECT_GE(kShapes.size(), 90U);
  std::set<std::string_view> prefixes;
  for (const Shape& shape : kShapes) {
    EXPECT_TRUE(prefixes.insert(shape.prefix).second) << shape.prefix;
    EXPECT_FALSE(shape.issuer.name.empty() || shape.issuer.source.empty() || shape.what.empty())
        << shape.prefix;
    EXPECT_TRUE(shape.issuer.placeholder.starts_with('[') && shape.issuer.placeholder.ends_with(']'));
    EXPECT_GE(shape.prefix.size() + shape.least, 15U) << shape.prefix;
    EXPECT_TRUE(shape.most == 0 || shape.most >= shape.least) << shape.prefix;
    EXPECT_GE(shape.prefix.size(), 2U);
  }
}

TEST(TokenTable, EachRowFindsItsTokenAndNoShorterOne) {
  for (const Shape& shape : kShapes) {
    const std::string token = token_of(shape, shape.least), placeholder{shape.issuer.placeholder};
    EXPECT_EQ(redacted("run " + token + "\n"), "run " + placeholder + "\n") << shape.what;
    EXPECT_EQ(redacted("'" + token + "'"), "'" + placeholder + "'") << shape.what;
    if (shape.least > 8 && shape.least < 30) {
      const std::string shorter = "run " + token_of(shape, shape.least / 2 - 2) + " ";
      EXPECT_EQ(redacted(shorter), shorter) << shape.what;
    }
    if (shape.most > 0) {
      const std::string longer = redacted(token_of(shape, shape.most + 1));
      EXPECT_NE(longer, placeholder) << shape.what;
    }
  }
}

TEST(TokenTable, TokensOfAllIssuersAreFound) {
  SampleMaker maker{kSeed};
  std::set<std::string_view> issuers;
  for (const auto& [issuer, shape] : evaluation::sample_shapes()) {
    issuers.insert(issuer);
    for (int round = 0; round < 20; ++round) {
      const std::string token = maker.made(shape);
      const std::string left = redacted("use " + token + " now");
      EXPECT_EQ(left.find(token.substr(token.size() - 12)), std::string::npos) << issuer << ": " << left;
      EXPECT_TRUE(left.ends_with("] now") || left.ends_with("/ now")) << issuer << ": " << left;
    }
  }
  EXPECT_GE(issuers.size(), 60U);
}

TEST(TokenTable, ValuesThatAreToldAreFound) {
  SampleMaker maker{kSeed};
  for (const auto& [issuer, shape] : evaluation::told_shapes()) {
    for (int round = 0; round < 20; ++round) {
      const std::size_t at = shape.find('@'), open = shape.find('{');
      const std::string value = maker.made(shape.substr(open, shape.rfind('}') + 1 - open));
      const std::string text =
          std::string{shape.substr(0, at)} + value + std::string{shape.substr(shape.rfind('}') + 1)};
      EXPECT_EQ(redacted(text + "\n").find(value.substr(value.size() / 2)), std::string::npos)
          << issuer << ": " << text << " -> " << redacted(text);
    }
  }
}

TEST(TokenTable, WordsThatBeginLikeTokensStay) {
  for (const std::string_view text : {"api-versions-of-the-server",
                                      "key-value-store-of-the-application",
                                      "pat.txt",
                                      "skip-this-very-long-name",
                                      "re_compile_the_regular_expressions",
                                      "secret_management_of_kubernetes_clusters",
                                      "cio_scheduler",
                                      "s.substring(0, 12).length",
                                      "packagist_mirror_of_the_company_is_slow",
                                      "sess-ion",
                                      "md-render",
                                      "SKIPPED_TESTS_OF_THE_SUITE",
                                      "fw_update_of_the_device",
                                      "--password-file path",
                                      "--token TOKEN",
                                      "--password is required",
                                      "-u 1000:1000",
                                      "curl -u user",
                                      "mkdir -p build/a1",
                                      "the bearer of this message is here",
                                      "login page: password is wrong",
                                      "1/1000 tests",
                                      "Downloaded 2/13 files",
                                      "12:AAAA",
                                      "MTA mail agent"}) {
    EXPECT_EQ(redacted(text), text);
  }
}

TEST(TokenTable, ABotOfTelegramHasEightToTenDigits) {
  SampleMaker maker{kSeed};
  const std::string rest = ":AA" + maker.made("{h12}-{h12}-{h9}");
  EXPECT_EQ(redacted("id 1234567" + rest), "id 1234567" + rest);
  EXPECT_EQ(redacted("id 12345678901" + rest), "id 12345678901" + rest);
  EXPECT_EQ(redacted("id 12345678" + rest), "id [API-TOKEN]");
}

TEST(TokenTable, KeysOfOtherProgramsAreFound) {
  SampleMaker maker{kSeed};
  const std::string putty = "Private-Lines: 2\n" + maker.made("{b64}\n{b40}") + "\nPrivate-MAC: 0a\n";
  EXPECT_EQ(redacted(putty), "[PRIVATE-KEY]\nPrivate-MAC: 0a\n");
  const std::string ssh =
      "---- BEGIN SSH2 ENCRYPTED PRIVATE " + ("KEY ----\n" + maker.made("{b64}\n{b64}")) + "\n";
  EXPECT_EQ(redacted(ssh), "[PRIVATE-KEY]\n");
  const std::string pgp = "-----BEGIN PGP PRIVATE " + ("KEY BLOCK-----\n\n" + maker.made("{b64}\n{b64}")) +
                          "\n=aB3d\n-----END PGP PRIVATE KEY BLOCK-----\nx";
  EXPECT_EQ(redacted(pgp), "[PRIVATE-KEY]\nx");
}

}  // namespace
}  // namespace runneriq::diagnosis
