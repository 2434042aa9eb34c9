// The option --out, which commands have in common.
#pragma once

#include <string>
#include <string_view>

namespace ipcbench {

// Replaces the content of a file, or writes to standard output if the name is empty. Constructed before the
// work, so that an impossible name is found early; the old content stays until write(). Throws UsageError,
// which names --out.
class OutputFile {
 public:
  explicit OutputFile(const std::string& file);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  // Writes all of the content; called once.
  void write(std::string_view text);

 private:
  std::string name_;
  int fd_ = -1;
};

// Opens and writes.
void write_out(const std::string& file, std::string_view text);

}  // namespace ipcbench
