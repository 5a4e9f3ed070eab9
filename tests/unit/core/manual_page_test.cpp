#include "core/manual_page.hpp"

#include <gtest/gtest.h>

#include <string>

namespace runneriq {
namespace {

std::string body(const ManualPage& page) {
  const std::string start = "\\- purpose\n";
  return page.roff().substr(page.roff().find(start) + start.size());
}

ManualPage page() {
  return {"a", 1, "purpose"};
}

TEST(ManualPage, HasNameSectionAndVersionButNoDate) {
  const std::string roff = ManualPage{"runneriq.yaml", 5, "what for"}.roff();
  EXPECT_TRUE(roff.starts_with(".TH RUNNERIQ.YAML 5 \"\" \"RunnerIQ ")) << roff;
  EXPECT_NE(roff.find(".SH NAME\nrunneriq.yaml \\- what for\n"), std::string::npos) << roff;
}

TEST(ManualPage, TakesNothingInTextForARequestOrAnEscape) {
  EXPECT_EQ(body(page().section("S").paragraph(".PP is one, \\fB and 'this' too")),
            ".SH S\n\\&.PP is one, \\efB and \\(aqthis\\(aq too\n");
  EXPECT_EQ(body(page().section("S").paragraph("~/x ^ a-b")), ".SH S\n\\(ti/x \\(ha a\\-b\n");
}

TEST(ManualPage, WritesOtherCharactersByNumber) {
  EXPECT_EQ(body(page().section("S").paragraph("≥ é 🜁")), ".SH S\n\\[u2265] \\[u00E9] \\[u1F701]\n");
}

TEST(ManualPage, SetsOffWhatIsTyped) {
  EXPECT_EQ(body(page().section("S").paragraph("use `--yes` or `a b`.")),
            ".SH S\nuse \\fB\\-\\-yes\\fR or \\fBa b\\fR.\n");
  EXPECT_EQ(body(page().section("S").usage("p run FILE|- [--to text|json] [N...]")),
            ".SH S\n\\fBp\\fR \\fBrun\\fR \\fIFILE\\fR|\\fB\\-\\fR [\\fB\\-\\-to\\fR "
            "\\fBtext\\fR|\\fBjson\\fR] [\\fIN\\fR...]\n");
}

TEST(ManualPage, EndsALineWithEachSentence) {
  EXPECT_EQ(body(page().section("S").paragraph("One. Two, e.g. this. `three` is last.")),
            ".SH S\nOne.\nTwo, e.g. this.\n\\fBthree\\fR is last.\n");
}

TEST(ManualPage, SeparatesParagraphsButNotAHeadingFromItsText) {
  EXPECT_EQ(body(page().section("S").paragraph("a").paragraph("b").entry("t", "N", "c").paragraph("d")),
            ".SH S\na\n.PP\nb\n.TP\n\\fBt\\fR \\fIN\\fR\nc\n.PP\nd\n");
}

TEST(ManualPage, KeepsTheLinesOfAnExample) {
  EXPECT_EQ(body(page().section("S").example("a:\n  - 1\n")), ".SH S\n.RS 4\n.EX\na:\n  \\- 1\n.EE\n.RE\n");
}

TEST(ManualPage, RefersToOthers) {
  EXPECT_EQ(body(page().see_also("a-b(1), c(5)")), ".SH SEE ALSO\n\\fBa\\-b\\fR(1),\n\\fBc\\fR(5)\n");
}

}  // namespace
}  // namespace runneriq
