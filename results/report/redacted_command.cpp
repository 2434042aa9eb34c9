// What stays of the command lines of the program and of the kernel.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "results/report/redaction.hpp"

namespace ipcbench {
namespace {

// Options whose value is a file, a program, or a name that somebody chose.
constexpr std::array<std::string_view, 10> kFileOptions{
    "-o",    "--out",      "--resume",      "--save-as", "--base",
    "--new", "--settings", "--calibration", "--db",      "--benchmark_out"};

bool takes_file(std::string_view option) {
  return std::ranges::find(kFileOptions, option) != kFileOptions.end();
}

bool is_file_name(std::string_view argument) {
  constexpr std::array<std::string_view, 4> kEndings{".json", ".gz", ".zst", ".sqlite"};
  return std::ranges::any_of(kEndings, [&](std::string_view ending) { return argument.ends_with(ending); });
}

// "--out=mine.json" -> "--out=(path)"; "-omine.json" -> "-o(path)".
std::string redacted_argument(const std::string& argument, const PrivateNames& names) {
  const std::size_t equals = argument.find('=');
  if (argument.starts_with("--") && equals != std::string::npos && takes_file(argument.substr(0, equals)))
    return fmt::format("{}={}", argument.substr(0, equals), kInsteadOfPath);
  if (argument.size() > 2 && argument.starts_with("-o")) return fmt::format("-o{}", kInsteadOfPath);
  if (is_file_name(argument)) return std::string(kInsteadOfPath);
  return without_names(argument, names);
}

// The name of a parameter, spelt as the documentation does: the kernel reads - and _ as the same.
std::string parameter_name(std::string_view parameter) {
  std::string name(parameter.substr(0, parameter.find('=')));
  std::ranges::replace(name, '-', '_');
  return name;
}

// Each between two spaces.
constexpr std::string_view kInfluential =
    " amd_iommu amd_pstate apparmor audit clocksource default_hugepagesz gather_data_sampling hpet hugepages "
    "hugepagesz idle init_on_alloc init_on_free intel_iommu intel_pstate iommu irqaffinity isolcpus kpti "
    "l1tf "
    "lsm maxcpus mds mem mitigations mmio_stale_data nmi_watchdog no_timer_check nohz nohz_full nokaslr "
    "nopti "
    "nosmt nosoftlockup nospectre_v1 nospectre_v2 nowatchdog nr_cpus numa numa_balancing page_poison "
    "page_poisoning preempt psi pti rcu_nocb_poll rcu_nocbs retbleed security selinux skew_tick slab_nomerge "
    "slub_debug spec_rstack_overflow spec_store_bypass_disable spectre_v2 spectre_v2_user srbds swiotlb "
    "threadirqs transparent_hugepage tsc tsx tsx_async_abort workqueue.power_efficient ";
// All parameters of these modules.
constexpr std::array<std::string_view, 9> kModules{"cpufreq.",    "cpuidle.",    "cpuidle_haltpoll.",
                                                   "haltpoll.",   "intel_idle.", "kvm.",
                                                   "page_alloc.", "processor.",  "rcutree."};

bool influences_figures(std::string_view parameter) {
  const std::string name = parameter_name(parameter);
  const auto is_module = [&](std::string_view module) { return name.starts_with(module); };
  return kInfluential.find(" " + name + " ") != std::string_view::npos ||
         std::ranges::any_of(kModules, is_module);
}

}  // namespace

std::string redacted_kernel_command_line(std::string_view line) {
  std::vector<std::string_view> kept;
  for (std::size_t at = 0; at < line.size();) {
    bool quoted = false;  // a value in double quotes may hold spaces
    std::size_t end = at;
    for (; end < line.size() && (quoted || line[end] != ' '); ++end) quoted ^= line[end] == '"';
    if (influences_figures(line.substr(at, end - at))) kept.push_back(line.substr(at, end - at));
    at = end + 1;
  }
  return fmt::format("{}", fmt::join(kept, " "));
}

std::vector<std::string> redacted_command(const std::vector<std::string>& command,
                                          const PrivateNames& names) {
  std::vector<std::string> result;
  bool is_file = false;  // the argument before takes one
  for (const std::string& argument : command) {
    if (result.empty()) {
      result.emplace_back("ipcbench");
    } else {
      result.push_back(is_file ? std::string(kInsteadOfPath) : redacted_argument(argument, names));
    }
    is_file = !is_file && takes_file(argument);
  }
  return result;
}

}  // namespace ipcbench
