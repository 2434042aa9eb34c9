// The name of an object outside the launch's directory. It is removed by its creator, or by whoever cleans up
// after a creator that was killed.
#pragma once

#include <string>
#include <utility>

#include "harness/base/unpredictable.hpp"
#include "harness/cleanup/ledger.hpp"

namespace ipcbench {

class OwnedName {
 public:
  // A name that nobody can know or guess. `kind`: one whose names begin with a slash.
  static OwnedName fresh(ObjectKind kind) {
    return {kind, std::string(1, '/').append(unpredictable_name()), true};
  }

  // Construct it before the object. owner: notes the name in the run's ledger, and removes the object.
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
