// A function with a stack of its own, which gives way where it wants to.
#pragma once

#include <ucontext.h>

#include <cstddef>
#include <memory>

namespace ipcbench::ordering {

class Coroutine {
 public:
  // To begin with `body` when it is switched to; what it was doing until now is forgotten. `body` never
  // returns.
  void prepare(void (*body)()) {
    if (!stack_) stack_ = std::make_unique<std::byte[]>(kStackBytes);
    getcontext(&context_);
    context_.uc_stack.ss_sp = stack_.get();
    context_.uc_stack.ss_size = kStackBytes;
    makecontext(&context_, body, 0);
  }
  // By the one that runs, which may also be a thread's ordinary stack. Returns when something switches back.
  void switch_to(Coroutine& other) { swapcontext(&context_, &other.context_); }

 private:
  static constexpr std::size_t kStackBytes = std::size_t{128} * 1024;
  ucontext_t context_{};
  std::unique_ptr<std::byte[]> stack_;
};

}  // namespace ipcbench::ordering
