// The messages of gRPC, as bytes: built in a slice of the library's, read from the slices in which they
// arrived.
#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include <cstddef>
#include <optional>
#include <span>

#include "mechanisms/parts/message_buffer.hpp"

namespace ipcbench {

class GrpcOutgoing {
 public:
  std::span<std::byte> loan(std::size_t n) {
    slice_ = grpc::Slice(n);
    // Nobody else has a new slice yet. The class has no other way into it; its C functions write there.
    return {reinterpret_cast<std::byte*>(const_cast<std::uint8_t*>(slice_.begin())), n};
  }
  [[nodiscard]] grpc::ByteBuffer message() const { return {&slice_, 1}; }

 private:
  grpc::Slice slice_;
};

class GrpcIncoming {
 public:
  // Where the library puts a message.
  [[nodiscard]] grpc::ByteBuffer& buffer() { return buffer_; }

  // Shows the next slice of a message of which n bytes are left.
  std::span<const std::byte> peek(std::size_t n) {
    if (!reader_) begin(n);
    const void* piece = nullptr;
    int piece_bytes = 0;
    while (piece_bytes == 0) {
      if (!reader_->Next(&piece, &piece_bytes)) throw_wrong_length(buffer_.Length() - left_bytes_, n);
    }
    shown_bytes_ = static_cast<std::size_t>(piece_bytes);
    return {static_cast<const std::byte*>(piece), shown_bytes_};
  }

  // Whether that was the last one; the buffer is then free for another message.
  bool release() {
    left_bytes_ -= shown_bytes_;
    if (left_bytes_ != 0) return false;
    reader_.reset();
    buffer_.Clear();
    return true;
  }

  // Whether a message has been begun.
  [[nodiscard]] bool is_shown() const { return reader_.has_value(); }

 private:
  void begin(std::size_t n) {
    if (buffer_.Length() != n) throw_wrong_length(buffer_.Length(), n);
    left_bytes_ = n;
    reader_.emplace(&buffer_);
  }

  grpc::ByteBuffer buffer_;
  std::optional<grpc::ProtoBufferReader> reader_;
  std::size_t left_bytes_ = 0;
  std::size_t shown_bytes_ = 0;
};

}  // namespace ipcbench
