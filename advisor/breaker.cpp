#include "advisor/breaker.hpp"

#include <algorithm>

namespace runneriq::advisor {
namespace {

constexpr Duration kLongestAsked = std::chrono::hours{24};

enum class Kind {
  passes,   // later it may work
  for_day,  // until the next day
  lasts,    // until somebody changes something
  ours,     // nothing was sent
  answers,  // the provider is there, whatever it says
};

Kind kind_of(Failure failure) {
  switch (failure) {
    case Failure::throttled:
    case Failure::overloaded:
    case Failure::unreachable:
    case Failure::late:
      return Kind::passes;
    case Failure::spend_limit:
      return Kind::for_day;
    case Failure::unauthorised:
    case Failure::no_such_model:
      return Kind::lasts;
    case Failure::over_budget:
    case Failure::stopped:
      return Kind::ours;
    case Failure::refused:
    case Failure::cut:
    case Failure::malformed:
    case Failure::too_large:
    case Failure::invalid:
      break;
  }
  return Kind::answers;
}

Time next_day(Time now) {
  return std::chrono::floor<std::chrono::days>(now) + std::chrono::days{1};
}

}  // namespace

bool Breaker::lets_through(Time now) {
  if (for_good_) return false;
  if (!open_until_) return true;
  if (now < *open_until_ || trying_) return false;
  trying_ = true;
  return true;
}

void Breaker::succeeded() {
  if (!for_good_) *this = Breaker{};
}

void Breaker::failed(Failure failure, std::optional<Duration> wait, Time now) {
  const Kind kind = kind_of(failure);
  if (kind == Kind::answers) return succeeded();
  trying_ = false;
  if (kind == Kind::ours) return;
  if (kind == Kind::lasts) for_good_ = true;
  if (kind == Kind::for_day) open_until_ = next_day(now);
  if (kind == Kind::passes) rest(wait, now);
}

// Who asks for a rest gets it at once; else it takes several failures, and each later one rests longer.
void Breaker::rest(std::optional<Duration> wait, Time now) {
  ++failures_;
  const Duration asked = std::clamp(wait.value_or(Duration::zero()), Duration::zero(), kLongestAsked);
  Duration least = Duration::zero();
  if (failures_ >= kMostFailures) {
    least = rest_;
    rest_ = std::min(rest_ * 2, kLongestRest);
  }
  const Duration rest = std::max(asked, least);
  if (rest > Duration::zero()) open_until_ = std::max(now + rest, open_until_.value_or(now));
}

}  // namespace runneriq::advisor
