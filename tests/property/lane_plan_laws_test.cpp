// On generated files: the edited file says the same, lanes apart, and planning it again adds nothing.
#include "core/joined.hpp"
#include "tests/support/lane_planner.hpp"

#include <random>

namespace runneriq::scheduler {
namespace {

class CiWriter {
 public:
  explicit CiWriter(unsigned seed) : random_(seed) {}

  std::string file() {
    std::string text = one_of({"", "# head\n", "# head\n\n", "---\n"});
    text += one_of({"", "stages: [test, deploy]\n\n", "variables:\n  A: b # c\n\n", "variables: {A: b}\n"});
    text += one_of({"", "default:\n  image: x\n", "default:\n  tags: [d]\n",
                    "default:\n  tags:\n    - d\n  image: x\n"});
    text += workflow();
    text +=
        ".base:\n" + tags() + "  stage: test\n.list: &list [p, q]\n.map: &map\n" + tags() + "  image: y\n";
    const int jobs = 1 + number(5);
    for (int job = 0; job < jobs; ++job) text += one("job" + std::to_string(job));
    if (number(4) == 0) text.pop_back();
    if (number(4) == 0) text = with_carriage_returns(text);
    return text;
  }

 private:
  int number(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
  std::string one_of(const std::vector<std::string>& all) {
    return all[static_cast<std::size_t>(number(static_cast<int>(all.size())))];
  }
  std::string tags() {
    return one_of({"", "  tags: [a, 'b ]']\n", "  tags:\n    - a\n    # why\n    - \"b\" # c\n",
                   "  tags:\n  - a\n\n", "  tags: []\n", "  tags:\n", "  tags: [\n    a, # x\n    b ]\n",
                   "  tags: [a, $B]\n"});
  }
  std::string workflow() {
    if (number(2) == 0) return "";
    std::string text = one_of({"workflow:\n", "workflow:\n  name: n\n"});
    if (number(4) == 0) return text;
    text += "  rules:\n";
    const int rules = 1 + number(4);
    for (int rule = 0; rule < rules; ++rule) {
      text += one_of({"    - if: $CI_COMMIT_TAG\n", "    - if: $CI_COMMIT_BRANCH\n      when: always\n",
                      "    - when: always\n", "    # why\n    - if: '$A == \"x\" || $B'\n\n",
                      "    - {if: $CI_COMMIT_TAG}\n", "    - if: $X\n      variables:\n        A: b\n",
                      "    - if: $X\n      when: never\n", "    - changes:\n      - a\n      - b\n",
                      "    - if: $CI_PIPELINE_SOURCE == \"merge_request_event\"\n"});
    }
    return text;
  }
  std::string one(const std::string& name) {
    std::string text = one_of({"", "\n", "# of " + name + "\n"}) + name + ":\n";
    text += one_of({"", "  extends: .base\n", "  <<: *map\n", "  inherit: {default: false}\n"});
    text += number(3) > 0 ? tags()
                          : one_of({"  tags: *list\n", "  tags: !reference [.base, image]\n",
                                    "  tags: !reference [.list]\n"});
    text += one_of({"  script: x\n", "  script:\n    - |\n      tags: [y]\n    - z\n",
                    "  stage: deploy\n  script: >-\n    a\n    b\n"});
    return text;
  }
  static std::string with_carriage_returns(const std::string& text) {
    std::string all;
    for (const char c : text) all += c == '\n' ? "\r\n" : std::string(1, c);
    return all;
  }

  std::mt19937 random_;
};

TEST(LanePlanLaws, TheEditedFileSaysTheSameAndNeedsNoMore) {
  int edited_files = 0;
  for (unsigned seed = 0; seed < 1500; ++seed) {
    const std::string text = CiWriter{seed}.file();
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + text);
    LanePlanner planner;
    planner.scope = seed % 3 == 0 ? LaneScope::job : LaneScope::pipeline;
    const auto planned = planner.plan(text);
    ASSERT_TRUE(planned.same) << planned.same.error().message << "\n" << planned.after;
    if (!planned.plan.refusals.empty()) continue;
    edited_files += planned.plan.edits.empty() ? 0 : 1;
    const auto again = planner.plan(planned.after);
    ASSERT_EQ(joined(again.plan.refusals, "\n"), "");
    ASSERT_EQ(edited(planned.after, again.plan.edits), planned.after);
  }
  EXPECT_GT(edited_files, 900);
}

}  // namespace
}  // namespace runneriq::scheduler
