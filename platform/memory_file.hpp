// A nameless file in memory, for what a child prints: unlike with a pipe, a daemon that the
// child leaves behind with its output open keeps nobody waiting.
#pragma once

#include "core/result.hpp"
#include "platform/unique_fd.hpp"

#include <cstddef>
#include <string>

namespace runneriq::platform {

class MemoryFile {
 public:
  static Result<MemoryFile> make();
  [[nodiscard]] int fd() const { return fd_.get(); }
  // What has been written so far: its first or its last `max_bytes`.
  [[nodiscard]] std::string head(std::size_t max_bytes) const;
  [[nodiscard]] std::string tail(std::size_t max_bytes) const;

 private:
  explicit MemoryFile(UniqueFd fd) : fd_(std::move(fd)) {}
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::string read(std::size_t begin, std::size_t count) const;

  UniqueFd fd_;
};

}  // namespace runneriq::platform
