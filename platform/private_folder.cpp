#include "platform/private_folder.hpp"

#include "platform/files.hpp"

#include <cerrno>
#include <cstdlib>

namespace runneriq::platform {

Result<PrivateFolder> PrivateFolder::make(const std::string& parent, const std::string& name) {
  std::string path = parent + "/" + name + "-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) return fail(system_error("making " + path, errno));
  return PrivateFolder{std::move(path)};
}

PrivateFolder::~PrivateFolder() {
  // What cannot be removed is left to the system's own sweep of temporary folders.
  if (!path_.empty()) static_cast<void>(remove_tree(path_));
}

}  // namespace runneriq::platform
