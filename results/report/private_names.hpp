// What a report may tell about the people and folders of a machine, and texts without it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/report/report.hpp"

namespace ipcbench {

// What is put in the place of each kind.
inline constexpr std::string_view kInsteadOfHost = "(host)";
inline constexpr std::string_view kInsteadOfUser = "(user)";
inline constexpr std::string_view kInsteadOfPath = "(path)";

struct PrivateNames {
  std::vector<std::string> hosts;
  std::vector<std::string> users;
  std::vector<std::string> paths;  // absolute: home directories, folders of programs and reports
  // Names that texts cannot be searched for: they are words of the report itself ("pipe"), or have fewer than
  // three letters. To replace such a word in sentences would spoil them, and give the name away.
  std::vector<std::string> unsearchable;
};

// The name of a report's machine in a collection: "machine-01905343", from the machine's identifier, so that
// machines are told apart; "machine-unknown" without one.
std::string public_host_name(const ReportFrame& report);

// What the report itself tells: its host name, long and short, and the users and folders of the paths in the
// program's name and arguments.
PrivateNames private_names_of(const ReportFrame& report);

// The users whose home directories a text mentions: of "cannot open /home/ann/x.so" ann.
std::vector<std::string> users_of_homes(std::string_view text);

// The names that can be searched for in that report, with those of `others`: of the machine that this runs
// on. A report that has its public name was searched where it was measured; what this machine is called is no
// secret of that one.
PrivateNames searchable_names(const Report& report, const PrivateNames& others);

// The text with absolute paths replaced, unless they are those of every Linux (/proc, /sys, /dev, /etc), and
// the names replaced where they are whole words: "kvm" has no host "vm". Names of hosts in any case.
std::string without_names(std::string_view text, const PrivateNames& names);

// The first name that the text has as a whole word; empty: none.
std::optional<std::string> name_in(std::string_view text, const PrivateNames& names);

}  // namespace ipcbench
