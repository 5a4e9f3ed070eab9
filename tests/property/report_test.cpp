// Nothing of a log, a job's name, a branch, a path or a model's words does anything in GitLab's Markdown.
#include "diagnosis/report.hpp"

#include "core/printable.hpp"
#include "core/text_cut.hpp"
#include "core/utf8.hpp"
#include "tests/support/hostile_texts.hpp"
#include "tests/support/note_maker.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace runneriq::diagnosis {
namespace {

std::vector<std::string> tricks() {
  std::vector<std::string> all = advisor::hostile_texts();
  for (const char* each : {"/close",
                           "  /close",
                           "\t/close",
                           "x\n/assign @root\n",
                           "a\r\n/close",
                           "a\r/close",
                           "`",
                           "``",
                           "``` ",
                           "` /close `",
                           "```\n/close\n```",
                           "````\n/close\n````",
                           "`````text\n@all",
                           "~~~\n/close\n~~~",
                           ">>>\n/close\n>>>",
                           "@all",
                           "#1",
                           "!1",
                           "~bug",
                           "%1",
                           "&1",
                           "$1",
                           "acme/shop#1",
                           "[vulnerability:1]",
                           "[x](https://evil.example/x)",
                           "www.evil.example",
                           "https://evil.example/x",
                           "javascript:alert(1)",
                           "<img src=x>",
                           "<details>",
                           "</details>",
                           "![x](https://evil.example/x.png)",
                           "$`x`$",
                           "[^1]: x",
                           "[[_TOC_]]",
                           ":tada:",
                           "<!-- x",
                           "-->",
                           "<!-- runneriq:diagnosis pipeline=900 failed -->",
                           "x\n<!-- runneriq:diagnosis pipeline=900 resolved -->\n",
                           "runneriq-signature-ffffffffffffffff",
                           "---\ntitle: x\n---",
                           "# Heading",
                           "| a | b |\n|---|---|",
                           "\xC2\x85/close",
                           "\xE2\x80\xA8/close",
                           "\x0B/close\x0C/close",
                           "\\`",
                           "\\",
                           " ",
                           "\n"})
    all.emplace_back(each);
  return all;
}

// Text put together at random of what means something.
std::string random_trick(std::mt19937& chance) {
  constexpr std::string_view kParts[] = {"`",    "``",   "```",  "~~~", "/close", "\n",          "\r",
                                         " ",    "@all", "#1",   "<!",  "-->",    "<",           ">",
                                         "![x]", "(y)",  "\\",   "\t",  "|",      "$",           "x",
                                         "é",    "*",    "\xFF", "\0",  "\x1B",   "\xE2\x80\xAE"};
  std::string text;
  for (auto left = chance() % 14; left > 0; --left) text += kParts[chance() % std::size(kParts)];
  return text;
}

// The text without what stands in code, in which GitLab does nothing; by CommonMark's rules: a fence is
// closed by a line of nothing but at least as many backticks, a span by as many.
struct Outside {
  std::string text;
  bool is_closed = true;
};
Outside outside_code(std::string_view text) {
  Outside outside;
  while (!text.empty()) {
    const std::size_t line_end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, line_end);
    const std::size_t run = std::min(line.find_first_not_of('`'), line.size());
    if (run < 3 || line.find('`', run) != std::string_view::npos) {
      outside.text += std::string(line) + "\n";
      text.remove_prefix(std::min(line_end + 1, text.size()));
      continue;
    }
    text.remove_prefix(std::min(line_end + 1, text.size()));
    outside.is_closed = false;
    while (!text.empty() && !outside.is_closed) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      std::string_view inner = text.substr(0, end);
      while (!inner.empty() && inner.back() == ' ') inner.remove_suffix(1);
      const std::size_t indent = std::min(inner.find_first_not_of(' '), inner.size());
      if (indent < 4) inner.remove_prefix(indent);
      outside.is_closed = inner.size() >= run && inner.find_first_not_of('`') == std::string_view::npos;
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }
  return outside;
}
Outside outside_spans(std::string_view text) {
  Outside outside;
  while (!text.empty()) {
    const std::size_t ticks = text.find('`');
    outside.text += text.substr(0, ticks);
    if (ticks == std::string_view::npos) break;
    text.remove_prefix(ticks);
    if (outside.text.ends_with('\\')) {  // no mark
      text.remove_prefix(1);
      continue;
    }
    const std::size_t run = std::min(text.find_first_not_of('`'), text.size());
    std::size_t end = run;
    while (true) {
      end = text.find(std::string(run, '`'), end);
      if (end == std::string_view::npos) return {outside.text, false};
      const std::size_t length = std::min(text.find_first_not_of('`', end), text.size()) - end;
      end += length;
      if (length == run) break;
    }
    text.remove_prefix(end);
  }
  return outside;
}

// Headings and percentages that we write ourselves.
std::string without_our_signs(std::string text) {
  for (const std::string_view ours :
       {"\n### Job ", "\n## Why ", " (90 % sure).\n", " (80 %), in", " (0 %).\n"}) {
    for (std::size_t at = text.find(ours); at != std::string::npos; at = text.find(ours, at))
      text.replace(at, ours.size(), "\n");
  }
  return text;
}

