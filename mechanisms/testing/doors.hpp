// The targets that other users could attack: named objects and sockets, and who may use them.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace ipcbench {

// An entry of a file system: a file, directory, socket, FIFO, POSIX queue or shared memory.
struct NamedObject {
  std::string path;
  mode_t mode = 0;  // including the type
  uid_t owner = 0;
};

// Everything below $TMPDIR (where the tests also mount their view of POSIX queues) and in /dev/shm.
std::vector<NamedObject> named_objects();

struct SystemVObject {
  std::string kind;  // "msg", "sem", "shm"
  int id = -1;
  int key = 0;  // 0: IPC_PRIVATE
  unsigned permissions = 0;
  uid_t owner = 0;
};
std::vector<SystemVObject> system_v_objects_here();

struct SocketAddress {
  std::string family;  // "tcp", "tcp6", "udp", "udp6", "unix"
  std::string
      address;  // as the kernel prints it: "0100007F" is 127.0.0.1; a path; "@name" for an abstract one
  std::uint16_t port = 0;
  uid_t owner = 0;  // unknown for "unix"
  std::string inode;
};
// All that have an address in this network namespace.
std::vector<SocketAddress> sockets_here();

// An address that the kernel chose (unix(7), "autobind"): "@" and five hexadecimal digits. UCX binds a
// datagram socket to one for each of its workers, and cannot be told not to. Such an address has no
// permissions: any user can send there, and no more than wake the worker, which discards what it gets.
bool is_chosen_by_kernel(const SocketAddress& socket);

// The inodes of the sockets that these processes hold.
std::vector<std::string> socket_inodes_of(const std::vector<pid_t>& processes);

}  // namespace ipcbench
