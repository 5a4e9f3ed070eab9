#include "scheduler/plays.hpp"

namespace runneriq::scheduler {

std::string_view to_text(PlayStep::Kind kind) {
  switch (kind) {
    case PlayStep::Kind::planned:
      return "planned";
    case PlayStep::Kind::awaiting:
      return "awaiting";
    case PlayStep::Kind::applied:
      return "applied";
    case PlayStep::Kind::refused:
      return "refused";
    case PlayStep::Kind::unknown:
      return "unknown";
    case PlayStep::Kind::gone:
      return "gone";
  }
  return "planned";
}

}  // namespace runneriq::scheduler
