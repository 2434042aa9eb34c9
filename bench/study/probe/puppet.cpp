#include "bench/study/probe/puppet.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <filesystem>

#include "bench/study/experiments/channel.hpp"
#include "bench/study/probe/puppet_show.hpp"
#include "harness/base/in_child.hpp"

namespace ipcbench {

struct Puppet::Shared {
  PuppetOrder order;
  PuppetReport report;
};

namespace {

// True: a byte came. False: the other side is gone.
bool read_byte(const Fd& line) {
  char byte = '\0';
  while (true) {
    const ssize_t got = read(line.get(), &byte, 1);
    if (got >= 0 || errno != EINTR) return got == 1;
  }
}

void write_byte(const Fd& line) {
  // Failure is seen when the answer does not come.
  [[maybe_unused]] const ssize_t sent = ::send(line.get(), "o", 1, MSG_NOSIGNAL);
}

std::string link_of(const Fd& fd) {
  return std::filesystem::read_symlink(fmt::format("/proc/self/fd/{}", fd.get())).string();
}

// True also if the other side is gone.
bool has_answer(const Fd& line, std::chrono::milliseconds patience) {
  pollfd watched{.fd = line.get(), .events = POLLIN, .revents = 0};
  return poll(&watched, 1, static_cast<int>(patience.count())) > 0;
}

}  // namespace

Puppet::Puppet(const Open& open) : memory_(-1, sizeof(Shared)), shared_(new (memory_.data()) Shared) {
  Channel line = open_unix_channel(SOCK_SEQPACKET);
  line_names_ = {link_of(line.read_end), link_of(line.write_end)};
  child_ = std::make_unique<Child>(fork_child(0, [&] {
    line.write_end.reset();
    PuppetShow show(open, shared_->report);
    while (read_byte(line.read_end)) {
      show.carry_out(shared_->order);
      write_byte(line.read_end);
    }
    _exit(0);
  }));
  line_ = std::move(line.write_end);
}

void Puppet::start(const PuppetOrder& order) {
  shared_->order = order;
  write_byte(line_);
}

PuppetAnswer Puppet::answer() {
  const auto deadline = std::chrono::steady_clock::now() + kAttemptLimit;
  while (!has_answer(line_, kPatience)) {
    const bool late = std::chrono::steady_clock::now() >= deadline;
    // It may have answered in this moment, and sleep until the next order.
    if ((late || is_asleep(pid())) && !has_answer(line_, {})) {
      return {.how = PuppetAnswer::How::blocked, .status = {}};
    }
  }
  if (!read_byte(line_)) return {.how = PuppetAnswer::How::died, .status = child_->reap()};
  return {.how = report().threw ? PuppetAnswer::How::threw : PuppetAnswer::How::done, .status = {}};
}

void Puppet::kill() {
  child_->kill();
  child_->reap();
}

std::vector<std::string> Puppet::equipment() const {
  const auto address = reinterpret_cast<std::uintptr_t>(memory_.data());
  return {line_names_[0], line_names_[1], fmt::format("{:x}", address)};
}

const PuppetReport& Puppet::report() const { return shared_->report; }

std::string Puppet::describe(const PuppetAnswer& answer) const {
  switch (answer.how) {
    case PuppetAnswer::How::done:
      return "done";
    case PuppetAnswer::How::threw:
      return report().text.str();
    case PuppetAnswer::How::blocked:
      return "blocked";
    case PuppetAnswer::How::died:
      return answer.status.signal ? fmt::format("killed by {}", signal_name(*answer.status.signal))
                                  : "exited by itself";
  }
  return "?";
}

}  // namespace ipcbench
