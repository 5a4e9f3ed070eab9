// The process dies before or after every single effect of short scripts, and again at every effect of the
// recovery. Nothing is left behind, and nothing waits for ever, whether somebody comes back or not.
#include "tests/simulation/simulation.hpp"

#include <gtest/gtest.h>

#include <iostream>

namespace runneriq::scheduler::sim {
namespace {

using Events = std::vector<Event>;

struct ShortScript {
  const char* name;
  Events before;  // up to the step that dies
  bool also_dies_in_recovery = false;
};

// Every runner has work; a job that should go first waits.
Events busy_fleet(int lane) {
  Events events;
  for (int i = 0; i < 7; ++i) events.push_back({What::job, 4, i < 4 ? 0 : 1, 200 + 40 * i});
  events.push_back({What::pass, 6});
  events.push_back({What::job, lane, 0, 60});
  return events;
}

Events operator+(Events a, const Events& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

std::vector<ShortScript> scripts() {
  const Event tick{What::tick};
  return {
      {"a first cut", busy_fleet(0), true},
      {"cuts are renewed", busy_fleet(0) + Events{tick, tick, tick, tick}},
      {"cuts are opened", busy_fleet(0) + Events{tick, {What::pass, 300}}, true},
      {"a cut goes deeper", busy_fleet(2) + Events{{What::pass, 40}, tick, {What::job, 0, 0, 60}}},
      {"a grant", busy_fleet(4) + Events{{What::job, 5, 1, 60}}},
      {"a cut becomes a grant", Events{{What::job, 4, 0, 372},
                                       {What::job, 4, 0, 158},
                                       {What::job, 4, 1, 232},
                                       {What::job, 4, 0, 324},
                                       {What::job, 1, 0, 78},
                                       tick,
                                       tick,
                                       {What::phantom_job, 5, 1, 221}}},
      {"a person edits a cut runner",
       busy_fleet(0) + Events{tick, {What::edit, 1, 3, 4}, {What::edit, 2, 4}}},
      {"the open runner falls silent", busy_fleet(0) + Events{tick, {What::fleet, 4, 0}}},
      {"an approval is used",
       Events{{What::mode, 0, 1}} + busy_fleet(0) + Events{tick, {What::decide, 0, 1}}},
      {"a job is never given",
       busy_fleet(6) + Events{{What::phantom_job, 0, 0, 60}, tick, {What::pass, 280}, tick}},
  };
}

struct Tally {
  int plays = 0;
  Counts counts;
  std::vector<int> effects;  // of the ticks of the last play
  int failed = 0;

  void check(const std::string& name, const Script& script) {
    if (failed > 2) return;
    const Played played = play(script);
    ++plays;
    counts += played.counts;
    effects = played.effects;
    if (played.violations.empty()) return;
    ++failed;
    ADD_FAILURE() << name << "\n" << report(script);
  }
};

int crash(bool before) {
  return static_cast<int>(before ? Fault::crash_before : Fault::crash_after);
}

Script dying(const ShortScript& script, int effect, bool before, Ending ending) {
  return {.events = script.before + Events{{What::arm, 0, effect, crash(before)}, {What::tick}},
          .ending = ending};
}

// Effects of the last tick of a script.
int effects_of(const Events& events) {
  const Played played = play({.events = events, .ending = Ending::nobody_comes_back});
  return played.effects.empty() ? 0 : played.effects.back();
}

TEST(Crashes, AtEveryEffectLeaveNothingBehind) {
  Tally tally;
  int effects = 0;
  for (const ShortScript& script : scripts()) {
    const int all = effects_of(script.before + Events{{What::tick}});
    EXPECT_GT(all, 3) << script.name;
    effects += all;
    for (int effect = 0; effect < all; ++effect) {
      for (const bool before : {true, false}) {
        for (const Ending ending : {Ending::keeps_ticking, Ending::sweeps_blindly})
          tally.check(script.name, dying(script, effect, before, ending));
      }
    }
  }
  std::cout << effects << " effects, " << tally.plays << " plays, " << tally.counts.crashes << " crashes\n";
  EXPECT_EQ(tally.plays, effects * 4);
  EXPECT_EQ(tally.counts.crashes, tally.plays);
}

TEST(Crashes, WithNobodyComingBackLetNothingWaitForEver) {
  Tally tally;
  for (const ShortScript& script : scripts()) {
    const int all = effects_of(script.before + Events{{What::tick}});
    for (int effect = 0; effect < all; ++effect) {
      for (const bool before : {true, false})
        tally.check(script.name, dying(script, effect, before, Ending::nobody_comes_back));
    }
  }
  EXPECT_GT(tally.counts.jobs_done, tally.plays * 5);
}

TEST(Crashes, AtEveryEffectOfTheRecoveryLeaveNothingBehind) {
  Tally tally;
  for (const ShortScript& script : scripts()) {
    if (!script.also_dies_in_recovery) continue;
    const int all = effects_of(script.before + Events{{What::tick}});
    for (int first = 0; first < all; ++first) {
      Script once = dying(script, first, true, Ending::keeps_ticking);
      const int recovery = effects_of(once.events + Events{{What::tick}});
      for (int second = 0; second < recovery; ++second) {
        for (const bool before : {true, false}) {
          Script twice = once;
          twice.events = twice.events + Events{{What::arm, 0, second, crash(before)}, {What::tick}};
          tally.check(script.name, twice);
        }
      }
    }
  }
  std::cout << tally.plays << " plays, " << tally.counts.crashes << " crashes\n";
  EXPECT_EQ(tally.counts.crashes, tally.plays * 2);
}

// SIGSTOP for longer than a lease lives, a person's edit, a call that arrives late: between any two effects.
TEST(Stops, EditsAndLateCallsBetweenAnyTwoEffectsBreakNoLaw) {
  Tally tally;
  std::vector<std::pair<Fault, int>> faults{
      {Fault::stop, 420},  {Fault::stop, 25},      {Fault::reply_lost, 0},       {Fault::comes_late, 280},
      {Fault::is_lost, 0}, {Fault::is_refused, 0}, {Fault::crash_and_late, 240}, {Fault::get_fails, 0}};
  for (int edit = 0; edit < kEdits; ++edit) {
    for (const int runner : {1, 4}) faults.emplace_back(Fault::edit, runner * 100 + edit * 10 + 2);
  }
  for (const ShortScript& script : scripts()) {
    const int all = effects_of(script.before + Events{{What::tick}});
    for (int effect = 0; effect < all; ++effect) {
      for (const auto& [fault, number] : faults) {
        Script one{.events = script.before +
                             Events{{What::arm, 0, effect, static_cast<int>(fault), number}, {What::tick}}};
        tally.check(script.name, one);
      }
    }
  }
  std::cout << tally.plays << " plays, " << tally.counts.edits << " edits\n";
  EXPECT_GT(tally.counts.late, 0);
}

TEST(TwoDaemons, AtOnceBetweenAnyTwoEffectsBreakNoLaw) {
  Tally tally;
  for (const ShortScript& script : scripts()) {
    const int all = effects_of(script.before + Events{{What::tick}});
    for (int effect = 0; effect < all; ++effect) {
      Script one{.events = script.before +
                           Events{{What::arm, 0, effect, static_cast<int>(Fault::other_steps)}, {What::tick}},
                 .daemons = 2};
      tally.check(script.name, one);
    }
  }
  EXPECT_GT(tally.plays, 100);
}

}  // namespace
}  // namespace runneriq::scheduler::sim