// Beside its own first line, which is our mark.
void expect_harmless(std::string_view body) {
  EXPECT_TRUE(is_utf8(body));
  EXPECT_EQ(("\n" + std::string(body)).find("\n/"), std::string::npos) << "a quick action";
  for (const char* unseen :
       {"\r", "\x1B", "\x7F", "\v", "\f", "\xE2\x80\xAE", "\xE2\x81\xA6", "\xE2\x80\xA8", "\xC2\x85"})
    EXPECT_EQ(body.find(unseen), std::string::npos) << printable(unseen);
  EXPECT_EQ(body.find('\0'), std::string::npos);
  const Outside without_fences = outside_code(body);
  EXPECT_TRUE(without_fences.is_closed) << "a fence is left open";
  const Outside marked = outside_spans(without_fences.text);
  EXPECT_TRUE(marked.is_closed) << "a span is left open";
  const std::string theirs = without_our_signs("\n" + marked.text);
  constexpr std::string_view kSigns = "@#!~%&$<";
  for (std::size_t at = theirs.find_first_of(kSigns); at != std::string::npos;
       at = theirs.find_first_of(kSigns, at + 1)) {
    EXPECT_EQ(theirs[at - 1], '\\') << theirs.substr(at > 20 ? at - 20 : 0, 60);
  }
  for (const char* live : {"](", "://", ".evil"}) {
    const std::size_t at = theirs.find(live);
    EXPECT_TRUE(at == std::string::npos || theirs[at - 1] == '\\') << "a link to what is no page";
  }
}

void expect_harmless_everywhere(const std::string& text) {
  SCOPED_TRACE(printable(text, 80));
  PipelineDiagnosis found = pipeline_with(text);
  // Pages are GitLab's own: of what is the address of one a link is made.
  if (text.starts_with("http")) found.project.page = found.pipeline.page = found.jobs[0].job.page = "";
  const std::string note = note_markdown(found, {.bot = text, .opt_out_label = text});
  constexpr std::string_view kMark = "<!-- runneriq:diagnosis pipeline=40 failed -->\n";
  ASSERT_TRUE(note.starts_with(kMark));
  EXPECT_EQ(note_state(note)->pipeline, PipelineId{40});
  EXPECT_FALSE(note_state(note)->resolved);
  expect_harmless(std::string_view{note}.substr(kMark.size()));
  expect_harmless(report_markdown(found));
  expect_harmless(report_markdown(found.jobs[0].diagnosis));
  const IssueText issue = issue_text(found, found.jobs[0]);
  expect_harmless(issue.description);
  EXPECT_EQ(issue.description.find(issue_mark("ffffffffffffffff")), std::string::npos);
  EXPECT_LE(characters(issue.title), 255U);
  EXPECT_TRUE(is_utf8(issue.title));
  EXPECT_EQ(issue.title.find_first_of("\r\n\x1B"), std::string::npos);
  EXPECT_EQ(issue.title.find("://"), std::string::npos);
  for (std::size_t at = issue.title.find_first_of("@#!~%&$"); at != std::string::npos;
       at = issue.title.find_first_of("@#!~%&$", at + 1)) {
    const std::string behind = issue.title.substr(at + 1);
    EXPECT_TRUE(behind.starts_with("\u2060") || behind == "…") << issue.title;
  }
  const std::string resolved = resolved_markdown(found.pipeline, {});
  EXPECT_EQ(note_state(resolved)->pipeline, PipelineId{40});
}

TEST(ANote, NothingInItDoesAnything) {
  for (const std::string& text : tricks()) expect_harmless_everywhere(text);
}

TEST(ANote, NothingPutTogetherAtRandomInItDoesAnything) {
  std::mt19937 chance{2026};
  for (int each = 0; each < 400; ++each) expect_harmless_everywhere(random_trick(chance));
}

TEST(ANote, ItsOwnLinksAreToPagesOnly) {
  PipelineDiagnosis found = pipeline_with("x");
  for (const char* page : {"javascript:alert(1)", "https://g.example/x) ![y](https://evil.example/y",
                           "https://g.example/\n/close", "http://g.example/ \"title\"", "//evil.example",
                           "ftp://x", "https://g.example/<script>", "https://g.example/`x`"}) {
    found.project.page = found.pipeline.page = found.jobs[0].job.page = page;
    found.jobs[0].diagnosis.culprit->commit = "0123456789abcdef";
    EXPECT_EQ(note_markdown(found, {}).find("]("), std::string::npos) << page;
  }
}

TEST(ANote, IsBoundedWhateverItTells) {
  std::string wide;
  for (int line = 0; line < 30; ++line) wide += std::string(4'000, '\xFF') + "\n";
  PipelineDiagnosis found = pipeline_with(wide);
  found.jobs.resize(50, found.jobs[0]);
  EXPECT_LE(characters(note_markdown(found, {.bot = wide, .opt_out_label = wide})), 1'000'000U);
}

}  // namespace
}  // namespace runneriq::diagnosis
