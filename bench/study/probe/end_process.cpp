#include "bench/study/probe/end_process.hpp"

#include <sched.h>

#include <csignal>
#include <filesystem>

#include "harness/base/clock.hpp"
#include "harness/base/in_child.hpp"
#include "mechanisms/parts/token.hpp"

namespace ipcbench {

// A request is written before `asked` counts it, its report before `answered` does.
struct EndProcess::Shared {
  Verb verb = Verb::attach;
  Side side = Side::producer;
  Messages messages;
  EndReport report;
  std::atomic<unsigned> asked{0};
  std::atomic<unsigned> begun{0};
  std::atomic<unsigned> answered{0};
};

namespace {

using Verb = EndProcess::Verb;
using Clock = std::chrono::steady_clock;

volatile std::sig_atomic_t sigpipes = 0;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

// When an object counts as empty: TCP continues in the background when its receiver has made room, and on a
// busy machine a look can be late.
constexpr std::chrono::milliseconds kIdle{10};
constexpr int kEmptyLooks = 20;

// In how many looks, kPatience apart, an end has to be found asleep to count as blocked. A library's threads
// may be at work for a caller that sleeps.
int looks_needed(pid_t pid) {
  constexpr int kBesideOtherThreads = 10;
  const std::filesystem::directory_iterator threads(fmt::format("/proc/{}/task", pid));
  return std::distance(begin(threads), end(threads)) > 1 ? kBesideOtherThreads : 1;
}

// Serves the requests in the helper process.
class EndServer {
 public:
  EndServer(const EndProcess::Open& open, EndReport& report) : open_(open), report_(report) {}

  // Reports exceptions of the mechanism.
  void serve(Verb verb, Side side, const Messages& messages) noexcept {
    std::signal(SIGPIPE, [](int) { sigpipes = sigpipes + 1; });  // counted, neither ignored nor deadly
    std::construct_at(&report_);
    end_ = Clock::now() + messages.limit;
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
    if (verb == Verb::send || verb == Verb::try_send) return send(messages, verb == Verb::try_send);
    receive(messages, verb == Verb::try_receive);
  }

  void send(const Messages& messages, bool at_once) {
    // Of letters, both are made beforehand, so that senders that collide spend their time in storing.
    std::array<std::vector<std::byte>, 2> in_turn;
    for (const bool small : {false, true}) {
      const int letter = small && messages.letter != '\0' ? messages.letter + ('a' - 'A') : messages.letter;
      in_turn[small].assign(messages.bytes, static_cast<std::byte>(letter));
      in_turn[small].reserve(1);  // a token is an empty span with memory
    }
    for (std::uint64_t i = 0; i < messages.count && Clock::now() < end_; ++i) {
      std::vector<std::byte>& message = in_turn[i % 2];
      const std::uint64_t number = content_of(messages.first_number + i);
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

  void receive(const Messages& messages, bool at_once) {
    auto idle_end = Clock::now() + kIdle;
    int empty_looks = 0;
    while (report_.messages < messages.count && report_.mixed == 0 && Clock::now() < end_) {
      if (at_once ? take_piece(messages.bytes) : take_message(messages.bytes)) {
        idle_end = Clock::now() + kIdle;
        empty_looks = 0;
        if (arrived_.size() == messages.bytes) count(messages);
      } else if (++empty_looks > kEmptyLooks && Clock::now() >= idle_end) {
        return;
      } else {
        sched_yield();
      }
    }
  }

  bool take_message(std::size_t message_bytes) {
    arrived_.resize(message_bytes);
    arrived_.reserve(1);
    object_->receive(arrived_);
    return true;
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

  void count(const Messages& messages) {
    if (messages.letter != '\0') {
      // Each byte is compared with the next one.
      if (std::memcmp(arrived_.data(), arrived_.data() + 1, std::max<std::size_t>(arrived_.size(), 1) - 1) !=
          0)
        ++report_.mixed;
    } else {
      const std::uint64_t sent = content_of(messages.first_number + report_.messages);
      if (std::memcmp(arrived_.data(), &sent, std::min(arrived_.size(), sizeof sent)) != 0)
        report_.in_order = false;
    }
    ++report_.messages;
    arrived_.clear();
  }

  const EndProcess::Open& open_;
  EndReport& report_;
  Clock::time_point end_;  // of the request
  std::shared_ptr<Trial> object_;
  std::vector<std::byte> arrived_;  // of the current message
};

}  // namespace

void EndOutcome::require_done(std::string_view doing) const {
  if (done()) return;
  const std::string what = fmt::format("{}: {}", doing, text);
  if (error != 0) throw NotTried(what);
  throw std::runtime_error(what);
}

EndProcess::EndProcess(const Open& open) : memory_(-1, sizeof(Shared)), shared_(new (memory_.data()) Shared) {
  const pid_t asker = getpid();
  child_ = std::make_unique<Child>(fork_child(0, [&] { serve(open, asker); }));
}

// Ends with the process that asks, even where the kernel may not be told to see to that (prctl).
void EndProcess::serve(const Open& open, pid_t asker) {
  EndServer server(open, shared_->report);
  while (getppid() == asker) {
    if (shared_->asked == shared_->answered) {
      nap();
      continue;
    }
    ++shared_->begun;
    server.serve(shared_->verb, shared_->side, shared_->messages);
    ++shared_->answered;
  }
}

void EndProcess::start(Verb verb, const Messages& messages, Side side) {
  shared_->verb = verb;
  shared_->side = side;
  shared_->messages = messages;
  ++shared_->asked;
}

EndOutcome EndProcess::outcome() {
  using How = EndOutcome::How;
  const auto begin = Clock::now();
  auto next_look = begin + kPatience;
  std::uint64_t seen = report().messages;
  int looks_asleep = 0;
  while (shared_->answered != shared_->asked) {
    nap();
    if (const auto status = child_->reap_within({})) return {How::died, describe_failure(*status)};
    if (Clock::now() < next_look) continue;
    next_look += kPatience;
    // Who has passed messages since the last look is not blocked, and sleeps only now and then.
    const bool busy = report().messages != seen;
    seen = report().messages;
    if (busy) continue;
    const bool late = Clock::now() >= begin + kAttemptLimit;
    looks_asleep = shared_->begun == shared_->asked && is_asleep(pid()) ? looks_asleep + 1 : 0;
    const bool stuck = looks_asleep > 0 && looks_asleep >= looks_needed(pid());
    // It may just have replied, and now sleep until the next request.
    if ((late || stuck) && shared_->answered != shared_->asked) return {How::blocked, "blocked"};
  }
  if (!report().threw) return {How::done, "done"};
  const int error = report().error;
  if (error == EPERM || error == ENOSYS) throw NotTried(report().text.str());
  return {How::threw, report().text.str(), error};
}

void EndProcess::kill() {
  if (::kill(pid(), SIGKILL) != 0) throw_errno("a process of this program cannot be killed (kill)");
  child_->reap();
}

const EndReport& EndProcess::report() const { return shared_->report; }

std::string EndProcess::own_memory() const {
  return fmt::format("{:x}", reinterpret_cast<std::uintptr_t>(memory_.data()));
}

}  // namespace ipcbench
