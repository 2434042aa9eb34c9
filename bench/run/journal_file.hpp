// The file of a run's journal, beside where its report goes: written line by line, each on disk before the
// next launch begins.
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
  // A new one. Throws UsageError if there is one already: a run that writes it, or one that can go on.
  static JournalFile create(const std::filesystem::path& file);
  // One that goes on behind its last whole line. Throws UsageError if a run writes it.
  static JournalFile go_on(const std::filesystem::path& file, const Journal& journal);

  // Throws FileError with the remedy; what stands there before stays whole.
  void append(std::string line);
  // The report is written: nothing is left to be resumed.
  void remove() const noexcept;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  JournalFile(std::filesystem::path path, Fd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

  std::filesystem::path path_;
  Fd fd_;
  std::size_t whole_bytes_ = 0;
};

}  // namespace ipcbench
