// Runs a fuzz target over files, with any compiler: "fuzz_NAME FILE-OR-FOLDER...". Ends like the target does,
// or with 2 if there was nothing to run.
#include <sys/resource.h>

#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;

// Memory that grows without bound is a finding too. The address sanitizer reserves terabytes for itself.
void limit_memory() {
#ifndef __SANITIZE_ADDRESS__
  const rlimit limit{rlim_t{2} << 30, rlim_t{2} << 30};
  setrlimit(RLIMIT_AS, &limit);
#endif
}

std::vector<fs::path> files_of(const fs::path& place) {
  if (!fs::is_directory(place)) return {place};
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(place)) files.push_back(entry.path());
  return files;
}

void run(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::string input{std::istreambuf_iterator<char>(stream), {}};
  std::fprintf(stderr, "%s: %zu bytes\n", file.c_str(), input.size());
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

}  // namespace

int main(int argc, char** argv) try {
  limit_memory();
  std::size_t count = 0;
  for (const std::string& place : std::vector<std::string>(argv + 1, argv + argc)) {
    for (const fs::path& file : files_of(place)) {
      run(file);
      ++count;
    }
  }
  std::fprintf(stderr, "%zu inputs\n", count);
  return count == 0 ? 2 : 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 2;
}
