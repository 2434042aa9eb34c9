#include "results/index/index_files.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <iterator>
#include <mutex>
#include <optional>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

#include "harness/base/on_all_cpus.hpp"
#include "harness/base/printable.hpp"
#include "results/report/compression.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

// A batch is a transaction. Larger ones save little, and hold what a killed run has to read again.
constexpr std::size_t kBatch = 64;
constexpr std::chrono::milliseconds kPatience{500};

void add_folder(const fs::path& folder, std::set<fs::path>& files, std::vector<UnindexedFile>& left_out) {
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    std::error_code unknown;
    const fs::file_status status = entry->symlink_status(unknown);
    if (fs::is_directory(status)) {
      add_folder(entry->path(), files, left_out);
    } else if (is_json_name(entry->path())) {
      files.insert(entry->path());
    }
  }
  if (error) left_out.push_back({folder.string(), "cannot be listed: " + error.message()});
}

// What a thread made of a file: a report, one that is known and was moved, a reason why there is none, or
// nothing if it is known.
struct FileOutcome {
  std::optional<IndexedReport> report;
  std::optional<KnownReport> moved;
  std::optional<UnindexedFile> left_out;
};

// The readers, and the queue from which their results are taken.
class ReportReaders {
 public:
  ReportReaders(const std::vector<fs::path>& files, const KnownFiles& known, const IndexingOptions& options)
      : files_(files), known_(known), interrupted_(options.interrupted) {
    const std::size_t threads = std::min<std::size_t>(options.threads > 0 ? options.threads : usable_cpus(),
                                                      std::max<std::size_t>(1, files.size()));
    running_ = threads;
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { read_files(); });
  }
  ~ReportReaders() {
    is_stopped_ = true;
    space_.notify_all();
  }
  ReportReaders(const ReportReaders&) = delete;
  ReportReaders& operator=(const ReportReaders&) = delete;

  // The next results: a batch, or fewer after a while and at the end. Empty when all are taken.
  std::vector<FileOutcome> take() {
    std::unique_lock lock(mutex_);
    const auto is_enough = [&] { return done_.size() >= kBatch || running_ == 0; };
    while (!is_enough()) {
      if (results_.wait_for(lock, kPatience, is_enough) || done_.empty()) continue;
      break;
    }
    std::vector<FileOutcome> taken = std::exchange(done_, {});
    space_.notify_all();
    return taken;
  }

 private:
  // A thread must not end by an exception.
  FileOutcome read(const fs::path& file) const {
    try {
      FileOutcome outcome;
      auto reading = read_for_index(file, known_);
      if (auto* const report = std::get_if<IndexedReport>(&reading)) outcome.report = std::move(*report);
      if (auto* const known = std::get_if<KnownReport>(&reading); known != nullptr && is_moved(*known))
        outcome.moved = std::move(*known);
      return outcome;
    } catch (const std::exception& error) {
      return {.report = {}, .moved = {}, .left_out = UnindexedFile{file.string(), reason_of(error, file)}};
    }
  }

  // Of several copies, the one that was found first stays.
  bool is_moved(const KnownReport& report) const {
    const std::string& before = known_.at(report.digest);
    std::error_code unknown;
    return before != report.file && !fs::exists(before, unknown);
  }

  void read_files() {
    while (!is_stopped_ && (interrupted_ == nullptr || *interrupted_ == 0)) {
      const std::size_t i = next_++;
      if (i >= files_.size()) break;
      FileOutcome outcome = read(files_[i]);
      std::unique_lock lock(mutex_);
      space_.wait(lock, [&] { return done_.size() < 2 * kBatch || is_stopped_; });
      done_.push_back(std::move(outcome));
      if (done_.size() >= kBatch) results_.notify_one();
    }
    const std::scoped_lock lock(mutex_);
    --running_;
    results_.notify_one();
  }

  const std::vector<fs::path>& files_;
  const KnownFiles& known_;
  const volatile std::sig_atomic_t* interrupted_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> is_stopped_ = false;
  std::mutex mutex_;
  std::condition_variable results_;
  std::condition_variable space_;  // in the queue
  std::vector<FileOutcome> done_;
  std::size_t running_ = 0;
  std::vector<std::jthread> threads_;  // joined before the rest goes
};

}  // namespace

std::string reason_of(const std::exception& error, const fs::path& file) {
  const std::string text = printable_line(explained(error));
  const std::string prefix = printable_line(file.string() + ": ");
  return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

FoundReports find_reports(const std::vector<std::string>& given) {
  FoundReports found;
  std::set<fs::path> files;
  for (const std::string& name : given) {
    std::error_code unknown;
    if (fs::is_directory(name, unknown)) {
      add_folder(name, files, found.left_out);
    } else {
      files.insert(name);
    }
  }
  found.files.assign(files.begin(), files.end());
  return found;
}

Indexing index_files(Index& index, const std::vector<fs::path>& files, const IndexingOptions& options) {
  Indexing indexing;
  const KnownFiles known = index.files();
  ReportReaders readers(files, known, options);
  std::size_t done = 0;
  for (std::vector<FileOutcome> batch = readers.take(); !batch.empty(); batch = readers.take()) {
    done += batch.size();
    std::vector<IndexedReport> reports;
    std::vector<KnownReport> moved;
    for (FileOutcome& each : batch) {
      if (each.moved) moved.push_back(std::move(*each.moved));
      if (each.left_out) indexing.left_out.push_back(std::move(*each.left_out));
      if (each.report) reports.push_back(std::move(*each.report));
    }
    if (!reports.empty()) indexing.added += index.add(reports);
    if (!moved.empty()) index.relocate(moved);
    indexing.moved += moved.size();
    if (options.on_progress) options.on_progress(done);
  }
  indexing.known = done - indexing.added - indexing.left_out.size();
  indexing.interrupted = done < files.size();
  std::ranges::sort(indexing.left_out, {}, &UnindexedFile::file);
  return indexing;
}

}  // namespace ipcbench
