// For tests: a made-up /proc or /sys in a temporary directory.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "harness/testing/temporary_folder.hpp"

namespace ipcbench {

class FakeHost {
 public:
  // Appends the line end that the kernel's files have.
  void write(const std::string& file, const std::string& text) {
    std::filesystem::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text << '\n';
  }
  [[nodiscard]] const std::filesystem::path& root() const { return root_.path(); }

 private:
  testing::TemporaryFolder root_;
};

}  // namespace ipcbench
