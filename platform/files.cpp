#include "platform/files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

namespace runneriq::platform {
namespace {

Result<void> write_all(int fd, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(system_error("cannot write " + path, errno));
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

struct PathParts {
  std::string parent;  // "." for a bare name
  std::string name;
};

PathParts split(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return {".", path};
  return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
}

UniqueFd open_folder_at(int parent, const char* name) {
  return UniqueFd{::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
}

// A folder that its owner made unreadable, as its owner: the mode is changed through a held
// descriptor, since changing it by name would follow a symbolic link put in its place.
UniqueFd open_forbidden_folder_at(int parent, const char* name) {
  const UniqueFd handle{::openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
  if (!handle) return {};
  const std::string same = "/proc/self/fd/" + std::to_string(handle.get());
  if (::chmod(same.c_str(), 0700) != 0) return {};
  return UniqueFd{::open(same.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
}

using OpenDirectory = std::unique_ptr<DIR, int (*)(DIR*)>;

std::vector<std::string> names_in(int folder) {
  std::vector<std::string> names;
  // A new open file description, so that reading starts at the first entry each time.
  UniqueFd own{::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  OpenDirectory stream{own ? ::fdopendir(own.get()) : nullptr, &::closedir};
  if (!stream) return names;
  (void)own.release();
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  return names;
}

// One level of remove_tree(): `folder` is held open, so that a rename of it or of a folder
// above it cannot lead us elsewhere; names are only ever resolved inside it, without links.
class TreeRemoval {
 public:
  explicit TreeRemoval(dev_t device) : device_(device) {}

  void empty(int folder, int depth) {
    // A job's folder may be without read or write permission for its owner.
    ::fchmod(folder, 0700);
    for (const std::string& name : names_in(folder)) remove_entry(folder, name.c_str(), depth);
  }

  [[nodiscard]] int first_error() const { return first_error_; }

 private:
  static constexpr int kMaxDepth = 2000;  // open descriptors, one a level

  void remove_entry(int folder, const char* name, int depth) {
    if (::unlinkat(folder, name, 0) == 0 || errno == ENOENT) return;
    if (errno != EISDIR && errno != EPERM) return note(errno);
    UniqueFd inner = open_folder_at(folder, name);
    if (!inner && errno == EACCES) inner = open_forbidden_folder_at(folder, name);
    if (!inner) {
      if (errno != ENOENT) note(errno);
      return;
    }
    struct stat status {};
    if (::fstat(inner.get(), &status) != 0 || status.st_dev != device_) return note(EXDEV);
    if (depth >= kMaxDepth) return note(ENAMETOOLONG);
    empty(inner.get(), depth + 1);
    if (::unlinkat(folder, name, AT_REMOVEDIR) != 0 && errno != ENOENT) note(errno);
  }

  void note(int error) {
    if (first_error_ == 0) first_error_ = error;
  }

  dev_t device_;
  int first_error_ = 0;
};

}  // namespace

Error system_error(std::string_view what, int error_number) {
  std::string message = std::string(what) + ": " + std::strerror(error_number);
  switch (error_number) {
    case ENOENT:
      return {Errc::not_found, std::move(message)};
    case EACCES:
    case EPERM:
    case EROFS:
      return {Errc::permission, std::move(message)};
    default:
      return {Errc::unavailable, std::move(message)};
  }
}

Result<std::string> read_file(const std::string& path, std::size_t max_bytes) {
  const UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!fd) return fail(system_error("cannot open " + path, errno));
  std::string content;
  char block[16384];
  while (true) {
    const ssize_t count = ::read(fd.get(), block, sizeof block);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(system_error("cannot read " + path, errno));
    if (count == 0) return content;
    content.append(block, static_cast<std::size_t>(count));
    if (content.size() > max_bytes) {
      return fail(Errc::invalid_argument, path + " is larger than " + std::to_string(max_bytes) + " bytes");
    }
  }
}

Result<void> replace_file(const std::string& path, std::string_view content) {
  const std::string draft = path + ".new";
  const UniqueFd fd{::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600)};
  if (!fd) return fail(system_error("cannot make " + draft, errno));
  if (auto written = write_all(fd.get(), content, draft); !written) return written;
  if (::rename(draft.c_str(), path.c_str()) != 0) {
    return fail(system_error("cannot rename " + draft + " to " + path, errno));
  }
  return {};
}

Result<void> append_to_file(const std::string& path, std::string_view content) {
  const UniqueFd fd{::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600)};
  if (!fd) return fail(system_error("cannot open " + path, errno));
  return write_all(fd.get(), content, path);
}

Result<MappedFile> MappedFile::open(const std::string& path) {
  const UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!fd) return fail(system_error("cannot open " + path, errno));
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return fail(system_error("cannot read " + path, errno));
  if (!S_ISREG(status.st_mode)) return fail(Errc::invalid_argument, path + " is not a regular file");
  MappedFile file;
  if (status.st_size == 0) return file;
  file.size_ = static_cast<std::size_t>(status.st_size);
  file.address_ = ::mmap(nullptr, file.size_, PROT_READ, MAP_PRIVATE, fd.get(), 0);
  if (file.address_ == MAP_FAILED) {
    file.address_ = nullptr;
    file.size_ = 0;
    return fail(system_error("cannot map " + path, errno));
  }
  ::madvise(file.address_, file.size_, MADV_SEQUENTIAL);
  return file;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : address_(std::exchange(other.address_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(address_, other.address_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  if (address_ != nullptr) ::munmap(address_, size_);
}

Result<void> make_folders(const std::string& path, std::uint32_t mode) {
  if (is_folder(path)) return {};
  for (std::size_t end = path.find('/', 1); end != std::string::npos; end = path.find('/', end + 1)) {
    const std::string above = path.substr(0, end);
    if (::mkdir(above.c_str(), mode) != 0 && errno != EEXIST) {
      return fail(system_error("cannot make the folder " + above, errno));
    }
  }
  if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) {
    return fail(system_error("cannot make the folder " + path, errno));
  }
  return {};
}

Result<void> make_owned_folder(const std::string& path, const Account& owner, std::uint32_t mode) {
  const PathParts parts = split(path);
  const UniqueFd parent{::open(parts.parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!parent) return fail(system_error("cannot open " + parts.parent, errno));
  if (::mkdirat(parent.get(), parts.name.c_str(), mode) != 0 && errno != EEXIST) {
    return fail(system_error("cannot make the folder " + path, errno));
  }
  const UniqueFd folder = open_folder_at(parent.get(), parts.name.c_str());
  if (!folder) return fail(Errc::conflict, path + " is not a folder: " + std::strerror(errno));
  struct stat status {};
  if (::fstat(folder.get(), &status) != 0) return fail(system_error("cannot read " + path, errno));
  const bool other_owner = status.st_uid != owner.uid || status.st_gid != owner.gid;
  if (other_owner && ::fchown(folder.get(), owner.uid, owner.gid) != 0) {
    return fail(system_error("cannot give " + path + " to " + owner.name, errno));
  }
  if ((status.st_mode & 07777) != mode && ::fchmod(folder.get(), mode) != 0) {
    return fail(system_error("cannot set the mode of " + path, errno));
  }
  return {};
}

Result<void> remove_tree(const std::string& path) {
  const PathParts parts = split(path);
  const UniqueFd parent{::open(parts.parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!parent)
    return errno == ENOENT ? Result<void>{} : fail(system_error("cannot open " + parts.parent, errno));
  const UniqueFd folder = open_folder_at(parent.get(), parts.name.c_str());
  if (!folder) {
    if (errno == ENOENT) return {};
    // Not a folder: the entry itself goes, whatever it points to stays.
    if (::unlinkat(parent.get(), parts.name.c_str(), 0) == 0) return {};
    return fail(system_error("cannot remove " + path, errno));
  }
  struct stat status {};
  if (::fstat(folder.get(), &status) != 0) return fail(system_error("cannot read " + path, errno));
  TreeRemoval removal{status.st_dev};
  removal.empty(folder.get(), 0);
  if (::unlinkat(parent.get(), parts.name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT) {
    return fail(system_error("cannot remove all of " + path,
                             removal.first_error() != 0 ? removal.first_error() : errno));
  }
  return {};
}

std::string parent_folder(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

std::string last_part(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

bool is_folder(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool exists(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

bool may_write(const std::string& path) {
  return ::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0;
}

}  // namespace runneriq::platform
