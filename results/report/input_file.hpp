// Reads a regular file piece by piece, compressed or not, up to the largest size of a report.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/fd.hpp"
#include "results/report/compression.hpp"

namespace ipcbench {

enum class Dash { is_a_file, is_standard_input };  // what the name "-" means

// A regular file of at most 1 GiB less one byte, or standard input up to the same length; if it is
// compressed, its text has that limit too. The constructor and next() throw ReportError, which names the
// file.
class InputFile {
 public:
  explicit InputFile(const std::filesystem::path& file, Dash dash = Dash::is_a_file);
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  ~InputFile() = default;

  // The next piece of the text, at most 256 KiB, valid until the next call; empty at the end.
  std::string_view next();
  // Its name in messages: the path, or "standard input".
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  std::string_view read_piece();

  std::string name_;
  Fd fd_;
  std::vector<char> piece_;
  Decompressor text_;
  std::size_t read_bytes_ = 0;
};

}  // namespace ipcbench
