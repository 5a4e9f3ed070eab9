#include "scheduler/sqlite/loop_claim.hpp"

#include "platform/files.hpp"
#include "platform/unique_fd.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace runneriq::scheduler {
namespace {

using platform::FileLock;

constexpr std::size_t kLongestId = 32;

Result<FileLock> acquire(const std::string& path) {
  auto lock = FileLock::acquire(path, Duration::zero());
  if (lock || lock.error().code != Errc::not_found) return lock;
  if (auto made = platform::make_folders(platform::parent_folder(path), 0700); !made)
    return fail(made.error());
  return FileLock::acquire(path, Duration::zero());
}

// "123", or "" while the holder has not written it yet.
std::string holder_in(const std::string& path) {
  const auto text = platform::read_file(path, kLongestId);
  if (!text) return {};
  const std::string digits = text->substr(0, text->find_first_not_of("0123456789"));
  return digits;
}

Error taken_by_another(const std::string& path, const std::string& state_path) {
  const std::string holder = holder_in(path);
  const std::string who = holder.empty() ? "" : " (process " + holder + ")";
  return {Errc::conflict, "another runneriq" + who + " already runs on " + state_path +
                              ": stop it first, or give this one a state file of its own"};
}

// In place: a new file under the name would not be the locked one.
Result<void> write_own_id(const std::string& path) {
  const platform::UniqueFd file{::open(path.c_str(), O_WRONLY | O_TRUNC | O_NOFOLLOW | O_CLOEXEC)};
  if (!file) return fail(platform::system_error(path, errno));
  const std::string line = std::to_string(::getpid()) + "\n";
  if (::write(file.get(), line.data(), line.size()) == static_cast<ssize_t>(line.size())) return {};
  return fail(platform::system_error(path, errno));
}

}  // namespace

Result<LoopClaim> LoopClaim::take(const std::string& state_path) {
  const std::string path = state_path + "-loop";
  auto lock = acquire(path);
  if (!lock && lock.error().code == Errc::timed_out) return fail(taken_by_another(path, state_path));
  if (!lock) return fail(std::move(lock.error()));
  if (auto written = write_own_id(path); !written) return fail(std::move(written.error()));
  return LoopClaim{std::move(*lock)};
}

}  // namespace runneriq::scheduler
