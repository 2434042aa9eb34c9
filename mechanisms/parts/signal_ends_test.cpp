// Signals as messages: pending ones merge or queue, keep their order, and are limited in number.
#include "mechanisms/parts/signal_ends.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <functional>
#include <thread>

#include "harness/base/child.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/testing/token_text.hpp"

namespace ipcbench {
namespace {

using ::testing::HasSubstr;

// Runs `body` on its own thread, whose blocked signals end with it.
void on_a_thread(const std::function<void()>& body) { std::thread(body).join(); }

// Runs `body` in a process of a new user namespace, if there may be one: the kernel counts pending signals
// per user and namespace, and what else runs may have many.
void in_own_namespace(const std::function<void()>& body) {
  Child child = fork_child(0, [&] {
    static_cast<void>(unshare(CLONE_NEWUSER));
    body();
    if (testing::Test::HasFailure()) _exit(1);
  });
  EXPECT_EQ(child.reap().code, 0);
}

// Lowers how many signals may be pending for this user, while it lives.
class PendingAllowance {
 public:
  explicit PendingAllowance(rlim_t signals) {
    getrlimit(RLIMIT_SIGPENDING, &before_);
    const rlimit lowered{std::min(signals, before_.rlim_max), before_.rlim_max};
    EXPECT_EQ(setrlimit(RLIMIT_SIGPENDING, &lowered), 0);
  }
  ~PendingAllowance() { setrlimit(RLIMIT_SIGPENDING, &before_); }
  PendingAllowance(const PendingAllowance&) = delete;
  PendingAllowance& operator=(const PendingAllowance&) = delete;

 private:
  rlimit before_{};
};

// Catches values that are cut, and a queue that reorders or merges.
TEST(RtSignal, KeepsOrderAndValue) {
  on_a_thread([] {
    SignalAddress address;
    RtSignalReceiver receiver(address, Wait::spin);
    RtSignalSender sender(address, true);
    EXPECT_EQ(receive_text(receiver, 8), "none");
    for (const char* text : {"abcdefgh", "12345678", "12345678"}) EXPECT_TRUE(send_text(sender, text));
    for (const char* text : {"abcdefgh", "12345678", "12345678"}) EXPECT_EQ(receive_text(receiver, 8), text);
    EXPECT_EQ(receive_text(receiver, 8), "none");
  });
}

// Catches a signal that is dropped, or an error that is thrown, when no more can be queued.
TEST(RtSignal, IsFullAtTheUsersLimit) {
  static constexpr rlim_t kAllowed = 1000;
  in_own_namespace([] {
    const PendingAllowance allowance(kAllowed);
    SignalAddress address;
    RtSignalReceiver receiver(address, Wait::spin);
    RtSignalSender sender(address, true);
    rlim_t queued = 0;
    while (queued <= kAllowed && sender.commit(0)) ++queued;
    EXPECT_LE(queued, kAllowed);
    EXPECT_FALSE(sender.commit(0));
    EXPECT_TRUE(receive_token(receiver));
    EXPECT_TRUE(sender.commit(0));
    rlim_t received = 0;
    while (receive_token(receiver)) ++received;
    EXPECT_EQ(received, queued);
  });
}

// Catches availability that is claimed without asking the kernel, and a refusal without a remedy.
TEST(RtSignal, NamesTheLimitThatForbidsIt) {
  const PendingAllowance none(0);
  EXPECT_THAT(find_mechanism("rt_signal")->available().value_or("available"), HasSubstr("ulimit -i"));
}

// Catches a promise that ordinary signals cannot keep: three sent before one is taken merge into one. The end
// is a signal of its own and comes after it.
TEST(Signal, MergesWithAPendingOne) {
  on_a_thread([] {
    SignalAddress address;
    SignalReceiver receiver(address, Wait::spin);
    SignalSender sender(address, true);
    sender.finish();
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(sender.commit(0));
    EXPECT_TRUE(receive_token(receiver));
    EXPECT_FALSE(receiver.finished());
    EXPECT_FALSE(receive_token(receiver));
    EXPECT_TRUE(receiver.finished());
    EXPECT_FALSE(receive_token(receiver));
    EXPECT_FALSE(receiver.finished());
  });
}

// Catches a signal of one phase that is mistaken for one of the next.
TEST(Signal, DrainsWhatIsPending) {
  on_a_thread([] {
    SignalAddress address;
    SignalReceiver receiver(address, Wait::block);  // drain() must not sleep even so
    SignalSender sender(address, true);
    EXPECT_TRUE(sender.commit(0));
    sender.finish();
    receiver.drain();
    sigset_t pending;
    sigpending(&pending);
    EXPECT_EQ(sigismember(&pending, SIGUSR1), 0);
    EXPECT_EQ(sigismember(&pending, SIGUSR2), 0);
  });
}

}  // namespace
}  // namespace ipcbench
