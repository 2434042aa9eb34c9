// The name of a report in collections: a digest of its content.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace ipcbench {

// SHA-256 (FIPS 180-4) of the report's JSON text without the white space between its tokens, so that a report
// keeps its name when it is compressed, indented or minified. Keys in another order, or a number spelt
// otherwise, give another name.
class ReportDigest {
 public:
  ReportDigest();
  ~ReportDigest();
  ReportDigest(const ReportDigest&) = delete;
  ReportDigest& operator=(const ReportDigest&) = delete;

  // The next piece of the text, as InputFile gives it; pieces may end anywhere.
  void add(std::string_view piece);

  // 64 hexadecimal digits. Called once.
  std::string finish();

 private:
  struct Hash;

  std::unique_ptr<Hash> hash_;
  std::string tokens_;  // of the last piece
  bool is_in_string_ = false;
  bool is_escaped_ = false;  // the last character was the backslash of an escape
};

// The digest of a file, compressed or not. Throws ReportError, but not for text that is no report.
std::string file_digest(const std::filesystem::path& file);

}  // namespace ipcbench
