// A link whose ends are attached and go no further: what a launch has created at that time can be looked at.
#pragma once

#include <memory>
#include <vector>

#include "harness/base/child.hpp"
#include "harness/cleanup/launch_directory.hpp"
#include "harness/loops/control_block.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {

class AttachedLink {
 public:
  // Creates the objects for a ping-pong of messages of about 64 bytes. Throws as create() does.
  explicit AttachedLink(const MechanismEntry& mechanism);

  // Starts one end as a process. peers: fork or exec.
  void start(Side side, Peers peers);
  // Until both, having been started, wait for a third party at their first barrier. False: not within a
  // minute.
  [[nodiscard]] bool wait_until_attached() const;

  [[nodiscard]] const std::string& directory() const { return directory_.path(); }
  [[nodiscard]] Handout handout(Side side) const { return link_->handout(side); }
  [[nodiscard]] std::vector<pid_t> processes() const;

 private:
  void describe(const MechanismEntry& mechanism);

  LaunchDirectory directory_;
  SharedControl control_;
  LinkSpec spec_;
  std::unique_ptr<Link> link_;
  std::vector<Child> children_;  // the first that go
};

}  // namespace ipcbench
