#include "apps/runneriq/alert_file.hpp"

namespace runneriq::app {

using alerting::AlertState;

Result<AlertState*> AlertFile::state() {
  return state_.get(log_, [this] { return AlertState::open({.path = path_}); });
}

}  // namespace runneriq::app
