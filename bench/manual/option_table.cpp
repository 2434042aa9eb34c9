#include "bench/manual/option_table.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <array>
#include <cctype>

#include "bench/run/mechanism_groups.hpp"

namespace ipcbench {
namespace {

// "text|json": the placeholder lists the values. "N|N%" does not: values are in small letters.
std::vector<std::string> listed_values(const std::string& placeholder) {
  if (placeholder.find('|') == std::string::npos) return {};
  const auto is_large = [](unsigned char c) { return std::isupper(c) != 0; };
  if (std::ranges::any_of(placeholder, is_large)) return {};
  std::vector<std::string> values;
  for (std::size_t begin = 0; begin <= placeholder.size();) {
    const std::size_t end = std::min(placeholder.find('|', begin), placeholder.size());
    values.push_back(placeholder.substr(begin, end - begin));
    begin = end + 1;
  }
  return values;
}

std::vector<std::string> mechanisms_and_groups() {
  std::vector<std::string> names;
  for (const MechanismGroup& group : mechanism_groups()) names.emplace_back(group.name);
  for (const MechanismInfo& mechanism : known_mechanisms()) names.push_back(mechanism.name);
  return names;
}

bool takes_files(const CLI::Option& option, const std::string& placeholder) {
  constexpr std::array<std::string_view, 5> kFiles{"FILE", "DIR", "REPORT", "REPORT...", "PROGRAM"};
  if (std::ranges::find(kFiles, placeholder) != kFiles.end()) return true;
  return option.get_positional() && (option.check_name("REPORT") || option.check_name("JOB"));
}

OptionEntry entry_of(const CLI::Option& option) {
  OptionEntry entry;
  entry.positional = option.get_positional();
  entry.description = option.get_description();
  if (entry.positional) {
    entry.spellings = {option.get_name(true)};
  } else {
    for (const std::string& name : option.get_snames()) entry.spellings.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) entry.spellings.push_back("--" + name);
  }
  if (option.get_items_expected_max() == 0) return entry;
  entry.placeholder = option.get_type_name();
  entry.list = option.get_items_expected_max() > 1;
  entry.files = takes_files(option, entry.placeholder);
  entry.values = option.check_lname("mechanism") ? mechanisms_and_groups() : listed_values(entry.placeholder);
  return entry;
}

}  // namespace

std::vector<CommandEntry> command_table(const CLI::App& program) {
  std::vector<CommandEntry> commands;
  for (const CLI::App* command :
       program.get_subcommands([](const CLI::App* sub) { return !sub->get_group().empty(); })) {
    commands.push_back({command->get_name(), command->get_description(), command->get_footer(), {}});
    for (const CLI::Option* option : command->get_options()) {
      commands.back().options.push_back(entry_of(*option));
    }
  }
  const auto help = std::ranges::find(commands, "help", &CommandEntry::name);
  if (help == commands.end()) return commands;
  for (OptionEntry& option : help->options) {
    if (!option.positional) continue;
    for (const CommandEntry& command : commands) option.values.push_back(command.name);
  }
  return commands;
}

}  // namespace ipcbench
