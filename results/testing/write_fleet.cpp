// Writes the reports of a fleet, made from a real one: hosts of three classes, a session a day, with times
// that differ between hosts, sessions and launches as real ones do. Some can be broken, in ten ways.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "harness/base/on_all_cpus.hpp"
#include "harness/base/units.hpp"
#include "results/report/compression.hpp"
#include "results/report/report_json.hpp"

namespace {

using namespace ipcbench;

struct Fleet {
  Report base;
  std::filesystem::path folder;
  unsigned reports = 0;
  unsigned hosts = 0;
  unsigned seed = 1;
  unsigned broken_every = 0;  // every so many reports one is broken; 0: none
  std::string ending = ".json.zst";
};

std::uint64_t scaled(std::uint64_t value, double factor) {
  return static_cast<std::uint64_t>(std::llround(static_cast<double>(value) * factor));
}

std::vector<HistogramBucket> scaled(const std::vector<HistogramBucket>& histogram, double factor) {
  std::map<std::uint64_t, std::uint64_t> counts;
  for (const HistogramBucket& bucket : histogram)
    counts[Histogram::lower_bound_ns(Histogram::index_of(scaled(bucket.lower_ns, factor)))] += bucket.count;
  std::vector<HistogramBucket> result;
  for (const auto& [lower, count] : counts) result.push_back({lower, count});
  return result;
}

// Every time of the launch becomes longer by the same factor.
void scale(Measurement& measurement, double factor) {
  for (auto* ns : {&measurement.elapsed_ns, &measurement.min_ns, &measurement.max_ns, &measurement.sum_ns,
                   &measurement.producer.cpu_ns, &measurement.consumer.cpu_ns})
    *ns = scaled(*ns, factor);
  measurement.histogram = scaled(measurement.histogram, factor);
  for (Window& window : measurement.windows) window.elapsed_ns = scaled(window.elapsed_ns, factor);
}

void set_fact(Report& report, const std::string& name, const std::string& value) {
  const auto fact = std::ranges::find(report.host, name, &Fact::name);
  if (fact != report.host.end())
    fact->value = value;
  else
    report.host.push_back({name, value});
}

// The kernel of a host changes in the course of a year.
void describe(Report& report, unsigned host, unsigned day) {
  constexpr std::array kModels{"AMD EPYC", "Intel Xeon Platinum", "Neoverse-N1"};
  constexpr std::array kKernels{"6.1.0-40-cloud", "6.12.9-cloud", "6.18.44-cloud"};
  constexpr unsigned kDaysOfAKernel = 120;
  const unsigned kind = host % kModels.size();
  report.context.host_name = fmt::format("node-{:04}", host);
  set_fact(report, "machine_id", fmt::format("{:016x}", host + 1));
  set_fact(report, "architecture", kind == 2 ? "aarch64" : "x86_64");
  set_fact(report, "cpu_model", kModels.at(kind));
  set_fact(report, "kernel_release",
           kKernels.at(std::min<std::size_t>(day / kDaysOfAKernel, kKernels.size() - 1)));
}

std::string utc(unsigned day, unsigned host) {
  constexpr std::time_t kFirst = 1767225600;  // 2026-01-01T00:00:00Z
  constexpr std::time_t kDay = 86400;
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(kFirst + day * kDay + host));
}

double noise(std::mt19937_64& random, double sd) {
  return std::exp(std::normal_distribution<double>(0, sd)(random));
}

Report report_of(const Fleet& fleet, unsigned number) {
  constexpr double kBetweenHosts = 0.08;
  constexpr double kBetweenSessions = 0.03;
  constexpr double kBetweenLaunches = 0.02;
  const unsigned host = number % fleet.hosts;
  const unsigned day = number / fleet.hosts;
  std::mt19937_64 of_host(fleet.seed * 1'000'003ULL + host);
  std::mt19937_64 random(fleet.seed * 1'000'000'007ULL + number);
  Report report = fleet.base;
  describe(report, host, day);
  report.session.id = fmt::format("{:016x}", random());
  report.session.seed = number;
  report.session.started_utc = report.session.ended_utc = utc(day, host);
  report.context.date = report.session.started_utc;
  const double level = noise(of_host, kBetweenHosts);
  for (std::size_t i = 0; i < report.cells.size(); ++i) {
    const double session = level * noise(random, kBetweenSessions);
    for (Launch& launch : report.cells[i].launches)
      scale(launch.measurement, session * noise(random, kBetweenLaunches));
  }
  return report;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t place = text.find(from);
  if (place == std::string::npos) throw std::runtime_error("the report lacks " + from);
  return text.replace(place, from.size(), to);
}

// A file's bytes, wrong in one of ten ways.
std::string broken(const std::string& text, unsigned way, Compression compression) {
  constexpr unsigned kWays = 10;
  const std::string schema = "\"schema\": 1,";
  switch (way % kWays) {
    case 0:  // half-written
      return compressed(text.substr(0, text.size() / 2), compression);
    case 1:
      return "";
    case 2:  // a half-written file of compressed text
      return compressed(text, Compression::gzip).substr(0, text.size() / 40);
    case 3:
      return std::string(
                 "\x7f"
                 "ELF\0\1\2\3",
                 8) +
             text.substr(0, 1000);
    case 4:  // of another program
      return R"({"context": {"date": "2026-01-01"}, "benchmarks": []})";
    case 5:
      return compressed(replaced(text, schema, "\"schema\": 99,"), compression);
    case 6:
      return std::string(1'000'000, '[');
    case 7:
      return compressed(replaced(text, schema, "\"schema\": 1e999,"), compression);
    case 8:
      return compressed(replaced(text, schema, schema + schema), compression);
    default:  // a number where a text has to be
      return compressed(replaced(text, "\"pattern\":\"latency\"", "\"pattern\":7"), compression);
  }
}

void write(const Fleet& fleet, unsigned number) {
  const Report report = report_of(fleet, number);
  const std::filesystem::path folder = fleet.folder / report.context.host_name;
  std::filesystem::create_directories(folder);
  const bool is_broken = fleet.broken_every > 0 && number % fleet.broken_every == fleet.broken_every - 1;
  const std::filesystem::path file = folder / fmt::format("{}{}{}", report.session.started_utc.substr(0, 10),
                                                          is_broken ? "-broken" : "", fleet.ending);
  if (!is_broken) return write_report(report, file);
  std::ofstream(file, std::ios::binary)
      << broken(to_json(report), number / fleet.broken_every, compression_of(file));
}

void write_all(const Fleet& fleet) {
  on_all_cpus(fleet.reports, [&](std::size_t number) { write(fleet, static_cast<unsigned>(number)); });
}

unsigned number_in(int argc, char** argv, int place, unsigned usual) {
  return argc > place ? parse_number<unsigned>(argv[place]).value_or(usual) : usual;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 4) {
    std::cerr << "usage: write_fleet REPORT FOLDER REPORTS [HOSTS [BROKEN_EVERY [SEED [ENDING]]]]\n";
    return 2;
  }
  Fleet fleet{.base = read_report(argv[1]), .folder = argv[2]};
  fleet.reports = number_in(argc, argv, 3, 1);
  fleet.hosts = std::max(1U, number_in(argc, argv, 4, 10));
  fleet.broken_every = number_in(argc, argv, 5, 0);
  fleet.seed = number_in(argc, argv, 6, 1);
  if (argc > 7) fleet.ending = argv[7];
  write_all(fleet);
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 2;
}
