// Opening a POSIX message queue, mq_open(3).
#pragma once

#include <fmt/format.h>
#include <mqueue.h>
#include <sys/stat.h>

#include <cerrno>
#include <string>

#include "harness/base/error.hpp"
#include "harness/base/fd.hpp"
#include "harness/contract/owned_name.hpp"

namespace ipcbench {

// On Linux a queue's descriptor is a file descriptor (mq_overview(7)): poll, fcntl and close work on it.
inline Fd open_posix_queue(const std::string& name, int flags, std::size_t depth, std::size_t message_bytes) {
  mq_attr attributes{};
  attributes.mq_maxmsg = static_cast<long>(depth);
  attributes.mq_msgsize = static_cast<long>(message_bytes);
  const mqd_t queue = mq_open(name.c_str(), flags | O_CLOEXEC, S_IRUSR | S_IWUSR, &attributes);
  if (queue >= 0) return Fd(queue);
  throw_error(errno,
              fmt::format("cannot open a POSIX queue of {} messages of {} bytes", depth, message_bytes),
              {{EMFILE, "raise ulimit -q (or lower queue_depth), or ulimit -n"},
               {ENOSPC, "raise fs.mqueue.queues_max (sysctl)"},
               {EINVAL, "raise fs.mqueue.msg_max and fs.mqueue.msgsize_max (sysctl)"},
               {ENOSYS,
                "take a kernel that has them (CONFIG_POSIX_MQUEUE), or allow mq_open in the seccomp filter "
                "of the container"}});
}

}  // namespace ipcbench
