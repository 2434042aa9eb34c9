// One kernel object of the mechanism under test, and the processes that use it.
#pragma once

#include <set>

#include "bench/study/probe/end_process.hpp"
#include "harness/registry/raw_trial.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {

// Why the question does not apply.
class NotApplicable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// How the processes use the object: through the mechanism's ends, or with the kernel's calls alone.
enum class Through { ends, kernel };

// What is under test, and what a probe needs to use it.
struct Subject {
  const MechanismEntry& mechanism;
  std::string directory;  // for LinkSpec
  std::string program;    // what unrelated processes run
  bool of_bytes = false;  // not the mechanism, but the bytes under its protocol (RawTrial)

  [[nodiscard]] const Traits& traits() const { return mechanism.traits; }
  // With the kernel's calls alone, if the mechanism shows its object.
  [[nodiscard]] Through through() const {
    return of_bytes || mechanism.try_bare != nullptr ? Through::kernel : Through::ends;
  }
  // Whether another process can find it by its address.
  [[nodiscard]] bool is_named() const { return mechanism.try_join != nullptr; }
  // The longest message that both the design and the kernel allow; SIZE_MAX: any.
  [[nodiscard]] std::size_t most_bytes() const;
  // The possible message length closest to `wanted_bytes`. Throws NotTried if there is none.
  [[nodiscard]] std::size_t fitting(std::size_t wanted_bytes) const;
  [[nodiscard]] bool can_block() const { return !of_bytes && traits().waits.contains(Wait::block); }
  // A strategy under which the calls return at once. Throws NotTried if there is none.
  [[nodiscard]] Wait at_once() const;
  [[nodiscard]] Wait blocking_if_possible() const { return can_block() ? Wait::block : at_once(); }
};

class ProbedObject {
 public:
  // Creates the object. Throws NotTried with the reason if that fails.
  ProbedObject(const Subject& subject, std::size_t message_bytes, Wait wait, Through through = Through::ends);

  // A process that inherits the object. Not available after release_inherited() or keep_name_only().
  [[nodiscard]] EndProcess inheriting_end() const;
  // A process that joins it by its address, after becoming that user.
  [[nodiscard]] EndProcess joining_end(uid_t user = geteuid()) const;
  // Drops our hold on an object that the ends inherit, as a launcher does.
  void release_inherited();
  // Keeps only the name and removes it at the end. Then only the ends hold the object open.
  void keep_name_only();
  // What the kernel lists by its name (object_lists.hpp).
  [[nodiscard]] std::set<std::string> listed() const;

 private:
  const Subject& subject_;
  Through through_;
  LinkSpec spec_;
  std::shared_ptr<Trial> object_;
  std::string address_;
  std::vector<int> descriptors_;  // opened by its creation
};

// An object and its two sides, each attached in a process of its own.
struct EndPair {
  enum class Holders {
    creator_too,  // the ends inherit an object that its creator keeps
    ends_only,    // the ends join it by address if possible, and nobody else holds it
  };

  ProbedObject object;
  EndProcess producer;
  EndProcess consumer;

  // Throws what ProbedObject() and attach_both() throw.
  EndPair(const Subject& subject, std::size_t message_bytes, Wait wait,
          Holders holders = Holders::creator_too);
};

// A user without any rights, whom only root can become.
inline constexpr uid_t kNobody = 65534;

// Attaches both sides; either may have to wait for the other. Throws NotTried if one is refused,
// std::runtime_error if one hangs or dies.
void attach_both(EndProcess& producer, EndProcess& consumer, Through through = Through::ends);

}  // namespace ipcbench
