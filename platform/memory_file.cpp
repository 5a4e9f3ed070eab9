#include "platform/memory_file.hpp"

#include "platform/files.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace runneriq::platform {

Result<MemoryFile> MemoryFile::make() {
  UniqueFd fd{::memfd_create("runneriq", MFD_CLOEXEC)};
  if (!fd) return fail(system_error("cannot make a file in memory", errno));
  return MemoryFile{std::move(fd)};
}

std::string MemoryFile::head(std::size_t max_bytes) const {
  return read(0, std::min(size(), max_bytes));
}

std::string MemoryFile::tail(std::size_t max_bytes) const {
  const std::size_t count = std::min(size(), max_bytes);
  return read(size() - count, count);
}

std::size_t MemoryFile::size() const {
  struct stat status {};
  return ::fstat(fd_.get(), &status) == 0 ? static_cast<std::size_t>(status.st_size) : 0;
}

std::string MemoryFile::read(std::size_t begin, std::size_t count) const {
  std::string text(count, '\0');
  std::size_t done = 0;
  while (done < count) {
    const ssize_t got =
        ::pread(fd_.get(), text.data() + done, count - done, static_cast<off_t>(begin + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    done += static_cast<std::size_t>(got);
  }
  text.resize(done);
  return text;
}

}  // namespace runneriq::platform
