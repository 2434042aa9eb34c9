// A regular file: one end writes with pwrite(2), the other reads with pread(2), and the messages stay in the
// page cache. The file is divided into slots of one message, which are reused so that the file does not grow.
// A file tells nobody that it was written to, so the slot numbers circulate through two FIFOs: one holds the
// slots that may be written, the other those that may be read. Unrelated processes can open FIFOs and wait
// for them in every way; inotify(7) merges events and so cannot count.
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

#include "harness/contract/abilities.hpp"
#include "harness/contract/bare.hpp"
#include "harness/contract/owned_path.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/file_io.hpp"
#include "mechanisms/parts/message_buffer.hpp"

namespace ipcbench {
namespace {

using Slot = std::uint8_t;
constexpr std::size_t kMostSlots = 256;

// One end of a FIFO of slot numbers. It can always hold all of them.
class SlotFifo {
 public:
  SlotFifo(const OwnedPath& path, int access_mode)
      : fd_(checked(open(path.c_str(), access_mode | O_CLOEXEC | O_NOFOLLOW), "cannot open the FIFO")) {}

  // Returns nothing if the FIFO is empty.
  std::optional<Slot> take() {
    Slot slot = 0;
    ssize_t got = -1;
    while ((got = read(fd_.get(), &slot, 1)) < 0) {
      if (errno == EAGAIN) return std::nullopt;
      if (errno != EINTR) throw_errno("read");
    }
    if (got == 0) throw std::runtime_error("end of file: the other end is gone");
    return slot;
  }
  void give(Slot slot) {
    while (write(fd_.get(), &slot, 1) < 0) {
      if (errno != EINTR) throw_errno("write");
    }
  }
  void set_blocking(Wait wait) { set_blocking_for(fd_.get(), wait); }
  void sleep() { wait_for(fd_.get(), POLLIN); }
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  Fd fd_;
};

class FileSender {
 public:
  FileSender(Fd file, SlotFifo free, SlotFifo full, const LinkSpec& spec)
      : file_(std::move(file)),
        free_(std::move(free)),
        full_(std::move(full)),
        message_bytes_(spec.message_bytes),
        buffer_(spec.message_bytes) {
    free_.set_blocking(spec.wait);
  }

  std::span<std::byte> loan(std::size_t n) {
    if (!slot_) slot_ = free_.take();
    return slot_ ? std::span(buffer_.data(), n) : std::span<std::byte>{};
  }
  bool commit(std::size_t n) {
    write_at(file_.get(), {buffer_.data(), n}, *slot_ * message_bytes_);
    full_.give(*slot_);
    slot_.reset();
    return true;
  }
  void park() { free_.sleep(); }

 private:
  Fd file_;
  SlotFifo free_;
  SlotFifo full_;
  std::size_t message_bytes_;
  MessageBuffer buffer_;
  std::optional<Slot> slot_;
};

class FileReceiver {
 public:
  FileReceiver(Fd file, SlotFifo free, SlotFifo full, const LinkSpec& spec)
      : file_(std::move(file)),
        free_(std::move(free)),
        full_(std::move(full)),
        message_bytes_(spec.message_bytes),
        buffer_(spec.message_bytes) {
    full_.set_blocking(spec.wait);
  }

  std::span<const std::byte> peek(std::size_t n) {
    const std::optional<Slot> slot = full_.take();
    if (!slot) return {};
    slot_ = *slot;
    read_at(file_.get(), {buffer_.data(), n}, slot_ * message_bytes_);
    return {buffer_.data(), n};
  }
  void release() { free_.give(slot_); }
  void park() { full_.sleep(); }
  [[nodiscard]] int pollable_fd() const { return full_.fd(); }

 private:
  Fd file_;
  SlotFifo free_;
  SlotFifo full_;
  std::size_t message_bytes_;
  MessageBuffer buffer_;
  Slot slot_ = 0;
};
constexpr Parameter kFileSlots{.name = "file_slots",
                               .default_text = "as many as make 64 KiB, at least 2 and at most 256",
                               .what = "how many messages the file holds",
                               .min = 1,
                               .max = kMostSlots};

// The file alone, read and written at any place.
class RawFile final : public RawBytes {
 public:
  RawFile(Fd file, const std::string& path, bool owner) : file_(std::move(file)), path_(path, owner) {}

