// The facts of the host, and the settings in force, that have to be equal for two sessions to be comparable.
#pragma once

#include <string>
#include <vector>

#include "harness/base/facts.hpp"
#include "results/report/samples.hpp"

namespace ipcbench {

// A host as a report or a calibration describes it.
struct DescribedHost {
  std::string origin;  // the file
  std::string host_name;
  std::vector<Fact> facts;
};
DescribedHost host_of(const SampledReport& report);

// The facts among them that influence figures, by name.
std::vector<Fact> decisive_facts(const std::vector<Fact>& facts);

// The names of those that are not equal everywhere, of decisive_facts() of several hosts. A fact that hosts
// of older programs do not tell is equal where it is told.
std::vector<std::string> differing_fact_names(const std::vector<const std::vector<Fact>*>& hosts);

// One line for each fact that differs: "kernel_release: 6.1.0 in base.json, 6.18.0 in new.json". Leaves out
// the facts that may differ: those matched by `across`, patterns in which * stands for any text. A machine is
// known by its identifier (the fact machine_id) where both have one; otherwise by its name, unless one of
// them is a container, which gets a new name with each start.
std::vector<std::string> differing_facts(const DescribedHost& base, const DescribedHost& candidate,
                                         const std::vector<std::string>& across);

// One line for each setting in force and pair of values that differs under one cell name: "pipe_bytes: 65536
// in base.json, 4096 in new.json (in 12 cells such as ...)". A setting that only one side reports is no
// difference.
std::vector<std::string> differing_settings(const SampledReport& base, const SampledReport& candidate,
                                            const std::vector<std::string>& across);

// Both: facts, then settings.
std::vector<std::string> differences_between(const SampledReport& base, const SampledReport& candidate,
                                             const std::vector<std::string>& across);

}  // namespace ipcbench
