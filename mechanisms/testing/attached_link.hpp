// A link whose ends attach and then wait, so that a test can look at the objects that a launch has created.
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

  // Starts one end as a process: forked or exec'd.
  void start(Side side, Peers peers);
  // Waits until both ends have been started and have reached their first barrier, which waits for a third
  // party. False: they have not within a minute.
  [[nodiscard]] bool wait_until_attached() const;

  [[nodiscard]] const std::string& directory() const { return directory_.path(); }
  [[nodiscard]] Handout handout(EndId end) const { return link_->handout(end); }
  [[nodiscard]] std::vector<pid_t> processes() const;

 private:
  void describe(const MechanismEntry& mechanism);

  LaunchDirectory directory_;
  SharedControl control_;
  LinkSpec spec_;
  std::unique_ptr<Link> link_;
  std::vector<Child> children_;  // destroyed first
};

}  // namespace ipcbench
