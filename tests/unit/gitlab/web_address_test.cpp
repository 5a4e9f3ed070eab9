#include "gitlab/web_address.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab {
namespace {

TEST(WebAddress, HasOneFormForOneGitLab) {
  struct Row {
    const char *text, *address;
  };
  for (const Row& row :
       {Row{"https://gitlab.example.com", "https://gitlab.example.com"},
        Row{"https://gitlab.example.com/", "https://gitlab.example.com"},
        Row{"https://gitlab.example.com///", "https://gitlab.example.com"},
        Row{"HTTPS://GitLab.Example.COM", "https://gitlab.example.com"},
        Row{"https://example.com/Code/gitlab/", "https://example.com/Code/gitlab"},
        Row{"https://example.com:443/a", "https://example.com/a"},
        Row{"http://example.com:80", "http://example.com"},
        Row{"http://example.com:443", "http://example.com:443"},
        Row{"http://127.0.0.1:8080", "http://127.0.0.1:8080"},
        Row{"http://[::1]:3000/x/", "http://[::1]:3000/x"}, Row{"https://a/api/v4", "https://a"},
        Row{"https://a/gitlab/api/v4/", "https://a/gitlab"},
        Row{"http://[2001:DB8::1]", "http://[2001:db8::1]"}, Row{"http://localhost:08", "http://localhost:8"},
        Row{"https://example.com/a@b", "https://example.com/a@b"}}) {
    const auto address = parse_web_address(row.text);
    ASSERT_TRUE(address) << row.text << ": " << address.error().message;
    EXPECT_EQ(*address, row.address);
    EXPECT_EQ(parse_web_address(*address).value(), *address);
  }
}

TEST(WebAddress, SaysWhatIsWrong) {
  struct Row {
    const char *text, *words;
  };
  for (const Row& row :
       {Row{"", "no http or https address"},
        Row{"gitlab.example.com", "no http or https address"},
        Row{"ftp://gitlab.example.com", "'ftp://gitlab.example.com' is no http or https address"},
        Row{"https:/gitlab.example.com", "no http or https address"},
        Row{"https://", "names no host"},
        Row{"https:///a", "names no host"},
        Row{"https://:80", "names no host"},
        Row{"https://.example.com", "names no host"},
        Row{"https://-x", "names no host"},
        Row{"https://a..b", "names no host"},
        Row{"https://a%2fb", "names no host"},
        Row{"https://[::1", "names no host"},
        Row{"https://[g::1]", "names no host"},
        Row{"https://a:", "port"},
        Row{"https://a:0", "port"},
        Row{"https://a:65536", "port"},
        Row{"https://a:8x", "port"},
        Row{"https://a:-8", "port"},
        Row{"https://a:80:90", "port"},
        Row{"https://a b", "character"},
        Row{"https://a\\b", "character"},
        Row{"https://a\nb", "character"},
        Row{"https://\xC3\xA4.example.com", "character"},
        Row{"https://a/?x", "query"},
        Row{"https://a#x", "query"},
        Row{"https://me@a", "user or a password"}}) {
    const auto address = parse_web_address(row.text);
    ASSERT_FALSE(address) << row.text;
    EXPECT_EQ(address.error().code, Errc::invalid_argument);
    EXPECT_NE(address.error().message.find(row.words), std::string::npos) << address.error().message;
  }
  EXPECT_FALSE(parse_web_address("https://a/" + std::string(2000, 'x')));
}

TEST(WebAddress, NeverShowsASecret) {
  for (const char* text : {"https://me:s3cret@gitlab.example.com", "https://s3cret@gitlab.example.com/",
                           "https://me:a@s3cret@gitlab.example.com", "https://me:s3cret?x@gitlab.example.com",
                           "https://me:x/s3cret@gitlab.example.com", "me:s3cret@gitlab.example.com",
                           "https://gitlab.example.com?private_token=s3cret",
                           "https://gitlab.example.com/#s3cret", "me:s3cret@x://gitlab.example.com",
                           "https://me:s3cret @gitlab.example.com", "ssh://me:s3cret@gitlab.example.com"}) {
    const auto address = parse_web_address(text);
    ASSERT_FALSE(address) << text;
    EXPECT_EQ(address.error().message.find("s3cret"), std::string::npos) << address.error().message;
    EXPECT_NE(address.error().message.find("gitlab.example.com"), std::string::npos)
        << address.error().message;
  }
}

}  // namespace
}  // namespace runneriq::gitlab
