#include "harness/base/streams.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <tuple>
#include <vector>

#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

constexpr std::uint64_t kMostPerSecond = 1'000'000'000;

[[noreturn]] void refuse_stream(std::string_view text, std::string_view problem) {
  throw std::invalid_argument(
      fmt::format("'{}': {}; give SIZE@RATE, such as 4KiB@200 or 128@50k", text, problem));
}

// What `parse` makes of a part of the stream `text`.
template <class Parse>
std::uint64_t parse_part(std::string_view text, std::string_view part, Parse parse) {
  try {
    return parse(part);
  } catch (const std::invalid_argument& error) {
    refuse_stream(text, error.what());
  }
}

}  // namespace

MessageStream parse_stream(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) refuse_stream(text, "there is no @");
  const MessageStream stream{.size_bytes = parse_part(text, text.substr(0, at), parse_size),
                             .per_second = parse_part(text, text.substr(at + 1), parse_rate)};
  if (stream.size_bytes > kLargestMessageBytes)
    refuse_stream(text, fmt::format("a message has at most {}", format_size(kLargestMessageBytes)));
  if (stream.per_second < 1 || stream.per_second > kMostPerSecond)
    refuse_stream(text, "the rate has to be from 1 to 1000M messages a second");
  return stream;
}

std::string describe(const MessageStream& stream) {
  return fmt::format("{} at {}/s", stream.size_bytes == 0 ? "tokens" : format_size(stream.size_bytes),
                     stream.per_second);
}

StreamMix::StreamMix(std::span<const MessageStream> streams)
    : count_(static_cast<std::uint32_t>(streams.size())) {
  if (streams.size() < 2 || streams.size() > kMost)
    throw std::invalid_argument(fmt::format("one link has 2 to {} streams, not {}", kMost, streams.size()));
  std::ranges::copy(streams, streams_.begin());
  std::ranges::stable_sort(streams_.begin(), streams_.begin() + count_, std::ranges::greater(),
                           [](const MessageStream& s) { return std::tuple(s.size_bytes, ~s.per_second); });
  if (shortest_bytes() == 0)
    throw std::invalid_argument(
        "tokens (0 bytes) cannot share a link with messages that have a payload; "
        "give them a length, or a link of their own");
}

std::uint64_t StreamMix::per_second() const {
  const auto all = streams();
  return std::accumulate(all.begin(), all.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const MessageStream& s) { return sum + s.per_second; });
}

std::uint64_t StreamMix::slowest_per_second() const {
  return std::ranges::min(streams(), {}, &MessageStream::per_second).per_second;
}

StreamMix parse_mix(std::string_view text) {
  std::vector<MessageStream> streams;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('+', begin), text.size());
    streams.push_back(parse_stream(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return StreamMix(streams);
}

std::string text_of(const StreamMix& mix) {
  std::vector<std::string> texts;
  for (const MessageStream& each : mix.streams())
    texts.push_back(fmt::format("{}@{}", each.size_bytes, each.per_second));
  return fmt::format("{}", fmt::join(texts, "+"));
}

}  // namespace ipcbench
