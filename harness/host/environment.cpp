#include "harness/host/environment.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <set>
#include <stdexcept>

#include "harness/host/cgroup.hpp"
#include "harness/host/host_files.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;
using Facts = std::vector<Fact>;

struct FileFact {
  std::string_view name;
  std::string_view path;
};
// Files that hold one value.
constexpr std::array kFiles{
    FileFact{"kernel_release", "proc/sys/kernel/osrelease"},
    FileFact{"kernel_version", "proc/sys/kernel/version"},
    FileFact{"board", "sys/firmware/devicetree/base/model"},
    FileFact{"security_modules", "sys/kernel/security/lsm"},
    FileFact{"security_label", "proc/self/attr/current"},
    FileFact{"selinux_enforcing", "sys/fs/selinux/enforce"},
    FileFact{"cpus_online", "sys/devices/system/cpu/online"},
    FileFact{"cpus_isolated", "sys/devices/system/cpu/isolated"},
    FileFact{"cpus_nohz_full", "sys/devices/system/cpu/nohz_full"},
    FileFact{"numa_nodes", "sys/devices/system/node/online"},
    FileFact{"smt_control", "sys/devices/system/cpu/smt/control"},
    FileFact{"smt_active", "sys/devices/system/cpu/smt/active"},
    FileFact{"cpufreq_driver", "sys/devices/system/cpu/cpu0/cpufreq/scaling_driver"},
    FileFact{"cpu_energy_preference", "sys/devices/system/cpu/cpu0/cpufreq/energy_performance_preference"},
    FileFact{"cpu_max_khz", "sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq"},
    FileFact{"cpuidle_driver", "sys/devices/system/cpu/cpuidle/current_driver"},
    FileFact{"cpuidle_governor", "sys/devices/system/cpu/cpuidle/current_governor_ro"},
    FileFact{"clock_source", "sys/devices/system/clocksource/clocksource0/current_clocksource"},
    FileFact{"clock_sources", "sys/devices/system/clocksource/clocksource0/available_clocksource"},
};

struct FieldFact {
  std::string_view name;
  std::string_view path;
  std::string_view key;
};
// Lines of files that hold several values. The name of the CPU depends on the architecture; the first match
// counts.
constexpr std::array kFields{
    FieldFact{"distribution", "etc/os-release", "PRETTY_NAME"},
    FieldFact{"cpu_model", "proc/cpuinfo", "model name"},
    FieldFact{"cpu_model", "proc/cpuinfo", "Model"},
    FieldFact{"cpu_model", "proc/cpuinfo", "uarch"},
    FieldFact{"cpu_model", "proc/cpuinfo", "CPU part"},
    FieldFact{"cpu_microcode", "proc/cpuinfo", "microcode"},
    FieldFact{"memory_total", "proc/meminfo", "MemTotal"},
    FieldFact{"swap_total", "proc/meminfo", "SwapTotal"},
    FieldFact{"allowed_nodes", "proc/self/status", "Mems_allowed_list"},
    FieldFact{"seccomp", "proc/self/status", "Seccomp"},
};

// Files that list alternatives and put the chosen one in brackets.
constexpr std::array kChoices{
    FileFact{"transparent_huge_pages", "sys/kernel/mm/transparent_hugepage/enabled"},
    FileFact{"transparent_huge_pages_shmem", "sys/kernel/mm/transparent_hugepage/shmem_enabled"},
    FileFact{"transparent_huge_pages_defrag", "sys/kernel/mm/transparent_hugepage/defrag"},
};

