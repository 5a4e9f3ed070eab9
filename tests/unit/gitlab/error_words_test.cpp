#include "core/utf8.hpp"
#include "gitlab/replies.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab {
namespace {

struct Row {
  std::string body, words;
};

TEST(ErrorWords, ReadsEveryShapeOfGitLab) {
  for (
      const Row& row : {
          Row{R"({"message":"401 Unauthorized"})", "401 Unauthorized"},
          Row{R"({"message":{"tags_list":["is too long","is invalid"],"base":"no"}})",
              "base: no; tags_list: is too long, is invalid"},
          Row{R"({"message":["one","two"]})", "one, two"},
          Row{R"({"message":{"error":"This endpoint has been requested too many times."}})",
              "error: This endpoint has been requested too many times."},
          Row{R"({"error":"page is invalid"})", "page is invalid"},
          Row{R"({"error":"invalid_token","error_description":"Token was revoked."})",
              "invalid_token: Token was revoked."},
          Row{R"({"error":"insufficient_scope","error_description":"More is needed.","scope":"api read_api"})",
              "insufficient_scope: More is needed. (scope: api read_api)"},
          Row{R"({"errors":[{"message":"Field 'x' doesn't exist"},{"message":"Too complex"}],"data":null})",
              "Field 'x' doesn't exist, Too complex"},
          Row{R"(["one","two"])", "one, two"},
          Row{"Retry later\n", "Retry later"},
          Row{"  Bad\n\t gateway  ", "Bad gateway"},
          Row{"<html>\n<head><TITLE lang=en>\n502 Bad\nGateway </TITLE></head><body>nginx</body></html>",
              "502 Bad Gateway"},
      }) {
    EXPECT_EQ(error_words(row.body), row.words) << row.body;
  }
}

TEST(ErrorWords, IsEmptyWhereNothingIsSaid) {
  for (const char* body :
       {"", " \n", "{}", "[]", "null", "7", "true", R"({"message":null})", R"({"message":{}})", R"({"id":7})",
        R"({"errors":[{}]})", R"({"errors":5})", "<html></html>", "<title"}) {
    EXPECT_EQ(error_words(body), "") << body;
  }
}

TEST(ErrorWords, IsOneShortPrintableLine) {
  for (const std::string& body :
       {std::string(1'000'000, 'x'), "{\"message\":\"" + std::string(1'000'000, 'x') + "\"}",
        std::string("\x1b[31mred\x07 \xFF\xFE"), std::string(R"({"message":"a\u001b[2J\u0000b\u202e"})"),
        std::string(500'000, '['), "<title>" + std::string(1'000'000, 'x'),
        "{\"message\":{\"" + std::string(60'000, 'k') + "\":[\"a\"]}}"}) {
    const std::string words = error_words(body);
    EXPECT_LE(words.size(), 200U);
    EXPECT_FALSE(words.empty());
    EXPECT_TRUE(is_utf8(words));
    EXPECT_EQ(words.find_first_of("\n\x1b\x07"), std::string::npos);
  }
}

TEST(ErrorWords, CannotReadAsAQuickAction) {
  EXPECT_EQ(error_words("/close"), "\\/close");
}

}  // namespace
}  // namespace runneriq::gitlab
