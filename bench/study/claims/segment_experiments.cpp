// What one System V segment does when it is created, attached, changed and removed.
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "bench/study/claims/experiments.hpp"
#include "harness/base/mapping.hpp"
#include "mechanisms/parts/sysv_object.hpp"

namespace ipcbench {
namespace {

constexpr std::size_t kSegmentBytes = 4096;

bool is_attached(const void* memory) { return memory != reinterpret_cast<void*>(-1); }

std::string attached_or_error(const void* memory) {
  return is_attached(memory) ? "attached" : error_name(errno);
}

struct Attached {
  explicit Attached(void* at) : memory(static_cast<volatile char*>(at)) {
    if (!is_attached(at)) throw_errno("shmat");
  }
  ~Attached() { shmdt(const_cast<char*>(memory)); }
  Attached(const Attached&) = delete;
  Attached& operator=(const Attached&) = delete;

  volatile char* memory;
};

// A new segment, with the system calls of the experiment.
struct Segment {
  explicit Segment(const SegmentCalls& used, std::size_t bytes = kSegmentBytes)
      : Segment(used, new_sysv_segment(bytes)) {}
  Segment(const SegmentCalls& used, SysvObject tried) : calls(used), object(std::move(tried)) {}

  [[nodiscard]] void* attach(int flags = 0) const { return calls.attach(object.id(), nullptr, flags); }
  // What shmat() gives another process, which first does `before`.
  [[nodiscard]] std::string attached_elsewhere(
      int flags = 0, const std::function<void()>& before = [] {}) const {
    return bytes_from_child(
        [&] {
          before();
          return attached_or_error(attach(flags));
        },
        kAttemptLimit);
  }
  // What shmget() says to its key and a size.
  [[nodiscard]] std::string found(std::size_t bytes = 0) const {
    return calls.get(object.key(), bytes, 0) < 0 ? error_name(errno) : "found";
  }
  [[nodiscard]] shmid_ds state() const {
    shmid_ds state{};
    checked(calls.control(object.id(), IPC_STAT, &state), "shmctl(IPC_STAT)");
    return state;
  }
  [[nodiscard]] std::size_t size() const { return state().shm_segsz; }
  [[nodiscard]] shmatt_t attachments() const { return state().shm_nattch; }

