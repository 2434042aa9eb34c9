#include "harness/plugin/plugin_transport.hpp"

#include <fmt/format.h>

#include "harness/base/error.hpp"

namespace ipcbench {
namespace {

std::uint32_t bit_of(Wait wait) {
  switch (wait) {
    case Wait::block:
      return IPCBENCH_BLOCK;
    case Wait::spin:
      return IPCBENCH_SPIN;
    case Wait::poll:
    case Wait::epoll:
      return IPCBENCH_POLL;
    case Wait::adaptive:
      return IPCBENCH_ADAPTIVE;
  }
  return 0;
}

// Calls a function of the plug-in that makes something, with room for its error.
template <class Make>
void* made(const ipcbench_transport& table, const char* call, Make make) {
  std::array<char, 512> error{};
  void* const result = make(error.data(), error.size() - 1);
  if (result != nullptr) return result;
  throw Error(fmt::format("{}: {}: {}", table.name, call,
                          error[0] == '\0' ? "failed, and said nothing" : error.data()));
}

void* make_object(const ipcbench_transport& table, const LinkSpec& spec, const std::string* address) {
  const ipcbench_link link{.size = sizeof(ipcbench_link),
                           .message_bytes = spec.message_bytes,
                           .wait = bit_of(spec.wait),
                           .one_process = spec.one_process ? 1U : 0U,
                           .one_cpu = spec.one_cpu ? 1U : 0U,
                           .directory = spec.directory.c_str(),
                           .name = spec.name.c_str()};
  return address == nullptr ? made(table, "create",
                                   [&](char* error, std::size_t n) { return table.create(&link, error, n); })
                            : made(table, "join", [&](char* error, std::size_t n) {
                                return table.join(&link, address->c_str(), error, n);
                              });
}

}  // namespace

PluginEnd::PluginEnd(const ipcbench_transport& table, void* object, ipcbench_side side)
    : table_(table), end_(made(table, "attach", [&](char* error, std::size_t n) {
        return table.attach(object, side, error, n);
      })) {}

void PluginEnd::fail(const char* verb) const {
  const char* const said = table_.failure == nullptr ? nullptr : table_.failure(end_);
  throw Error(
      fmt::format("{}: {}: {}", table_.name, verb, said == nullptr ? "failed, and said nothing" : said));
}

void PluginEnd::refuse(const char* verb, std::size_t bytes, std::size_t wanted) const {
  throw Error(
      fmt::format("{}: {} gave {} bytes of a message that has {} left", table_.name, verb, bytes, wanted),
      "give 1 to as many as were asked for, or none by a null pointer");
}

std::unique_ptr<PluginTransport> PluginTransport::create(const LinkSpec& spec) {
  return std::make_unique<PluginTransport>(plugin_table(spec.mechanism), spec, nullptr);
}

std::unique_ptr<PluginTransport> PluginTransport::join(const LinkSpec& spec, const std::string& address) {
  return std::make_unique<PluginTransport>(plugin_table(spec.mechanism), spec, &address);
}

PluginTransport::PluginTransport(const ipcbench_transport& table, const LinkSpec& spec,
                                 const std::string* address)
    : table_(table) {
  if (address == nullptr) {
    std::size_t place = 0;
    for (const ObjectKind kind :
         {ObjectKind::posix_shm, ObjectKind::posix_queue, ObjectKind::posix_semaphore})
      names_.at(place++).emplace(kind, spec.slash_name(), true);
  }
  object_ = make_object(table, spec, address);
}

std::string PluginTransport::address() const {
  const char* const text = table_.address == nullptr ? nullptr : table_.address(object_);
  return text == nullptr ? std::string() : std::string(text);
}

}  // namespace ipcbench
