// What an experiment did, as steps that a student can repeat, and the answer that follows from them.
#pragma once

#include <concepts>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "bench/study/claims/answer.hpp"
#include "harness/base/in_child.hpp"

namespace ipcbench {

// What came back from a call: "3", or "EAGAIN" for a negative value, from errno.
std::string came_back(long value);
// "3", "EAGAIN", "waits", "killed by SIGPIPE".
std::string came_back(const Attempt& attempt);

// The finding for a verdict, where the steps that decided it do not say enough.
using Readings = std::map<ClaimVerdict, std::string>;

class Steps {
 public:
  // call: as in a program, with the circumstances: "msgrcv(id, &m, 1, 0, IPC_NOWAIT) from the empty queue".
  // result: what came back. stated: what comes back according to the statement; empty: it does not say.
  Steps& add(std::string call, std::string result, std::string_view stated = {});
  // The same for a number, of which a negative one stands for errno, and for a letter.
  template <std::integral Value>
  Steps& add(std::string call, Value result, std::string_view stated = {}) {
    if constexpr (std::is_same_v<Value, char>) return add(std::move(call), std::string(1, result), stated);
    return add(std::move(call), came_back(static_cast<long>(result)), stated);
  }
  // The same, for any results that are as stated and others that are not: "1999 of 2000", "fewer than 2000".
  Steps& check(std::string call, std::string result, bool as_stated, std::string_view stated);
  // What shows only by chance, such as a race: if it did not show, there is no difference seen, unless
  // another step decides.
  Steps& by_chance(std::string call, std::string result, bool shown, std::string_view stated);
  // A trial of the trial. If it fails, the other steps prove nothing, and the claim stays untested.
  Steps& control(std::string call, std::string result, bool as_needed);
  // Makes the call in a forked child: it may wait for ever or be killed.
  Steps& attempt(std::string call, std::string_view stated, const std::function<long()>& make_call);

  // Takes steps with one of several kinds of object. If the kernel refuses this kind, the reason is shown
  // instead.
  Steps& unless_refused(std::string_view kind, const std::function<void()>& take_steps);

  // confirmed: all came out as stated; refuted: none did. Untested if nothing could be tried: the kernel or
  // a limit refused (ENOSYS, EPERM, ENOSPC...) where the statement expects something else.
  [[nodiscard]] Answer answer(const Readings& readings = {}) const;

 private:
  static constexpr std::string_view kNotTried = "not tried";  // begins the result of such a kind
  enum class Weight { none, judged, chance, control };
  struct Step {
    std::string call;
    std::string result;
    std::string stated;
    Weight weight;
    bool as_stated;

    [[nodiscard]] bool counts() const { return weight == Weight::judged || weight == Weight::chance; }
    [[nodiscard]] bool was_refused() const;
    [[nodiscard]] std::string outcome() const { return call + ": " + result; }
    [[nodiscard]] std::string text() const;  // the outcome, and whether it is as stated
  };

  Steps& push(Step step);
  [[nodiscard]] std::string list(bool as_stated) const;

  std::vector<Step> steps_;
};

// The times of something with an option, and without it.
struct TimesOfOption {
  double without_ns;
  double with_ns;
};
// Of nine rounds: all on one side of 1 by chance alone once in 512 times.
struct TimeRatios {
  double least;
  double median;
  double most;

  [[nodiscard]] std::string text() const;
};
TimeRatios ratios_in_rounds(const std::function<TimesOfOption()>& measure);

}  // namespace ipcbench