  const SegmentCalls& calls;
  SysvObject object;
};

// For a child that may be killed by SIGSEGV.
void die_quietly() {
  prctl(PR_SET_DUMPABLE, 0);      // no core file
  std::signal(SIGSEGV, SIG_DFL);  // a sanitizer's handler would print and exit
}

std::function<void()> becoming(uid_t user) {
  return [user] {
    checked(setresgid(user, user, user), "setresgid");
    checked(setresuid(user, user, user), "setresuid");
  };
}

// The file that this process has mapped there; "none".
std::string file_at(const volatile void* address) {
  const std::string start = fmt::format("{:x}-", reinterpret_cast<std::uintptr_t>(address));
  std::ifstream maps("/proc/self/maps");  // what this process has mapped; about no other and no machine
  if (!maps) throw Error("/proc/self/maps cannot be read", "mount /proc");
  for (std::string line; std::getline(maps, line);) {
    if (line.starts_with(start))
      return line.find('/') == std::string::npos ? "none" : line.substr(line.find('/'));
  }
  return "not listed";
}

}  // namespace

Steps removed_segment(const SegmentCalls& calls) {
  const Segment segment(calls);
  Steps steps;
  const auto refused = [&](const char* call, const std::function<void()>& before) {
    const std::string result = segment.attached_elsewhere(0, before);
    steps.check(call, result, result != "attached", "an error");
  };
  {
    const Attached first(shmat(segment.object.id(), nullptr, 0));
    checked(calls.control(segment.object.id(), IPC_RMID, nullptr), "shmctl(IPC_RMID)");
    refused("shmctl(id, IPC_RMID) while it is attached; shmat(id, NULL, 0) by another process",
            [&] { shmdt(const_cast<char*>(first.memory)); });
    refused("shmat(id, NULL, 0) by a process that has it attached", [] {});
    steps.add("shmget(key, 0, 0)", segment.found())
        .add("shmctl(id, IPC_STAT): __key", segment.state().shm_perm.__key, "0");
  }
  return steps.add("shmat(id, NULL, 0) after the last shmdt()", attached_or_error(segment.attach()),
                   "EINVAL");
}

Steps rest_of_last_page(const SegmentCalls& calls) {
  const std::size_t page = page_bytes();
  const Segment segment(calls, page + 1);
  // Reserve address space so that nothing else is mapped behind the segment.
  const Mapping place(4 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE);
  const Attached attached(calls.attach(segment.object.id(), place.data(), SHM_REMAP));
  Steps steps;
  steps.add(fmt::format("shmget(key, {}): shm_segsz", page + 1), segment.size(), std::to_string(page + 1));
  const auto store = [&](std::size_t at, const char* stated) {
    steps.attempt(fmt::format("storing a byte at {}", at), stated, [&attached, at] {
      die_quietly();
      attached.memory[at] = 'x';
      return 0L;
    });
  };
  store(page, "0");
  store(2 * page - 1, "killed by SIGSEGV");
  store(2 * page, "killed by SIGSEGV");
  return steps.attempt(fmt::format("what another process then reads at {}", 2 * page - 1), {},
                       [&] { return long{attached.memory[2 * page - 1]}; });
}

Steps size_of_existing(const SegmentCalls& calls) {
  const Segment segment(calls);
  return Steps()
      .add("shmget(key, 1, 0) of a segment of 4096 B", segment.found(1), "found")
      .add("shmget(key, 0, 0)", segment.found(0), "found")
      .add("shmget(key, 4097, 0)", segment.found(kSegmentBytes + 1), "found");
}

Steps attach_count(const SegmentCalls& calls) {
  const Segment segment(calls);
  const Attached keeper(shmat(segment.object.id(), nullptr, 0));  // see mode_0644()
  return Steps()
      .add("shm_nattch of a segment that one process has attached", segment.attachments(), "1")
      .add("in a child, which inherits that and calls shmat()",
           in_child<shmatt_t>([&] { return is_attached(segment.attach()) ? segment.attachments() : 0; }), "3")
      .add("after that process has ended without shmdt()", segment.attachments(), "1")
      .attempt("a process calls shmat() and kills itself", {},
               [&] { return is_attached(segment.attach()) ? raise(SIGKILL) : -1L; })
      .add("shm_nattch afterwards", segment.attachments(), "1");
}

Steps detach_or_remove(const SegmentCalls& calls) {
  const auto create_and_end = [&](key_t key, int flags) {
    return in_child<int>([&] {
      const int id = checked(calls.get(key, kSegmentBytes, flags), "shmget");
      char* const memory = static_cast<char*>(calls.attach(id, nullptr, 0));
      if (!is_attached(memory)) throw_errno("shmat");
      *memory = 'x';
      checked(calls.detach(memory), "shmdt");
      return id;
    });
  };
  const Segment segment(calls, SysvObject::create(ObjectKind::sysv_segment, create_and_end));
  const auto content = [&] {
    const void* const memory = segment.attach();
    return is_attached(memory) ? *static_cast<const char*>(memory) : '-';
  };
  Steps steps;
  steps
      .add("a process creates it, stores x, calls shmdt() and ends; then shmget(key, 0, 0)", segment.found(),
           "found")
      .add("what it holds, attached by another process", in_child<char>(content), "x");
  segment.object.remove();
  return steps.add("shmctl(id, IPC_RMID), then shmget(key, 0, 0)", segment.found(), "ENOENT")
      .add("shmat(id, NULL, 0) then", segment.attached_elsewhere(), "EINVAL");
}

Steps chosen_address(const SegmentCalls& calls) {
  const Segment segment(calls);
  const Attached first(segment.attach());
  const Attached second(segment.attach());
  char* const within_a_page = const_cast<char*>(first.memory) + 1;
  *first.memory = 'x';
  return Steps()
      .check("shmat(id, NULL, 0) twice", first.memory == second.memory ? "one address" : "two addresses",
             first.memory != second.memory, "an address that is free")
      .add("what is stored at the first, read at the second", *second.memory, "x")
      .add("for comparison, shmat(id, an address within a page, 0)",
           attached_or_error(calls.attach(segment.object.id(), within_a_page, 0)));
}

Steps mode_0644(const SegmentCalls& calls) {
  constexpr uid_t kOwner = 65'533;
  constexpr uid_t kOther = 65'534;
  if (geteuid() != 0) throw Error("only root can become two other users", "run it as root");
  const Segment segment(calls);
  shmid_ds state = segment.state();
  state.shm_perm.uid = kOwner;
  state.shm_perm.mode = 0644;
  checked(shmctl(segment.object.id(), IPC_SET, &state), "shmctl(IPC_SET)");
  // With kernel.shm_rmid_forced, a segment goes with the last process that has it attached.
  const Attached keeper(shmat(segment.object.id(), nullptr, 0));
  return Steps()
      .add("mode 0644: shmat(id, NULL, 0) by its owner", segment.attached_elsewhere(0, becoming(kOwner)),
           "attached")
      .add("shmat(id, NULL, SHM_RDONLY) by another user",
           segment.attached_elsewhere(SHM_RDONLY, becoming(kOther)), "attached")
      .add("shmat(id, NULL, 0) by another user", segment.attached_elsewhere(0, becoming(kOther)), "EACCES");
}

Steps private_key(const SegmentCalls& calls) {
  const int id =
      checked(calls.get(IPC_PRIVATE, kSegmentBytes, IPC_CREAT | S_IRUSR | S_IWUSR), "shmget(IPC_PRIVATE)");
  void* const memory = shmat(id, nullptr, 0);
  shmctl(id, IPC_RMID, nullptr);  // it goes with its last user, whatever happens here
  const Attached keeper(memory);
  return Steps().add(
      "shmget(IPC_PRIVATE, ...); another process that knows the identifier: shmat(id, NULL, 0)",
      bytes_from_child([&] { return attached_or_error(calls.attach(id, nullptr, 0)); }, kAttemptLimit),
      "attached");
}

Steps size_control(const SegmentCalls& calls) {
  Steps steps;
  for (const std::size_t bytes : {1UL, 5'000UL, 1'000'000UL}) {
    steps.add(fmt::format("shmget(key, {}, IPC_CREAT | IPC_EXCL): shm_segsz", bytes),
              Segment(calls, bytes).size(), std::to_string(bytes));
  }
  const Fd object = memory_file();
  return steps
      .add("ftruncate(fd, 4096), ftruncate(fd, 8192) of memory with a descriptor",
           std::min(ftruncate(object.get(), 4096), ftruncate(object.get(), 8192)), "0")
      .add("a System V segment of 4096 B made larger: shmget(key, 8192, 0)",
           Segment(calls).found(2 * kSegmentBytes), "found");
}

Steps any_data(const std::function<void*(std::size_t)>& new_memory) {
  struct Shared {
    unsigned char bytes[256];
    const volatile char* pointer;
  };
  const SharedMapping memory(-1, sizeof(Shared));
  auto* const shared = static_cast<volatile Shared*>(memory.data());
  in_child<bool>([&] {
    for (unsigned i = 0; i < 256; ++i) shared->bytes[i] = static_cast<unsigned char>(i);
    shared->pointer = static_cast<char*>(
        new_memory ? new_memory(kSegmentBytes)
                   : mmap(nullptr, kSegmentBytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    return true;
  });
  unsigned arrived = 0;
  for (unsigned i = 0; i < 256; ++i) arrived += shared->bytes[i] == i ? 1U : 0U;
  return Steps()
      .add("another process stores every value of a byte: how many arrive", arrived, "256")
      .attempt("it stores the address of memory of its own: reading there", "0", [&] {
        die_quietly();
        return long{*shared->pointer};
      });
}

Steps lock_in_memory(const SegmentCalls& calls) {
  const Segment segment(calls);
  const std::string locked = came_back(calls.control(segment.object.id(), SHM_LOCK, nullptr));
  return Steps()
      .control("shmctl(id, SHM_LOCK, NULL)", locked, locked == "0")
      .attempt("another process stores a byte there", "waits", [&] {
        *Attached(segment.attach()).memory = 'x';
        return 0L;
      });
}

Steps other_namespace(const SegmentCalls& calls) {
  const Segment segment(calls);
  const auto leave = [] {
    if (unshare(CLONE_NEWIPC) != 0) checked(unshare(CLONE_NEWUSER | CLONE_NEWIPC), "unshare(CLONE_NEWIPC)");
  };
  return Steps()
      .add("shmat(id, NULL, 0) by another process here", segment.attached_elsewhere(), "attached")
      .add("the same after unshare(CLONE_NEWIPC), as in another container of this machine",
           segment.attached_elsewhere(0, leave), "EINVAL");
}

Steps file_behind(int map_flags) {
  const SysvObject segment = new_sysv_segment(kSegmentBytes);
  const Attached attached(shmat(segment.id(), nullptr, 0));
  const Mapping mapping(kSegmentBytes, PROT_READ | PROT_WRITE, map_flags);
  Steps steps;
  const auto look = [&](const char* call, const volatile void* address) {
    const std::string file = file_at(address);
    steps.check(call, file, file.starts_with('/'), "a file");
  };
  look("/proc/self/maps: the file of a System V segment", attached.memory);
  look("the file of memory mapped with MAP_SHARED | MAP_ANONYMOUS", mapping.data());
  return steps;
}

Steps memory_device() {
  const Fd device(open("/dev/mem", O_RDWR | O_CLOEXEC));
  return Steps().add(
      "open(\"/dev/mem\", O_RDWR), which was not mapped, since ordinary memory belongs to the kernel and to "
      "other processes (CONFIG_STRICT_DEVMEM bars it)",
      device ? "a descriptor" : error_name(errno));
}

}  // namespace ipcbench
