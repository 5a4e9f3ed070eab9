#include "cli/progress.hpp"

#include <stop_token>
#include <utility>

namespace runneriq::cli {

Progress::Progress(Output& out, std::string what, Duration patience) {
  if (!out.somebody_watches()) return;
  thread_ = std::jthread([this, &out, what = std::move(what), patience](const std::stop_token& stop) {
    std::unique_lock lock{mutex_};
    over_.wait_for(lock, stop, patience, [] { return false; });
    if (!stop.stop_requested()) out.talk(what);
  });
}

}  // namespace runneriq::cli
