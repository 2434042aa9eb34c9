// An object of the mechanism that is probed, and the processes that use it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "bench/study/probe/finding.hpp"
#include "bench/study/probe/puppet.hpp"
#include "bench/study/probe/remains.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {

// What a probe works on.
struct Subject {
  const MechanismEntry& mechanism;
  std::string directory;  // as LinkSpec's
  std::string program;    // what unrelated ends run
  Remains& remains;       // told of every object before and after it is made

  [[nodiscard]] const Traits& traits() const { return mechanism.traits; }
  // The longest message by design and by the kernel; SIZE_MAX: any.
  [[nodiscard]] std::size_t most_bytes() const;
  // The length nearest to `wanted` that a message can have. Throws NotTried if there is none.
  [[nodiscard]] std::size_t fitting(std::size_t wanted_bytes) const;
  // How its verbs return at once; throws NotTried if they never do.
  [[nodiscard]] Wait at_once() const;
  [[nodiscard]] bool can_block() const { return traits().waits.contains(Wait::block); }
  [[nodiscard]] LinkSpec spec(std::size_t message_bytes, Wait wait) const;
};

class Stage {
 public:
  // Creates the object. Throws NotTried with the reason if that fails.
  Stage(const Subject& subject, std::size_t message_bytes, Wait wait);

  // A process that has inherited the object. No more of them after leave() and let_go().
  [[nodiscard]] Puppet puppet() const;
  // A process that will join it by its address.
  [[nodiscard]] Puppet stranger() const;
  // As a launcher does: objects of kin are left to the puppets.
  void leave();
  // Keeps nothing of an object but its name, which is removed in the end: what is held by a descriptor is
  // held by the puppets alone then.
  void let_go();

  [[nodiscard]] const LinkSpec& spec() const { return spec_; }
  [[nodiscard]] const std::string& address() const { return address_; }

 private:
  const MechanismEntry& mechanism_;
  LinkSpec spec_;
  std::shared_ptr<Trial> object_;
  std::string address_;
  std::vector<int> descriptors_;  // that came with the object
};

// An object and its two sides, attached in a process each.
struct Cast {
  enum class Kept {
    by_creator,      // the sides have inherited an object that its creator keeps
    by_sides_alone,  // they have joined it as strangers, if it can be, and nobody else has it
  };

  Stage stage;
  Puppet producer;
  Puppet consumer;

  // Throws as Stage and attach_both() do.
  Cast(const Subject& subject, std::size_t message_bytes, Wait wait, Kept kept = Kept::by_creator);
};

// Attaches the sides of puppets that share an object, waiting for them both. Throws NotTried if one cannot be
// attached, std::runtime_error if it hangs or dies.
void attach_both(Puppet& producer, Puppet& consumer);

}  // namespace ipcbench
