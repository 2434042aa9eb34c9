// Messages of Cyclone DDS as it keeps and sends them: a sequence of octets in CDR. With a type of its own
// (ddsi_sertype, as ROS 2's layer has one) the payload is written and read where the library has it; with a
// type that idlc makes, dds_write() and dds_take() each copy it once more.
#pragma once

#include <dds/dds.h>
#include <dds/ddsi/ddsi_serdata.h>
#include <dds/ddsi/ddsi_sertype.h>
#include <dds/ddsi/q_radmin.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>

namespace ipcbench {

// Lies before its bytes.
class CycloneMessage : public ddsi_serdata {
 public:
  // The encoding, little-endian CDR, and the number of octets.
  struct Head {
    std::array<std::uint8_t, 4> encoding{0, 1, 0, 0};
    std::uint32_t octets = 0;
  };

  // serialized_bytes: with the head. Null: no memory.
  static CycloneMessage* make(const ddsi_sertype* of, ddsi_serdata_kind is, std::size_t serialized_bytes) {
    constexpr std::size_t kPadding = 3;  // the library sends multiples of 4 bytes
    void* const memory = ::operator new(sizeof(CycloneMessage) + serialized_bytes + kPadding, std::nothrow);
    return memory == nullptr ? nullptr : new (memory) CycloneMessage(of, is, serialized_bytes);
  }
  // Room for so many octets. Throws std::bad_alloc.
  static CycloneMessage* with_octets(const ddsi_sertype* of, std::size_t octets) {
    CycloneMessage* const made = make(of, SDK_DATA, sizeof(Head) + octets);
    if (made == nullptr) throw std::bad_alloc();
    const Head head{.octets = static_cast<std::uint32_t>(octets)};
    std::memcpy(made->bytes(), &head, sizeof head);
    return made;
  }

  [[nodiscard]] std::byte* bytes() { return reinterpret_cast<std::byte*>(this + 1); }
  [[nodiscard]] const std::byte* bytes() const { return reinterpret_cast<const std::byte*>(this + 1); }
  [[nodiscard]] std::size_t size() const { return size_; }

  // No more than have arrived, whatever their number says.
  [[nodiscard]] std::span<std::byte> octets() {
    Head head;
    if (size_ < sizeof head) return {};
    std::memcpy(&head, bytes(), sizeof head);
    return {bytes() + sizeof head, std::min<std::size_t>(head.octets, size_ - sizeof head)};
  }

 private:
  CycloneMessage(const ddsi_sertype* of, ddsi_serdata_kind is, std::size_t size) : size_(size) {
    ddsi_serdata_init(this, of, is);
  }

  std::size_t size_;
};

struct ReleaseCycloneMessage {
  void operator()(CycloneMessage* message) const { ddsi_serdata_unref(message); }
};
// A reference to a message, or none.
using CycloneMessageRef = std::unique_ptr<CycloneMessage, ReleaseCycloneMessage>;

// What the library asks of the type. It has no keys, so that all messages are of one instance, and nobody
// reads or writes samples in a form of their own.
namespace cyclone_type {

inline const CycloneMessage& message(const ddsi_serdata* data) {
  return *static_cast<const CycloneMessage*>(data);
}

inline ddsi_serdata* from_fragments(const ddsi_sertype* type, ddsi_serdata_kind kind,
                                    const nn_rdata* fragment, std::size_t size) {
  CycloneMessage* const made = CycloneMessage::make(type, kind, size);
  std::size_t filled = 0;
  for (; made != nullptr && fragment != nullptr; fragment = fragment->nextfrag) {
    if (fragment->maxp1 <= filled) continue;  // a repetition
    const unsigned char* const arrived = NN_RMSG_PAYLOADOFF(fragment->rmsg, NN_RDATA_PAYLOAD_OFF(fragment));
    std::memcpy(made->bytes() + filled, arrived + (filled - fragment->min), fragment->maxp1 - filled);
    filled = fragment->maxp1;
  }
  return made;
}

inline ddsi_serdata* no_key(const ddsi_sertype* type) { return CycloneMessage::make(type, SDK_KEY, 0); }

// The operations that are left out belong to samples.
inline const ddsi_serdata_ops kMessageOps = [] {
  ddsi_serdata_ops ops{};
  ops.eqkey = [](const ddsi_serdata*, const ddsi_serdata*) { return true; };
  ops.get_size = [](const ddsi_serdata* data) { return static_cast<std::uint32_t>(message(data).size()); };
  ops.from_ser = from_fragments;
  ops.from_keyhash = [](const ddsi_sertype* type, const ddsi_keyhash*) { return no_key(type); };
  ops.to_ser = [](const ddsi_serdata* data, std::size_t offset, std::size_t size, void* into) {
    std::memcpy(into, message(data).bytes() + offset, size);
  };
  ops.to_ser_ref = [](const ddsi_serdata* data, std::size_t offset, std::size_t size, ddsrt_iovec_t* ref) {
    *ref = {const_cast<std::byte*>(message(data).bytes() + offset), size};
    return ddsi_serdata_ref(data);
  };
  ops.to_ser_unref = [](ddsi_serdata* data, const ddsrt_iovec_t*) { ddsi_serdata_unref(data); };
  ops.to_untyped = [](const ddsi_serdata* data) { return no_key(data->type); };
  ops.free = [](ddsi_serdata* data) { ::operator delete(static_cast<CycloneMessage*>(data)); };
  ops.print = [](const ddsi_sertype*, const ddsi_serdata*, char* text, std::size_t size) -> std::size_t {
    if (size != 0) *text = '\0';
    return 0;
  };
  ops.get_keyhash = [](const ddsi_serdata*, ddsi_keyhash* hash, bool) { *hash = {}; };
  return ops;
}();

inline const ddsi_sertype_ops kTypeOps = [] {
  ddsi_sertype_ops ops{};
  ops.version = ddsi_sertype_v0;
  ops.free = [](ddsi_sertype* type) {
    ddsi_sertype_fini(type);
    delete type;
  };
  ops.equal = [](const ddsi_sertype*, const ddsi_sertype*) { return true; };
  ops.hash = [](const ddsi_sertype*) { return std::uint32_t{0}; };
  ops.derive_sertype = [](const ddsi_sertype* type, dds_data_representation_id_t,
                          dds_type_consistency_enforcement_qospolicy_t) {
    return const_cast<ddsi_sertype*>(type);
  };
  return ops;
}();

// For dds_create_topic_sertype(), which takes it over.
inline ddsi_sertype* make() {
  auto* const type = new ddsi_sertype{};
  ddsi_sertype_init(type, "ipcbench::Octets", &kTypeOps, &kMessageOps, true);
  type->allowed_data_representation = DDS_DATA_REPRESENTATION_FLAG_XCDR1;
  return type;
}

}  // namespace cyclone_type
}  // namespace ipcbench
