// Where a machine stands among others of its class, cell by cell, and which facts separate the fast machines
// from the others. Reports of one class may still differ in many facts, so what is found is an association.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/base/facts.hpp"
#include "results/comparison/fact_separation.hpp"
#include "results/statistics/rank_interval.hpp"

namespace ipcbench {

inline constexpr double kRankConfidence = 0.95;

// A session of another machine.
struct PeerSession {
  std::string host_key;
  std::string host_name;
  std::vector<Fact> facts;  // decisive_facts()
};

struct PeerFigure {
  std::size_t session = 0;  // its place among ClassMembers::sessions
  MeasuredLevel level;      // of ln(ns), over launches
};

struct CellAmongPeers {
  std::string name;
  std::string family;
  MeasuredLevel own;
  std::vector<PeerFigure> peers;  // one for each machine that has the cell
};

// What is compared.
struct ClassMembers {
  std::vector<Fact> facts;  // of the machine that is ranked
  std::vector<PeerSession> sessions;
  std::vector<CellAmongPeers> cells;
};

// One cell. Its time is the geometric mean over launches, to which the interval belongs.
struct Standing {
  std::string cell;
  std::string family;
  std::size_t machines = 1;  // with the one that is ranked
  RankInterval rank;         // 1 is the fastest; kRankConfidence
  double faster_than = 0;    // the share of the other machines that are slower, 0 to 1; equal ones count half
  double time_ns = 0;
  double of_best = 1;    // the time over that of the fastest other machine
  double of_median = 1;  // and over the median of the others
  std::string best;      // the name of the fastest other machine

  [[nodiscard]] bool has_few() const { return machines <= kFewestPeers; }
  // Whether the fastest quarter of the machines surely has it, or surely has it not; neither: unclear.
  [[nodiscard]] bool is_among_best() const { return rank.high <= quarter(); }
  [[nodiscard]] bool is_behind() const { return !has_few() && rank.low > quarter(); }
  [[nodiscard]] std::size_t quarter() const { return (machines + 3) / 4; }
};

// All cells as one figure of each machine: the median of its cells' ratios to the median of the others.
struct StandingOverall {
  std::size_t machines = 1;
  std::size_t rank = 1;
  double faster_than = 0;
  double of_median = 1;
};

struct ClassRank {
  StandingOverall overall;
  std::vector<Standing> standings;  // in the order of the cells that another machine has
  // Facts whose values this machine lacks, most of the fastest quarter shares, and which separate at 5 %.
  // Over all cells: corrected by Holm. By cell, of those in which the machine is behind: false-discovery
  // rates over all of these cells and facts. The likeliest first.
  std::vector<Separation> overall_facts;
  std::vector<Separation> cell_facts;
  std::size_t tested = 0;  // sets of machines that a fact separates, with kFewestPeers on each side, over all
};

// Each host of members.sessions may have several sessions, ascending in time; over all cells, the last
// counts.
ClassRank rank_in_class(const ClassMembers& members);

}  // namespace ipcbench
