// Scripts: made by chance, and in words.
#include "tests/simulation/simulation.hpp"

#include <array>
#include <random>

namespace runneriq::scheduler::sim {
namespace {

constexpr std::array<const char*, kWhats> kWords{
    "job",   "phantom_job", "tick",    "pass",       "arm",       "edit",       "jump", "fleet",  "disk",
    "token", "kill_switch", "restart", "save_image", "old_image", "lose_state", "mode", "decide", "stop"};

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : random_(seed) {}
  int upto(int most) { return static_cast<int>(random_() % static_cast<std::uint64_t>(most + 1)); }
  int between(int least, int most) { return least + upto(most - least); }
  bool one_in(int times) { return upto(times - 1) == 0; }

 private:
  std::mt19937_64 random_;
};

Event some_job(Chance& chance) {
  const std::array<int, 10> lanes{0, 0, 0, 1, 1, 2, 3, 4, 5, 6};
  return {chance.one_in(12) ? What::phantom_job : What::job, lanes[static_cast<std::size_t>(chance.upto(9))],
          chance.one_in(3) ? 1 : 0, chance.between(20, 240)};
}

Event some_edit(Chance& chance) {
  return {What::edit, chance.between(1, 6), chance.upto(kEdits - 1), chance.upto(4)};
}

Event some_arm(Chance& chance, int daemons) {
  const int fault = chance.upto(kFaults - 1);
  int number = chance.between(1, 300);  // seconds
  if (fault == static_cast<int>(Fault::stop)) number = chance.between(1, 600);
  if (fault == static_cast<int>(Fault::edit))
    number = chance.between(1, 6) * 100 + chance.upto(kEdits - 1) * 10 + chance.upto(4);
  return {What::arm, chance.upto(daemons - 1), chance.upto(chance.one_in(3) ? 20 : 9), fault, number};
}

Event some_trouble(Chance& chance, int daemons) {
  const int its = chance.upto(daemons - 1);
  switch (chance.upto(13)) {
    case 0:
      return {What::jump, its, chance.between(-900, 900)};
    case 1:
    case 2:
    case 3:
      return {What::fleet, chance.between(1, 6), chance.one_in(12) ? 4 : chance.upto(3)};
    case 4:
      return {What::disk, its, chance.upto(3)};
    case 5:
      return {What::token, chance.upto(2) > 0 ? 1 : 0};
    case 6:
      return {What::kill_switch, its, chance.upto(2) == 0 ? 1 : 0};
    case 7:
    case 8:
      return {What::restart, its};
    case 9:
      return {What::save_image, its};
    case 10:
      return {chance.one_in(2) ? What::old_image : What::lose_state, its};
    case 11:
      return {What::mode, its, chance.one_in(4) ? 0 : chance.between(1, 2)};
    case 12:
      return {What::stop, its};
    default:
      return {What::pass, chance.between(1, 400)};
  }
}

Event some_event(Chance& chance, int daemons) {
  const int kind = chance.upto(99);
  if (kind < 40) {
    const bool fresh = !chance.one_in(6);
    return {What::tick, chance.upto(daemons - 1), fresh ? 0 : chance.between(1, 3)};
  }
  if (kind < 58) return some_job(chance);
  if (kind < 74) return some_arm(chance, daemons);
  if (kind < 86) return some_edit(chance);
  if (kind < 90) return {What::decide, chance.upto(daemons - 1), chance.upto(2)};
  return some_trouble(chance, daemons);
}

}  // namespace

Script random_script(std::uint64_t seed) {
  Chance chance(seed);
  Script script;
  script.daemons = chance.one_in(4) ? 2 : 1;
  script.ending = chance.one_in(4) ? Ending::sweeps_blindly : Ending::keeps_ticking;
  if (chance.one_in(3)) script.events.push_back({What::mode, 0, 1});
  const int events = chance.between(10, 45);
  for (int i = 0; i < 5; ++i) script.events.push_back({What::job, 4, i % 2, chance.between(100, 400)});
  for (int i = 0; i < events; ++i) script.events.push_back(some_event(chance, script.daemons));
  return script;
}

std::string words(const Script& script) {
  std::string all = "daemons " + std::to_string(script.daemons) + ", ending " +
                    std::to_string(static_cast<int>(script.ending)) + ", mutant " +
                    std::to_string(static_cast<int>(script.mutant)) + "\n{";
  for (const Event& event : script.events) {
    all += "{What::" + std::string(kWords[static_cast<std::size_t>(event.what)]);
    for (const int number : {event.a, event.b, event.c, event.d}) all += ", " + std::to_string(number);
    all += "},\n ";
  }
  return all + "}\n";
}

std::string report(const Script& script) {
  const Script small = shrunk(script);
  const Played played = play(small);
  std::string all = words(small);
  for (const std::string& line : played.trace) all += line + "\n";
  for (const Violation& violation : played.violations)
    all += "violated: " + violation.law + ": " + violation.what + "\n";
  return all;
}

}  // namespace runneriq::scheduler::sim
