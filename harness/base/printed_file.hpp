// What children print, kept in memory: the last line may say why they failed.
#pragma once

#include <string>

#include "harness/base/fd.hpp"

namespace ipcbench {

class PrintedFile {
 public:
  // Throws KernelError.
  PrintedFile();

  // For a child's standard output and standard error; several children may write to it.
  [[nodiscard]] int fd() const { return file_.get(); }
  // In a forked child: its standard output and standard error go there from now on.
  void take_standard_streams() const noexcept;

  // Without control characters; of a long line, the beginning and the end. Empty: nothing was printed.
  [[nodiscard]] std::string last_line() const;

 private:
  Fd file_;
};

}  // namespace ipcbench
