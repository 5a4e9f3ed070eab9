#include "executor/admission_wait.hpp"

#include "core/overloaded.hpp"

#include <algorithm>
#include <variant>

namespace runneriq::executor {
namespace {

using scheduler::Bypassed;
using scheduler::Granted;
using scheduler::Held;

// Says where a held job stands, when there is something new to say.
class StandingLines {
 public:
  explicit StandingLines(JobLog& log) : log_(log) {}

  void held(const Held& standing, Time now) {
    const bool news = position_ != standing.position || now >= next_reminder_;
    if (!news) return;
    log_.line(describe(scheduler::Admission{standing}, now));
    position_ = standing.position;
    next_reminder_ = now + kReminder;
  }

  [[nodiscard]] Time next_reminder() const { return next_reminder_; }

 private:
  JobLog& log_;
  std::size_t position_ = 0;  // as last said; 0 = not yet
  Time next_reminder_{};
};

Time next_look(const Held& standing, Time now, Time reminder) {
  const Duration poll = standing.position == 1 ? kNextInLinePoll : kOthersPoll;
  return std::max(now + kShortestWait, std::min({now + poll, standing.hold_until, reminder}));
}

std::string after(Duration held) {
  return held < std::chrono::seconds{1} ? std::string() : " after " + to_reading(held);
}

}  // namespace

std::variant<Admitted, GaveUp> wait_for_admission(scheduler::AdmissionDesk& desk,
                                                  const scheduler::AdmissionRequest& request, Waiter& waiter,
                                                  JobLog& log) {
  const Time entered = waiter.now();
  StandingLines lines{log};
  while (true) {
    const Time now = waiter.now();
    const Duration held = std::max(now - entered, Duration::zero());
    const auto standing = desk.ask(request, now);
    if (!standing) {
      log.line("admitted" + after(held) + " without a slot: " + standing.error().message);
      return Admitted{now, held};
    }
    const Held* still = std::get_if<Held>(&*standing);
    if (still == nullptr) {
      const std::string reason = std::visit(
          Overloaded{[](const Granted& granted) { return granted.reason; },
                     [](const Bypassed& bypassed) { return bypassed.reason + "; runs without a slot"; },
                     [](const Held&) { return std::string(); }},
          *standing);
      log.line("admitted" + after(held) + ": " + reason);
      return Admitted{now, held};
    }
    lines.held(*still, now);
    const auto woken = waiter.sleep_until(next_look(*still, waiter.now(), lines.next_reminder()));
    if (woken == Waiter::Woken::by_stop || woken == Waiter::Woken::by_orphaning) {
      (void)desk.leave(request.key, request.attempt,
                       waiter.now());  // else found by the death of this process
      return GaveUp{};
    }
  }
}

}  // namespace runneriq::executor
