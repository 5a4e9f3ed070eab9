#include "alerting/job_words.hpp"

#include "core/lower_case.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

namespace runneriq::alerting {
namespace {

using Word = std::string_view;

constexpr std::array<Word, 5> kDeploys{"deploy", "releas", "publish", "rollout", "promot"};  // their stems
constexpr std::array<Word, 11> kEnds{"", "s", "e", "es", "ed", "er", "ing", "ment", "ments", "ion", "ions"};
constexpr std::array<Word, 6> kWorks{"build", "builds", "building", "lint", "linting", "linter"};
constexpr Word kWithdraws = "undeploy";  // and all that begins so
constexpr std::array<Word, 3> kTests{"test", "tests", "testing"};
constexpr std::array<Word, 13> kElsewhere{"staging", "stage",   "stg",        "dev",     "development",
                                          "qa",      "uat",     "review",     "preview", "sandbox",
                                          "demo",    "nightly", "integration"};
constexpr std::array<Word, 3> kProduction{"production", "prod", "prd"};
constexpr std::array<Word, 2> kNotYet{"pre", "non"};  // "pre-prod"

bool is_one_of(Word word, const auto& words) {
  return std::ranges::find(words, word) != words.end();
}

bool deploys(Word word) {
  return std::ranges::any_of(kDeploys, [&](Word stem) {
    return word.starts_with(stem) && is_one_of(word.substr(stem.size()), kEnds);
  });
}

// What one name says.
struct Said {
  bool deploys = false, works = false, tests = false, elsewhere = false, production = false,
       withdraws = false;

  void add(Word before, Word word) {
    const bool of_production = is_one_of(word, kProduction);
    const bool not_yet = of_production && is_one_of(before, kNotYet);
    deploys = deploys || alerting::deploys(word);
    withdraws = withdraws || word.starts_with(kWithdraws);
    works = works || is_one_of(word, kWorks);
    tests = tests || is_one_of(word, kTests);
    elsewhere = elsewhere || not_yet || is_one_of(word, kElsewhere);
    production = production || (of_production && !not_yet);
  }
};

Said said_by(std::string_view name) {
  const std::string lower = lower_case(name);
  Said said;
  Word before;
  for (std::string_view rest = lower; !rest.empty();) {
    const auto* const end = std::ranges::find_if_not(rest, [](char c) { return c >= 'a' && c <= 'z'; });
    const Word word = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
    if (!word.empty()) {
      said.add(before, word);
      before = word;
    }
    rest.remove_prefix(std::max<std::size_t>(word.size(), 1));
  }
  return said;
}

}  // namespace

Purpose purpose_of(std::string_view name, std::string_view stage) {
  const Said by_name = said_by(name);
  const Said by_stage = said_by(stage);
  const bool told = by_name.tests || by_name.elsewhere || by_name.production;
  const Said& place = told ? by_name : by_stage;
  const bool tests = place.tests && (told || by_stage.deploys);
  return {.deployment = by_name.deploys || (by_stage.deploys && !by_name.works),
          .elsewhere = by_name.withdraws || ((place.elsewhere || tests) && !place.production)};
}

}  // namespace runneriq::alerting
