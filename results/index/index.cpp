// What needs no database, and what a program does that was built without one.
#include "results/index/index.hpp"

#include <algorithm>
#include <cctype>

#include "harness/base/axes.hpp"

namespace ipcbench {

std::string class_of(const IndexedSession& session) {
  return session.host->architecture + '/' + session.host->cpu_model + '/' + session.kernel_series;
}

ClassPattern parse_class(const std::string& pattern) {
  const std::size_t slash = pattern.rfind('/');
  if (slash == std::string::npos) return {.classes = {pattern}};
  const std::string before = pattern.substr(0, slash);
  std::string last = pattern.substr(slash + 1);
  std::ranges::transform(last, last.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (parse_axis<Cpus>(last)) return {.classes = {before}, .placement = last};
  constexpr std::ptrdiff_t kSlashesOfFour = 3;
  if (last == "*" && std::ranges::count(pattern, '/') >= kSlashesOfFour)
    return {.classes = {before, pattern}};
  return {.classes = {pattern}};
}

SessionTexts all_session_texts() {
  return {&IndexedSession::digest,        &IndexedSession::file,    &IndexedSession::session,
          &IndexedSession::started_utc,   &IndexedSession::profile, &IndexedSession::kernel_release,
          &IndexedSession::kernel_series, &IndexedSession::version, &IndexedSession::commit};
}

std::set<std::int64_t> configurations_of(const std::vector<IndexedSession>& sessions) {
  std::set<std::int64_t> configurations;
  for (const IndexedSession& session : sessions) configurations.insert(session.configuration);
  return configurations;
}

#ifdef IPCBENCH_WITHOUT_DATABASES

class Index::Database {};

bool has_databases() { return false; }

Index::Index(const std::string& name, Access /*access*/) {
  throw IndexError(name + ": this ipcbench was built without the library that speaks to databases",
                   "install SOCI (apt-get install libsoci-dev) and build again");
}
Index::~Index() = default;
KnownFiles Index::files() { return {}; }
std::size_t Index::add(std::span<const IndexedReport> /*reports*/) { return 0; }
void Index::relocate(std::span<const KnownReport> /*reports*/) {}
std::vector<IndexedSession> Index::sessions(const SessionFilter& /*filter*/, const SessionTexts& /*texts*/) {
  return {};
}
std::vector<IndexedCell> Index::cells() { return {}; }
std::vector<IndexedPoint> Index::points(std::int64_t /*cell*/) { return {}; }
std::vector<IndexedPoint> Index::points(std::int64_t /*cell*/,
                                        const std::vector<std::int64_t>& /*sessions*/) {
  return {};
}
IndexedFigures Index::figures(std::int64_t /*cell*/, IndexedFigure /*figure*/) { return {}; }
std::map<std::int64_t, std::vector<Fact>> Index::configurations(const std::set<std::int64_t>& /*wanted*/) {
  return {};
}
void Index::accept(const AcceptedChange& /*change*/) {}
std::size_t Index::take_over(std::span<const AcceptedChange> /*changes*/) { return 0; }
std::vector<AcceptedChange> Index::accepted() { return {}; }

#endif

}  // namespace ipcbench
