#include "bench/study/probe/end_process.hpp"

#include <sched.h>

#include <csignal>
#include <filesystem>

#include "bench/study/parts/channel.hpp"
#include "harness/base/clock.hpp"
#include "harness/base/in_child.hpp"

namespace ipcbench {

struct EndProcess::Shared {
  Verb verb = Verb::attach;
  Side side = Side::producer;
  Messages messages;
  EndReport report;
};

std::vector<std::byte> numbered_message(std::size_t bytes, std::uint64_t number) {
  std::vector<std::byte> message(bytes);
  std::memcpy(message.data(), &number, std::min(bytes, sizeof number));
  return message;
}

namespace {

using Verb = EndProcess::Verb;

volatile std::sig_atomic_t sigpipes = 0;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

// On a busy machine a look can be late, so an end counts as idle only after this many empty looks.
constexpr int kEmptyLooks = 20;

std::uint64_t deadline_ns(std::chrono::milliseconds time) {
  return now_ns() + static_cast<std::uint64_t>(std::chrono::nanoseconds(time).count());
}

std::vector<std::byte> content(const Messages& messages, std::uint64_t number) {
  if (messages.letter == '\0') return numbered_message(messages.bytes, number);
  return std::vector<std::byte>(messages.bytes, static_cast<std::byte>(messages.letter));
}

// Serves the requests in the helper process.
class EndServer {
 public:
  EndServer(const EndProcess::Open& open, EndReport& report) : open_(open), report_(report) {}

  // Reports exceptions of the mechanism.
  void serve(Verb verb, Side side, const Messages& messages) noexcept {
    std::signal(SIGPIPE, [](int) { sigpipes = sigpipes + 1; });  // counted, neither ignored nor deadly
    report_.messages = 0;
    report_.full = report_.late = report_.threw = false;
    report_.in_order = true;
    report_.mixed = 0;
    try {
      if (!object_) object_ = open_();
      dispatch(verb, side, messages);
    } catch (const std::exception& error) {
      const auto* const refused = dynamic_cast<const KernelError*>(&error);
      report_.threw = true;
      report_.error = refused == nullptr ? 0 : refused->number();
      report_.text.assign(error.what());
    }
    report_.sigpipes = sigpipes;
    report_.end_ns = now_ns();
  }

 private:
  void dispatch(Verb verb, Side side, const Messages& messages) {
    if (verb == Verb::attach) return object_->attach(side);
    if (verb == Verb::receive) return receive(messages);
    if (verb == Verb::try_receive) return try_receive(messages);
    send(messages, verb == Verb::try_send);
  }

  void send(const Messages& messages, bool at_once) {
    std::vector<std::byte> message = content(messages, messages.first_number);
    message.reserve(1);  // a token is an empty span with memory
    const std::uint64_t end_ns = deadline_ns(messages.limit);
    for (std::uint64_t i = 0; i < messages.count && now_ns() < end_ns; ++i) {
      const std::uint64_t number = messages.first_number + i;
      if (messages.letter == '\0')
        std::memcpy(message.data(), &number, std::min(message.size(), sizeof number));
      if (at_once) {
        report_.full = !object_->try_send(message);
        if (report_.full) return;
      } else {
        object_->send(message);
      }
      ++report_.messages;
    }
  }

  void receive(const Messages& messages) {
    std::vector<std::byte> message(messages.bytes);
    message.reserve(1);
    const std::uint64_t end_ns = deadline_ns(messages.limit);
    while (report_.messages < messages.count && report_.mixed == 0 && now_ns() < end_ns) {
      object_->receive(message);
      count(message, messages);
    }
  }

  void try_receive(const Messages& messages) {
    const std::uint64_t end_ns = deadline_ns(messages.limit);
    std::uint64_t idle_end_ns = deadline_ns(messages.idle);
    int empty_looks = 0;
    while (report_.messages < messages.count && report_.mixed == 0) {
      const bool got = take_piece(messages.bytes);
      if (got && arrived_.size() == messages.bytes) {
        count(arrived_, messages);
        arrived_.clear();
      }
      report_.late = now_ns() >= end_ns;
      if (report_.late) return;
      if (got) {
        idle_end_ns = deadline_ns(messages.idle);
        empty_looks = 0;
      } else if (++empty_looks > kEmptyLooks && now_ns() >= idle_end_ns) {
        return;
      } else {
        sched_yield();
      }
    }
  }

