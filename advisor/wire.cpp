#include "advisor/wire.hpp"

namespace runneriq::advisor {

std::string_view to_text(Failure failure) {
  switch (failure) {
    case Failure::refused:
      return "refused";
    case Failure::cut:
      return "cut";
    case Failure::malformed:
      return "malformed";
    case Failure::unauthorised:
      return "unauthorised";
    case Failure::spend_limit:
      return "spend_limit";
    case Failure::no_such_model:
      return "no_such_model";
    case Failure::too_large:
      return "too_large";
    case Failure::throttled:
      return "throttled";
    case Failure::overloaded:
      return "overloaded";
    case Failure::unreachable:
      return "unreachable";
    case Failure::late:
      return "late";
    case Failure::over_budget:
      return "over_budget";
    case Failure::invalid:
      return "invalid";
    case Failure::stopped:
      break;
  }
  return "stopped";
}

}  // namespace runneriq::advisor
