// Bytes without a protocol, to be tried out like a mechanism.
#pragma once

#include "harness/registry/trial.hpp"

namespace ipcbench {

// Each message is stored in the same place, where a load finds the last one. Nobody waits.
class RawTrial final : public Trial {
 public:
  static constexpr std::size_t kBytes = 65536;

  explicit RawTrial(std::unique_ptr<RawBytes> bytes) : bytes_(std::move(bytes)) {}

  [[nodiscard]] std::string address() const override { return bytes_->address(); }
  void unlink() override {}
  void attach(Side) override {}

  bool try_send(std::span<const std::byte> message) override {
    bytes_->store(0, message);
    return true;
  }
  std::optional<std::size_t> try_receive(std::span<std::byte> into) override {
    bytes_->load(0, into);
    return into.size();
  }
  void send(std::span<const std::byte> message) override { bytes_->store(0, message); }
  void receive(std::span<std::byte> into) override { bytes_->load(0, into); }

 private:
  std::unique_ptr<RawBytes> bytes_;
};

}  // namespace ipcbench
