#include "results/report/compression.hpp"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace ipcbench {
namespace {

constexpr std::size_t kPlainPieceBytes = std::size_t{256} << 10;
constexpr int kGzipWindow = 15 + 16;  // zlib.h, deflateInit2(): the largest window, with gzip's header
constexpr int kGzipLevel = 9;
constexpr int kZstdLevel = 9;

std::string gzipped(std::string_view text) {
  z_stream stream{};
  if (deflateInit2(&stream, kGzipLevel, Z_DEFLATED, kGzipWindow, MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
  std::string packed(deflateBound(&stream, text.size()), '\0');
  // zlib takes its input by a pointer that is not const, and does not write to it.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int ended = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (ended != Z_STREAM_END)
    throw std::length_error("a text of more than 4 GiB cannot be compressed at once");
  return packed;
}

std::string zstd_packed(std::string_view text) {
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(), ZSTD_freeCCtx);
  if (!context) throw std::bad_alloc();
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, kZstdLevel);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  const std::size_t bytes =
      ZSTD_compress2(context.get(), packed.data(), packed.size(), text.data(), text.size());
  if (ZSTD_isError(bytes) != 0) throw std::runtime_error(ZSTD_getErrorName(bytes));
  packed.resize(bytes);
  return packed;
}

Compression compression_from_first_bytes(std::string_view bytes) {
  if (bytes.starts_with("\x1f\x8b")) return Compression::gzip;
  if (bytes.starts_with("\x28\xb5\x2f\xfd")) return Compression::zstd;
  return Compression::none;
}

}  // namespace

// One kind of compression. Takes what is left of a piece and gives text.
class Decompressor::Stream {
 public:
  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  virtual ~Stream() = default;

  // Consumes the front of the input, writes to the front of the output, and returns how many bytes it wrote.
  virtual std::size_t step() = 0;
  // Whether the text may end here.
  [[nodiscard]] virtual bool is_complete() const = 0;
  [[nodiscard]] virtual std::string_view format() const = 0;

  std::string_view input;
  std::vector<char> output = std::vector<char>(kPlainPieceBytes);
};

namespace {

class GzipStream : public Decompressor::Stream {
 public:
  GzipStream() {
    if (inflateInit2(&stream_, kGzipWindow) != Z_OK) throw std::bad_alloc();
  }
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;
  ~GzipStream() override { inflateEnd(&stream_); }

  std::size_t step() override {
    if (is_complete_) inflateReset(&stream_);
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    stream_.avail_in = static_cast<uInt>(input.size());
    stream_.next_out = reinterpret_cast<Bytef*>(output.data());
    stream_.avail_out = static_cast<uInt>(output.size());
    const int result = inflate(&stream_, Z_NO_FLUSH);
    is_complete_ = result == Z_STREAM_END;
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
      throw CompressionError(
          fmt::format("is damaged gzip data: {}", stream_.msg != nullptr ? stream_.msg : zError(result)));
    input.remove_prefix(input.size() - stream_.avail_in);
    return output.size() - stream_.avail_out;
  }
  [[nodiscard]] bool is_complete() const override { return is_complete_; }
  [[nodiscard]] std::string_view format() const override { return "gzip"; }

 private:
  z_stream stream_{};
  bool is_complete_ = false;
};

class ZstdStream : public Decompressor::Stream {
 public:
  ZstdStream() : stream_(ZSTD_createDStream()) {
    if (!stream_) throw std::bad_alloc();
    // The most that zstd(1) decompresses without --long; a frame that asks for more would take gigabytes.
    constexpr int kWindowLog = 27;
    ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, kWindowLog);
  }

  std::size_t step() override {
    ZSTD_inBuffer in{input.data(), input.size(), 0};
    ZSTD_outBuffer out{output.data(), output.size(), 0};
    const std::size_t wanted = ZSTD_decompressStream(stream_.get(), &out, &in);
    if (ZSTD_isError(wanted) != 0)
      throw CompressionError(fmt::format("is damaged zstd data: {}", ZSTD_getErrorName(wanted)));
    is_complete_ = wanted == 0;
    input.remove_prefix(in.pos);
    return out.pos;
  }
  [[nodiscard]] bool is_complete() const override { return is_complete_; }
  [[nodiscard]] std::string_view format() const override { return "zstd"; }

 private:
  struct Free {
    void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
  };
  std::unique_ptr<ZSTD_DStream, Free> stream_;
  bool is_complete_ = false;
};

std::unique_ptr<Decompressor::Stream> stream_for(Compression compression) {
  switch (compression) {
    case Compression::gzip:
      return std::make_unique<GzipStream>();
    case Compression::zstd:
      return std::make_unique<ZstdStream>();
    case Compression::none:
      break;
  }
  return nullptr;
}

}  // namespace

Compression compression_of(const std::filesystem::path& file) {
  return parse_axis<Compression>(file.extension().string()).value_or(Compression::none);
}

std::filesystem::path uncompressed_name(const std::filesystem::path& file) {
  return compression_of(file) == Compression::none ? file : std::filesystem::path(file).replace_extension();
}

bool is_json_name(const std::filesystem::path& file) {
  return uncompressed_name(file).extension() == ".json";
}

std::string compressed(std::string_view text, Compression compression) {
  switch (compression) {
    case Compression::gzip:
      return gzipped(text);
    case Compression::zstd:
      return zstd_packed(text);
    case Compression::none:
      break;
  }
  return std::string(text);
}

Decompressor::Decompressor(std::function<std::string_view()> next) : next_(std::move(next)) {}
Decompressor::~Decompressor() = default;
Decompressor::Decompressor(Decompressor&&) noexcept = default;
Decompressor& Decompressor::operator=(Decompressor&&) noexcept = default;

// A pipe may give its first bytes one by one.
void Decompressor::begin() {
  constexpr std::size_t kMagicBytes = 4;
  for (std::string_view piece = next_(); !piece.empty(); piece = next_()) {
    first_ += piece;
    if (first_.size() >= kMagicBytes) break;
  }
  stream_ = stream_for(compression_from_first_bytes(first_));
  if (stream_ != nullptr) stream_->input = first_;
}

std::string_view Decompressor::next() {
  const bool is_first = !std::exchange(is_begun_, true);
  if (is_first) begin();
  if (stream_ == nullptr) return is_first ? first_ : next_();
  for (;;) {
    if (stream_->input.empty()) stream_->input = next_();
    const bool is_end = stream_->input.empty();
    if (is_end && stream_->is_complete()) return {};
    const std::size_t bytes = stream_->step();
    if (bytes > 0) return {stream_->output.data(), bytes};
    if (is_end && !stream_->is_complete())
      throw CompressionError(fmt::format("is {} data that ends too early", stream_->format()));
  }
}

}  // namespace ipcbench
