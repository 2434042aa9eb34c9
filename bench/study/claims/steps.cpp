#include "bench/study/claims/steps.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>

namespace ipcbench {

std::string came_back(long value) { return value < 0 ? error_name(errno) : std::to_string(value); }

std::string came_back(const Attempt& attempt) {
  if (attempt.how == Attempt::How::returned) return std::to_string(attempt.value);
  if (attempt.how == Attempt::How::failed) return error_name(attempt.error);
  if (attempt.how == Attempt::How::blocked) return "waits";
  return describe(attempt).substr(std::string_view("was ").size());
}

Steps& Steps::push(Step step) {
  steps_.push_back(std::move(step));
  return *this;
}

Steps& Steps::add(std::string call, std::string result, std::string_view stated) {
  const bool as_stated = stated.empty() || result == stated;
  return push({std::move(call), std::move(result), std::string(stated),
               stated.empty() ? Weight::none : Weight::judged, as_stated});
}

Steps& Steps::check(std::string call, std::string result, bool as_stated, std::string_view stated) {
  return push({std::move(call), std::move(result), std::string(stated), Weight::judged, as_stated});
}

Steps& Steps::by_chance(std::string call, std::string result, bool shown, std::string_view stated) {
  return push({std::move(call), std::move(result), std::string(stated), Weight::chance, shown});
}

Steps& Steps::control(std::string call, std::string result, bool as_needed) {
  return push({std::move(call), std::move(result), {}, Weight::control, as_needed});
}

Steps& Steps::attempt(std::string call, std::string_view stated, const std::function<long()>& make_call) {
  return add(std::move(call), came_back(ipcbench::attempt(make_call)), stated);
}

Steps& Steps::unless_refused(std::string_view kind, const std::function<void()>& take_steps) {
  try {
    take_steps();
  } catch (const std::exception& error) {
    add(std::string(kind), fmt::format("{}: {}", kNotTried, error.what()));
  }
  return *this;
}

std::string Steps::Step::text() const {
  const char* const mark = weight == Weight::control && !as_stated ? " (the trial itself failed)"
                           : weight == Weight::none || weight == Weight::control ? ""
                           : as_stated                                           ? " (as stated)"
                                                                                 : " (stated: {})";
  return outcome() + fmt::format(fmt::runtime(mark), stated);
}

// EPERM and EACCES may be what the claim is about, or what a container or a security module forbids; the
// errno does not tell. A claim that stays untested, with the refused call, misleads nobody; one that a filter
// refutes does. An experiment about permission therefore states the errno or checks words ("an error").
bool Steps::Step::was_refused() const {
  static const std::set<std::string_view> kRefusals{"ENOSYS", "EPERM",  "EACCES", "ENOMEM",     "EMFILE",
                                                    "ENFILE", "ENOSPC", "EFBIG",  "ENETUNREACH"};
  return !as_stated && kRefusals.contains(result);
}

std::string Steps::list(bool as_stated) const {
  std::vector<std::string> texts;
  for (const Step& step : steps_) {
    if (step.counts() && step.as_stated == as_stated) texts.push_back(step.outcome());
  }
  return fmt::format("{}", fmt::join(texts, "; "));
}

Answer Steps::answer(const Readings& readings) const {
  Answer answer;
  for (const Step& step : steps_) answer.evidence.push_back(step.text() + ".");
  const auto conclude = [&](ClaimVerdict verdict, std::string finding) {
    answer.verdict = verdict;
    answer.finding = std::move(finding);
    return answer;
  };
  const auto first = [&](auto applies) {
    const auto step = std::ranges::find_if(steps_, applies);
    return step == steps_.end() ? "" : step->outcome();
  };
  const auto failed = [](Weight weight) {
    return [weight](const Step& step) { return step.weight == weight && !step.as_stated; };
  };
  if (const std::string call = first(&Step::was_refused); !call.empty())
    return conclude(ClaimVerdict::untested, "refused here: " + call);
  if (const std::string call = first(failed(Weight::control)); !call.empty())
    return conclude(ClaimVerdict::untested, "the trial failed: " + call);
  const auto differing = std::ranges::count_if(steps_, failed(Weight::judged));
  if (const std::string call = first(failed(Weight::chance)); differing == 0 && !call.empty())
    return conclude(ClaimVerdict::no_difference, "it did not show, which may be chance: " + call);
  const auto judged = std::ranges::count_if(steps_, [](const Step& step) {
    return step.counts() && (step.as_stated || step.weight == Weight::judged);
  });
  const ClaimVerdict verdict = judged == 0           ? ClaimVerdict::untested
                               : differing == 0      ? ClaimVerdict::confirmed
                               : differing == judged ? ClaimVerdict::refuted
                                                     : ClaimVerdict::depends;
  std::string left_out;  // another kind might have changed the verdict
  for (const Step& step : steps_) {
    if (step.result.starts_with(kNotTried)) left_out += fmt::format(" (not tried: {})", step.call);
  }
  if (const auto reading = readings.find(verdict); reading != readings.end())
    return conclude(verdict, reading->second + left_out);
  if (judged == 0) return conclude(verdict, fmt::format("{}", fmt::join(answer.evidence, " ")));
  const std::string decided = list(verdict == ClaimVerdict::confirmed) + left_out;
  return conclude(verdict, verdict == ClaimVerdict::depends ? "on the case: " + decided : decided);
}

std::string TimeRatios::text() const {
  return fmt::format("{:.2f} times the time (median), {:.2f} to {:.2f} in 9 rounds", median, least, most);
}

TimeRatios ratios_in_rounds(const std::function<TimesOfOption()>& measure) {
  std::array<double, 9> ratios{};
  for (double& ratio : ratios) {
    const TimesOfOption times = measure();
    ratio = times.with_ns / times.without_ns;
  }
  std::ranges::sort(ratios);
  return {ratios.front(), ratios[ratios.size() / 2], ratios.back()};
}

}  // namespace ipcbench
