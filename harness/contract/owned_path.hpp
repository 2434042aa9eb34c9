// A name in the launch's directory that its creator removes.
#pragma once

#include <unistd.h>

#include <string>
#include <utility>

namespace ipcbench {

class OwnedPath {
 public:
  // owner: the destructor removes the name if it is still there.
  OwnedPath(std::string path, bool owner) : path_(std::move(path)), owner_(owner) {}
  ~OwnedPath() {
    if (owner_) unlink();
  }
  OwnedPath(const OwnedPath&) = delete;
  OwnedPath& operator=(const OwnedPath&) = delete;

  [[nodiscard]] const std::string& str() const { return path_; }
  [[nodiscard]] const char* c_str() const { return path_.c_str(); }
  void unlink() const noexcept { ::unlink(path_.c_str()); }

 private:
  std::string path_;
  bool owner_;
};

}  // namespace ipcbench
