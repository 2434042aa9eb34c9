// A System V shared memory segment, shmget(2). Processes find it by its identifier, and it exists until it is
// marked for removal and the last process has detached.
#pragma once

#include <sys/shm.h>

#include <string>
#include <utility>

#include "harness/base/fd.hpp"
#include "harness/base/mapping.hpp"
#include "harness/contract/abilities.hpp"
#include "mechanisms/parts/sysv_object.hpp"

namespace ipcbench {

class SysvSegment {
 public:
  static constexpr Lifetime kLifetime = Lifetime::kernel;
  static constexpr const char* kName = "System V segment";

  static Unavailable available() {
    try {
      const SysvObject probe = new_sysv_segment(1);
      return std::nullopt;
    } catch (const KernelError& error) {
      return error.what();
    }
  }

  // All its pages exist, and are present in the process that made it.
  static SysvSegment create(const LinkSpec&, std::size_t bytes) {
    SysvSegment segment(new_sysv_segment(bytes));
    populate(segment.data(), bytes);
    return segment;
  }
  static SysvSegment join(int id) { return SysvSegment(SysvObject::existing(id)); }
  // Throws KernelError, or Error if the segment is smaller.
  static SysvSegment join(const std::string& address, std::size_t bytes) {
    SysvObject segment = SysvObject::existing(address);
    shmid_ds found{};
    checked(shmctl(segment.id(), IPC_STAT, &found), "shmctl(IPC_STAT)");
    require_size(found.shm_segsz, bytes);
    return SysvSegment(std::move(segment));
  }

  ~SysvSegment() {
    if (data_ != nullptr) shmdt(data_);
  }
  SysvSegment(SysvSegment&& other) noexcept
      : object_(std::move(other.object_)), data_(std::exchange(other.data_, nullptr)) {}
  SysvSegment& operator=(SysvSegment&&) = delete;

  [[nodiscard]] void* data() const { return data_; }
  [[nodiscard]] int id() const { return object_.id(); }
  [[nodiscard]] std::string address() const { return object_.address(); }
  // Marks it for removal; processes that have it attached keep it.
  void unlink() const noexcept { object_.remove(); }

 private:
  explicit SysvSegment(SysvObject object) : object_(std::move(object)), data_(shmat(id(), nullptr, 0)) {
    if (data_ == reinterpret_cast<void*>(-1)) throw_errno("shmat");
  }

  SysvObject object_;
  void* data_;
};

}  // namespace ipcbench
