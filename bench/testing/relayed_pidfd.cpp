// Preloaded into the program while it runs under valgrind, for two calls.
//
// Versions before 3.21 do not know pidfd_open: another process, which listens at $IPCBENCH_PIDFD_RELAY, opens
// the (real) descriptor and passes it here.
//
// All versions refuse mremap with an old size of 0, which maps the pages of a shared mapping once more. Here
// every shared mapping keeps a descriptor (anonymous memory becomes a memfd) or is known as a System V
// segment, and is mapped once more from that.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdlib>
#include <cstring>

namespace {

std::array<pid_t, 1024> process_of{};  // by descriptor

int connect_to_relay() {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const char* const path = std::getenv("IPCBENCH_PIDFD_RELAY");
  if (path == nullptr) return -1;
  std::strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  const int relay = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(relay, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return relay;
  close(relay);
  return -1;
}

int received_descriptor(int relay) {
  char byte = 0;
  iovec data{.iov_base = &byte, .iov_len = 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  int fd = -1;
  if (recvmsg(relay, &message, MSG_CMSG_CLOEXEC) == 1 && CMSG_FIRSTHDR(&message) != nullptr)
    std::memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
  return fd;
}

long relayed_pidfd(pid_t pid) {
  const int relay = connect_to_relay();
  const bool asked = relay >= 0 && send(relay, &pid, sizeof pid, 0) == sizeof pid;
  const int fd = asked ? received_descriptor(relay) : -1;
  if (relay >= 0) close(relay);
  if (fd < 0) errno = ENOSYS;
  if (fd >= 0 && fd < static_cast<int>(process_of.size())) process_of[static_cast<std::size_t>(fd)] = pid;
  return fd;
}

struct SharedPlace {
  char* begin = nullptr;
  std::size_t bytes = 0;
  int fd = -1;  // -1: a System V segment
  int segment = -1;
};
std::array<SharedPlace, 4096> places{};
std::size_t place_count = 0;

void note_place(const SharedPlace& place) {
  if (place_count < places.size()) places[place_count++] = place;
}

// The latest one at that address: addresses are used again.
const SharedPlace* place_of(const char* address) {
  for (std::size_t i = place_count; i-- > 0;) {
    const SharedPlace& place = places[i];
    if (address >= place.begin && address < place.begin + place.bytes) return &place;
  }
  return nullptr;
}

template <class Call>
Call* next(const char* name) {
  return reinterpret_cast<Call*>(dlsym(RTLD_NEXT, name));
}

// A whole segment comes with each shmat. What lies before the wanted part is overwritten by the caller's next
// mapping, so long as it maps from the back to the front.
void* map_again(const SharedPlace& place, std::size_t offset, std::size_t bytes, void* at) {
  if (place.fd < 0) {
    return shmat(place.segment, static_cast<char*>(at) - offset, SHM_REMAP) == MAP_FAILED ? MAP_FAILED : at;
  }
  return next<decltype(mmap)>("mmap")(at, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, place.fd,
                                      static_cast<off_t>(offset));
}

}  // namespace

extern "C" void* mmap(void* at, std::size_t bytes, int protection, int flags, int fd, off_t offset) noexcept {
  static auto* const real = next<decltype(mmap)>("mmap");
  if ((flags & MAP_SHARED) == 0) return real(at, bytes, protection, flags, fd, offset);
  const int own =
      (flags & MAP_ANONYMOUS) != 0 ? memfd_create("anonymous", MFD_CLOEXEC) : fcntl(fd, F_DUPFD_CLOEXEC, 512);
  if ((flags & MAP_ANONYMOUS) != 0 && ftruncate(own, static_cast<off_t>(bytes)) != 0) return MAP_FAILED;
  void* const mapped = real(at, bytes, protection, flags & ~MAP_ANONYMOUS, own, offset);
  if (mapped != MAP_FAILED && offset == 0) note_place({static_cast<char*>(mapped), bytes, own, -1});
  return mapped;
}

extern "C" void* shmat(int segment, const void* at, int flags) noexcept {
  static auto* const real = next<decltype(shmat)>("shmat");
  void* const mapped = real(segment, at, flags);
  shmid_ds found{};
  if (mapped != MAP_FAILED && at == nullptr && shmctl(segment, IPC_STAT, &found) == 0)
    note_place({static_cast<char*>(mapped), found.shm_segsz, -1, segment});
  return mapped;
}

extern "C" void* mremap(void* old, std::size_t old_bytes, std::size_t bytes, int flags, ...) noexcept {
  std::va_list list;
  va_start(list, flags);
  void* const at = (flags & MREMAP_FIXED) != 0 ? va_arg(list, void*) : nullptr;
  va_end(list);
  const SharedPlace* const place = place_of(static_cast<const char*>(old));
  if (old_bytes == 0 && place != nullptr)
    return map_again(*place, static_cast<std::size_t>(static_cast<char*>(old) - place->begin), bytes, at);
  return next<decltype(mremap)>("mremap")(old, old_bytes, bytes, flags, at);
}

extern "C" long syscall(long number, ...) noexcept {
  std::va_list list;
  va_start(list, number);
  std::array<long, 6> argument{};
  for (long& each : argument) each = va_arg(list, long);
  va_end(list);
  if (number == SYS_pidfd_open) return relayed_pidfd(static_cast<pid_t>(argument[0]));
  if (number == SYS_pidfd_send_signal)
    return kill(process_of.at(static_cast<std::size_t>(argument[0])), static_cast<int>(argument[1]));
  static const auto real = reinterpret_cast<long (*)(long, ...)>(dlsym(RTLD_NEXT, "syscall"));
  return real(number, argument[0], argument[1], argument[2], argument[3], argument[4], argument[5]);
}
