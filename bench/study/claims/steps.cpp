#include "bench/study/claims/steps.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <set>

namespace ipcbench {
namespace {

constexpr std::string_view kNotTried = "not tried";

}  // namespace

std::string came_back(long value) { return value < 0 ? error_name(errno) : std::to_string(value); }

std::string came_back(const Attempt& attempt) {
  switch (attempt.how) {
    case Attempt::How::returned:
      return std::to_string(attempt.value);
    case Attempt::How::failed:
      return error_name(attempt.error);
    case Attempt::How::blocked:
      return "waits";
    case Attempt::How::killed:
      break;
  }
  return describe(attempt).substr(std::string_view("was ").size());
}

Steps& Steps::add(std::string call, std::string result, std::string_view stated) {
  const bool as_stated = stated.empty() || result == stated;
  const Weight weight = stated.empty() ? Weight::none : Weight::judged;
  steps_.push_back({std::move(call), std::move(result), std::string(stated), weight, as_stated});
  return *this;
}

Steps& Steps::check(std::string call, std::string result, bool as_stated, std::string_view stated) {
  steps_.push_back({std::move(call), std::move(result), std::string(stated), Weight::judged, as_stated});
  return *this;
}

Steps& Steps::by_chance(std::string call, std::string result, bool shown, std::string_view stated) {
  steps_.push_back({std::move(call), std::move(result), std::string(stated), Weight::chance, shown});
  return *this;
}

Steps& Steps::control(std::string call, std::string result, bool as_needed) {
  steps_.push_back({std::move(call), std::move(result), {}, Weight::control, as_needed});
  return *this;
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
  return fmt::format("{}: {}{}", call, result, fmt::format(fmt::runtime(mark), stated));
}

bool Steps::Step::was_refused() const {
  static const std::set<std::string_view> kRefusals{"ENOSYS", "EPERM",  "EACCES", "ENOMEM",     "EMFILE",
                                                    "ENFILE", "ENOSPC", "EFBIG",  "ENETUNREACH"};
  return !as_stated && kRefusals.contains(result);
}

const Steps::Step* Steps::first_failed(Weight weight) const {
  const auto step = std::ranges::find_if(
      steps_, [weight](const Step& each) { return each.weight == weight && !each.as_stated; });
  return step == steps_.end() ? nullptr : &*step;
}

std::string Steps::list(bool as_stated) const {
  std::vector<std::string> texts;
  for (const Step& step : steps_) {
    const bool counts = step.weight == Weight::judged || step.weight == Weight::chance;
    if (counts && step.as_stated == as_stated) texts.push_back(fmt::format("{}: {}", step.call, step.result));
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
  const auto refused = std::ranges::find_if(steps_, &Step::was_refused);
  if (refused != steps_.end())
    return conclude(ClaimVerdict::untested,
                    fmt::format("refused here: {}: {}", refused->call, refused->result));
  if (const Step* const control = first_failed(Weight::control))
    return conclude(ClaimVerdict::untested,
                    fmt::format("the trial failed: {}: {}", control->call, control->result));
  if (const Step* const chance = first_failed(Weight::chance))
    return conclude(ClaimVerdict::no_difference, fmt::format("it did not show, which may be chance: {}: {}",
                                                             chance->call, chance->result));
  const auto judged = std::ranges::count_if(steps_, [](const Step& step) {
    return step.weight == Weight::judged || step.weight == Weight::chance;
  });
  const auto differing = std::ranges::count(steps_, false, &Step::as_stated);
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

}  // namespace ipcbench
