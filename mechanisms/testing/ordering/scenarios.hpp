// Explores programs and prints the number of executions; then explores them again with one mutation of the
// code at a time.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "mechanisms/testing/ordering/explorer.hpp"

namespace ipcbench::ordering {

struct Scenario {
  std::string name;
  Explorer::Setup setup;
  unsigned early_returns = 0;
};

inline Result explore(const Scenario& scenario, const std::optional<Mutation>& mutation = {},
                      std::set<Site>* sites = nullptr) {
  return Explorer::explore(
      scenario.setup,
      {.mutation = mutation, .reduce = true, .early_returns = scenario.early_returns, .sites = sites});
}

inline void expect_no_failure(const Scenario& scenario) {
  const Result result = explore(scenario);
  fmt::print("[ explored ] {}: {} executions, {} given up as repetitions, {} steps\n", scenario.name,
             result.executions, result.repeated, result.steps);
  EXPECT_EQ(result.failure, "") << scenario.name;
  EXPECT_GT(result.executions, 1U) << scenario.name << ": there was nothing to explore";
}

// Catches a reduction that leaves out more than repetitions.
inline void expect_same_outcomes(const Scenario& scenario) {
  std::set<std::string> reduced;
  std::set<std::string> all;
  Options options{.early_returns = scenario.early_returns, .outcomes = &reduced};
  const Result few = Explorer::explore(scenario.setup, options);
  options.reduce = false;
  options.outcomes = &all;
  const Result many = Explorer::explore(scenario.setup, options);
  fmt::print("[ compared ] {}: {} executions instead of {}, {} outcomes\n", scenario.name, few.executions,
             many.executions, all.size());
  EXPECT_EQ(reduced, all) << scenario.name;
  EXPECT_LT(few.executions, many.executions) << scenario.name;
}

// The orders one step weaker than the one at a site. A fence is weakened (a heavy one to a full one that does
// not concern others) or left out.
inline std::vector<Mutation> weakened(const Site& site) {
  const auto to = [&](Order order) { return Mutation{.site = site, .order = order}; };
  if (site.kind == Kind::light_fence) return {Mutation{.site = site, .order = {}}};
  if (site.kind == Kind::fence || site.kind == Kind::heavy_fence)
    return {to(Order::acq_rel), Mutation{.site = site, .order = {}}};
  switch (site.order) {
    case Order::acquire:
    case Order::release:
      return {to(Order::relaxed)};
    case Order::acq_rel:
      return {to(Order::acquire), to(Order::release)};
    default:
      return {};
  }
}

// Operations that are left out, and updates that others can interrupt.
inline std::vector<Mutation> left_out_or_torn(const Site& site) {
  if (site.kind == Kind::store) return {{.site = site, .order = {}}};
  if (site.kind == Kind::update) return {{.site = site, .order = {}, .torn = true}};
  return {};
}

inline std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

// The scenario in which the mutation fails, with the failure; empty: it goes unnoticed in all.
inline std::string failure_by(const Mutation& mutation, const std::vector<Scenario>& scenarios) {
  for (const Scenario& scenario : scenarios) {
    const Result result = explore(scenario, mutation);
    if (!result.failure.empty()) {
      return fmt::format("{} (\"{}\", execution {})", first_line(result.failure), scenario.name,
                         result.executions + result.repeated + 1);
    }
  }
  return "";
}

// The mutations of all sites that go unnoticed in all scenarios.
template <class Mutations>
std::vector<std::string> unnoticed(Mutations mutations_of, const std::vector<Scenario>& scenarios) {
  std::set<Site> sites;
  for (const Scenario& scenario : scenarios) explore(scenario, {}, &sites);
  std::vector<std::string> all;
  for (const Site& site : sites) {
    for (const Mutation& mutation : mutations_of(site)) {
      const std::string failure = failure_by(mutation, scenarios);
      fmt::print("[ mutated  ] {}: {}\n", mutation.text(), failure.empty() ? "unnoticed" : failure);
      if (failure.empty()) all.push_back(mutation.text());
    }
  }
  return all;
}

}  // namespace ipcbench::ordering
