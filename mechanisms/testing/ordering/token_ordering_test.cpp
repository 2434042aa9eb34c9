// The code that passes tokens, under every interleaving of its ends: the mailbox in a futex word
// (mechanisms/parts/futex_mailbox.hpp) and the ring of locks (mechanisms/parts/lock_baton.hpp). A token says
// that something has happened, so its receiver must see everything that the sender wrote before it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <memory>

#include "mechanisms/parts/futex_mailbox.hpp"
#include "mechanisms/parts/lock_baton.hpp"
#include "mechanisms/testing/ordering/scenarios.hpp"

namespace ipcbench::ordering {
namespace {

// The data that each token announces; a token must arrive exactly once.
class Beside {
 public:
  void write(std::size_t token) {
    Explorer::active().write(written_.at(token), static_cast<std::byte>(token));
  }
  void read(std::size_t token) {
    const bool right = Explorer::active().read(written_.at(token)) == static_cast<std::byte>(token);
    Explorer::active().require(right && !received_.at(token), "a token that was not sent, or came before");
    received_.at(token) = true;
  }
  [[nodiscard]] std::size_t received() const {
    return static_cast<std::size_t>(std::count(received_.begin(), received_.end(), true));
  }

 private:
  static constexpr std::size_t kMaxTokens = 16;
  std::array<std::byte, kMaxTokens> written_{};
  std::array<bool, kMaxTokens> received_{};
};

// --- The mailbox ---------------------------------------------------------------------------------------

struct Mailbox {
  FutexMailbox mailbox;
  Beside beside;
};

template <Wait W, class End, class Attempt>
auto until(End& end, Attempt attempt) {
  auto got = attempt();
  for (; !got; got = attempt()) {
    if constexpr (W == Wait::block) {
      end.park();
    } else {
      Explorer::active().await_news();
    }
  }
  return got;
}

template <Wait W>
void send_to(Mailbox& link, std::size_t first, std::size_t count) {
  MailboxSender sender(link.mailbox);
  for (std::size_t token = first; token < first + count; ++token) {
    sender.loan(1).front() = static_cast<std::byte>(token);
    link.beside.write(token);
    until<W>(sender, [&] { return sender.commit(1); });
    if constexpr (W == Wait::block) sender.unpark_peer();
  }
}
template <Wait W>
void receive_from(Mailbox& link, std::size_t count) {
  MailboxReceiver receiver(link.mailbox);
  for (std::size_t i = 0; i < count; ++i) {
    const std::byte* token = until<W>(receiver, [&] { return receiver.peek(1).data(); });
    link.beside.read(std::to_integer<std::size_t>(*token));
    receiver.release();
    if constexpr (W == Wait::block) receiver.unpark_peer();
  }
}

// The senders share the tokens equally, and so do the receivers.
template <Wait W>
Scenario mailbox(const std::string& name, std::size_t senders, std::size_t receivers, std::size_t tokens,
                 unsigned early_returns = 0) {
  const auto setup = [=] {
    auto link = std::make_shared<Mailbox>();
    Program program{.threads = {}, .locations = {"word"}};
    for (std::size_t i = 0; i < senders; ++i) {
      program.threads.emplace_back([=] { send_to<W>(*link, i * tokens / senders, tokens / senders); });
    }
    for (std::size_t i = 0; i < receivers; ++i) {
      program.threads.emplace_back([=] { receive_from<W>(*link, tokens / receivers); });
    }
    program.afterwards = [=] {
      Explorer::active().require(link->beside.received() == tokens, "a token did not come");
    };
    return program;
  };
  return {name, setup, early_returns};
}

// Catches a lost wake-up, also where several ends of one side sleep and one is woken at a time; a token that
// arrives twice; and a token that arrives before its data.
TEST(MailboxOrdering, HoldsWhenSpinning) {
  expect_no_failure(mailbox<Wait::spin>("mailbox, spinning, 1 token", 1, 1, 1));
  expect_no_failure(mailbox<Wait::spin>("mailbox, spinning, 3 tokens", 1, 1, 3));
  expect_no_failure(mailbox<Wait::spin>("mailbox, spinning, 2 senders, 2 receivers", 2, 2, 2));
}
TEST(MailboxOrdering, HoldsWhenSleeping) {
  expect_no_failure(mailbox<Wait::block>("mailbox, 1 token", 1, 1, 1));
  expect_no_failure(mailbox<Wait::block>("mailbox, 2 tokens", 1, 1, 2));
  expect_no_failure(mailbox<Wait::block>("mailbox, 2 tokens, interrupted once", 1, 1, 2, 1));
}
TEST(MailboxOrdering, HoldsAmongSeveral) {
  expect_no_failure(mailbox<Wait::block>("mailbox, 2 senders", 2, 1, 2));
  if (std::getenv("IPCBENCH_EXPLORE_MORE") == nullptr) return;  // the rest: half a minute of an idle CPU
  expect_no_failure(mailbox<Wait::block>("mailbox, 3 tokens", 1, 1, 3));
  expect_no_failure(mailbox<Wait::block>("mailbox, 2 receivers", 1, 2, 2));
}

TEST(MailboxOrdering, ReductionLosesNoOutcome) {
  expect_same_outcomes(mailbox<Wait::block>("mailbox, 1 token", 1, 1, 1));
  expect_same_outcomes(mailbox<Wait::block>("mailbox, 1 token, interrupted once", 1, 1, 1, 1));
  expect_same_outcomes(mailbox<Wait::spin>("mailbox, spinning, 2 senders", 2, 1, 2));
}

const std::vector<Scenario>& brief_mailboxes() {
  static const std::vector<Scenario> all{mailbox<Wait::spin>("mailbox, spinning, 1 token", 1, 1, 1),
                                         mailbox<Wait::block>("mailbox, 1 token", 1, 1, 1),
                                         mailbox<Wait::block>("mailbox, 2 tokens", 1, 1, 2)};
  return all;
}

// The load and the swap after it acquire the same message: one of the two would do. The release is needed.
TEST(MailboxOrdering, NoticesAWeakerHandOver) {
  EXPECT_THAT(unnoticed(weakened, brief_mailboxes()),
              ::testing::ElementsAre(::testing::HasSubstr(" load acquire -> relaxed"),
                                     ::testing::HasSubstr(" update acq_rel -> release"),
                                     ::testing::HasSubstr(" failed update acquire -> relaxed")));
}
TEST(MailboxOrdering, NoticesWhatIsTorn) {
  EXPECT_THAT(unnoticed(left_out_or_torn, brief_mailboxes()), ::testing::IsEmpty());
}

// --- The ring of locks ---------------------------------------------------------------------------------

// The weakest lock that is correct: acquire and release, nothing else.
class ModelLock {
 public:
  bool try_lock() {
    std::uint32_t free = 0;
    return held_.compare_exchange_strong(free, 1, Order::acquire, Order::relaxed);
  }
  void lock() {
    while (!try_lock()) Explorer::active().await_news();
  }
  void unlock() { held_.store(0, Order::release); }