// Settings below /proc/sys that limit a mechanism or change its cost. They are named after their paths.
constexpr auto kSysctls = std::to_array<std::string_view>({
    "fs/pipe-max-size",
    "fs/pipe-user-pages-soft",
    "fs/pipe-user-pages-hard",
    "fs/file-max",
    "fs/aio-max-nr",
    "fs/mqueue/queues_max",
    "fs/mqueue/msg_max",
    "fs/mqueue/msg_default",
    "fs/mqueue/msgsize_max",
    "fs/mqueue/msgsize_default",
    "kernel/msgmax",
    "kernel/msgmnb",
    "kernel/msgmni",
    "kernel/shmmax",
    "kernel/shmall",
    "kernel/shmmni",
    "kernel/shm_rmid_forced",
    "kernel/sem",
    "kernel/io_uring_disabled",
    "kernel/randomize_va_space",
    "kernel/numa_balancing",
    "kernel/sched_autogroup_enabled",
    "kernel/sched_rt_runtime_us",
    "kernel/perf_event_paranoid",
    "kernel/yama/ptrace_scope",
    "net/core/rmem_default",
    "net/core/rmem_max",
    "net/core/wmem_default",
    "net/core/wmem_max",
    "net/core/optmem_max",
    "net/core/somaxconn",
    "net/core/netdev_max_backlog",
    "net/core/busy_poll",
    "net/core/busy_read",
    "net/ipv4/tcp_rmem",
    "net/ipv4/tcp_wmem",
    "net/ipv4/tcp_mem",
    "net/ipv4/udp_mem",
    "net/ipv4/tcp_congestion_control",
    "net/ipv4/tcp_autocorking",
    "net/ipv4/ip_local_port_range",
    "net/unix/max_dgram_qlen",
    "vm/overcommit_memory",
    "vm/max_map_count",
    "vm/nr_hugepages",
    "vm/unprivileged_userfaultfd",
});

void add(Facts& facts, std::string_view name, std::optional<std::string> value) {
  if (value && !value->empty()) facts.push_back({std::string(name), *std::move(value)});
}

std::string unquoted(std::string text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') return text.substr(1, text.size() - 2);
  return text;
}

void add_fields(Facts& facts, const fs::path& root) {
  for (const FieldFact& field : kFields) {
    if (!facts.empty() && facts.back().name == field.name) continue;
    auto value = read_field(root / field.path, field.key);
    if (value) add(facts, field.name, unquoted(*value));
  }
}

// "always [madvise] never" -> "madvise".
std::optional<std::string> chosen(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  const std::size_t open = text->find('[');
  const std::size_t close = text->find(']', open == std::string::npos ? 0 : open);
  if (open == std::string::npos || close == std::string::npos) return text;
  return text->substr(open + 1, close - open - 1);
}

void add_sysctls(Facts& facts, const fs::path& root) {
  for (const std::string_view path : kSysctls) {
    std::string name(path);
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c == '/' || c == '-'; }, '_');
    auto value = read_text(root / "proc/sys" / path);
    // Some files have several numbers, separated by tabs.
    if (value) std::replace(value->begin(), value->end(), '\t', ' ');
    add(facts, name, value);
  }
}

// Without the part after " -- ", which is for the init program and does not belong in a report.
std::optional<std::string> kernel_command_line(const fs::path& root) {
  auto line = read_text(root / "proc/cmdline");
  if (line) line->resize(std::min(line->find(" -- "), line->size()));
  return line;
}

