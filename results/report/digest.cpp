#include "results/report/digest.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <new>

#include "results/report/input_file.hpp"

namespace ipcbench {

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
  for (const char c : piece) {
    if (is_in_string_) {
      is_in_string_ = is_escaped_ || c != '"';
      is_escaped_ = !is_escaped_ && c == '\\';
    } else if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      continue;
    } else {
      is_in_string_ = c == '"';
    }
    tokens_[kept++] = c;
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
