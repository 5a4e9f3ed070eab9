#include "diagnosis/redaction.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {
namespace {

// Secrets are put together here, so that no text of this file looks like one.
std::string some_letters(std::size_t count, std::string_view of = "aZ3kQ9xW1mB7tR5yL0pD8vN2sH6cF4gJ") {
  std::string letters;
  while (letters.size() < count) letters += of[(letters.size() * 7 + letters.size() / of.size()) % of.size()];
  return letters;
}
std::string capitals(std::size_t count) {
  return some_letters(count, "AB2CD3EF4GH5IJ6K");
}
std::string digits_of_hex(std::size_t count) {
  return some_letters(count, "0f1e2d3c4b5a6978");
}
std::string web_token() {
  return "eyJ" + some_letters(17) + ".eyJ" + some_letters(40) + "." + some_letters(43);
}
std::string private_key(std::string_view line_end, bool ended = true) {
  std::string key = "-----BEGIN RSA PRIVATE " + std::string{"KEY-----"};
  for (int line = 0; line < 3; ++line) key += std::string{line_end} + "MII" + some_letters(61);
  key += std::string{line_end} + some_letters(10) + "==";
  if (ended) key += std::string{line_end} + "-----END RSA PRIVATE KEY-----";
  return key;
}

struct Planted {
  std::string secret, placeholder;
};

std::vector<Planted> tokens() {
  std::vector<Planted> rows;
  for (const std::string_view prefix : {"pat", "rt", "rtr", "cbt", "dt", "ptt", "ft", "soat", "oas", "imt"})
    rows.push_back({"gl" + std::string{prefix} + "-" + some_letters(20), "[GITLAB-TOKEN]"});
  rows.push_back(
      {"gl" + std::string{"pat-"} + some_letters(27) + ".01." + some_letters(9), "[GITLAB-TOKEN]"});
  rows.push_back({"GR1348" + ("941" + some_letters(20)), "[GITLAB-TOKEN]"});
  for (const std::string_view kind : {"p", "o", "u", "s", "r"})
    rows.push_back({"gh" + std::string{kind} + "_" + some_letters(36), "[GITHUB-TOKEN]"});
  rows.push_back({"github_" + ("pat_" + some_letters(22) + "_" + some_letters(59)), "[GITHUB-TOKEN]"});
  rows.push_back({"AK" + ("IA" + capitals(16)), "[AWS-KEY]"});
  rows.push_back({"AS" + ("IA" + capitals(16)), "[AWS-KEY]"});
  for (const std::string_view kind : {"a", "b", "p", "r", "s", "e"})
    rows.push_back(
        {"xo" + ("x" + std::string{kind}) + "-" + "123456789012-" + some_letters(24), "[SLACK-TOKEN]"});
  rows.push_back({"sk" + ("-" + some_letters(48)), "[API-TOKEN]"});
  rows.push_back({"sk" + ("-ant-api03-" + some_letters(40) + "_" + some_letters(40)), "[API-TOKEN]"});
  rows.push_back({"sk" + ("-proj-" + some_letters(40)), "[API-TOKEN]"});
  rows.push_back({"npm" + ("_" + some_letters(36)), "[NPM-TOKEN]"});
  rows.push_back({"pypi" + ("-AgEIcHlwaS5vcmc" + some_letters(60)), "[PYPI-TOKEN]"});
  rows.push_back({"dop_v1" + ("_" + digits_of_hex(64)), "[DIGITALOCEAN-TOKEN]"});
  rows.push_back({"SG" + ("." + some_letters(22) + "." + some_letters(43)), "[SENDGRID-KEY]"});
  rows.push_back({"AIza" + some_letters(35), "[GOOGLE-KEY]"});
  rows.push_back({"dckr" + ("_pat_" + some_letters(27)), "[DOCKER-TOKEN]"});
  rows.push_back({"hvs" + ("." + some_letters(90)), "[VAULT-TOKEN]"});
  rows.push_back({web_token(), "[JWT]"});
  rows.push_back({"eyJ" + some_letters(17) + "." + some_letters(12), "[JWT]"});
  rows.push_back({private_key("\n"), "[PRIVATE-KEY]"});
  rows.push_back({private_key("\\n"), "[PRIVATE-KEY]"});
  rows.push_back({private_key("\r\n"), "[PRIVATE-KEY]"});
  rows.push_back({private_key(" "), "[PRIVATE-KEY]"});
  rows.push_back({private_key("\n2026-06-05T11:59:14.281330Z 01O "), "[PRIVATE-KEY]"});
  return rows;
}

TEST(Redaction, KnowsTokensByTheirShape) {
  for (const auto& [secret, placeholder] : tokens()) {
    EXPECT_EQ(redacted(secret), placeholder) << secret;
    EXPECT_EQ(redacted("use " + secret + ", please\n"), "use " + placeholder + ", please\n");
    EXPECT_EQ(redacted("x='" + secret + "'"), "x='" + placeholder + "'");
    EXPECT_EQ(redacted("(" + secret + ")\n" + secret), "(" + placeholder + ")\n" + placeholder);
    EXPECT_EQ(redaction_of(secret + "\n" + secret).count, 2U) << secret;
  }
}

TEST(Redaction, LooksThroughColours) {
  for (const auto& [secret, placeholder] : tokens()) {
    for (const std::string_view code : {"\x1B[0m", "\x1B[31;1m", "\x1B[K", "\x1B[38:5:9m", "\x1B(B\x1B[m"}) {
      for (std::size_t at = 1; at < secret.size(); at += secret.size() / 5) {
        const std::string split = secret.substr(0, at) + std::string{code} + secret.substr(at);
        ASSERT_EQ(redacted("a " + split + " z"), "a " + placeholder + std::string{code} + " z") << split;
      }
    }
  }
  const std::string token = tokens().front().secret;
  std::string letter_by_letter;
  for (const char c : token) letter_by_letter += "\x1B[1m" + std::string{c} + "\x1B[0m";
  EXPECT_EQ(redacted(letter_by_letter).substr(0, 18), "\x1B[1m[GITLAB-TOKEN]");
  EXPECT_EQ(redacted("\x1B[2Jnpm" + ("_" + some_letters(36))), "\x1B[2J[NPM-TOKEN]");
  EXPECT_EQ(redacted("\x1B[2JAK" + ("IA" + capitals(16))), "\x1B[2J[AWS-KEY]");
  EXPECT_EQ(redacted("\x1B]8;;https://u:pw@h/\x07x\x1B]8;;\x07"),
            "\x1B]8;;https://u:[PASSWORD]@h/\x07x\x1B]8;;\x07");
  EXPECT_EQ(redacted("\x1B[1mpassword\x1B[0m=\x1B[1mpw\x1B[0m;"),
            "\x1B[1mpassword\x1B[0m=\x1B[1m[PASSWORD]\x1B[0m;");
}

TEST(Redaction, TakesATokenWithNoEndAndNoBlankAround) {
  const std::string token = tokens().front().secret;
  EXPECT_EQ(redacted("at" + token), "at[GITLAB-TOKEN]");
  EXPECT_EQ(redacted(token + "."), "[GITLAB-TOKEN].");
  EXPECT_EQ(redacted(token.substr(0, 22)), "[GITLAB-TOKEN]");
  EXPECT_EQ(redacted(private_key("\n", false) + "\nERROR: it broke\n"), "[PRIVATE-KEY]\nERROR: it broke\n");
  EXPECT_EQ(redacted(private_key("\n").substr(0, 90)), "[PRIVATE-KEY]");
  EXPECT_EQ(redacted("-----BEGIN PRIVATE " + ("KEY-----\nno key here\n" + private_key("\n"))),
            "-----BEGIN PRIVATE " + std::string{"KEY-----\nno key here\n[PRIVATE-KEY]"});
  EXPECT_EQ(
      redacted("-----BEGIN RSA PRIVATE " + ("KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,AB\n\n" +
                                            some_letters(64) + "\n-----END RSA PRIVATE KEY-----\nnext")),
      "[PRIVATE-KEY]\nnext");
}

TEST(Redaction, KnowsAddressesThatAreCredentials) {
  const std::string path = "T0" + capitals(8) + "/B0" + capitals(8) + "/" + some_letters(24);
  EXPECT_EQ(redacted("curl https://hooks.slack" + (".com/services/" + path + " -d x")),
            "curl https://hooks.slack.com/services/[SLACK-TOKEN] -d x");
  EXPECT_EQ(redacted("https://discord" + (".com/api/webhooks/123456789012345678/" + some_letters(68))),
            "https://discord.com/api/webhooks/[DISCORD-WEBHOOK]");
}

TEST(Redaction, KnowsValuesByTheWordBeforeThem) {
  const std::string value = some_letters(20);
  const std::string v = "@";  // stands for it in the rows
  struct Row {
    std::string text, placeholder;
  };
  const std::vector<Row> rows{
      {"password=@", "PASSWORD"},
      {"DB_PASSWORD=@", "PASSWORD"},
      {"export MYSQL_PWD=@ && run", "PASSWORD"},
      {"passwd: @\n", "PASSWORD"},
      {"password = '@'", "PASSWORD"},
      {"  password: \"@\"", "PASSWORD"},
      {R"({"password":"@","user":"u"})", "PASSWORD"},
      {R"({\"password\":\"@\",\"user\":\"u\"})", "PASSWORD"},
      {"$db['password'] = '@';", "PASSWORD"},
      {":password => '@'", "PASSWORD"},
      {"password := @", "PASSWORD"},
      {"--password=@ --user u", "PASSWORD"},
      {"Server=x;Password=@;Database=y", "PASSWORD"},
      {"aws_secret_access_key = @", "AWS-KEY"},
      {"AWS_SECRET_ACCESS_KEY=@", "AWS-KEY"},
      {"client_secret=@&x=1", "SECRET"},
      {"api_key: @", "SECRET"},
      {"X-Api-Key: @", "SECRET"},
      {"apiKey: '@'", "SECRET"},
      {"PRIVATE-TOKEN: @", "SECRET"},
      {"?access_token=@&page=2", "SECRET"},
      {"?token=@", "SECRET"},
      {"https://h/x?sv=1&sig=@&se=2", "SIGNATURE"},
      {"&X-Amz-Signature=@&x", "SIGNATURE"},
      {"?signature=@", "SIGNATURE"},
      {"Authorization: Bearer @", "SECRET"},
      {"-H 'Authorization: Bearer @' https://h", "SECRET"},
      {"authorization: Basic @==\r", "BASIC-AUTH"},
      {R"("Authorization": "Basic @")", "BASIC-AUTH"},
      {"Proxy-Authorization: Basic @", "BASIC-AUTH"},
      {"https://user:@@host/path", "PASSWORD"},
      {"https://gitlab-ci-token:@@gitlab.example.com/a/b.git", "PASSWORD"},
      {"redis://:@@host:6379/0", "PASSWORD"},
      {"postgres://user:p@@host", "PASSWORD"},
      {"https://@@github.com/a/b.git", "SECRET"},
      {"https://@:x-oauth-basic@github.com/a", "SECRET"},
  };
  for (const auto& [text, placeholder] : rows) {
    const std::size_t at = text.find(v);
    const std::string shown = "[" + placeholder + "]";
    const bool padded = text.substr(at + 1).starts_with("==");
    const std::size_t begin = at - (text.substr(0, at).ends_with(":p") ? 1 : 0);
    EXPECT_EQ(redacted(text.substr(0, at) + value + text.substr(at + 1)),
              text.substr(0, begin) + shown + text.substr(at + (padded ? 3 : 1)))
        << text;
  }
}

TEST(Redaction, KnowsShortAndLongValues) {
  EXPECT_EQ(redacted("password=a b"), "password=[PASSWORD] b");
  EXPECT_EQ(redacted("token=" + some_letters(4000) + " b"), "token=[SECRET] b");
  EXPECT_EQ(redacted("password='" + some_letters(4000) + "' b"), "password='[PASSWORD]' b");
}

TEST(Redaction, LeavesWhatIsNotShown) {
  for (const std::string_view name : {"password=", "password: ", "DB_PASSWORD=\"", "api_key=", "secret: ",
                                      "token=", "token: ", "Authorization: Bearer ", "https://user:"}) {
    for (const std::string_view shown :
         {"***", "[MASKED]", "$TOKEN_12345678", "${TOKEN_12345678}", "<your-token-1>", "xxxxxxxxxxxx",
          "%TOKEN12%", "{{ token12345 }}", "[PASSWORD]", "[GITLAB-TOKEN]"}) {
      const std::string text =
          std::string{name} + std::string{shown} + (name.starts_with("https") ? "@host" : "");
      EXPECT_EQ(redacted(text), text);
    }
  }
}

TEST(Redaction, LeavesWhatIsHarmless) {
  const std::string sha = digits_of_hex(40), digest = digits_of_hex(64);
  const std::vector<std::string> rows{
      "",
      "\n",
      "a.c:3:1: error: expected ';' before '}' token",
      "Checking out " + sha + " as main...",
      "image: registry.example.com/a/b@sha256:" + digest,
      "sha512-" + some_letters(86) + "==",
      "sha256-" + some_letters(43) + "=",
      "SHA256:" + some_letters(43),
      "golang.org/x/net v0.1.0 h1:" + some_letters(43) + "=",
      "id 123e4567-e89b-12d3-a456-426614174000",
      "ReactiveMapKitTests-260904D8-D0A7-4F89-A19D-85CA9A59A7DD",
      "AbstractHttp2ConnectionHandlerBuilderFactory3OfX509Test",
      "UnitTests-FCAD4A4D-E700-4A0D-8A54-C4A42A2A95F4",
      "ssh-rsa AAAAB3NzaC1yc2E" + some_letters(200) + " user@host",
      "git@gitlab.example.com:group/project.git",
      "ssh://git@gitlab.example.com:2222/group/project.git",
      "https://example.com:8080/a?b=c&d=e@f",
      "mailto:someone@example.com",
      "/builds/group/project/src/main/java/com/example/VeryLongClassNameFactoryBean2Test.java",
      "./cabal/ghc-8.0.2/stm-2.5.0.0-JvK56iUxwH9DqXJQv4uXlZ/HSstm-2.5.0.0-JvK56iUxwH9DqXJQv4uXlZ.o",
      "/nix/store/" + some_letters(32, "0a1b2c3d4f5g6h7i") + "-bash-5.2",
      "test_should_return_404_when_the_user_is_not_found_in_v2",
      "_ZN5boost10filesystem6detail28recursive_directory_iterator",
      "Invalid token: expected IDENTIFIER",
      "SyntaxError: Unexpected token: punc (})",
      "Enter password: the password is wrong",
      "error: password: authentication failed",
      "Number of tries to enter a password: 3",
      "password is required",
      "password == other",
      "password = get_password()",
      "passwords: []",
      "password: null",
      "password=\"\"",
      "PASS: all tests",
      "elixir_erl_pass:translate/2",
      "PWD=/builds/group/project",
      "/etc/passwd: No such file",
      "std::token::next",
      "token = next_token",
      "secret: generic",
      "id=12 responseStatus=201 Created token=glcbt-66",
      "Downloading npm_and_yarn and task-runner-with-a-very-long-name-in-version-3",
      "-----BEGIN CERTIFICATE-----",
      "-----------------------------------------------------------------",
      "[=================================================>]",
      "ASIAPACIFICREGIONS",
      "assignature=value",
      "Signature: the first one",
  };
  for (const std::string& text : rows) EXPECT_EQ(redacted(text), text);
}

TEST(Redaction, KnowsWordsThatChanceMade) {
  for (const std::size_t length : {32U, 40U, 64U, 200U}) {
    const std::string word = some_letters(length);
    EXPECT_EQ(redacted("use " + word + " now"), "use [SECRET] now");
    EXPECT_EQ(redacted(word + "=="), "[SECRET]");
    EXPECT_EQ(redacted(word.substr(0, 9) + "+" + word.substr(9) + "/" + word.substr(0, 9)), "[SECRET]");
  }
  EXPECT_EQ(redacted(some_letters(36, "a0b1cdefg2hi3jk4lm5no6pq7rs8tu9v")), "[SECRET]");
  EXPECT_EQ(redacted(some_letters(31)), some_letters(31));
  EXPECT_EQ(redacted("a/plain/" + std::string{"path-"} + some_letters(40)), "[SECRET]");
}

TEST(Redaction, NamesTheMoreExactKind) {
  const std::string token = tokens().front().secret;
  EXPECT_EQ(redacted("token=" + token), "token=[GITLAB-TOKEN]");
  EXPECT_EQ(redacted("PRIVATE-TOKEN: " + token), "PRIVATE-TOKEN: [GITLAB-TOKEN]");
  EXPECT_EQ(redacted("https://oauth2:" + token + "@h"), "https://oauth2:[GITLAB-TOKEN]@h");
  EXPECT_EQ(redacted("https://" + token + ":pw@h"), "https://[GITLAB-TOKEN]:[PASSWORD]@h");
  EXPECT_EQ(redacted("https://a/" + some_letters(40) + ":pw@h"), "https://a/[SECRET]:pw@h");
  EXPECT_EQ(redacted("https://api_key=" + some_letters(24) + "&u:pw@h"),
            "https://api_key=[SECRET]&u:[PASSWORD]@h");
  EXPECT_EQ(redacted("token=x1" + token), "token=[SECRET]");
  EXPECT_EQ(redacted("Authorization: Bearer " + web_token()), "Authorization: Bearer [JWT]");
  EXPECT_EQ(redacted("private_key: \"" + private_key("\\n") + "\""), "private_key: \"[PRIVATE-KEY]\"");
}

TEST(Redaction, LeavesAllOtherBytes) {
  const std::string token = tokens().front().secret;
  const std::string odd{"\0\xFF\xC3\x1B[\x1B]8;;\r\b\x7F", 12};
  EXPECT_EQ(redacted(odd), odd);
  EXPECT_EQ(redacted(odd + " " + token + odd), odd + " [GITLAB-TOKEN]" + odd);
  EXPECT_EQ(redaction_of(odd).count, 0U);
}

}  // namespace
}  // namespace runneriq::diagnosis