 private:
  Atomic<std::uint32_t> held_{0};
};

struct Baton {
  using Locks = SharedLocks<ModelLock>;
  LockRow<ModelLock> row{};
  BatonSender<Locks> sender{Locks(row), Wait::block};
  BatonReceiver<Locks> receiver{Locks(row), Wait::block};
  Beside beside{};
};

Scenario baton(const std::string& name, std::size_t tokens) {
  const auto setup = [=] {
    auto link = std::make_shared<Baton>();
    const auto sends = [=] {
      for (std::size_t token = 0; token < tokens; ++token) {
        (void)link->sender.loan(0);
        link->beside.write(token);
        link->sender.commit(0);
      }
    };
    const auto receives = [=] {
      for (std::size_t token = 0; token < tokens; ++token) {
        (void)link->receiver.peek(0);
        link->beside.read(token);
        link->receiver.release();
      }
    };
    return Program{{sends, receives}};
  };
  return {name, setup};
}

// Catches ends that overtake or wait for each other; nine tokens go round the eight locks.
TEST(BatonOrdering, Holds) {
  expect_no_failure(baton("ring of locks, 2 tokens", 2));
  expect_no_failure(baton("ring of locks, 9 tokens", 9));
}
TEST(BatonOrdering, NoticesEveryWeakerOrder) {
  EXPECT_THAT(unnoticed(weakened, {baton("ring of locks, 2 tokens", 2)}), ::testing::IsEmpty());
}

}  // namespace
}  // namespace ipcbench::ordering
