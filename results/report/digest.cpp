#include "results/report/digest.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <new>

#include "results/report/input_file.hpp"

namespace ipcbench {
namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

// How many bytes at the beginning are neither white space nor a quotation mark, which are all below '#'.
// Most of a report is numbers: eight bytes at a time take a third of the time of a loop over all. A word has
// a byte below n if (word - n in each byte) & ~word has a highest bit of a byte (Anderson, Bit Twiddling
// Hacks).
std::size_t length_of_plain(std::string_view text) {
  constexpr std::uint64_t kEach = 0x0101010101010101;
  std::size_t length = 0;
  for (; text.size() - length >= sizeof(std::uint64_t); length += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + length, sizeof word);
    if (((word - kEach * '#') & ~word & (kEach << 7U)) != 0) break;
  }
  while (length < text.size() && static_cast<unsigned char>(text[length]) >= '#') ++length;
  return length;
}

}  // namespace

struct ReportDigest::Hash {
  struct Free {
    void operator()(EVP_MD_CTX* owned) const { EVP_MD_CTX_free(owned); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
};

ReportDigest::ReportDigest() : hash_(std::make_unique<Hash>()) {
  if (!hash_->context || EVP_DigestInit_ex(hash_->context.get(), EVP_sha256(), nullptr) != 1)
    throw std::bad_alloc();
}
ReportDigest::~ReportDigest() = default;

void ReportDigest::add(std::string_view piece) {
  tokens_.resize(piece.size());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < piece.size(); ++i) {
    if (is_in_string_) {
      is_in_string_ = is_escaped_ || piece[i] != '"';
      is_escaped_ = !is_escaped_ && piece[i] == '\\';
    } else {
      const std::size_t plain = length_of_plain(piece.substr(i));
      std::memcpy(&tokens_[kept], &piece[i], plain);
      kept += plain;
      i += plain;
      if (i == piece.size()) break;
      if (is_space(piece[i])) continue;
      is_in_string_ = piece[i] == '"';
    }
    tokens_[kept++] = piece[i];
  }
  EVP_DigestUpdate(hash_->context.get(), tokens_.data(), kept);
}

std::string ReportDigest::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned length = 0;
  EVP_DigestFinal_ex(hash_->context.get(), bytes.data(), &length);
  std::string digits;
  for (unsigned i = 0; i < length; ++i) digits += fmt::format("{:02x}", bytes.at(i));
  return digits;
}

std::string file_digest(const std::filesystem::path& file) {
  InputFile input(file);
  ReportDigest digest;
  for (std::string_view piece = input.next(); !piece.empty(); piece = input.next()) digest.add(piece);
  return digest.finish();
}

}  // namespace ipcbench