  [[nodiscard]] std::string address() const override { return path_.str(); }
  void store(std::size_t at, std::span<const std::byte> bytes) override { write_at(file_.get(), bytes, at); }
  void load(std::size_t at, std::span<std::byte> bytes) const override { read_at(file_.get(), bytes, at); }

 private:
  Fd file_;
  OwnedPath path_;
};

class File {
 public:
  static constexpr Traits kTraits{.name = "file",
                                  .summary = "regular file: pwrite and pread through the page cache",
                                  .kind = MechanismKind::file,
                                  .made_of = "file, FIFO",
                                  .kinship = Kinship::named,
                                  .lifetime = Lifetime::file_system,
                                  .sharing = {.senders = true, .receivers = true}};
  static constexpr std::array kParameters{kFileSlots};

  static std::unique_ptr<File> create(const LinkSpec& spec) {
    auto file = std::make_unique<File>(spec, spec.path(), true);
    file->make();
    return file;
  }
  static std::unique_ptr<File> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<File>(spec, address, false);
  }

  static constexpr std::string_view kRawName = "regular file";
  static std::unique_ptr<RawBytes> raw_bytes(const LinkSpec& spec, std::size_t bytes) {
    return std::make_unique<RawFile>(create_file(spec.path(), bytes), spec.path(), true);
  }
  static std::unique_ptr<RawBytes> join_raw_bytes(const std::string& address, std::size_t) {
    Fd file(checked(open(address.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW), "cannot open the file"));
    return std::make_unique<RawFile>(std::move(file), address, false);
  }

  File(LinkSpec spec, const std::string& path, bool owner)
      : spec_(std::move(spec)),
        path_(path, owner),
        free_path_(path + ".free", owner),
        full_path_(path + ".full", owner) {}

  FileSender sender() {
    Fd file = open_file(O_WRONLY);
    slots_ = slots_in(file);
    return {std::move(file), SlotFifo(free_path_, O_RDONLY), SlotFifo(full_path_, O_WRONLY), spec_};
  }
  FileReceiver receiver() {
    return {open_file(O_RDONLY), SlotFifo(free_path_, O_WRONLY), SlotFifo(full_path_, O_RDONLY), spec_};
  }

  [[nodiscard]] std::string address() const { return path_.str(); }
  void unlink() const noexcept {
    for (const OwnedPath* path : {&path_, &free_path_, &full_path_}) path->unlink();
  }
  // Called on the sending side.
  [[nodiscard]] Settings settings() const { return {{std::string(kFileSlots.name), slots_}}; }

 private:
  static std::size_t slots_of(const LinkSpec& spec) {
    constexpr std::size_t kBytes = 65536;
    const auto asked = spec.parameter(kFileSlots.name);
    return asked ? *asked : std::clamp<std::size_t>(kBytes / spec.message_bytes, 2, kMostSlots);
  }

  // The creator keeps the FIFOs open both ways: they would lose their content if nobody had them open, and
  // opening one way would wait for the other side.
  void make() {
    const std::size_t slots = slots_of(spec_);
    create_file(path_.str(), slots * spec_.message_bytes);
    for (const OwnedPath* path : {&free_path_, &full_path_}) {
      checked(mkfifo(path->c_str(), S_IRUSR | S_IWUSR), "cannot make a FIFO",
              "set TMPDIR to a file system that has them");
      kept_open_.emplace_back(*path, O_RDWR);
    }
    for (std::size_t slot = 0; slot < slots; ++slot) kept_open_.front().give(static_cast<Slot>(slot));
  }

  [[nodiscard]] Fd open_file(int access_mode) const {
    return Fd(checked(open(path_.c_str(), access_mode | O_CLOEXEC | O_NOFOLLOW), "cannot open the file"));
  }
  [[nodiscard]] std::uint64_t slots_in(const Fd& file) const {
    struct stat found {};
    checked(fstat(file.get(), &found), "fstat");
    return static_cast<std::uint64_t>(found.st_size) / spec_.message_bytes;
  }

  LinkSpec spec_;
  OwnedPath path_;
  OwnedPath free_path_;
  OwnedPath full_path_;
  std::vector<SlotFifo> kept_open_;  // by the creator
  std::uint64_t slots_ = 0;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(File);
}  // namespace ipcbench
