// A script of what happens to the writer and around it, played on a virtual clock; every effect is judged
// by the laws, and so is how the fleet comes to rest when the trouble is over.
#pragma once

#include "tests/simulation/daemon.hpp"
#include "tests/simulation/world.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace runneriq::scheduler::sim {

enum class What {
  job,          // a: lane 0..4, 5 grant, 6 none; b: 0 docker, 1 gpu, 2 no tag of users; c: seconds
  phantom_job,  // as above, but GitLab never gives it
  tick,         // half a minute passes, and daemon a steps; b: Look
  pass,         // a seconds
  arm,          // daemon a, at effect b of its next step: Fault c, with number d
  edit,         // of runner a: Edit b, which c
  jump,         // the wall clock of daemon a by b seconds
  fleet,        // runner a: 0 offline, 1 online, 2 paused, 3 resumed, 4 deleted
  disk,         // of daemon a: 0 store fails, 1 store works, 2 audit fails, 3 audit works
  token,        // a: 0 revoked, 1 valid
  kill_switch,  // of daemon a: b
  restart,      // daemon a dies between two steps
  save_image,   // of the disk of daemon a
  old_image,    // back on the disk of daemon a
  lose_state,   // of daemon a
  mode,         // of daemon a: 0 without --execute, 1 supervised, 2 autonomous
  decide,       // daemon a's proposals: 0 reject, 1 approve, 2 standing
  stop,         // daemon a ends in good order
};
inline constexpr int kWhats = 18;

struct Event {
  What what = What::tick;
  int a = 0, b = 0, c = 0, d = 0;
};

enum class Ending {
  keeps_ticking,     // the daemon lives, and sees the fleet
  sweeps_blindly,    // it died for a TTL; from then on it only sweeps, without any list of the fleet
  nobody_comes_back  // it is dead for good: nothing waits for ever all the same
};

struct Script {
  std::vector<Event> events;
  int daemons = 1;
  Mutant mutant = Mutant::none;
  Ending ending = Ending::keeps_ticking;
};

struct Played {
  std::vector<Violation> violations;
  std::vector<std::string> trace;
  std::vector<int> effects;  // of every tick
  Counts counts;
  [[nodiscard]] bool breaks(const std::string& law) const;
};

Played play(const Script& script);
Script random_script(std::uint64_t seed);
// Without the events that the breach of the first law does not need.
Script shrunk(Script script);
// C++ that builds it, for a named test.
std::string words(const Script& script);
// What to print when it should not have been violated.
std::string report(const Script& script);

}  // namespace runneriq::scheduler::sim
