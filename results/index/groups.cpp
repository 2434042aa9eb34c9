#include "results/index/groups.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "harness/base/on_all_cpus.hpp"
#include "harness/base/units.hpp"
#include "results/comparison/differing_facts.hpp"

namespace ipcbench {
namespace {

constexpr std::size_t kMonth = std::string_view("2026-11").size();
constexpr std::size_t kDay = std::string_view("2026-11-30").size();

constexpr std::array kGroupKeys{
    GroupKey{"host", [](const IndexedSession& session) { return session.host->name; }},
    GroupKey{"class", [](const IndexedSession& session) { return class_of(session); },
             &IndexedSession::kernel_series},
    GroupKey{"architecture", [](const IndexedSession& session) { return session.host->architecture; }},
    GroupKey{"cpu", [](const IndexedSession& session) { return session.host->cpu_model; }},
    GroupKey{"product", [](const IndexedSession& session) { return session.host->product; }},
    GroupKey{"kernel", [](const IndexedSession& session) { return session.kernel_series; },
             &IndexedSession::kernel_series},
    GroupKey{"release", [](const IndexedSession& session) { return session.kernel_release; },
             &IndexedSession::kernel_release},
    GroupKey{"version", [](const IndexedSession& session) { return session.version; },
             &IndexedSession::version},
    GroupKey{"commit", [](const IndexedSession& session) { return session.commit; }, &IndexedSession::commit},
    GroupKey{"profile", [](const IndexedSession& session) { return session.profile; },
             &IndexedSession::profile},
    GroupKey{"month", [](const IndexedSession& session) { return session.started_utc.substr(0, kMonth); },
             &IndexedSession::started_utc},
    GroupKey{"day", [](const IndexedSession& session) { return session.started_utc.substr(0, kDay); },
             &IndexedSession::started_utc},
    GroupKey{"session", [](const IndexedSession& session) { return session.session; },
             &IndexedSession::session}};

// The sessions by the number of their group, and what is asked of each point for it.
class Groups {
 public:
  Groups(const std::vector<IndexedSession>& sessions, const Grouping& grouping) : grouping_(grouping) {
    std::map<std::vector<std::string>, std::size_t> numbers;
    std::unordered_map<std::string, std::size_t> hosts;
    for (const IndexedSession& session : sessions) {
      std::vector<std::string> keys;
      keys.reserve(grouping.by.size());
      for (const GroupKey& key : grouping.by) keys.push_back(key.value(session));
      const std::size_t group = numbers.try_emplace(std::move(keys), numbers.size()).first->second;
      const std::size_t host = hosts.try_emplace(session.host->key, hosts.size()).first->second;
      members_[session.id] = {group, host, session.configuration, members_.size()};
    }
    keys_.resize(numbers.size());
    for (const auto& [keys, number] : numbers) keys_[number] = keys;
    for (const auto& [keys, number] : numbers) order_.push_back(number);
  }

  // One cell; `facts` turns configurations into the names of the facts that differ.
  template <class Facts>
  [[nodiscard]] std::vector<SessionGroup> of(const std::string& cell, const IndexedFigures& figures,
                                             Facts& facts) const {
    std::vector<Taken> taken(keys_.size());
    for (const auto& [member, value] : chosen(figures)) taken[member->group].add(*member, value);
    std::vector<SessionGroup> groups;
    for (const std::size_t number : order_) {
      Taken& each = taken[number];
      if (each.values.empty()) continue;
      std::ranges::sort(each.values);
      groups.push_back(
          {cell, keys_[number], std::move(each.values), each.hosts.size(), facts(each.configurations)});
    }
    return groups;
  }

 private:
  struct Member {
    std::size_t group;
    std::size_t host;
    std::int64_t configuration;
    std::size_t rank;  // in time
  };
  struct Taken {
    std::vector<double> values;
    std::set<std::size_t> hosts;
    std::set<std::int64_t> configurations;
    void add(const Member& member, double value) {
      values.push_back(value);
      hosts.insert(member.host);
      configurations.insert(member.configuration);
    }
  };
  using Chosen = std::vector<std::pair<const Member*, double>>;

