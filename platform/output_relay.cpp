#include "platform/output_relay.hpp"

#include "platform/pipe.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

namespace runneriq::platform {
namespace {

constexpr std::size_t kChunk = 1 << 16;

bool has_room(int fd) {
  pollfd wait{fd, POLLOUT, 0};
  return ::poll(&wait, 1, 0) > 0;
}

// For readers that splice() cannot serve, such as a terminal: those take what they are given.
ssize_t copy_block(int from, int to) {
  char block[4096];
  const ssize_t count = ::read(from, block, sizeof block);
  std::string_view rest(block, count > 0 ? static_cast<std::size_t>(count) : 0);
  while (!rest.empty()) {
    const ssize_t written = ::write(to, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return -1;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  return count;
}

// As where the runner reads both from one pipe, and sees by that in which order they were written.
bool lead_to_the_same(int one, int other) {
  struct stat first {};
  struct stat second {};
  return ::fstat(one, &first) == 0 && ::fstat(other, &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

std::size_t waiting_in(const UniqueFd& pipe) {
  int bytes = 0;
  return pipe && ::ioctl(pipe.get(), FIONREAD, &bytes) == 0 ? static_cast<std::size_t>(bytes) : 0;
}

ssize_t carry_block(int from, int to) {
  const ssize_t count = ::splice(from, nullptr, to, nullptr, kChunk, SPLICE_F_NONBLOCK | SPLICE_F_MOVE);
  return count < 0 && errno == EINVAL ? copy_block(from, to) : count;
}

}  // namespace

Result<OutputRelay> OutputRelay::make() {
  OutputRelay relay;
  const std::size_t needed = lead_to_the_same(STDOUT_FILENO, STDERR_FILENO) ? 1 : relay.streams_.size();
  for (std::size_t i = 0; i < needed; ++i) {
    auto pipe = make_pipe();
    if (!pipe) return fail(pipe.error());
    ::fcntl(pipe->read.get(), F_SETFL, O_NONBLOCK);
    Stream& stream = relay.streams_[i];
    stream.from = std::move(pipe->read);
    stream.child = std::move(pipe->write);
    stream.to = i == 0 ? STDOUT_FILENO : STDERR_FILENO;
  }
  return relay;
}

void OutputRelay::connect(ChildSpec& spec) const {
  spec.standard_output = streams_[0].child.get();
  spec.standard_error = (streams_[1].child ? streams_[1] : streams_[0]).child.get();
}

void OutputRelay::child_started() {
  for (Stream& stream : streams_) stream.child = UniqueFd{};
}

std::array<pollfd, 2> OutputRelay::waits() const {
  std::array<pollfd, 2> waits{};
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    const Stream& stream = streams_[i];
    waits[i] = stream.full ? pollfd{stream.to, POLLOUT, 0} : pollfd{stream.from.get(), POLLIN, 0};
  }
  return waits;
}

void OutputRelay::carry() {
  for (Stream& stream : streams_) {
    if (stream.from) (void)carry(stream);
  }
}

std::size_t OutputRelay::carry(Stream& stream) {
  stream.full = !has_room(stream.to);
  if (stream.full) return 0;
  const ssize_t count = carry_block(stream.from.get(), stream.to);
  if (count > 0) return static_cast<std::size_t>(count);
  if (count == 0 || (errno != EAGAIN && errno != EINTR)) stream.from = UniqueFd{};
  return 0;
}

void OutputRelay::finish(Duration patience) {
  std::array<std::size_t, 2> left{waiting_in(streams_[0].from), waiting_in(streams_[1].from)};
  while (left[0] > 0 || left[1] > 0) {
    auto waiting = waits();
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (left[i] == 0) waiting[i].fd = -1;
    }
    if (::poll(waiting.data(), waiting.size(), static_cast<int>(patience.count())) <= 0) return;
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (left[i] > 0) left[i] -= std::min(left[i], carry(streams_[i]));
      if (!streams_[i].from) left[i] = 0;
    }
  }
}

}  // namespace runneriq::platform