// An affinity mask that nobody has narrowed also includes CPUs that do not exist.
std::optional<std::string> allowed_cpus_online(const fs::path& root) {
  try {
    const auto allowed =
        parse_cpu_list(read_field(root / "proc/self/status", "Cpus_allowed_list").value_or(""));
    const auto online = parse_cpu_list(read_text(root / "sys/devices/system/cpu/online").value_or(""));
    if (online.empty()) return format_cpu_list(allowed);
    std::vector<int> both;
    std::set_intersection(allowed.begin(), allowed.end(), online.begin(), online.end(),
                          std::back_inserter(both));
    return format_cpu_list(both);
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

std::string governors(const fs::path& root) {
  std::set<std::string> distinct;
  for (const fs::path& cpu : numbered_entries(root / "sys/devices/system/cpu", "cpu")) {
    if (const auto governor = read_text(cpu / "cpufreq/scaling_governor")) distinct.insert(*governor);
  }
  return fmt::format("{}", fmt::join(distinct, ", "));
}

std::optional<std::string> turbo(const fs::path& root) {
  const fs::path directory = root / "sys/devices/system/cpu";
  if (const auto off = read_integer(directory / "intel_pstate/no_turbo")) return *off == 0 ? "on" : "off";
  if (const auto on = read_integer(directory / "cpufreq/boost")) return *on != 0 ? "on" : "off";
  return std::nullopt;
}

void add_idle_states(Facts& facts, const fs::path& root) {
  std::string states;
  std::int64_t deepest_us = -1;
  for (const fs::path& state : numbered_entries(root / "sys/devices/system/cpu/cpu0/cpuidle", "state")) {
    const bool disabled = read_integer(state / "disable").value_or(0) != 0;
    const std::int64_t exit_us = read_integer(state / "latency").value_or(0);
    if (!disabled) deepest_us = std::max(deepest_us, exit_us);
    states += fmt::format("{}{} {} us{}", states.empty() ? "" : ", ", read_text(state / "name").value_or("?"),
                          exit_us, disabled ? " (disabled)" : "");
  }
  add(facts, "idle_states", states);
  if (deepest_us >= 0) add(facts, "idle_exit_us_max", std::to_string(deepest_us));
}

// One fact for each vulnerability of this CPU, so that the reports of two hosts differ by name.
void add_vulnerabilities(Facts& facts, const fs::path& root) {
  for (const fs::path& file : sorted_entries(root / "sys/devices/system/cpu/vulnerabilities")) {
    const auto state = read_text(file);
    if (state != "Not affected") add(facts, "vulnerability_" + file.filename().string(), state);
  }
}

// Threads of one core name the same siblings. Virtual machines and boards may say nothing.
std::optional<std::string> physical_cores(const fs::path& root) {
  std::set<std::string> cores;
  for (const fs::path& cpu : numbered_entries(root / "sys/devices/system/cpu", "cpu")) {
    if (const auto siblings = read_text(cpu / "topology/thread_siblings_list")) cores.insert(*siblings);
  }
  return cores.empty() ? std::nullopt : std::optional(std::to_string(cores.size()));
}

// The vendor and model of the machine, or of the instance: "Amazon EC2 c5.large".
std::string product(const fs::path& root) {
  std::string words;
  for (const char* file : {"sys_vendor", "product_name"}) {
    const auto text = read_text(root / "sys/class/dmi/id" / file);
    if (text) words += fmt::format("{}{}", words.empty() ? "" : " ", *text);
  }
  return words;
}

std::string architecture() {
  utsname system{};
  return uname(&system) == 0 ? system.machine : "";
}

// The name of the hypervisor or of the machine that it emulates; empty on bare metal.
std::optional<std::string> virtual_machine(const fs::path& root) {
  const auto flags = read_field(root / "proc/cpuinfo", "flags");
  const bool has_flag = flags && (*flags + " ").find(" hypervisor ") != std::string::npos;
  const auto tree = read_text(root / "sys/firmware/devicetree/base/hypervisor/compatible");
  const auto type = read_text(root / "sys/hypervisor/type");
  if (!has_flag && !tree && !type) return std::nullopt;
  const auto product = read_text(root / "sys/class/dmi/id/product_name");
  for (const auto& name : {type, tree, product}) {
    if (name) return name;
  }
  return "unnamed hypervisor";
}

// /etc/machine-id must not leave the machine as it is (machine-id(5)): a UUID of version 5 (RFC 4122, SHA-1),
// whose namespace is itself that of the name "ipcbench" among domain names. Images of containers have no such
// file, or an empty one, or during installation "uninitialized".
std::optional<std::string> machine_id(const fs::path& root) {
  const auto id = read_text(root / "etc/machine-id");
  if (!id || id->size() != 32 || id->find_first_not_of("0123456789abcdef") != std::string::npos) {
    return std::nullopt;
  }
  const boost::uuids::uuid project = boost::uuids::name_generator_sha1(boost::uuids::ns::dns())("ipcbench");
  return boost::uuids::to_string(boost::uuids::name_generator_sha1(project)(*id));
}

std::optional<std::string> container(const fs::path& root) {
  std::error_code ignored;
  if (auto name = read_text(root / "run/systemd/container")) return name;
  if (fs::exists(root / "run/.containerenv", ignored)) return "podman";
  if (fs::exists(root / ".dockerenv", ignored)) return "docker";
  return std::nullopt;
}

// "battery" if there is a mains supply but none is plugged in.
std::optional<std::string> power_supply(const fs::path& root) {
  std::optional<std::string> supply;
  for (const fs::path& device : sorted_entries(root / "sys/class/power_supply")) {
    if (read_text(device / "type") != "Mains") continue;
    if (read_integer(device / "online") == 1) return "mains";
    supply = "battery";
  }
  return supply;
}

void add_cgroup(Facts& facts, const fs::path& root) {
  const CgroupLimits limits = read_cgroup_limits(root);
  if (limits.cpus) add(facts, "cgroup_cpus", fmt::format("{:.2f}", *limits.cpus));
  if (limits.memory_bytes) add(facts, "cgroup_memory_bytes", std::to_string(*limits.memory_bytes));
}

void add_shared_memory_size(Facts& facts, const fs::path& root) {
  struct statvfs system {};
  if (statvfs((root / "dev/shm").c_str(), &system) != 0) return;
  add(facts, "dev_shm_bytes", std::to_string(system.f_blocks * system.f_frsize));
}

std::string limit_text(rlim_t limit) { return limit == RLIM_INFINITY ? "unlimited" : std::to_string(limit); }

// The soft limit applies. The hard limit shows how far it can be raised without privilege.
void add_limits(Facts& facts) {
  constexpr std::array kLimits{std::pair{"rlimit_msgqueue", RLIMIT_MSGQUEUE},
                               std::pair{"rlimit_nofile", RLIMIT_NOFILE},
                               std::pair{"rlimit_nproc", RLIMIT_NPROC},
                               std::pair{"rlimit_memlock", RLIMIT_MEMLOCK},
                               std::pair{"rlimit_sigpending", RLIMIT_SIGPENDING},
                               std::pair{"rlimit_fsize", RLIMIT_FSIZE},
                               std::pair{"rlimit_as", RLIMIT_AS}};
  for (const auto& [name, resource] : kLimits) {
    rlimit limit{};
    if (getrlimit(resource, &limit) != 0) continue;
    const std::string soft = limit_text(limit.rlim_cur);
    const std::string hard = limit_text(limit.rlim_max);
    add(facts, name, soft == hard ? soft : fmt::format("{} (hard limit {})", soft, hard));
  }
}

void add_scheduling(Facts& facts) {
  constexpr std::array kPolicies{std::pair{SCHED_OTHER, "other"}, std::pair{SCHED_FIFO, "fifo"},
                                 std::pair{SCHED_RR, "round-robin"}, std::pair{SCHED_BATCH, "batch"},
                                 std::pair{SCHED_IDLE, "idle"}};
  const int policy = sched_getscheduler(0);
  for (const auto& [number, name] : kPolicies) {
    if (policy == number) add(facts, "scheduling_policy", name);
  }
  add(facts, "nice", std::to_string(getpriority(PRIO_PROCESS, 0)));
}

}  // namespace

std::vector<Fact> host_facts(const fs::path& root) {
  Facts facts;
  add_fields(facts, root);
  for (const FileFact& file : kFiles) add(facts, file.name, read_text(root / file.path));
  add(facts, "architecture", architecture());
  add(facts, "physical_cores", physical_cores(root));
  add(facts, "product", product(root));
  add(facts, "allowed_cpus", allowed_cpus_online(root));
  add(facts, "kernel_command_line", kernel_command_line(root));
  add(facts, "cpu_governor", governors(root));
  add(facts, "turbo", turbo(root));
  add_idle_states(facts, root);
  add(facts, "power_supply", power_supply(root));
  add(facts, "virtual_machine", virtual_machine(root));
  add(facts, "container", container(root));
  add(facts, "machine_id", machine_id(root));
  add_cgroup(facts, root);
  for (const FileFact& file : kChoices) add(facts, file.name, chosen(read_text(root / file.path)));
  add_vulnerabilities(facts, root);
  add_sysctls(facts, root);
  add_shared_memory_size(facts, root);
  add_limits(facts);
  add_scheduling(facts);
  for (Fact& fact : build_facts()) facts.push_back(std::move(fact));
  return facts;
}

}  // namespace ipcbench