  [[nodiscard]] Chosen chosen(const IndexedFigures& figures) const {
    Chosen chosen;
    for (std::size_t i = 0; i < figures.values.size(); ++i) {
      const auto member = members_.find(figures.sessions[i]);
      if (member != members_.end() && std::isfinite(figures.values[i]))
        chosen.emplace_back(&member->second, figures.values[i]);
    }
    return grouping_.latest ? newest(std::move(chosen)) : chosen;
  }
  static Chosen newest(Chosen chosen) {
    const auto place = [](const auto& each) { return std::pair(each.first->host, each.first->rank); };
    std::ranges::sort(chosen, std::ranges::greater{}, place);
    const auto rest = std::ranges::unique(chosen, {}, [](const auto& each) { return each.first->host; });
    chosen.erase(rest.begin(), rest.end());
    return chosen;
  }

  const Grouping& grouping_;
  std::unordered_map<std::int64_t, Member> members_;  // by session
  std::vector<std::vector<std::string>> keys_;        // by group
  std::vector<std::size_t> order_;                    // groups by their keys
};

// The facts that differ between configurations; the same few sets of them come again and again.
class FactNames {
 public:
  explicit FactNames(const std::map<std::int64_t, std::vector<Fact>>& facts) : facts_(facts) {}

  const std::vector<std::string>& operator()(const std::set<std::int64_t>& configurations) {
    const auto [place, is_new] = names_.try_emplace(configurations);
    if (is_new) {
      std::vector<const std::vector<Fact>*> hosts;
      for (const std::int64_t each : configurations) {
        if (const auto found = facts_.find(each); found != facts_.end()) hosts.push_back(&found->second);
      }
      place->second = differing_fact_names(hosts);
    }
    return place->second;
  }

 private:
  const std::map<std::int64_t, std::vector<Fact>>& facts_;
  std::map<std::set<std::int64_t>, std::vector<std::string>> names_;
};

}  // namespace

std::span<const GroupKey> group_keys() { return kGroupKeys; }

SessionTexts texts_of(const std::vector<GroupKey>& keys) {
  SessionTexts texts;
  for (const GroupKey& key : keys) {
    if (key.text != nullptr && std::ranges::find(texts, key.text) == texts.end()) texts.push_back(key.text);
  }
  return texts;
}

std::optional<GroupStatistic> parse_statistic(const std::string& name) {
  constexpr std::array kNamed{"count", "hosts", "min", "max"};
  if (std::ranges::find(kNamed, name) != kNamed.end()) return GroupStatistic{name};
  constexpr unsigned kWhole = 100;
  const auto percent =
      name.starts_with('p') ? parse_number<unsigned>(std::string_view(name).substr(1)) : std::nullopt;
  if (!percent || *percent > kWhole) return std::nullopt;
  return GroupStatistic{name, static_cast<double>(*percent) / kWhole};
}

double statistic_of(const SessionGroup& group, const GroupStatistic& statistic) {
  const std::vector<double>& values = group.values;
  if (statistic.name == "count") return static_cast<double>(values.size());
  if (statistic.name == "hosts") return static_cast<double>(group.hosts);
  if (statistic.name == "min") return values.front();
  if (statistic.name == "max") return values.back();
  const double place = statistic.share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return std::lerp(values[below], values[above], place - static_cast<double>(below));
}

std::vector<SessionGroup> grouped(const std::function<std::unique_ptr<Index>()>& open,
                                  const std::vector<IndexedCell>& cells,
                                  const std::vector<IndexedSession>& sessions, const Grouping& grouping) {
  const Groups groups(sessions, grouping);
  const auto facts = open()->configurations(configurations_of(sessions));
  std::vector<std::vector<SessionGroup>> by_cell(cells.size());
  const std::size_t readers = std::min(usable_cpus(), cells.size());  // each with a connection of its own
  on_all_cpus(readers, [&](std::size_t reader) {
    const std::unique_ptr<Index> index = open();
    FactNames names(facts);
    for (std::size_t i = reader; i < cells.size(); i += readers)
      by_cell[i] = groups.of(cells[i].name, index->figures(cells[i].id, grouping.figure), names);
  });
  std::vector<SessionGroup> all;
  for (auto& each : by_cell) std::ranges::move(each, std::back_inserter(all));
  return all;
}

}  // namespace ipcbench
