// The part of a puppet that runs in its own process.
#pragma once

#include <vector>

#include "bench/study/probe/puppet.hpp"

namespace ipcbench {

class PuppetShow {
 public:
  PuppetShow(const Puppet::Open& open, PuppetReport& report) : open_(open), report_(report) {}

  // Carries out one order; what the ends throw goes into the report.
  void carry_out(const PuppetOrder& order) noexcept;

 private:
  void dispatch(const PuppetOrder& order);
  void send(const PuppetOrder& order);
  void receive(const PuppetOrder& order);
  void stream(const PuppetOrder& order);
  void await(const PuppetOrder& order);
  bool take_piece(std::size_t message_bytes);
  void count(std::span<const std::byte> message, const PuppetOrder& order);
  Trial& object();

  const Puppet::Open& open_;
  PuppetReport& report_;
  std::shared_ptr<Trial> object_;
  // What has arrived of the message at hand, for streams.
  std::vector<std::byte> arrived_;
};

// The content of message `number` of an order, into all of `message`.
void fill_message(std::span<std::byte> message, const PuppetOrder& order, std::uint64_t number);

}  // namespace ipcbench
