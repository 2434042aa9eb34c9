// A name outside of the launch's directory that goes with its creator, or with whoever cleans up after it.
#pragma once

#include <string>
#include <utility>

#include "harness/cleanup/ledger.hpp"

namespace ipcbench {

class OwnedName {
 public:
  // owner: notes the name, and removes it when it goes. To be made before the object is created.
  OwnedName(ObjectKind kind, std::string name, bool owner)
      : kind_(kind), name_(std::move(name)), owner_(owner), noted_(owner ? Noted(kind, name_) : Noted()) {}
  ~OwnedName() {
    if (owner_) unlink();
  }
  OwnedName(OwnedName&& other) noexcept
      : kind_(other.kind_),
        name_(std::move(other.name_)),
        owner_(std::exchange(other.owner_, false)),
        noted_(std::move(other.noted_)) {}
  OwnedName& operator=(OwnedName&&) = delete;

  [[nodiscard]] const std::string& str() const { return name_; }
  [[nodiscard]] const char* c_str() const { return name_.c_str(); }
  void unlink() const noexcept { remove_object(kind_, name_, 0); }

 private:
  ObjectKind kind_;
  std::string name_;
  bool owner_;
  Noted noted_;
};

}  // namespace ipcbench
