// Text that processes share.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace ipcbench {

// Text of bounded length in shared memory; longer text is cut.
template <std::size_t N>
class SharedText {
 public:
  void assign(std::string_view text) { length_ = static_cast<std::uint32_t>(text.copy(chars_.data(), N)); }
  [[nodiscard]] std::string str() const { return {chars_.data(), length_}; }

 private:
  std::array<char, N> chars_{};
  std::uint32_t length_ = 0;
};

}  // namespace ipcbench
