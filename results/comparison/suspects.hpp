// The second stage of a duet: which cells look slower in the first blocks, how many fresh blocks they need,
// and what the two stages together can find.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "results/comparison/paired_hypothesis.hpp"

namespace ipcbench {

// A cell to run again.
struct Suspect {
  std::size_t cell = 0;
  std::uint32_t blocks = 0;  // fresh blocks that it needs
};

// The cells to run again after the first blocks, the worst first: about settings.suspicious_share of the
// cells and of the families that look slower, every one that looks slower by at least half of what counts,
// and all if the whole looks slower. The order of the cells has no influence.
//
// The number of fresh blocks follows from the spread of the first ones (Stein, Ann. Math. Statist. 16, 1945):
// settings.second_blocks, fewer if fewer find what counts just as well, and up to
// settings.most_second_blocks if the spread hides more than what counts and that many blocks help. Since the
// fresh blocks alone decide, a number that depends on the first ones keeps the test exact.
std::vector<Suspect> suspicious(const std::vector<PairedHypothesis>& hypotheses,
                                const GateSettings& settings);

// Whether the first blocks make it a suspect, unless there are many worse ones.
bool looks_slower(const PairedHypothesis& hypothesis);

// How many fresh blocks `cells` cells need so that a slowdown of any of them, or of a family of them, can be
// significant at all.
std::uint32_t fewest_fresh_blocks(std::size_t cells, const GateSettings& settings);
// The same with room for a lost block and for one that goes the other way.
std::uint32_t fair_fresh_blocks(std::size_t cells, const GateSettings& settings);

// How many hypotheses of a level share its error budget, if `again` of all `gated` ones run again: the usual
// number of them, or more.
std::size_t planned_tests(Level level, std::size_t again, std::size_t gated, const GateSettings& settings);

// What the two stages can find of one hypothesis.
struct Power {
  double sd = 0;  // of its differences
  std::size_t first_blocks = 0;
  std::size_t tests = 1;  // that share the level's error budget
};

// The fresh blocks that a hypothesis needs: at least `fewest`, and at most what the settings allow.
std::uint32_t wanted_blocks(const PairedHypothesis& hypothesis, const Power& power, std::uint32_t fewest,
                            const GateSettings& settings);

// The smallest slowdown, as a share, that is found with settings.power: that looks slower in the first
// blocks, is significant in the fresh ones, and reaches there what counts.
double detectable_effect(const PairedHypothesis& hypothesis, const Power& power, std::size_t fresh_blocks,
                         const GateSettings& settings);

}  // namespace ipcbench
