// The database of an index: SQLite in a file, or PostgreSQL where many write. README.md of this room has its
// tables.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>

#include "harness/base/error.hpp"
#include "results/index/indexed_report.hpp"

namespace ipcbench {

// The database refuses, or is none of ours. what() has the cause and the remedy.
class IndexError : public Error {
 public:
  using Error::Error;
};

// What is written is there whole or not at all, also if this process is killed. Equal reports make equal rows
// with equal keys, in whatever order they come: keys are taken from digests of what they name. One writer at
// a time (SQLite: others wait for up to a minute); any number of readers. Every function may throw
// IndexError.
class Index {
 public:
  enum class Access { read, write };

  // name: a file, or "postgresql://...". write: creates the file and the tables if there are none.
  Index(const std::string& name, Access access);
  ~Index();
  Index(const Index&) = delete;
  Index& operator=(const Index&) = delete;

  // Of all reports in it.
  [[nodiscard]] std::unordered_set<std::string> digests();

  // Adds those that are not in it yet, all of them or none. Returns how many.
  std::size_t add(std::span<const IndexedReport> reports);

  class Database;

 private:
  std::unique_ptr<Database> database_;
};

}  // namespace ipcbench
