// A folder of this process alone, gone at its end.
#pragma once

#include "core/result.hpp"

#include <string>
#include <utility>

namespace runneriq::platform {

class PrivateFolder {
 public:
  // <parent>/<name>-XXXXXX, mode 0700. Error: as system_error() has them.
  static Result<PrivateFolder> make(const std::string& parent, const std::string& name);
  PrivateFolder(PrivateFolder&& other) noexcept : path_(std::exchange(other.path_, "")) {}
  PrivateFolder& operator=(PrivateFolder&&) = delete;
  ~PrivateFolder();
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  explicit PrivateFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace runneriq::platform
