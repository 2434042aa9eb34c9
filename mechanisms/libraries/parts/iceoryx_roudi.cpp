// RouDi, the daemon of iceoryx, for one link: ipcbench-roudi SOCKET CHUNK_BYTES CHUNKS. It hands the memory
// of the library, the management's and the chunks', to whoever connects to SOCKET, and runs until it is
// killed.
#include <fmt/format.h>
#include <sys/acl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <iceoryx_hoofs/log/logmanager.hpp>
#include <iceoryx_hoofs/posix_wrapper/posix_access_rights.hpp>
#include <iceoryx_posh/internal/roudi/roudi.hpp>
#include <iceoryx_posh/roudi/iceoryx_roudi_components.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/error.hpp"
#include "harness/base/fd.hpp"
#include "harness/base/mapping.hpp"
#include "mechanisms/libraries/parts/iceoryx_place.hpp"
#include "mechanisms/parts/descriptor_envelope.hpp"
#include "mechanisms/parts/socket_options.hpp"
#include "mechanisms/parts/unix_address.hpp"

namespace ipcbench {
namespace {

std::uint32_t number(const char* text) {
  std::uint32_t value = 0;
  std::from_chars(text, text + std::strlen(text), value);
  if (value == 0) throw Error(fmt::format("{} is not a number", text));
  return value;
}

iox::RouDiConfig_t one_pool(std::uint32_t chunk_bytes, std::uint32_t chunks) {
  iox::mepoo::MePooConfig pool;
  pool.addMemPool({chunk_bytes, chunks});
  const auto group = iox::posix::PosixGroup::getGroupOfCurrentProcess().getName();
  iox::RouDiConfig_t config;
  config.m_sharedMemorySegments.push_back({group, group, pool});
  return config;
}

// The library clears its memory before it uses it: 64 MiB for the management alone, however small the link,
// which takes 0.1 s where nobody else computes. Memory that the kernel has just made is clear.
void* leave_clear(void* memory, int value, std::size_t bytes) {
  constexpr std::size_t kWorthIt = std::size_t{1} << 20;
  return bytes < kWorthIt ? std::memset(memory, value, bytes) : memory;
}
// The launcher shows the last line.
[[noreturn]] void end_refused(const char* call) {
  const int error = errno;
  fmt::print(stderr, "{}\n", KernelError(error, fmt::format("RouDi cannot start ({})", call)).what());
  _exit(EXIT_FAILURE);
}
int size_or_end(int memory, off_t bytes) {
  if (ftruncate(memory, bytes) != 0) end_refused("ftruncate");
  return 0;
}
int admit_or_end(int memory, acl_t list) {
  if (acl_set_fd(memory, list) != 0) end_refused("fsetxattr, an access control list");
  return 0;
}
void make_memory_our_way() {
  using Clear = void*(void*, int, std::size_t);
  std::array imports{
      Imports::Import{.theirs = Imports::address(static_cast<Clear*>(&std::memset)),
                      .ours = Imports::address(&leave_clear)},
      Imports::Import{.theirs = Imports::address(&ftruncate), .ours = Imports::address(&size_or_end)},
      Imports::Import{.theirs = Imports::address(&acl_set_fd), .ours = Imports::address(&admit_or_end)}};
  Imports::redirect(kIceoryxImporter, imports);
}
void make_present(const Fd& memory) {
  struct stat found {};
  checked(fstat(memory.get(), &found), "fstat");
  size_memory_file(memory.get(), static_cast<std::size_t>(found.st_size),
                   "free memory, or raise what the container may have");
}

// A descriptor for the library, or -1 and errno.
int make_memory(std::vector<Fd>& memories, const std::string& name) {
  Fd memory(memfd_create(name.c_str(), MFD_CLOEXEC));
  const int for_library = memory ? fcntl(memory.get(), F_DUPFD_CLOEXEC, 0) : -1;
  if (for_library >= 0) memories.push_back(std::move(memory));
  return for_library;
}

void hand_out(const Fd& listener, const std::vector<Fd>& memories) {
  while (true) {
    const Fd client(checked(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC), "accept4"));
    for (const Fd& memory : memories) {
      DescriptorEnvelope envelope;
      envelope.enclose(memory);
      sendmsg(client.get(), envelope.header(), MSG_NOSIGNAL);
    }
  }
}

void serve(const std::string& socket, std::uint32_t chunk_bytes, std::uint32_t chunks) {
  std::vector<Fd> memories;
  IceoryxPlace::current() = {
      .prefix = socket,
      .memory = [&memories](std::string_view name) { return make_memory(memories, std::string(name)); },
      .refused = end_refused};
  if (!move_iceoryx()) throw Error("libiceoryx_hoofs does not import what Debian's does");
  make_memory_our_way();
  // The end of a link that hangs is no dead one, and the launcher sees to the dead ones.
  using RouDi = iox::roudi::RouDi;
  iox::roudi::IceOryxRouDiComponents components(one_pool(chunk_bytes, chunks));
  make_present(memories.back());
  const RouDi roudi(components.rouDiMemoryManager, components.portManager,
                    RouDi::RoudiStartupParameters(iox::roudi::MonitoringMode::OFF, false));
  while (access(IceoryxPlace::current().of("/tmp/roudi").c_str(), F_OK) != 0) usleep(1000);  // RouDi's thread
  const Fd listener = open_socket(AF_UNIX, SOCK_STREAM);
  UnixAddress(socket).bind_to(listener.get());
  checked(listen(listener.get(), SOMAXCONN), "listen");
  hand_out(listener, memories);
}

}  // namespace
}  // namespace ipcbench

int main(int count, char** arguments) {
  constexpr int kArguments = 4;
  if (count != kArguments) return 2;
  try {
    iox::log::LogManager::GetLogManager().SetDefaultLogLevel(iox::log::LogLevel::kError,
                                                             iox::log::LogLevelOutput::kHideLogLevel);
    ipcbench::serve(arguments[1], ipcbench::number(arguments[2]), ipcbench::number(arguments[3]));
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
  }
  return 1;
}
