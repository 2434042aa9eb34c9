#include "bench/study/advise/candidates.hpp"

#include <algorithm>

namespace ipcbench {
namespace {

std::vector<std::string> lacks_of(const MechanismInfo& mechanism, const Guarantees& answers,
                                  const Requirement& requirement) {
  std::vector<std::string> lacks;
  const bool tokens_only = std::ranges::all_of(
      requirement.streams, [](const MessageStream& stream) { return stream.size_bytes == 0; });
  if (!tokens_only && !mechanism.carries_bytes) lacks.emplace_back("size");
  if (requirement.peers == Peers::exec && found_answer(answers, Guarantee::unrelated) == "no")
    lacks.emplace_back("peers");
  for (const Need* need : requirement.needs) {
    if (!need->satisfied(answers, longest_bytes(requirement))) lacks.emplace_back(need->name);
  }
  return lacks;
}

const Guarantees& answers_of(const std::map<std::string, Guarantees>& guarantees, const std::string& name) {
  static const Guarantees kNone;
  const auto found = guarantees.find(name);
  return found == guarantees.end() ? kNone : found->second;
}

}  // namespace

std::vector<Candidate> candidates(const std::vector<MechanismInfo>& mechanisms,
                                  const std::map<std::string, Guarantees>& guarantees,
                                  const Requirement& requirement) {
  std::vector<Candidate> all;
  for (const MechanismInfo& mechanism : mechanisms) {
    if (is_floor(mechanism)) continue;
    all.push_back({mechanism.name, lacks_of(mechanism, answers_of(guarantees, mechanism.name), requirement)});
  }
  for (Candidate& candidate : all) {
    const auto& original = find_info(mechanisms, candidate.mechanism)->variant_of;
    const auto found = original ? std::ranges::find(all, *original, &Candidate::mechanism) : all.end();
    if (found != all.end() && found->lacks.size() <= candidate.lacks.size())
      candidate.stands_behind = found->mechanism;
  }
  return all;
}

}  // namespace ipcbench
