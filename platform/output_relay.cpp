#include "platform/output_relay.hpp"

#include "platform/pipe.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace runneriq::platform {
namespace {

constexpr std::size_t kChunk = 1 << 16;

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Result<OutputRelay> OutputRelay::make() {
  OutputRelay relay;
  for (std::size_t i = 0; i < relay.streams_.size(); ++i) {
    auto pipe = make_pipe();
    if (!pipe) return fail(pipe.error());
    ::fcntl(pipe->read.get(), F_SETFL, O_NONBLOCK);
    relay.streams_[i] = {std::move(pipe->read), std::move(pipe->write),
                         i == 0 ? STDOUT_FILENO : STDERR_FILENO};
  }
  return relay;
}

void OutputRelay::connect(ChildSpec& spec) const {
  spec.standard_output = streams_[0].child.get();
  spec.standard_error = streams_[1].child.get();
}

void OutputRelay::child_started() {
  for (Stream& stream : streams_) stream.child = UniqueFd{};
}

void OutputRelay::carry() {
  for (Stream& stream : streams_) {
    if (stream.from) carry(stream);
  }
}

void OutputRelay::carry(Stream& stream) {
  char block[kChunk];
  while (true) {
    const ssize_t count = ::read(stream.from.get(), block, sizeof block);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return;  // nothing more for now
    if (count == 0 || !write_all(stream.to, {block, static_cast<std::size_t>(count)})) {
      stream.from = UniqueFd{};
      return;
    }
    if (count < static_cast<ssize_t>(sizeof block)) return;
  }
}

}  // namespace runneriq::platform
