// Where a command's result goes: the option --out that commands have in common.
#pragma once

#include <string>
#include <string_view>

namespace ipcbench {

// A file over what it held, or standard output if the name is empty. Opened before work that would be for
// nothing if it cannot be, which leaves alone what it holds. Throws UsageError, which names --out and the
// cause.
class OutputFile {
 public:
  explicit OutputFile(const std::string& file);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  // The whole of it, once.
  void write(std::string_view text);

 private:
  std::string name_;
  int fd_ = -1;
};

// Both at once.
void write_out(const std::string& file, std::string_view text);

}  // namespace ipcbench
