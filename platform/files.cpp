#include "platform/files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <limits>
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

// A folder inside `parent`, without links; refused where something is mounted, also a bind mount of the same
// file system.
UniqueFd open_same_mount_at(int parent, const char* name, std::uint64_t flags) {
  open_how how{};
  how.flags = flags | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  how.resolve = RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH;
  const long fd = ::syscall(SYS_openat2, parent, name, &how, sizeof how);
  // Linux before 5.6 does not know it, older container profiles forbid what they do not know.
  if (fd >= 0 || (errno != ENOSYS && errno != EPERM)) return UniqueFd{static_cast<int>(fd)};
  return UniqueFd{::openat(parent, name, static_cast<int>(how.flags))};
}

// A folder to be emptied. One that its owner made unreadable gets its rights back through a held
// descriptor: by name that would follow a symbolic link put in its place.
UniqueFd open_to_empty(int parent, const char* name) {
  UniqueFd folder = open_same_mount_at(parent, name, O_RDONLY);
  if (folder || errno != EACCES) return folder;
  const UniqueFd handle = open_same_mount_at(parent, name, O_PATH);
  if (!handle) return {};
  const std::string same = "/proc/self/fd/" + std::to_string(handle.get());
  if (::chmod(same.c_str(), 0700) != 0) return {};
  return UniqueFd{::open(same.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
}

using OpenDirectory = std::unique_ptr<DIR, int (*)(DIR*)>;

std::vector<std::string> read_names(DIR* stream, std::size_t limit) {
  std::vector<std::string> names;
  while (names.size() < limit) {
    const dirent* entry = ::readdir(stream);
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  return names;
}

// At most `limit` names: a folder may hold more than fits in memory.
std::vector<std::string> names_at(int folder, std::size_t limit) {
  // A new open file description, so that reading starts at the first entry each time.
  UniqueFd own{::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  const OpenDirectory stream{own ? ::fdopendir(own.get()) : nullptr, &::closedir};
  if (!stream) return {};
  (void)own.release();
  return read_names(stream.get(), limit);
}

// The work of remove_tree(). Folders are held open, so that a rename of one or of a folder above
// it cannot lead us elsewhere; names are only ever resolved inside them, without links. What
// lies deeper than a few levels is moved up to the top first, so that few descriptors are open.
class TreeRemoval {
 public:
  explicit TreeRemoval(int top) : top_(top) {}

  void run() {
    do {
      moved_up_ = false;
      empty(top_, 0);
    } while (moved_up_);
  }

  [[nodiscard]] int first_error() const { return first_error_; }

 private:
  static constexpr int kDeepest = 32;
  static constexpr std::size_t kBatch = 4096;

  void empty(int folder, int depth) {
    ::fchmod(folder, 0700);
    for (bool more = true; more;) {
      const auto names = names_at(folder, kBatch);
      std::size_t gone = 0;
      for (const std::string& name : names) gone += remove_entry(folder, name.c_str(), depth) ? 1 : 0;
      more = names.size() == kBatch && gone > 0;
    }
  }

  // Whether the name is gone from `folder`.
  bool remove_entry(int folder, const char* name, int depth) {
    if (::unlinkat(folder, name, 0) == 0 || errno == ENOENT) return true;
    if (errno != EISDIR && errno != EPERM) return note(errno);
    if (::unlinkat(folder, name, AT_REMOVEDIR) == 0 || errno == ENOENT) return true;
    if (depth >= kDeepest) return move_up(folder, name);
    const UniqueFd inner = open_to_empty(folder, name);
    if (!inner) return errno == ENOENT || note(errno);
    empty(inner.get(), depth + 1);
    if (::unlinkat(folder, name, AT_REMOVEDIR) == 0 || errno == ENOENT) return true;
    return errno == ENOTEMPTY ? false : note(errno);
  }

  bool move_up(int folder, const char* name) {
    // The parent of a folder changes only with permission to write to it.
    if (const UniqueFd moved = open_to_empty(folder, name)) ::fchmod(moved.get(), 0700);
    for (int tries = 0; tries < 1000; ++tries) {
      const std::string fresh = "moved-up-" + std::to_string(next_number_++);
      if (::renameat(folder, name, top_, fresh.c_str()) == 0) {
        moved_up_ = true;
        return true;
      }
      if (errno != EEXIST && errno != ENOTEMPTY && errno != ENOTDIR) break;
    }
    return note(errno);
  }

  bool note(int error) {
    if (first_error_ == 0) first_error_ = error;
    return false;
  }

  int top_;
  int next_number_ = 0;
  bool moved_up_ = false;
  int first_error_ = 0;
};

// A named pipe that nobody writes is empty: its opening must not wait, for ever, for somebody.
UniqueFd open_to_read(const std::string& path, int flags) {
  UniqueFd fd{::open(path.c_str(), flags | O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
  if (fd) ::fcntl(fd.get(), F_SETFL, 0);
  return fd;
}

Result<void> take_pieces(int fd, const std::string& path, std::size_t max_bytes,
                         const std::function<void(std::string_view)>& take) {
  std::size_t read = 0;
  char block[16384];
  while (true) {
    const ssize_t count = ::read(fd, block, sizeof block);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(system_error("cannot read " + path, errno));
    if (count == 0) return {};
    read += static_cast<std::size_t>(count);
    if (read > max_bytes) {
      return fail(Errc::invalid_argument, path + " is larger than " + std::to_string(max_bytes) + " bytes");
    }
    take({block, static_cast<std::size_t>(count)});
  }
}

// Why a file holds no secret; "" when only its owner, root or we ourselves, can read it.
std::string_view exposure(int fd) {
  struct stat found {};
  if (::fstat(fd, &found) != 0 || !S_ISREG(found.st_mode)) return "is no regular file";
  if (found.st_uid != 0 && found.st_uid != ::geteuid()) return "belongs to another user: use chown root";
  if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0) return "is open to other users: use chmod 600";
  return "";
}

// Only for a file that we have just made: no other name leads to it.
void give_to_its_owner(int made, const std::string& path) {
  const Ownership owner = owner_of_new_file(path);
  // Where that is refused the file stays root's, which whoever runs as root can open.
  if (owner.uid != ::geteuid()) (void)!::fchown(made, owner.uid, owner.gid);
}

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

Result<void> read_pieces(const std::string& path, std::size_t max_bytes,
                         const std::function<void(std::string_view)>& take) {
  const UniqueFd fd = open_to_read(path, 0);
  if (!fd) return fail(system_error("cannot open " + path, errno));
  return take_pieces(fd.get(), path, max_bytes, take);
}

Result<std::string> read_file(const std::string& path, std::size_t max_bytes) {
  std::string content;
  auto done = read_pieces(path, max_bytes, [&content](std::string_view piece) { content += piece; });
  if (!done) return fail(std::move(done.error()));
  return content;
}

// The file is judged and read through one descriptor, so that both concern the same file.
Result<std::string> read_private_file(const std::string& path, std::size_t max_bytes) {
  const UniqueFd fd = open_to_read(path, O_NOFOLLOW);
  if (!fd && errno == ELOOP)
    return fail(Errc::invalid_argument, path + " is a symbolic link: put the file there");
  if (!fd) return fail(system_error("cannot open " + path, errno));
  if (const std::string_view why = exposure(fd.get()); !why.empty()) {
    return fail(Errc::invalid_argument, path + " " + std::string(why));
  }
  std::string content;
  auto done =
      take_pieces(fd.get(), path, max_bytes, [&content](std::string_view piece) { content += piece; });
  if (!done) return fail(std::move(done.error()));
  return content;
}

Ownership owner_of_new_file(const std::string& path) {
  const Ownership ours{::geteuid(), ::getegid()};
  struct stat folder {};
  if (ours.uid != 0 || ::stat(split(path).parent.c_str(), &folder) != 0 || folder.st_uid == 0) return ours;
  return {folder.st_uid, folder.st_gid};
}

UniqueFd make_file(const std::string& path, int flags) {
  UniqueFd made{::open(path.c_str(), flags | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (made) give_to_its_owner(made.get(), path);
  return made;
}

UniqueFd open_or_make(const std::string& path, int flags) {
  // Between the two somebody else may make it, and somebody remove it again.
  for (int tries = 0; tries < 100; ++tries) {
    UniqueFd there{::open(path.c_str(), flags | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC)};
    if (there || errno != ENOENT) return there;
    UniqueFd made = make_file(path, flags);
    if (made || errno != EEXIST) return made;
  }
  return {};
}

Result<void> replace_file(const std::string& path, std::string_view content) {
  // A fresh file each time: what stands under the name of the draft may be someone else's.
  std::string draft = path + ".XXXXXX";
  const UniqueFd fd{::mkostemp(draft.data(), O_CLOEXEC)};
  if (!fd) return fail(system_error("cannot make a file beside " + path, errno));
  give_to_its_owner(fd.get(), path);
  auto written = write_all(fd.get(), content, draft);
  if (written && ::rename(draft.c_str(), path.c_str()) != 0) {
    written = fail(system_error("cannot rename " + draft + " to " + path, errno));
  }
  if (!written) ::unlink(draft.c_str());
  return written;
}

Result<void> append_to_file(const std::string& path, std::string_view content) {
  const UniqueFd fd = open_or_make(path, O_WRONLY | O_APPEND);
  if (!fd) return fail(system_error("cannot open " + path, errno));
  return write_all(fd.get(), content, path);
}

Result<MappedFile> MappedFile::open(const std::string& path) {
  const UniqueFd fd{::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
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

namespace {

// Makes one folder with exactly `mode`, whatever the umask; an existing one stays as it is.
Result<void> make_folder(const std::string& path, std::uint32_t mode) {
  if (::mkdir(path.c_str(), mode) == 0) {
    ::chmod(path.c_str(), mode);
    return {};
  }
  struct stat status {};
  const int error = errno;
  if (error == EEXIST && ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return {};
  return fail(system_error("cannot make the folder " + path, error == EEXIST ? ENOTDIR : error));
}

}  // namespace

Result<void> make_folders(const std::string& path, std::uint32_t mode) {
  if (is_folder(path)) return {};
  for (std::size_t end = path.find('/', 1); end != std::string::npos; end = path.find('/', end + 1)) {
    if (auto made = make_folder(path.substr(0, end), mode); !made) return made;
  }
  return make_folder(path, mode);
}

Result<void> make_owned_folder(const std::string& path, const Account& owner, std::uint32_t mode) {
  const PathParts parts = split(path);
  const UniqueFd parent{::open(parts.parent.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  if (!parent) return fail(system_error("cannot open " + parts.parent, errno));
  if (::mkdirat(parent.get(), parts.name.c_str(), mode) != 0 && errno != EEXIST) {
    return fail(system_error("cannot make the folder " + path, errno));
  }
  // By O_PATH, since its owner may have made it unreadable; changed through that descriptor.
  const UniqueFd folder{
      ::openat(parent.get(), parts.name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
  if (!folder) return fail(Errc::conflict, path + " is not a folder: " + std::strerror(errno));
  struct stat status {};
  if (::fstat(folder.get(), &status) != 0) return fail(system_error("cannot read " + path, errno));
  const bool other_owner = status.st_uid != owner.uid || status.st_gid != owner.gid;
  if (other_owner && ::fchownat(folder.get(), "", owner.uid, owner.gid, AT_EMPTY_PATH) != 0) {
    return fail(system_error("cannot give " + path + " to " + owner.name, errno));
  }
  const std::string same = "/proc/self/fd/" + std::to_string(folder.get());
  if ((status.st_mode & 07777) != mode && ::chmod(same.c_str(), mode) != 0) {
    return fail(system_error("cannot set the mode of " + path, errno));
  }
  return {};
}

Result<void> remove_tree(const std::string& path) {
  const PathParts parts = split(path);
  // By O_PATH: the parent may be one that we can pass and write to, but not read.
  const UniqueFd parent{::open(parts.parent.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  if (!parent) {
    return errno == ENOENT ? Result<void>{} : fail(system_error("cannot open " + parts.parent, errno));
  }
  // The entry itself goes if it is no folder; whatever it points to stays.
  if (::unlinkat(parent.get(), parts.name.c_str(), 0) == 0 || errno == ENOENT) return {};
  const UniqueFd folder = open_to_empty(parent.get(), parts.name.c_str());
  if (!folder) return errno == ENOENT ? Result<void>{} : fail(system_error("cannot remove " + path, errno));
  TreeRemoval removal{folder.get()};
  removal.run();
  if (::unlinkat(parent.get(), parts.name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT) {
    return fail(system_error("cannot remove all of " + path,
                             removal.first_error() != 0 ? removal.first_error() : errno));
  }
  return {};
}

std::vector<std::string> names_in(const std::string& folder) {
  const OpenDirectory stream{::opendir(folder.c_str()), &::closedir};
  if (!stream) return {};
  return read_names(stream.get(), std::numeric_limits<std::size_t>::max());
}

std::string parent_folder(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
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
