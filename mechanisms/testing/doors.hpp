// What processes have that others could get at: names, and who may use them.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace ipcbench {

// Something in a file system: a file, a directory, a socket, a FIFO, a POSIX queue, shared memory.
struct NamedObject {
  std::string path;
  mode_t mode = 0;  // with the type
  uid_t owner = 0;
};

// Below $TMPDIR (where the tests have their view of POSIX queues as well) and in /dev/shm, by path.
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
  std::string family;   // "tcp", "tcp6", "udp", "udp6", "unix"
  std::string address;  // as the kernel prints it: "0100007F" is 127.0.0.1; a path; "@name" in no file system
  std::uint16_t port = 0;
  uid_t owner = 0;  // not known of "unix"
  std::string inode;
};
// Of this network namespace.
std::vector<SocketAddress> sockets_here();

// The inodes of the sockets that these processes hold.
std::vector<std::string> socket_inodes_of(const std::vector<pid_t>& processes);

}  // namespace ipcbench
