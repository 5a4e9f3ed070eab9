// How a program hears that it should end: SIGTERM or SIGINT, or, for a stage, the death of
// the process that started it (a parent-death signal is unreliable with a multi-threaded
// parent, so the parent is watched by pidfd). A daemon hears here, too, that it should reload.
#pragma once

#include "platform/unique_fd.hpp"

#include <optional>

namespace runneriq::platform {

enum class OnHangup { stop, reload };
enum class WatchParent { yes, no };

class Termination {
 public:
  enum class Cause { stop, orphaning };

  // Blocks SIGTERM, SIGINT and SIGHUP in this process, to be heard here, and ignores SIGPIPE: a
  // runner that is gone must not end us before the job's tree is. Children start with neither. One per
  // process, before any thread.
  explicit Termination(OnHangup on_hangup = OnHangup::stop, WatchParent watch_parent = WatchParent::yes);

  // What has happened so far; sticky, and never blocks.
  [[nodiscard]] std::optional<Cause> happened();
  // Whether SIGHUP has asked for a reload since the last call.
  [[nodiscard]] bool take_reload();

  // To be polled for reading, then ask happened() or take_reload(). −1 where the kernel gives none.
  // The signal that asks to stop is never read, so signal_fd() stays readable from then on, and serves
  // everything that must break off (HttpClientSettings::stop_fd). A reload does not make it readable.
  [[nodiscard]] int signal_fd() const { return stops_.get(); }
  [[nodiscard]] int reload_fd() const { return reloads_.get(); }
  [[nodiscard]] int parent_fd() const { return parent_.get(); }

 private:
  UniqueFd stops_;
  UniqueFd reloads_;
  UniqueFd parent_;
  int parent_pid_ = 0;  // 0 = not watched
  std::optional<Cause> cause_;
};

}  // namespace runneriq::platform
