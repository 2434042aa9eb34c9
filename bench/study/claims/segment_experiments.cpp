// What one System V segment does when it is created, attached, changed and removed.
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "bench/study/claims/memory_claims.hpp"
#include "harness/base/mapping.hpp"

namespace ipcbench {
namespace {

constexpr std::size_t kSegmentBytes = 4096;

std::string found(int id) { return id < 0 ? error_name(errno) : "found"; }

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

shmid_ds state_of(const SegmentCalls& calls, int id) {
  shmid_ds state{};
  checked(calls.control(id, IPC_STAT, &state), "shmctl(IPC_STAT)");
  return state;
}

std::string attach_count_of(const SegmentCalls& calls, int id) {
  return std::to_string(state_of(calls, id).shm_nattch);
}

// What shmat() gives another process of this user, or of the user `uid`.
std::string attached_elsewhere(const SegmentCalls& calls, int id, int flags, uid_t uid = geteuid()) {
  const int error = in_child<int>([&] {
    if (uid != geteuid()) {
      checked(setresgid(uid, uid, uid), "setresgid");
      checked(setresuid(uid, uid, uid), "setresuid");
    }
    return is_attached(calls.attach(id, nullptr, flags)) ? 0 : errno;
  });
  return error == 0 ? "attached" : error_name(error);
}

// For a child that may be killed by SIGSEGV.
void die_quietly() {
  prctl(PR_SET_DUMPABLE, 0);      // no core file
  std::signal(SIGSEGV, SIG_DFL);  // a sanitizer's handler would print and exit
}

}  // namespace

SysvObject make_segment(std::size_t bytes, key_t& key) {
  SysvObject segment = SysvObject::create(ObjectKind::sysv_segment, [&](key_t new_key, int flags) {
    key = new_key;
    return shmget(key, bytes, flags);
  });
  if (segment.id() >= 0) return segment;
  throw_errno(
      "no System V segment of that size can be created (shmget)",
      {{EINVAL, "raise kernel.shmmax (sysctl)"},
       {ENOSPC, "raise kernel.shmmni or kernel.shmall (sysctl), or remove stale ones (ipcs -m, ipcrm)"},
       {ENOSYS, "take a kernel that has System V shared memory (CONFIG_SYSVIPC)"}});
}

Steps removed_segment(const SegmentCalls& calls) {
  key_t key = 0;
  const SysvObject segment = make_segment(kSegmentBytes, key);
  const auto again = [&] { return attached_or_error(calls.attach(segment.id(), nullptr, 0)); };
  const auto refused = [](const std::string& result) { return result != "attached"; };
  Steps steps;
  {
    const Attached first(shmat(segment.id(), nullptr, 0));
    checked(calls.control(segment.id(), IPC_RMID, nullptr), "shmctl(IPC_RMID)");
    const std::string elsewhere = attached_elsewhere(calls, segment.id(), 0);
    steps.check("shmctl(id, IPC_RMID) while it is attached; shmat(id, NULL, 0) by another process", elsewhere,
                refused(elsewhere), "an error");
    const std::string here = in_child<bool>([&] { return again() == "attached"; }) ? "attached" : "an error";
    steps.check("shmat(id, NULL, 0) by the same process", here, refused(here), "an error")
        .add("shmget(key, 0, 0)", found(calls.get(key, 0, 0)));
  }
  return steps.add("shmat(id, NULL, 0) after the last shmdt()", again());
}

Steps rest_of_last_page(const SegmentCalls& calls) {
  const std::size_t page = page_bytes();
  key_t key = 0;
  const SysvObject segment = make_segment(page + 1, key);
  // Reserve address space so that nothing else is mapped behind the segment.
  const Mapping place(4 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE);
  const Attached attached(calls.attach(segment.id(), place.data(), SHM_REMAP));
  const auto store = [&](std::size_t at) {
    return [&attached, at] {
      die_quietly();
      attached.memory[at] = 'x';
      return 0L;
    };
  };
  return Steps()
      .add(fmt::format("shmget(key, {}): shm_segsz", page + 1),
           std::to_string(state_of(calls, segment.id()).shm_segsz), std::to_string(page + 1))
      .attempt(fmt::format("storing a byte at {}", page), "0", store(page))
      .attempt(fmt::format("storing a byte at {}", 2 * page - 1), "killed by SIGSEGV", store(2 * page - 1))
      .attempt(fmt::format("storing a byte at {}", 2 * page), "killed by SIGSEGV", store(2 * page))
      .attempt(fmt::format("what another process then reads at {}", 2 * page - 1), {},
               [&] { return long{attached.memory[2 * page - 1]}; });
}

Steps size_of_existing(const SegmentCalls& calls) {
  key_t key = 0;
  const SysvObject segment = make_segment(kSegmentBytes, key);
  return Steps()
      .add("shmget(key, 1, 0) of a segment of 4096 B", found(calls.get(key, 1, 0)), "found")
      .add("shmget(key, 0, 0)", found(calls.get(key, 0, 0)), "found")
      .add("shmget(key, 4097, 0)", found(calls.get(key, kSegmentBytes + 1, 0)), "found");
}

Steps attach_count(const SegmentCalls& calls) {
  key_t key = 0;
  const SysvObject segment = make_segment(kSegmentBytes, key);
  const auto attach = [&] { return is_attached(calls.attach(segment.id(), nullptr, 0)); };
  Steps steps;
  steps.add("shm_nattch of a new segment", attach_count_of(calls, segment.id()), "0");
  steps.add("in a process that called shmat()", std::to_string(in_child<shmatt_t>([&] {
              return attach() ? state_of(calls, segment.id()).shm_nattch : 0;
            })),
            "1");
  steps.add("after that process has ended without shmdt()", attach_count_of(calls, segment.id()), "0");
  steps.attempt("a process calls shmat() and kills itself", {},
                [&] { return attach() ? raise(SIGKILL) : -1L; });
  return steps.add("shm_nattch afterwards", attach_count_of(calls, segment.id()), "0");
}

Steps detach_or_remove(const SegmentCalls& calls) {
  key_t key = 0;
  const SysvObject segment = make_segment(kSegmentBytes, key);
  char* const memory = static_cast<char*>(calls.attach(segment.id(), nullptr, 0));
  if (!is_attached(memory)) throw_errno("shmat");
  *memory = 'x';
  Steps steps;
  steps.add("shmdt() by the last process, then shmget(key, 0, 0)",
            calls.detach(memory) < 0 ? error_name(errno) : found(calls.get(key, 0, 0)), "found");
  steps.add("what it holds, attached again",
            std::string(1, in_child<char>([&] {
                          const void* const again = calls.attach(segment.id(), nullptr, 0);
                          return is_attached(again) ? *static_cast<const char*>(again) : '?';
                        })),
            "x");
  segment.remove();
  return steps.add("shmctl(id, IPC_RMID), then shmget(key, 0, 0)", found(calls.get(key, 0, 0)), "ENOENT");
}

Steps chosen_address(const SegmentCalls& calls) {
  key_t key = 0;
  const SysvObject segment = make_segment(kSegmentBytes, key);
  const Attached first(calls.attach(segment.id(), nullptr, 0));
  const Attached second(calls.attach(segment.id(), nullptr, 0));
  *first.memory = 'x';
  return Steps()
      .check("shmat(id, NULL, 0) twice", first.memory == second.memory ? "one address" : "two addresses",
             first.memory != second.memory, "an address that is free")
      .add("what is stored at the first, read at the second", std::string(1, *second.memory), "x")
      .add("for comparison, shmat(id, an address within a page, 0)",
           attached_or_error(calls.attach(segment.id(), const_cast<char*>(first.memory) + 1, 0)));
}

Steps mode_0644(const SegmentCalls& calls) {
  constexpr uid_t kOwner = 65'533;
  constexpr uid_t kOther = 65'534;
  if (geteuid() != 0) throw Error("only root can become two other users", "run it as root");
  key_t key = 0;
  const SysvObject segment = make_segment(kSegmentBytes, key);
  shmid_ds state = state_of(calls, segment.id());
  state.shm_perm.uid = kOwner;
  state.shm_perm.mode = 0644;
  checked(shmctl(segment.id(), IPC_SET, &state), "shmctl(IPC_SET)");
  return Steps()
      .add("mode 0644: shmat(id, NULL, 0) by its owner", attached_elsewhere(calls, segment.id(), 0, kOwner),
           "attached")
      .add("shmat(id, NULL, SHM_RDONLY) by another user",
           attached_elsewhere(calls, segment.id(), SHM_RDONLY, kOther), "attached")
      .add("shmat(id, NULL, 0) by another user", attached_elsewhere(calls, segment.id(), 0, kOther),
           "EACCES");
}

Steps private_key(const SegmentCalls& calls) {
  const int id =
      checked(calls.get(IPC_PRIVATE, kSegmentBytes, IPC_CREAT | S_IRUSR | S_IWUSR), "shmget(IPC_PRIVATE)");
  void* const memory = shmat(id, nullptr, 0);
  shmctl(id, IPC_RMID, nullptr);  // it goes with its last user, whatever happens here
  const Attached keeper(memory);
  return Steps().add(
      "shmget(IPC_PRIVATE, ...); another process that knows the identifier: shmat(id, NULL, 0)",
      attached_elsewhere(calls, id, 0), "attached");
}

Steps size_control(const SegmentCalls& calls) {
  Steps steps;
  key_t key = 0;
  for (const std::size_t bytes : {1UL, 5'000UL, 1'000'000UL}) {
    const SysvObject segment = make_segment(bytes, key);
    steps.add(fmt::format("shmget(key, {}, IPC_CREAT | IPC_EXCL): shm_segsz", bytes),
              std::to_string(state_of(calls, segment.id()).shm_segsz), std::to_string(bytes));
  }
  const Fd object(checked(memfd_create("ipcbench", MFD_CLOEXEC), "memfd_create"));
  steps.add("ftruncate(fd, 4096), ftruncate(fd, 8192) of memory with a descriptor",
            came_back(std::min(ftruncate(object.get(), 4096), ftruncate(object.get(), 8192))), "0");
  const SysvObject segment = make_segment(kSegmentBytes, key);
  return steps.add("a System V segment of 4096 B made larger: shmget(key, 8192, 0)",
                   found(calls.get(key, 2 * kSegmentBytes, 0)), "found");
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
    shared->pointer =
        new_memory != nullptr
            ? static_cast<char*>(new_memory(kSegmentBytes))
            : static_cast<char*>(mmap(nullptr, kSegmentBytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    return true;
  });
  unsigned arrived = 0;
  for (unsigned i = 0; i < 256; ++i) arrived += shared->bytes[i] == i ? 1U : 0U;
  return Steps()
      .add("another process stores every value of a byte: how many arrive", std::to_string(arrived), "256")
      .attempt("it stores the address of memory of its own: reading there", "0", [&] {
        die_quietly();
        return static_cast<long>(*shared->pointer);
      });
}

Steps lock_in_memory(const SegmentCalls& calls) {
  key_t key = 0;
  const SysvObject segment = make_segment(kSegmentBytes, key);
  const std::string locked = came_back(calls.control(segment.id(), SHM_LOCK, nullptr));
  return Steps()
      .control("shmctl(id, SHM_LOCK, NULL)", locked, locked == "0")
      .attempt("another process stores a byte there", "waits", [&] {
        const Attached theirs(calls.attach(segment.id(), nullptr, 0));
        *theirs.memory = 'x';
        return 0L;
      });
}

Steps other_namespace(const SegmentCalls& calls) {
  key_t key = 0;
  const SysvObject segment = make_segment(kSegmentBytes, key);
  const int error = in_child<int>([&] {
    if (unshare(CLONE_NEWIPC) != 0) checked(unshare(CLONE_NEWUSER | CLONE_NEWIPC), "unshare(CLONE_NEWIPC)");
    return is_attached(calls.attach(segment.id(), nullptr, 0)) ? 0 : errno;
  });
  return Steps()
      .add("shmat(id, NULL, 0) by another process here", attached_elsewhere(calls, segment.id(), 0),
           "attached")
      .add("the same after unshare(CLONE_NEWIPC), as in another container of this machine",
           error == 0 ? "attached" : error_name(error), "EINVAL");
}

Steps file_behind(int map_flags) {
  key_t key = 0;
  const SysvObject segment = make_segment(kSegmentBytes, key);
  const Attached attached(shmat(segment.id(), nullptr, 0));
  const Mapping mapping(kSegmentBytes, PROT_READ | PROT_WRITE, map_flags);
  const auto file_at = [](const volatile void* address) {
    const std::string start = fmt::format("{:x}-", reinterpret_cast<std::uintptr_t>(address));
    std::ifstream maps("/proc/self/maps");  // what this process has mapped; about no other and no machine
    if (!maps) throw Error("/proc/self/maps cannot be read", "mount /proc");
    for (std::string line; std::getline(maps, line);) {
      if (line.starts_with(start))
        return line.find('/') == std::string::npos ? "none" : line.substr(line.find('/'));
    }
    return std::string("not listed");
  };
  const auto is_file = [](const std::string& name) { return name.starts_with('/'); };
  const std::string of_segment = file_at(attached.memory);
  const std::string of_mapping = file_at(mapping.data());
  return Steps()
      .check("/proc/self/maps: the file of a System V segment", of_segment, is_file(of_segment), "a file")
      .check("the file of memory mapped with MAP_SHARED | MAP_ANONYMOUS", of_mapping, is_file(of_mapping),
             "a file");
}

Steps memory_device() {
  const Fd device(open("/dev/mem", O_RDWR | O_CLOEXEC));
  return Steps().add("open(\"/dev/mem\", O_RDWR), which was not mapped",
                     device ? "a descriptor" : error_name(errno));
}

}  // namespace ipcbench
