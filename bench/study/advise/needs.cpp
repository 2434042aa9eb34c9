#include "bench/study/advise/needs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "bench/cli/arguments.hpp"
#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

using enum Guarantee;

bool says(const Guarantees& answers, Guarantee question, std::initializer_list<std::string_view> wanted) {
  const std::string_view answer = found_answer(answers, question);
  return std::ranges::find(wanted, answer) != wanted.end();
}

// The end is told: by an end of file or an error, not by silence.
bool is_told(const Guarantees& answers, Guarantee question) {
  const std::string_view answer = found_answer(answers, question);
  return !answer.empty() &&
         !says(answers, question, {"keeps waiting", "nothing", "blocks", "full", "false token"});
}

// "whole", or "whole to 4 KiB".
bool stay_whole(const Guarantees& answers, std::size_t longest_bytes) {
  constexpr std::string_view kUpTo = "whole to ";
  const std::string_view answer = found_answer(answers, senders);
  if (answer == "whole") return true;
  if (!answer.starts_with(kUpTo)) return false;
  try {
    return longest_bytes <= parse_size(answer.substr(kUpTo.size()));
  } catch (const std::invalid_argument&) {
    return false;
  }
}

// An object that holds one message cannot confuse the order of two.
bool keeps_order(const Guarantees& answers, std::size_t) {
  return says(answers, order, {"yes"}) || says(answers, capacity, {"1 message"});
}

bool goes_both_ways(const Guarantees& answers, std::size_t) {
  return says(answers, duplex, {"yes", "yes, shared"});
}

std::vector<Need> make_needs() {
  using Answers = const Guarantees&;
  return {
      {"both-ways", "one object carries messages both ways", {duplex}, goes_both_ways},
      {"whole-messages",
       "message boundaries are kept",
       {boundaries},
       [](Answers all, std::size_t) { return says(all, boundaries, {"yes"}); }},
      {"notice-dead-peer",
       "an end that waits is told when the other one dies",
       {writer_gone, reader_gone},
       [](Answers all, std::size_t) { return is_told(all, writer_gone) && is_told(all, reader_gone); }},
      {"notice-dead-writer",
       "a reader that waits is told when the last writer dies",
       {writer_gone},
       [](Answers all, std::size_t) { return is_told(all, writer_gone); }},
      {"notice-dead-reader",
       "a writer is told when the last reader dies",
       {reader_gone},
       [](Answers all, std::size_t) { return is_told(all, reader_gone); }},
      {"unrelated",
       "unrelated processes join it by a name",
       {unrelated},
       [](Answers all, std::size_t) { return says(all, unrelated, {"yes"}); }},
      {"order", "messages arrive in the order of sending", {order, capacity}, keeps_order},
      {"reliable",
       "every accepted message arrives",
       {reliable},
       [](Answers all, std::size_t) { return says(all, reliable, {"yes"}); }},
      {"flow-control",
       "a sender waits while it is full, and nothing is dropped",
       {when_full},
       [](Answers all, std::size_t) { return says(all, when_full, {"blocks"}); }},
      {"many-senders", "messages of several senders stay whole", {senders}, stay_whole},
      {"starts-alone",
       "an end can attach while the other is absent",
       {opening},
       [](Answers all, std::size_t) { return says(all, opening, {"goes on"}); }},
      {"outlives-processes",
       "what was sent outlives both processes",
       {lifetime},
       [](Answers all, std::size_t) {
         return says(all, lifetime, {"kernel", "file"});
       }},
      {"leaves-nothing",
       "nothing is left when both processes were killed",
       {lifetime},
       [](Answers all, std::size_t) { return says(all, lifetime, {"process"}); }},
      {"priorities",
       "a message can overtake by priority",
       {priorities},
       [](Answers all, std::size_t) { return says(all, priorities, {"yes"}); }},
      {"choice-by-type",
       "a receiver can choose by type",
       {selection},
       [](Answers all, std::size_t) { return says(all, selection, {"yes"}); }},
  };
}

}  // namespace

std::span<const Need> needs() {
  static const std::vector<Need> all = make_needs();
  return all;
}

std::vector<const Need*> parse_needs(const std::vector<std::string>& texts) {
  std::vector<std::string> known;
  for (const Need& need : needs()) known.emplace_back(need.name);
  const std::vector<std::string> names = texts.empty() ? texts : parse_names("--need", texts, known);
  std::vector<const Need*> wanted;
  for (const Need& need : needs()) {
    if (std::ranges::find(names, need.name) != names.end()) wanted.push_back(&need);
  }
  return wanted;
}

std::string needs_help() {
  std::string text = "Needs:\n";
  for (const Need& need : needs()) text += fmt::format("  {:<19} {}\n", need.name, need.words);
  return text;
}

std::vector<std::string> kept_by_design(const std::vector<const Need*>& wanted, const Guarantees& answers) {
  const auto is_design = [&](Guarantee asked) {
    const auto found = answers.find(asked);
    return found != answers.end() && found->second.state == GuaranteeAnswer::State::by_design;
  };
  std::vector<std::string> names;
  for (const Need* need : wanted) {
    if (std::ranges::any_of(need->asks, is_design)) names.emplace_back(need->name);
  }
  return names;
}

std::string_view found_answer(const Guarantees& answers, Guarantee guarantee) {
  const auto found = answers.find(guarantee);
  if (found == answers.end() || !found->second.answers()) return {};
  return found->second.answer;
}

}  // namespace ipcbench
