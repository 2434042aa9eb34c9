// What an engineer may need of a mechanism, by name, and which answers of the probes satisfy it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/report/guarantees.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

struct Need {
  std::string_view name;   // as after --need
  std::string_view words;  // "a mechanism that lacks it cannot ..."
  std::vector<Guarantee> asks;
  // Whether the answers satisfy it for messages of up to so many bytes.
  bool (*satisfied)(const Guarantees& answers, std::size_t longest_bytes);
};

// The one table of them.
std::span<const Need> needs();

// Those that are named, in the table's order. Throws UsageError, which suggests the nearest name.
std::vector<const Need*> parse_needs(const std::vector<std::string>& texts);

// The name and words of each, a line each, for the help.
std::string needs_help();

// The table as JSON, with what a report's answers meet: [{"name", "words", "guarantees": [NAME], "met":
// {MECHANISM: bytes}}]. bytes: the longest measured message for which that mechanism satisfies the need; -1
// if it does for none. Mechanisms that were not probed are absent.
std::string needs_json(const Report& report);

// The names of those that rest on an answer by design: not the kernel keeps them, but what this program
// builds on its object.
std::vector<std::string> kept_by_design(const std::vector<const Need*>& wanted, const Guarantees& answers);

// The answer that was found; empty if the question was not answered.
std::string_view found_answer(const Guarantees& answers, Guarantee guarantee);

}  // namespace ipcbench
