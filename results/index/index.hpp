// The database of an index: SQLite in a file, or PostgreSQL where many write. README.md of this room has its
// tables.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/error.hpp"
#include "harness/base/facts.hpp"
#include "results/index/indexed_report.hpp"

namespace ipcbench {

// The database refuses, or is none of ours. what() has the cause and the remedy.
class IndexError : public Error {
 public:
  using Error::Error;
};

// Whether this program was built with the library that speaks to databases. Without it every Index throws
// IndexError, which says how to get it.
bool has_databases();

// A report that is in an index.
struct IndexedSession {
  std::int64_t id = 0;             // ascending in the order in which reports were added
  std::int64_t configuration = 0;  // see Index::configurations()
  std::string digest;
  std::string file;                         // where `index` found it last: an absolute path
  std::shared_ptr<const IndexedHost> host;  // that it ran on; its sessions share it
  std::string session;
  std::string started_utc;
  std::string kernel_release;
  std::string kernel_series;
  std::string profile;
  std::string version;
  std::string commit;
  bool complete = true;
  bool invalid = false;  // a doubt says that its figures cannot be trusted
};

// "x86_64/AMD EPYC/6.18": what machines have in common that are compared with each other. The fourth part of
// a class, the placement, is in the cell.
std::string class_of(const IndexedSession& session);

// A pattern of classes, taken apart.
struct ClassPattern {
  std::vector<std::string> classes = {};  // patterns of class_of(), one of which has to match
  std::string placement = {};             // of the cells; empty: any
};
// "x86_64/*/*/llc" is the class "x86_64/*/*" at the placement llc. A last part is a placement if it is the
// name of one: no kernel series is, while the model of a CPU may have a slash. After three slashes, a * may
// be either.
ClassPattern parse_class(const std::string& pattern);

// Which texts of a session are read; the others stay empty. Each costs 5 ms for 10,000 sessions; those of the
// host cost next to nothing and are always there.
using SessionTexts = std::vector<std::string IndexedSession::*>;
SessionTexts all_session_texts();

// Those of the sessions.
std::set<std::int64_t> configurations_of(const std::vector<IndexedSession>& sessions);

// Which sessions are asked for; empty: all. In patterns * stands for any text, and case does not matter.
struct SessionFilter {
  std::vector<std::string> hosts = {};    // patterns of names or keys, one of which has to match
  std::vector<std::string> classes = {};  // as parse_class() takes them; their placements choose no session
  std::vector<std::string> digests = {};  // patterns of digests
  std::string since = {};                 // not started before: "2026-11-30" or longer, as started_utc
  bool with_invalid = false;
};

struct IndexedCell {
  std::int64_t id = 0;
  std::string name;
  std::string family;  // family_name(), which merges cells that differ in size
};

// A cell in one session; the figures are those of IndexedResult.
struct IndexedPoint {
  std::int64_t session = 0;
  std::uint32_t launches = 0;
  double log_mean = 0;
  double log_sd = 0;
  double time_ns = 0;
  double low_ns = 0;
  double high_ns = 0;
};

// One figure of a cell in many sessions: equally long, ascending in session; NaN: not known.
struct IndexedFigures {
  std::vector<std::int64_t> sessions;
  std::vector<double> values;
};
enum class IndexedFigure : std::uint8_t { time_ns, p10_ns, p99_ns, cpu_ns };

// A change of a host's level that somebody explained, so that it alarms no more. It outlives the making of
// the index again, because everything in it comes from the reports.
struct AcceptedChange {
  std::string id;  // results/comparison/level_events.hpp
  std::string host_key;
  std::string level;
  std::string name;       // of the cell or family
  std::string session;    // the first one after the change
  bool is_slower = true;  // and not faster
  std::string why;
};

// What is written is there whole or not at all, also if this process is killed. One writer at a time, for
// whom others wait (SQLite: for a minute); any number of readers, who see what was whole when they asked.
// Every function may throw IndexError. Not to be used by two threads at once.
class Index {
 public:
  // changes: only accepted() is asked, which an index of any version of the tables answers.
  enum class Access { read, write, changes };

  // name: a file, or "postgresql://...". write: creates the file and the tables if there are none.
  Index(const std::string& name, Access access);
  ~Index();
  Index(const Index&) = delete;
  Index& operator=(const Index&) = delete;

  // Of all reports in it.
  [[nodiscard]] KnownFiles files();

  // Adds those that are not in it yet, all of them or none. Returns how many.
  std::size_t add(std::span<const IndexedReport> reports);
  // Remembers where reports that are in it are now.
  void relocate(std::span<const KnownReport> reports);

  // For a history: sessions() gives what is said of each report, ascending in the time of its start, then in
  // its digest; cells() the cells, by name; points() the history of one cell, to be joined with the sessions
  // by their ids. points() has sessions that the filter leaves out.
  [[nodiscard]] std::vector<IndexedSession> sessions(const SessionFilter& filter,
                                                     const SessionTexts& texts = all_session_texts());
  [[nodiscard]] std::vector<IndexedCell> cells();
  [[nodiscard]] std::vector<IndexedPoint> points(std::int64_t cell);
  // The same of these sessions alone where they are few; where they are many, it may have others too.
  [[nodiscard]] std::vector<IndexedPoint> points(std::int64_t cell,
                                                 const std::vector<std::int64_t>& sessions);
  // One figure alone, in a fraction of the time.
  [[nodiscard]] IndexedFigures figures(std::int64_t cell, IndexedFigure figure);
  // The decisive facts of the hosts, by IndexedSession::configuration: of those that are wanted.
  [[nodiscard]] std::map<std::int64_t, std::vector<Fact>> configurations(
      const std::set<std::int64_t>& wanted);

  // Remembers a change; one of the same id is replaced.
  void accept(const AcceptedChange& change);
  // Takes over changes of another index, except those that are explained in this one. Returns how many.
  std::size_t take_over(std::span<const AcceptedChange> changes);
  [[nodiscard]] std::vector<AcceptedChange> accepted();

  class Database;

 private:
  std::unique_ptr<Database> database_;
};

}  // namespace ipcbench
