// The options that choose from an index: sessions and cells, for every command that asks it.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "bench/run/chosen_cells.hpp"
#include "results/index/index.hpp"

namespace ipcbench {

struct IndexSelection {
  std::string database = "fleet.sqlite";
  AxisTexts axes;
  std::string filter;
  SessionFilter sessions;
};

// Those that choose sessions alone.
void declare_index_sessions(CLI::App& app, SessionFilter& filter);

void declare_index_selection(CLI::App& app, IndexSelection& selection);

// Of the cells, which the classes name as their fourth part; empty: any. Throws UsageError if they name
// different ones: each would be that of some of the sessions only.
std::string placement_of(const SessionFilter& filter);

// Throws UsageError for a time that is none, and for placements that differ.
void check_selection(const IndexSelection& selection);

// The cells of the index that are chosen.
std::vector<IndexedCell> chosen_cells(Index& index, const IndexSelection& selection);

}  // namespace ipcbench
