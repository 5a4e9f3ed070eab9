// Files and folders. Every function works on local file systems, follows no symbolic link
// where it says so, and reports errors with the path and the system's words.
#pragma once

#include "core/account.hpp"
#include "core/result.hpp"
#include "platform/unique_fd.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::platform {

// An Error of errno: not_found (ENOENT), permission (EACCES, EPERM, EROFS), else unavailable.
Error system_error(std::string_view what, int error_number);

// The whole content. Error: not_found; invalid_argument when larger than `max_bytes`.
Result<std::string> read_file(const std::string& path, std::size_t max_bytes);
// The same piece by piece, each valid during its call. What came before an error was taken.
Result<void> read_pieces(const std::string& path, std::size_t max_bytes,
                         const std::function<void(std::string_view)>& take);

// The whole content of a regular file that root or we own and nobody else can read; no symbolic link.
// Error: invalid_argument when it is otherwise, with the remedy; else as of read_file().
Result<std::string> read_private_file(const std::string& path, std::size_t max_bytes);

// Whose a new file at `path` is: ours; or, where root makes it in another user's folder, that user's, so that
// what an administrator once ran by hand leaves nothing that the service cannot open.
struct Ownership {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
};
Ownership owner_of_new_file(const std::string& path);

// Makes and opens `path` with mode 0600, for owner_of_new_file(). `flags` as of open(2).
// Invalid, with errno, on failure: EEXIST where something is there, if only a symbolic link.
UniqueFd make_file(const std::string& path, int flags);
// Opens what is there, never through a last symbolic link, else as make_file().
UniqueFd open_or_make(const std::string& path, int flags);

// Replaces `path` in one step (temporary file beside it, then rename), mode 0600, for owner_of_new_file().
Result<void> replace_file(const std::string& path, std::string_view content);

// Appends in one write; made as by open_or_make() if absent.
Result<void> append_to_file(const std::string& path, std::string_view content);

// A read-only view of a whole file that costs no copy. Owns the mapping.
class MappedFile {
 public:
  // Error: not_found, permission; an empty file maps to an empty view.
  static Result<MappedFile> open(const std::string& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();
  [[nodiscard]] std::string_view view() const { return {static_cast<const char*>(address_), size_}; }

 private:
  MappedFile() = default;
  void* address_ = nullptr;
  std::size_t size_ = 0;
};

// Makes `path` and what is missing above it; new folders get `mode`. Existing ones stay as they are.
Result<void> make_folders(const std::string& path, std::uint32_t mode);

// Makes the last folder of `path` inside an existing parent and gives it to `owner` with
// `mode`. A folder that exists is given its owner and mode again; anything else in its place
// (a symbolic link, a file) is an error: conflict.
Result<void> make_owned_folder(const std::string& path, const Account& owner, std::uint32_t mode);

// Removes `path` and everything below it without ever following a symbolic link, also while
// someone else moves and replaces things inside. Mounts are not crossed. Absent is fine.
Result<void> remove_tree(const std::string& path);

// The names in a folder, without "." and ".."; none when it cannot be read.
std::vector<std::string> names_in(const std::string& folder);

// What stands before the last slash; "/" for the root itself.
std::string parent_folder(const std::string& path);

bool is_folder(const std::string& path);  // without following a last symbolic link
bool exists(const std::string& path);     // whatever it is
bool may_write(const std::string& path);  // as the effective user

}  // namespace runneriq::platform