  // Appends the next piece to the received part of the current message. False: nothing arrived.
  bool take_piece(std::size_t message_bytes) {
    const std::size_t before = arrived_.size();
    arrived_.resize(std::max<std::size_t>(message_bytes, 1));
    const auto got = object_->try_receive(std::span(arrived_).subspan(before, message_bytes - before));
    const std::size_t usable = std::min(got.value_or(0), message_bytes - before);
    if (got) {
      report_.piece_bytes = *got;
      std::memcpy(report_.piece.data(), arrived_.data() + before, std::min(usable, report_.piece.size()));
    }
    arrived_.resize(before + usable);
    return got.has_value();
  }

  void count(std::span<const std::byte> message, const Messages& messages) {
    if (messages.letter != '\0') {
      if (std::ranges::any_of(message, [&](std::byte byte) { return byte != message.front(); }))
        ++report_.mixed;
    } else {
      const std::uint64_t number = messages.first_number + report_.messages;
      const std::size_t compared_bytes = std::min(message.size(), sizeof number);
      if (std::memcmp(message.data(), &number, compared_bytes) != 0) report_.in_order = false;
    }
    ++report_.messages;
  }

  const EndProcess::Open& open_;
  EndReport& report_;
  std::shared_ptr<Trial> object_;
  std::vector<std::byte> arrived_;
};

// False: the other side is gone.
bool read_byte(const Fd& line) {
  char byte = '\0';
  return TEMP_FAILURE_RETRY(read(line.get(), &byte, 1)) == 1;
}

// A failure shows as a missing reply.
void write_byte(const Fd& line) {
  [[maybe_unused]] const ssize_t sent = ::send(line.get(), "r", 1, MSG_NOSIGNAL);
}

// True also if the other side is gone.
bool has_reply(const Fd& line, std::chrono::milliseconds patience) {
  pollfd watched{.fd = line.get(), .events = POLLIN, .revents = 0};
  return poll(&watched, 1, static_cast<int>(patience.count())) > 0;
}

std::string link_of(const Fd& fd) {
  return std::filesystem::read_symlink(fmt::format("/proc/self/fd/{}", fd.get())).string();
}

}  // namespace

EndProcess::EndProcess(const Open& open) : memory_(-1, sizeof(Shared)), shared_(new (memory_.data()) Shared) {
  PipeEnds line = open_unix_channel(SOCK_SEQPACKET);
  line_names_ = {link_of(line.read), link_of(line.write)};
  child_ = std::make_unique<Child>(fork_child(0, [&] {
    line.write.reset();
    EndServer server(open, shared_->report);
    while (read_byte(line.read)) {
      server.serve(shared_->verb, shared_->side, shared_->messages);
      write_byte(line.read);
    }
    _exit(0);
  }));
  line_ = std::move(line.write);
}

void EndProcess::start(Verb verb, const Messages& messages, Side side) {
  shared_->verb = verb;
  shared_->side = side;
  shared_->messages = messages;
  write_byte(line_);
}

EndOutcome EndProcess::outcome() {
  using How = EndOutcome::How;
  const auto deadline = std::chrono::steady_clock::now() + kAttemptLimit;
  while (!has_reply(line_, kPatience)) {
    const bool late = std::chrono::steady_clock::now() >= deadline;
    // It may just have replied, and now sleep until the next request.
    if ((late || is_asleep(pid())) && !has_reply(line_, {})) return {How::blocked, "blocked"};
  }
  if (read_byte(line_))
    return report().threw ? EndOutcome{How::threw, report().text.str()} : EndOutcome{How::done, "done"};
  const ExitStatus status = child_->reap();
  return {How::died,
          status.signal ? fmt::format("killed by {}", signal_name(*status.signal)) : "exited by itself"};
}

void EndProcess::kill() {
  child_->kill();
  child_->reap();
}

const EndReport& EndProcess::report() const { return shared_->report; }

std::vector<std::string> EndProcess::own_resources() const {
  return {line_names_[0], line_names_[1],
          fmt::format("{:x}", reinterpret_cast<std::uintptr_t>(memory_.data()))};
}

}  // namespace ipcbench
