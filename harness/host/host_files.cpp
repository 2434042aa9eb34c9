#include "harness/host/host_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <iterator>
#include <map>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "harness/base/fd.hpp"

namespace ipcbench {
namespace {

struct Range {
  int first = 0;
  int last = 0;
};

// Ascending, each once. Overlapping ranges cost no extra time.
std::vector<int> numbers_in(std::vector<Range> ranges) {
  std::ranges::sort(ranges, {}, &Range::first);
  std::vector<int> numbers;
  int next = 0;
  for (const auto& [first, last] : ranges) {
    for (next = std::max(next, first); next <= last; ++next) numbers.push_back(next);
  }
  return numbers;
}

// /proc/cpuinfo of a thousand CPUs has 1.5 MiB. A container may mount an endless file in its place, or a pipe
// to which nobody writes.
constexpr std::size_t kLongestFile = std::size_t{16} << 20;

// Empty if it cannot be opened or is not a regular file, as all of /proc and /sys are.
Fd open_regular(const std::filesystem::path& file) {
  Fd fd(::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  struct stat status {};
  return fd && ::fstat(fd.get(), &status) == 0 && S_ISREG(status.st_mode) ? std::move(fd) : Fd();
}

std::optional<std::int64_t> leading_integer(const std::optional<std::string>& text) {
  std::int64_t value = 0;
  if (!text || std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc{}) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

// After any error (EIO, EACCES, a directory), returns the text read so far.
std::optional<std::string> read_text(const std::filesystem::path& file) {
  const Fd fd = open_regular(file);
  if (!fd) return std::nullopt;
  std::string text;
  std::array<char, 16384> piece{};
  ssize_t got = 0;
  do {
    got = ::read(fd.get(), piece.data(), piece.size());
    if (got > 0) text.append(piece.data(), static_cast<std::size_t>(got));
  } while ((got > 0 && text.size() < kLongestFile) || (got < 0 && errno == EINTR));
  const std::size_t last = text.find_last_not_of(std::string_view(" \t\r\n\0", 5));
  if (last == std::string::npos) return std::nullopt;
  text.resize(last + 1);
  return text;
}

std::optional<std::int64_t> read_integer(const std::filesystem::path& file) {
  return leading_integer(read_text(file));
}

std::optional<std::string> read_field(const std::filesystem::path& file, std::string_view key) {
  constexpr std::string_view kSeparators = " \t:=";
  std::istringstream lines(read_text(file).value_or(""));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(key) || line.size() == key.size()) continue;
    if (kSeparators.find(line[key.size()]) == std::string_view::npos) continue;
    const std::size_t value = line.find_first_not_of(kSeparators, key.size());
    return value == std::string::npos ? std::nullopt : std::optional(line.substr(value));
  }
  return std::nullopt;
}

std::optional<std::int64_t> read_integer_field(const std::filesystem::path& file, std::string_view key) {
  return leading_integer(read_field(file, key));
}

std::vector<std::filesystem::path> sorted_entries(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> paths;
  std::error_code error;
  for (std::filesystem::directory_iterator it(directory, error), end; !error && it != end;
       it.increment(error)) {
    paths.push_back(it->path());
  }
  std::ranges::sort(paths);
  return paths;
}

std::vector<std::filesystem::path> numbered_entries(const std::filesystem::path& directory,
                                                    std::string_view prefix) {
  std::map<int, std::filesystem::path> entries;
  for (std::filesystem::path& path : sorted_entries(directory)) {
    const std::string name = path.filename();
    if (!name.starts_with(prefix)) continue;
    int number = 0;
    const auto parsed = std::from_chars(name.data() + prefix.size(), name.data() + name.size(), number);
    if (parsed.ec == std::errc{} && parsed.ptr == name.data() + name.size())
      entries[number] = std::move(path);
  }
  std::vector<std::filesystem::path> paths;
  paths.reserve(entries.size());
  for (auto& [number, path] : entries) paths.push_back(std::move(path));
  return paths;
}

std::vector<int> parse_cpu_list(std::string_view text) {
  constexpr int kCpus = 1 << 20;
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto take_cpu = [&](int& cpu) {
    const auto [next, error] = std::from_chars(at, end, cpu);
    at = next;
    return error == std::errc{} && cpu >= 0 && cpu < kCpus;
  };
  const auto take = [&](char separator) {
    const bool found = at != end && *at == separator;
    if (found) ++at;
    return found;
  };
  std::vector<Range> ranges;
  bool valid = true;
  for (bool more = !text.empty(); valid && more; more = take(',')) {
    Range& range = ranges.emplace_back();
    valid = take_cpu(range.first);
    range.last = range.first;
    if (valid && take('-')) valid = take_cpu(range.last) && range.first <= range.last;
  }
  if (valid && at == end) return numbers_in(std::move(ranges));
  throw std::invalid_argument(
      fmt::format("'{}' is not a list of CPUs; allowed: numbers and ranges such as 0-3,8", text));
}

std::string format_cpu_list(const std::vector<int>& cpus) {
  std::string text;
  for (auto first = cpus.begin(); first != cpus.end();) {
    auto last = first;
    while (std::next(last) != cpus.end() && *std::next(last) == *last + 1) ++last;
    text += fmt::format("{}{}", text.empty() ? "" : ",", *first);
    if (last != first) text += fmt::format("-{}", *last);
    first = std::next(last);
  }
  return text;
}

}  // namespace ipcbench
