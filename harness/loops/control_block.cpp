#include "harness/loops/control_block.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <new>

#include "harness/base/clock.hpp"
#include "harness/base/error.hpp"

namespace ipcbench {
namespace {

[[noreturn]] void refuse_file() {
  throw_error(EINVAL, "cannot map the control block: an end is started by ipcbench itself only");
}

// Touching a shorter file beyond its end would end the program with SIGBUS.
int with_full_size(int fd) {
  struct stat memory_file {};
  if (fstat(fd, &memory_file) != 0) throw_errno("cannot map the control block");
  if (!S_ISREG(memory_file.st_mode) || memory_file.st_size < static_cast<off_t>(sizeof(ControlBlock))) {
    refuse_file();
  }
  return fd;
}

// The times of paced messages may follow, of which a block's worth does no harm.
std::size_t blocks_in(int fd) {
  struct stat memory_file {};
  if (fstat(fd, &memory_file) != 0) throw_errno("cannot map the control block");
  return static_cast<std::size_t>(memory_file.st_size) / sizeof(ControlBlock);
}

Fd create_memory(std::uint32_t pairs) {
  Fd fd(checked(memfd_create("ipcbench-control", MFD_CLOEXEC | MFD_ALLOW_SEALING),
                "cannot create the control block (memfd_create, Linux 3.17)"));
  checked(ftruncate(fd.get(), static_cast<off_t>(pairs * sizeof(ControlBlock))),
          "cannot size the control block");
  // It may grow: the times of paced messages follow the block.
  checked(fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK), "cannot size the control block");
  return fd;
}

}  // namespace

std::string name_of(EndId end, std::uint32_t ends_of_its_side) {
  const std::string_view side = name_of(end.side);
  return ends_of_its_side == 1 ? std::string(side) : fmt::format("{} {}", side, end.index + 1);
}

std::string name_of_pair(const ControlBlock& control) {
  return control.pairs == 1 ? "" : fmt::format("pair {}: ", control.pair + 1);
}

std::vector<EndId> ends_of(const Job& job) {
  std::vector<EndId> ends{{Side::producer, 0}, {Side::consumer, 0}};
  for (const Side side : {Side::producer, Side::consumer}) {
    for (std::uint32_t i = 1; i < job.ends_of(side); ++i) ends.push_back({side, i});
  }
  return ends;
}

std::uint64_t Barrier::arrive_and_wait() noexcept {
  const std::uint32_t generation = generation_.load(std::memory_order_acquire);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == parties_) {
    const std::uint64_t now = now_ns();
    released_ns_.store(now, std::memory_order_relaxed);
    arrived_.store(0, std::memory_order_relaxed);
    generation_.store(generation + 1, std::memory_order_release);
    syscall(SYS_futex, &generation_, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
    return now;
  }
  while (generation_.load(std::memory_order_acquire) == generation) {
    syscall(SYS_futex, &generation_, FUTEX_WAIT, generation, nullptr, nullptr, 0);
  }
  return released_ns_.load(std::memory_order_relaxed);
}

std::uint64_t Rendezvous::meet() noexcept {
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == parties_) {
    met_ns_.store(now_ns(), std::memory_order_release);
  }
  while (met_ns_.load(std::memory_order_acquire) == 0) sched_yield();
  return met_ns_.load(std::memory_order_relaxed);
}

void SharedSettings::assign(const Settings& settings) {
  count_ = 0;
  for (const auto& [name, value] : settings) {
    if (count_ == values_.size()) break;
    values_[count_].name.assign(name);
    values_[count_++].value = value;
  }
}

Settings SharedSettings::get() const {
  Settings settings;
  for (std::uint32_t i = 0; i < count_; ++i) settings.emplace(values_[i].name.str(), values_[i].value);
  return settings;
}

void ControlBlock::report_settings(const Settings& in_force) { settings.assign(in_force); }

// Its first page and its last are enough to tell memory on one node from memory on several.
void ControlBlock::report_memory(std::span<const std::byte> memory) {
  const std::optional<int> node = node_of(memory.front());
  if (node && node_of(memory.back()) == node) memory_node = *node;
}

SharedControl::SharedControl(Fd fd)
    : fd_(std::move(fd)),
      memory_(with_full_size(fd_.get()), blocks_in(fd_.get()) * sizeof(ControlBlock)),
      block_(static_cast<ControlBlock*>(memory_.data())) {}

SharedControl SharedControl::for_pairs(std::uint32_t pairs) {
  SharedControl control(create_memory(pairs));
  for (std::uint32_t i = 0; i < pairs; ++i) {
    auto* const block = new (control.block_ + i) ControlBlock;
    block->memory_fd = control.fd();
    block->pair = i;
    block->pairs = pairs;
  }
  return control;
}

SharedControl::SharedControl(int inherited_fd) : SharedControl(Fd(inherited_fd)) {
  if (block_->pair == 0 && block_->pairs <= blocks_in(fd_.get())) return;
  refuse_file();
}

}  // namespace ipcbench
