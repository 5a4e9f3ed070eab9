// What the simulation has found, each as the shortest script that showed it.
#include "tests/simulation/simulation.hpp"

#include <gtest/gtest.h>

namespace runneriq::scheduler::sim {
namespace {

void expect_no_violation(const Script& script) {
  EXPECT_TRUE(play(script).violations.empty()) << report(script);
}

// A runner that was to be opened and given a grant was written after those that were to be cut, so that for
// a moment no runner of the pool was open; for good, had the process died.
TEST(Findings, ARunnerThatIsOpenedAndGrantedIsOpenedBeforeOthersAreCut) {
  expect_no_violation({.events = {{What::job, 4, 0, 372},
                                  {What::job, 4, 0, 158},
                                  {What::job, 4, 1, 232},
                                  {What::job, 4, 0, 324},
                                  {What::job, 1, 0, 78},
                                  {What::tick},
                                  {What::tick},
                                  {What::phantom_job, 5, 1, 221}}});
}

// The same runner stayed cut without a lease as long as changes were held back.
TEST(Findings, ARunnerThatIsOpenedAndGrantedIsOpenedWhileChangesAreHeldBack) {
  expect_no_violation({.events = {{What::job, 4, 0, 339},
                                  {What::job, 4, 1, 112},
                                  {What::job, 0, 0, 154},
                                  {What::job, 1, 0, 240},
                                  {What::job, 3, 0, 220},
                                  {What::tick},
                                  {What::tick},
                                  {What::edit, 3, static_cast<int>(Edit::remove_managed)},
                                  {What::job, 5, 1, 107}}});
}

// A person had taken a lane from the open runner; the others were cut all the same until the next step.
TEST(Findings, NothingIsCutWhereAPersonHasJustChangedTheOpenRunner) {
  expect_no_violation({.events = {{What::job, 4, 0, 397},
                                  {What::job, 4, 0, 315},
                                  {What::job, 4, 1, 366},
                                  {What::job, 4, 0, 140},
                                  {What::job, 0, 0, 139},
                                  {What::job, 5, 1, 73},
                                  {What::tick},
                                  {What::tick},
                                  {What::tick},
                                  {What::tick, 0, 2},
                                  {What::edit, 4, static_cast<int>(Edit::remove_lane), 0},
                                  {What::job, 3, 0, 58}}});
}

// What was seen of a person's change while the state file could not be written was never written later.
TEST(Findings, APersonsChangeIsOnRecordAsSoonAsTheStateFileCanBeWritten) {
  expect_no_violation({.events = {{What::job, 4, 0, 60},
                                  {What::job, 4, 0, 60},
                                  {What::job, 4, 0, 60},
                                  {What::job, 4, 1, 60},
                                  {What::pass, 6},
                                  {What::job, 0, 0, 20},
                                  {What::tick},
                                  {What::pass, 100},
                                  {What::tick},
                                  {What::tick},
                                  {What::edit, 1, static_cast<int>(Edit::remove_lane), 1},
                                  {What::edit, 2, static_cast<int>(Edit::remove_lane), 1},
                                  {What::edit, 3, static_cast<int>(Edit::remove_lane), 1},
                                  {What::disk, 0, 0},
                                  {What::tick},
                                  {What::disk, 0, 1},
                                  {What::job, 4, 0, 400},
                                  {What::job, 4, 0, 400},
                                  {What::job, 4, 0, 400},
                                  {What::job, 4, 1, 400},
                                  {What::pass, 6},
                                  {What::job, 0, 0, 20},
                                  {What::tick},
                                  {What::tick},
                                  {What::restart}}});
}

// Where the leases had ended in the same step, a person's change was not heeded: cut anew half a minute
// later.
TEST(Findings, ARunnerThatAPersonChangedIsLeftAloneEvenWhenItsLeasesHadJustEnded) {
  expect_no_violation({.events = {{What::job, 4, 0, 340},
                                  {What::job, 4, 0, 319},
                                  {What::job, 4, 1, 398},
                                  {What::job, 4, 0, 392},
                                  {What::job, 4, 1, 231},
                                  {What::job, 2, 1, 103},
                                  {What::job, 3, 0, 144},
                                  {What::tick},
                                  {What::kill_switch, 0, 1},
                                  {What::edit, 1, static_cast<int>(Edit::add_other)},
                                  {What::tick}}});
}

}  // namespace
}  // namespace runneriq::scheduler::sim
