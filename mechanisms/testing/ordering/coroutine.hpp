// A function with its own stack, which chooses where to yield.
#pragma once

#include <ucontext.h>

#include <cstddef>
#include <memory>

namespace ipcbench::ordering {

class Coroutine {
 public:
  // The next switch to it starts `body`; whatever it was doing is forgotten. `body` must not return.
  void prepare(void (*body)()) {
    if (!stack_) stack_ = std::make_unique<std::byte[]>(kStackBytes);
    getcontext(&context_);
    context_.uc_stack.ss_sp = stack_.get();
    context_.uc_stack.ss_size = kStackBytes;
    makecontext(&context_, body, 0);
  }
  // Called on the running coroutine, or on a thread's ordinary stack. Returns when something switches back.
  void switch_to(Coroutine& other) { swapcontext(&context_, &other.context_); }

 private:
  static constexpr std::size_t kStackBytes = std::size_t{128} * 1024;
  ucontext_t context_{};
  std::unique_ptr<std::byte[]> stack_;
};

}  // namespace ipcbench::ordering
