// Reports and tables as gzip (RFC 1952) or Zstandard (RFC 8878). Files are known by how their names end when
// written, and by their first bytes when read, so that standard input and renamed files are understood too.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "harness/base/axes.hpp"

namespace ipcbench {

enum class Compression : std::uint8_t { none, gzip, zstd };

// name: how file names end.
template <>
inline constexpr std::array kAxis<Compression>{AxisValue{Compression::none, ""},
                                               AxisValue{Compression::gzip, ".gz"},
                                               AxisValue{Compression::zstd, ".zst"}};

// "report.json.gz" is gzip; a name with another ending is not compressed.
Compression compression_of(const std::filesystem::path& file);

// The name without the ending of its compression: "report.json.gz" -> "report.json".
std::filesystem::path uncompressed_name(const std::filesystem::path& file);

// Whether files of that name hold JSON: .json, .json.gz or .json.zst.
bool is_json_name(const std::filesystem::path& file);

// The text as a file of that compression: the same bytes for the same text.
std::string compressed(std::string_view text, Compression compression);

// Compressed data that is damaged or cut short. what(): "is damaged gzip data: invalid block type".
class CompressionError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Undoes the compression of a text that comes in pieces.
class Decompressor {
 public:
  // next: the next piece of the file, empty at its end; a piece stays valid until the next call.
  explicit Decompressor(std::function<std::string_view()> next);
  ~Decompressor();
  Decompressor(Decompressor&&) noexcept;
  Decompressor& operator=(Decompressor&&) noexcept;

  // The next piece of the text, at most 256 KiB, valid until the next call; empty at the end. Text that is
  // not compressed passes as it comes. Files that were appended to each other are read as one, as gzip(1) and
  // zstd(1) do. Throws CompressionError, and whatever `next` throws.
  std::string_view next();

  class Stream;

 private:
  void begin();

  std::function<std::string_view()> next_;
  std::string first_;               // what was read to know the compression
  std::unique_ptr<Stream> stream_;  // null: not compressed, or nothing was read
  bool is_begun_ = false;
};

}  // namespace ipcbench
