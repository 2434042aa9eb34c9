// The file of a run's journal, beside its report. Each line is on disk before the next launch begins.
#pragma once

#include <filesystem>
#include <string>

#include "harness/base/fd.hpp"
#include "results/report/journal.hpp"

namespace ipcbench {

// report.json -> report.json.journal
std::filesystem::path journal_of(const std::filesystem::path& report);

class JournalFile {
 public:
  // Creates it. Throws UsageError if it exists: a run is writing it, or an interrupted run left it.
  static JournalFile create(const std::filesystem::path& file);
  // Opens it behind its last whole line. Throws UsageError if a run is writing it.
  static JournalFile go_on(const std::filesystem::path& file, const Journal& journal);

  // Throws FileError with the remedy and keeps the earlier lines intact.
  void append(std::string line);
  // Once the report is written.
  void remove() const noexcept;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  JournalFile(std::filesystem::path path, Fd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

  std::filesystem::path path_;
  Fd fd_;
  std::size_t whole_bytes_ = 0;
};

}  // namespace ipcbench
