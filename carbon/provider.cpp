#include "carbon/provider.hpp"

namespace runneriq::carbon {

std::string_view to_text(Want want) {
  switch (want) {
    case Want::latest:
      return "latest";
    case Want::forecast:
      return "forecast";
    case Want::history:
      return "history";
  }
  return "latest";
}

}  // namespace runneriq::carbon
