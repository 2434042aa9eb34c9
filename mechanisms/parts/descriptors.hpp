// Kernel objects that consist of descriptors, and how their two ends get them: by fork, by exec, or as
// threads of one process.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "harness/base/fd.hpp"
#include "harness/contract/abilities.hpp"
#include "harness/contract/bare.hpp"

namespace ipcbench {

// One descriptor for each side. An end closes the other side's descriptor, so that it learns of its peer's
// death; threads of one process cannot.
class DescriptorPair {
 public:
  // By Side. A descriptor that an end in another process does not have is empty.
  DescriptorPair(std::array<Fd, 2> fds, bool one_process) : fds_(std::move(fds)), one_process_(one_process) {}
  // Made from the descriptor that the end on `side` has inherited.
  static DescriptorPair inherited(const LinkSpec& spec, Side side, std::span<const int> numbers) {
    std::array<Fd, 2> fds;
    fds[index(side)] = Fd(numbers.front());
    return {std::move(fds), spec.one_process};
  }

  // For the end on `side`.
  Fd take(Side side) {
    if (!one_process_) fds_[1 - index(side)].reset();
    return take_or_share(fds_[index(side)], one_process_);
  }
  [[nodiscard]] int get(Side side) const { return fds_[index(side)].get(); }
  // Either one that is present.
  [[nodiscard]] int any() const { return (fds_[0] ? fds_[0] : fds_[1]).get(); }

 private:
  static std::size_t index(Side side) { return static_cast<std::size_t>(side); }

  std::array<Fd, 2> fds_;
  bool one_process_;
};

// A one-way mechanism between related processes, over one descriptor that both ends use. `Kind` supplies
//   static constexpr Traits kTraits;
//   static Fd open(const LinkSpec&);
//   static sender(Fd, const LinkSpec&), receiver(Fd, const LinkSpec&): the ends
// and, if the kernel passes the messages by itself (ShowsObject),
//   static BareEnd bare(const Fd&, const LinkSpec&);
template <class Kind>
class OneDescriptor {
 public:
  static constexpr Traits kTraits = Kind::kTraits;

  static std::unique_ptr<OneDescriptor> create(const LinkSpec& spec) {
    return std::make_unique<OneDescriptor>(spec, Kind::open(spec));
  }
  static std::unique_ptr<OneDescriptor> inherit(const LinkSpec& spec, Side, std::span<const int> numbers) {
    return std::make_unique<OneDescriptor>(spec, Fd(numbers.front()));
  }

  OneDescriptor(LinkSpec spec, Fd fd) : spec_(std::move(spec)), fd_(std::move(fd)) {}

  auto sender() { return Kind::sender(take_or_share(fd_, spec_.one_process), spec_); }
  auto receiver() { return Kind::receiver(take_or_share(fd_, spec_.one_process), spec_); }

  BareEnd bare(Side) requires requires(const Fd& fd, const LinkSpec& spec) { Kind::bare(fd, spec); }
  { return Kind::bare(fd_, spec_); }

  [[nodiscard]] std::vector<InheritedFd> descriptors(Side) const { return {{.fd = fd_.get()}}; }

 private:
  LinkSpec spec_;
  Fd fd_;
};

}  // namespace ipcbench
