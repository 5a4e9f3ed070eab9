#include "scheduler/sqlite/life.hpp"

#include "platform/files.hpp"
#include "platform/process_table.hpp"

namespace runneriq::scheduler {

LifeProbe LifeProbe::of_this_host() {
  return {[](const ProcessIdentity& process) { return platform::is_alive(process); },
          [](const AttemptId& attempt) { return platform::is_folder(attempt.value()); }};
}

}  // namespace runneriq::scheduler
