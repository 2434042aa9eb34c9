// Fills an index from the files of reports, on all CPUs.
#pragma once

#include <csignal>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "results/index/index.hpp"

namespace ipcbench {

// A file or folder that is not in the index, and why.
struct UnindexedFile {
  std::string file;
  std::string reason;  // one line

  friend bool operator==(const UnindexedFile&, const UnindexedFile&) = default;
};

// What an error says of a file, as one line without the file's name.
std::string reason_of(const std::exception& error, const std::filesystem::path& file);

// What is to be indexed, and what could not be listed.
struct FoundReports {
  std::vector<std::filesystem::path> files;  // each once, by name
  std::vector<UnindexedFile> left_out;
};

// The given files, and in given folders and theirs every file whose name is that of JSON, compressed or not.
// Links to folders within folders are not followed, so that nothing is endless.
FoundReports find_reports(const std::vector<std::string>& given);

struct Indexing {
  std::size_t added = 0;
  std::size_t known = 0;  // in the index already, or equal to another file
  std::size_t moved = 0;  // of those: at another place now, which the index has instead of the old one
  std::vector<UnindexedFile> left_out;
  bool interrupted = false;  // what had been read until then is in the index
};

struct IndexingOptions {
  unsigned threads = 0;  // that read; 0: one for each CPU
  // Called with the files done so far, once in a while.
  std::function<void(std::size_t)> on_progress = {};
  const volatile std::sig_atomic_t* interrupted = nullptr;  // a signal arrived
};

// Adds what is not in the index yet. One file that is no report stops no other. Throws IndexError.
Indexing index_files(Index& index, const std::vector<std::filesystem::path>& files,
                     const IndexingOptions& options = {});

}  // namespace ipcbench
